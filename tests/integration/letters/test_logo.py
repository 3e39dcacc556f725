"""An organizer adds pictures with alternative texts: a logo to the top of a letter, and figures to its text."""

import base64

import pytest

from letterhub.domain.letters.letter_document import LetterText, Logo
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.infrastructure.db import db
from letterhub.models import Draft
from letterhub.web.staff.letters import figure_fields
from tests.support import cast, factories
from tests.support.files.tampered_pdfs import pdf_of, text_instructions
from tests.support.html_forms import form_data, form_with_button
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor
from tests.unit.intake.test_letter_file import picture
from tests.unit.letters.test_logo import busy_jpeg

HOME = "coalition-for-clean-rivers"
WORDS = "Logo of the Coalition for Clean Rivers"


@pytest.fixture
def otto(visitor: Visitor) -> Visitor:
    """An organizer, signed in."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    return visitor


@pytest.fixture
def page(otto: Visitor) -> Page:
    """The editor page of a letter."""
    return otto.visit("editor.edit", coalition=HOME, slug=factories.draft().slug)


def stored_logo() -> Logo | None:
    """Return the logo of the only draft, as the database has it now."""
    db.session.expire_all()
    return text_from_facts(db.session.query(Draft).one().text).letterhead.logo


def pictures(page: Page) -> list[str]:
    """Return the alternative texts of the preview's images."""
    return [image.get("alt", "") for image in page.tree.iter("img") if image.get("class") == "letter-logo"]


def shapes(page: Page) -> list[str]:
    """Return the shapes in which the preview's images are shown."""
    return [image.get("data-shape", "") for image in page.tree.iter("img") if image.get("class") == "letter-logo"]


@pytest.mark.parametrize("button", ["Add logo", "Save", "Update preview"])
def test_a_logo_is_saved_with_what_was_typed_whatever_button_is_pressed(page: Page, button: str) -> None:
    sent = {"logo": (picture((900, 300)), "logo.png"), "logo_description": WORDS, "closing": "Sincerely,"}
    after = page.submit(button, **sent).says("logo only", "Remove logo 1", "Add another logo", "Sincerely,")
    logo = stored_logo()
    assert logo is not None
    assert (logo.media_type, logo.description) == ("image/png", WORDS)
    assert pictures(after) == [WORDS]
    assert f"data:image/png;base64,{base64.b64encode(logo.data).decode()}" in after.html


@pytest.mark.shows("S15")
@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.svg", "logo.svg: this picture cannot be used"),
        (picture() + b"<script>alert(1)</script>", "two.png", "two.png: this file contains more than a picture"),
        (busy_jpeg(500), "busy.jpg", "busy.jpg: this file contains more than a picture"),
        (picture((3000, 2000)), "wide.png", "wide.png: the picture has more than 4 megapixels"),
        (b"\xff", "<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png: this picture cannot be used"),
    ],
    ids=["svg", "polyglot", "bomb", "large", "name"],
)
def test_what_is_no_logo_is_refused_at_its_field_with_nothing_typed_lost(
    page: Page, content: bytes, name: str, sentence: str
) -> None:
    sent = {"logo": (content, name), "logo_description": WORDS, "closing": "Sincerely,"}
    refused = page.submit("Add logo", status=422, **sent).says(sentence)
    field = next(field for field in refused.tree.iter("input") if field.get("name") == "logo")
    assert field.get("aria-invalid") == "true"
    assert "logo-error" in field.get("aria-describedby", "")
    assert all(f'value="{typed}"' in refused.html for typed in (WORDS, "Sincerely,"))
    assert stored_logo() is None


def test_a_logo_needs_words_for_those_who_cannot_see_it(page: Page) -> None:
    refused = page.submit("Add logo", status=422, logo=(picture(), "logo.png"))
    refused.says("Describe the logo for people who can’t see it.")
    assert stored_logo() is None


def test_a_logo_is_never_left_without_its_words_but_may_get_others(page: Page) -> None:
    page = page.submit("Add logo", logo=(picture(), "logo.png"), logo_description=WORDS)
    page = page.submit("Save", **{"logo_words-0": ""})
    assert pictures(page) == [WORDS]
    assert pictures(page.submit("Save", **{"logo_words-0": "A river"})) == ["A river"]


def test_logos_of_several_senders_stand_in_a_row_until_they_are_removed(page: Page) -> None:
    for number in range(1, 7):
        page = page.submit(
            "Add another logo" if number > 1 else "Add logo",
            logo=(picture((40 * number, 40)), "logo.png"),
            logo_description=f"Logo of sender {number}",
        )
    assert pictures(page) == [f"Logo of sender {number}" for number in range(1, 7)]
    assert shapes(page) == ["square", "wide", "wide", "banner", "banner", "banner"]
    assert "Add another logo" not in page.text
    page = page.submit("Remove logo 2", closing="Sincerely,").says("logos only", "Add another logo")
    assert pictures(page) == [f"Logo of sender {number}" for number in (1, 3, 4, 5, 6)]
    for _ in range(5):
        page = page.submit("Remove logo 1")
    page.says("Add logo", "Sincerely,")
    assert (stored_logo(), pictures(page)) == (None, [])


