"""A list has as many columns as let most of its lines stay unbroken, whichever line of a signatory is the longest."""

import pytest

from letterhub.rendering.pdf.typesetting.entries import FontResources, ListPhrase, PhraseTypesetter
from letterhub.rendering.pdf.typesetting.fonts import FontRegistry, FontStack
from letterhub.rendering.pdf.typesetting.list_job import ListJob, ListSection
from letterhub.rendering.pdf.typesetting.list_typesetter import column_count
from letterhub.rendering.pdf.typesetting.style import list_style

WIDTH = 396.0  # points between the margins of a letter
SHORT, LONG = "Clara Example", "Example Alliance for the Rivers and Lakes"


def columns(signatory: tuple[str, ...], count: int = 20, logos: bool = False) -> int:
    """Return the number of columns for so many signatories with these lines."""
    phrases = tuple(ListPhrase(line, "", False) for line in signatory)
    section = ListSection("", (phrases,) * count, ("a.png",) * count if logos else ())
    job = ListJob((section,), plain=False, language="en", is_rtl=False, running="", foot="", page="Page", of="of")
    style = list_style()
    hand = PhraseTypesetter(
        FontStack(FontRegistry(), style.families, bold=False, language="en"), style.size, FontResources(), is_rtl=False
    )
    return column_count(job, WIDTH, style, hand, hand)


@pytest.mark.parametrize(
    ("signatory", "expected"),
    [
        ((SHORT,), 3),
        ((LONG,), 2),
        ((SHORT, SHORT), 3),
        ((SHORT, LONG), 2),
        ((SHORT, SHORT, SHORT), 3),
        ((SHORT, SHORT, LONG), 2),
    ],
)
def test_every_line_of_a_signatory_counts(signatory: tuple[str, ...], expected: int) -> None:
    assert columns(signatory) == expected


def test_a_few_names_stand_below_one_another() -> None:
    assert columns((SHORT,), count=6) == 1


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (2, 2), (3, 3), (4, 2), (5, 3), (100, 3)])
def test_logos_stand_in_rows_that_are_full(count: int, expected: int) -> None:
    assert columns((LONG,), count, logos=True) == expected
