"""An organizer adds figures to a letter's text: a picture with its description, caption and width."""

import pytest

from letterhub.domain.letters.document import LetterText
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.infrastructure.db import db
from letterhub.models import Draft
from tests.support import cast, factories
from tests.support.visitor import Page, Visitor
from tests.unit.intake.test_letter_file import picture

HOME = "coalition-for-clean-rivers"
WORDS = "A chart: the backlog grew to 10 billion dollars"


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """The editor page of a letter, for an organizer."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    return visitor.visit("editor.edit", coalition=HOME, slug=factories.draft().slug)


def stored_text() -> LetterText:
    """Return the text of the only draft, as the database has it now."""
    db.session.expire_all()
    return text_from_facts(db.session.query(Draft).one().text)


def figures(page: Page) -> list[str]:
    """Return the alternative texts of the preview's figures."""
    return [image.get("alt", "") for figure in page.tree.iter("figure") for image in figure.iter("img")]


def added(page: Page, **sent: object) -> Page:
    """Return the page after a figure was added."""
    values = {"figure": (picture((90, 60)), "Backlog 2026.PNG"), "figure_description": WORDS, **sent}
    return page.submit("Add figure", **values)


def test_a_figure_is_saved_with_its_picture_and_stands_in_the_text(page: Page) -> None:
    after = added(page, body="One\n\nTwo\n", figure_caption="Backlog", figure_width="60", figure_numbered=True)
    text = stored_text()
    assert text.body == f'One\n\nTwo\n\n![{WORDS}](backlog-2026.png "Backlog"){{width=60% numbered}}\n'
    assert [one.media_type for one in text.pictures] == ["image/png"]
    assert figures(after) == [WORDS]
    after.says("Figure 1. Backlog", "one picture", "Remove backlog-2026.png")


def test_a_figure_stands_below_the_paragraph_with_the_cursor(page: Page) -> None:
    added(page, body="One\n\nTwo\n", figure_at="1")
    assert stored_text().body.startswith("One\n\n![A chart")
    assert stored_text().body.endswith("\n\nTwo\n")


def test_two_pictures_of_one_name_are_two_and_one_that_the_text_does_not_name_is_told(page: Page) -> None:
    page = added(added(page))
    assert stored_text().picture_names == ("backlog-2026.png", "backlog-2026-2.png")
    page = page.submit("Save", body="![A](backlog-2026.png) ![](backlog-2026-2.png)")
    page.says("Pictures without a description are left out", "These pictures aren’t shown")
    page.submit("Remove backlog-2026.png").says("These pictures aren’t among the letter’s files")
    assert stored_text().picture_names == ("backlog-2026-2.png",)


@pytest.mark.parametrize(
    ("content", "words", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", WORDS, "this is an SVG drawing, which a letter can’t hold."),
        (picture() + b"<script>alert(1)</script>", WORDS, "this file contains more than a picture"),
        (picture(), "", "Describe the picture for people who can’t see it."),
    ],
    ids=["svg", "polyglot", "no words"],
)
def test_what_cannot_be_a_figure_is_refused_with_nothing_typed_lost(
    page: Page, content: bytes, words: str, sentence: str
) -> None:
    sent = {"figure": (content, "a.png"), "figure_description": words, "closing": "Sincerely,"}
    refused = page.submit("Add figure", status=422, **sent).says(sentence)
    assert 'value="Sincerely,"' in refused.html
    assert stored_text().pictures == ()
