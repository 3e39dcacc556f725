"""Structure of a list of names: one list per section across all its pages, in the printed order."""

import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from letterhub.domain.letters.letter_document import LetterDocument, LetterText, Signatory, SignatoryOrder
from letterhub.domain.letters.signatory_order import build_document
from tests.conformance.letters import render_file
from tests.conformance.test_structure import structure_elements
from tests.support.pdf_readers import text_of_pdf

GREEK = "Παράδειγμα"
SECTIONS = ("national", "state", "Friends")


def signed_by(names: int) -> LetterDocument:
    signatories = [
        Signatory(
            f"{GREEK} {number}" if number % 20 == 7 else f"Example Alliance for the Rivers and Lakes of Mill Street {number}",
            f"Nia Example {number}",
            "Director",
            section=SECTIONS[number % 5 // 2],
        )
        for number in range(names)
    ]
    return build_document(
        LetterText("Clean Rivers", "We write.", order=SignatoryOrder.SECTIONS, cc=("Example Clerk",)), signatories
    )


@pytest.fixture(scope="module", params=[20, 60, 400, 10_000])
def letter_pdf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, pikepdf.Pdf]]:
    """The number of names of a letter, and its PDF, opened."""
    path = render_file(signed_by(request.param), tmp_path_factory.mktemp("list") / "letter.pdf")
    with pikepdf.open(path) as opened:
        yield request.param, opened


def sections_of(opened: pikepdf.Pdf) -> pikepdf.Dictionary:
    """Return the structure element that holds the section headings and their lists."""
    return next(
        one for one in structure_elements(opened.Root.StructTreeRoot, "/Sect") if any(str(kid.S) == "/L" for kid in one.K)
    )


def marked_content(element: pikepdf.Dictionary, pages: dict[tuple[int, int], int]) -> Iterator[tuple[int, int]]:
    """Yield the page and number of all marked content below an element, in reading order."""
    if isinstance(element.K, int):
        yield pages[element.Pg.objgen], int(element.K)
    elif isinstance(element.K, pikepdf.Array):
        for kid in element.K:
            yield from ([(pages[element.Pg.objgen], int(kid))] if isinstance(kid, int) else marked_content(kid, pages))
    else:
        yield from marked_content(element.K, pages)


def test_each_section_is_one_list_below_its_heading(letter_pdf: tuple[int, pikepdf.Pdf]) -> None:
    names, opened = letter_pdf
    kids = list(sections_of(opened).K)
    assert [str(kid.S) for kid in kids] == ["/H3", "/L"] * len(SECTIONS)
    items = [item for kid in kids[1::2] for item in kid.K]
    assert [len(kid.K) for kid in kids[1::2]] == [names * 2 // 5, names * 2 // 5, names // 5]
    assert {str(item.S) for item in items} == {"/LI"}
    assert {str(item.K.S) for item in items} == {"/LBody"}


def test_sections_are_bookmarks_below_the_title_of_the_list(letter_pdf: tuple[int, pikepdf.Pdf]) -> None:
    with letter_pdf[1].open_outline() as outline:
        names = outline.root[0].children[-1]
        assert [section.title for section in names.children] == ["National organizations", "State organizations", "Friends"]
        assert [names.title[-11:], names.is_closed] == ["signatories", True]


def test_a_section_that_goes_on_says_so_above_its_names_and_is_not_read_again(tmp_path: Path) -> None:
    pages = text_of_pdf(render_file(signed_by(430), tmp_path / "letter.pdf")).split("\f")
    heads = [
        re.findall(r"^(?:National organizations|State organizations|Friends)(?: \(continued\))?$", page, re.M) for page in pages
    ]
    assert heads[0] == ["National organizations"]
    assert {head[0] for head in heads[1:-1]} == {
        f"{name} (continued)" for name in ("National organizations", "State organizations", "Friends")
    }


def test_headings_go_down_by_one(letter_pdf: tuple[int, pikepdf.Pdf]) -> None:
    kinds = [str(one.S) for one in structure_elements(letter_pdf[1].Root.StructTreeRoot)]
    assert [kind for kind in kinds if kind[1:2] == "H"] == ["/H1", "/H2", "/H3", "/H3", "/H3"]


def test_names_are_read_in_the_order_in_which_they_are_printed(letter_pdf: tuple[int, pikepdf.Pdf]) -> None:
    _, opened = letter_pdf
    pages = {page.objgen: number for number, page in enumerate(opened.pages)}
    read = list(marked_content(sections_of(opened), pages))
    assert read == sorted(set(read))
    assert len({page for page, _ in read}) >= len(opened.pages) - 2


def test_a_name_in_another_script_says_its_language(letter_pdf: tuple[int, pikepdf.Pdf]) -> None:
    names, opened = letter_pdf
    languages = [str(one.Lang) for one in structure_elements(sections_of(opened), "/Span") if "/Lang" in one]
    assert languages == ["el"] * len(range(7, names, 20))


def test_all_ink_is_part_of_the_text_or_set_apart(letter_pdf: tuple[int, pikepdf.Pdf]) -> None:
    _, opened = letter_pdf
    for page in (opened.pages[0], opened.pages[-1]):
        within: list[str] = []
        apart = 0
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) in ("BDC", "BMC"):
                within.append(str(operands[0]))
            elif str(operator) == "EMC":
                within.pop()
            elif str(operator) in ("TJ", "Tj"):
                assert within
                apart += within[0] == "/Artifact"
        assert apart >= 1
