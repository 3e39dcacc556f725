"""Pictures of a letter's text: a figure in a paragraph of its own, and only words where the letter has no such picture."""

import pytest

from letterhub.rendering.letter.lint.markdown_lint import markup_notes
from letterhub.rendering.letter.markdown import letter_html
from letterhub.rendering.letter.note_renderer import NoteStyle

NAME, ALONE, WITHIN = "map.png", "![A map](map.png)", "See ![a map](map.png) here."


def html_of(markdown: str, *pictures: str) -> str:
    return str(letter_html(markdown, "Title", "en", NoteStyle(is_paper=False), pictures=pictures).body)


def test_a_picture_of_the_letter_is_a_figure_alone_and_stays_within_its_sentence() -> None:
    alone, within = html_of(ALONE, NAME), html_of(WITHIN, NAME)
    assert alone.count("<figure") == alone.count('alt="A map"') == 1
    assert "<p" not in alone
    assert "<figcaption" not in alone
    assert within.count('alt="a map"') == 1
    assert "<figure" not in within


@pytest.mark.parametrize(
    ("markdown", "words"), [(ALONE, "A map"), (WITHIN, "See a map here."), ("![](map.png) Words", "Words")]
)
def test_without_the_picture_or_its_description_there_are_only_words(markdown: str, words: str) -> None:
    html = html_of(markdown, *([NAME] if "![]" in markdown else ["another.png"]))
    assert words in html
    assert "<img" not in html
    assert "<figure" not in html


@pytest.mark.parametrize("markdown", [ALONE, WITHIN, f"{ALONE}\n\n{WITHIN}"])
def test_of_pictures_that_are_shown_nothing_is_noted(markdown: str) -> None:
    assert markup_notes(markdown, {NAME}) == ()
    assert "map.png" in "".join(markup_notes("Words.", {NAME}))