def test_a_logo_stays_while_a_script_saves_and_stands_in_the_text_that_is_signed(otto: Visitor, page: Page) -> None:
    page = page.submit("Add logo", logo=(picture(), "logo.png"), logo_description=WORDS)
    logo = stored_logo()
    form, button = form_with_button(page.tree, "Save")
    answer = otto.ask(
        f"{page.path}/autosave", method="POST", data=form_data(page.tree, form, button, {"closing": "Sincerely,"})
    )
    assert (answer.status_code, stored_logo()) == (200, logo)
    otto.visit("signing_settings.edit", coalition=HOME, slug="clean-rivers-for-everyone").submit("Open the letter").submit(
        "Open now"
    )
    public = otto.visit("letters.detail", slug="clean-rivers-for-everyone")
    assert pictures(public) == [WORDS]


def test_a_picture_chosen_while_someone_else_saved_is_asked_for_again(otto: Visitor, page: Page) -> None:
    factories.staff(cast.OLIVE)
    olive = Visitor(otto.app, SITE)
    olive.sign_in(cast.OLIVE)
    theirs = olive.open(page.path).submit("Add logo", logo=(picture((30, 30)), "theirs.png"), logo_description="Theirs")
    logo = stored_logo()
    mine = page.submit("Add logo", logo=(picture(), "mine.png"), logo_description="Mine", closing="Yours,", status=409)
    mine.says("Olive Owner saved this letter", "The picture was not saved. Choose it again")
    assert (stored_logo(), pictures(theirs)) == (logo, ["Theirs"])
    mine.submit("Save my version")
    assert stored_logo() == logo


CHART = "A chart: the backlog grew to 10 billion dollars"


def stored_text() -> LetterText:
    """Return the text of the only draft, as the database has it now."""
    db.session.expire_all()
    return text_from_facts(db.session.query(Draft).one().text)


def figures(page: Page) -> list[str]:
    """Return the alternative texts of the preview's figures."""
    return [image.get("alt", "") for figure in page.tree.iter("figure") for image in figure.iter("img")]


def added(page: Page, **sent: object) -> Page:
    """Return the page after a figure was added."""
    values = {"figure": (picture((90, 60)), "Backlog 2026.PNG"), "figure_description": CHART, **sent}
    return page.submit("Add figure", **values)


def test_a_figure_is_saved_with_its_picture_and_stands_in_the_text(page: Page) -> None:
    after = added(page, body="One\n\nTwo\n", figure_caption="Backlog", figure_width="60", figure_numbered=True)
    text = stored_text()
    assert text.body == f'One\n\nTwo\n\n![{CHART}](backlog-2026.png "Backlog"){{width=60% numbered}}\n'
    assert [one.media_type for one in text.pictures] == ["image/png"]
    assert figures(after) == [CHART]
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


def test_a_figure_for_which_another_window_left_no_place_is_told(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figure_fields, "MAX_PICTURES", 1)
    added(page)
    sent = {"figure": (picture((90, 60)), "b.png"), "figure_description": CHART, "closing": "Yours,"}
    refused = page.submit("Add figure", status=422, **sent)
    refused.says("there is room for 0 more")
    assert 'value="Yours,"' in refused.html
    assert len(stored_text().pictures) == 1


@pytest.mark.parametrize(
    ("content", "words", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", CHART, "this is an SVG drawing, which a letter can’t hold."),
        (picture() + b"<script>alert(1)</script>", CHART, "this file contains more than a picture"),
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


def test_a_pdf_becomes_an_annex_whose_pages_are_pictures(page: Page) -> None:
    report = pdf_of(text_instructions("Rivers & [lakes] {{count}}"), b"")
    after = added(page, body="One\n", figure=(report, "Report 1.pdf"), figure_description="Report of 2026")
    text = stored_text()
    assert text.body == (
        "One\n\n:::annex Report of 2026\n\n"
        "![Report of 2026, 1/2: Rivers \\& \\[lakes\\] { {count}}](report-1-page-1.png){width=88%}\n\n"
        "\\newpage\n\n![Report of 2026, 2/2](report-1-page-2.png){width=98%}\n"
    )
    assert figures(after) == ["Report of 2026, 1/2: Rivers & [lakes] { {count}}", "Report of 2026, 2/2"]
    added(after, figure=(report, "Report 1.pdf"))
    assert stored_text().picture_names[2:] == ("report-1-page-1-2.png", "report-1-page-2-2.png")


def test_a_pdf_without_room_for_its_pages_is_refused(page: Page) -> None:
    page = added(page, figure=(pdf_of(*[b""] * 12), "a.pdf"))
    added(page, figure=(pdf_of(*[b""] * 9), "a.pdf"), status=422).says(
        "A letter can have up to 20 pictures: there is room for 8 more."
    )
    added(page, figure=(pdf_of(*[b""] * 13), "a.pdf"), status=422).says("this PDF has more than 12 pages.")
    added(page, figure=(pdf_of(b"")[:200], "a.pdf"), status=422).says("this PDF can’t be opened")
    assert len(stored_text().pictures) == 12
