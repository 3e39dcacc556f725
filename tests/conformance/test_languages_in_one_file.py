"""One PDF of a letter in several languages: each begins a page and says its language, and the list comes once."""

import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from tests.conformance.letters import DATA, NAMES, letter_in_four_languages, render_file
from tests.conformance.test_structure import structure_elements
from tests.support.pdf_readers import text_of_pdf


@pytest.fixture(scope="module")
def letter_pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The PDF of a letter in English, Arabic, Japanese and Persian."""
    return render_file(letter_in_four_languages(), tmp_path_factory.mktemp("languages") / "letter.pdf")


@pytest.fixture(scope="module")
def opened(letter_pdf: Path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(letter_pdf) as file:
        yield file


@pytest.fixture(scope="module")
def pages(letter_pdf: Path) -> list[str]:
    """The text of each page."""
    return text_of_pdf(letter_pdf).split("\f")


def bookmarks(opened: pikepdf.Pdf) -> dict[str, tuple[int, list[str]]]:
    """Return the titles of the outline, each with the number of its page and the titles below it."""
    page_numbers = {page.obj.objgen: number for number, page in enumerate(opened.pages)}
    with opened.open_outline() as outline:
        return {
            one.title: (page_numbers[one.destination[0].objgen], [below.title for below in one.children])
            for one in outline.root
        }


def test_each_language_is_a_part_that_says_so(opened: pikepdf.Pdf) -> None:
    [whole] = [one for one in structure_elements(opened.Root.StructTreeRoot) if str(one.S) == "/Document"]
    parts = [str(one.get("/Lang", opened.Root.Lang)) for one in whole.K if str(one.get("/S", "")) == "/Sect"]
    assert parts == ["en-US", "ar", "ja", "fa"]


def test_bookmarks_lead_to_each_language_and_to_the_list(opened: pikepdf.Pdf) -> None:
    found = bookmarks(opened)
    count = f"{len(NAMES)} organizations and 1 individual"
    assert list(found) == ["English (United States)", "العربية", "日本語", "فارسی", count]
    assert found["العربية"][1] == ["أنهار نظيفة"]
    assert found[count][1] == ["Organizations", "Individuals"]
    numbers = [page for page, _ in found.values()]
    assert numbers == sorted(set(numbers))


def test_each_language_has_its_own_heads_and_feet_and_no_head_on_its_first_page(opened: pikepdf.Pdf, pages: list[str]) -> None:
    starts = [page for page, _ in bookmarks(opened).values()]
    english, arabic, japanese, _, names = starts
    assert "Page 1 of" in pages[english]
    assert "صفحة" in pages[arabic]
    assert "ページ" in pages[japanese]
    assert "Page" in pages[names]
    assert "Clean Rivers · The President" in pages[english + 1]
    assert all("Clean Rivers ·" not in page for number, page in enumerate(pages) if not english < number < arabic)
    assert "きれいな川 ·" in pages[japanese + 1]
    assert "きれいな川 ·" not in pages[japanese]
    assert all("k7f3-9qx2" in page for page in pages[: len(opened.pages)])


def test_the_list_comes_once_and_each_language_says_where(opened: pikepdf.Pdf, pages: list[str]) -> None:
    text = "".join(pages)
    assert len(re.findall(r"^ *Example Alliance\b", text, re.MULTILINE)) == 1
    number = bookmarks(opened)[f"{len(NAMES)} organizations and 1 individual"][0] + 1
    assert f"{len(NAMES)} organizations and 1 individual · Page {number}" in text.replace("\u00a0", " ")
    assert f"ページ {number}" in text.replace("\u00a0", " ")


def test_links_stay_in_their_language(opened: pikepdf.Pdf) -> None:
    links = [link for page in opened.pages for link in page.get("/Annots", ()) if "/Dest" in link]
    contents = {str(link.Dest): str(link.Contents) for link in links}
    assert contents["en-US:note-1"] == "Note 1"
    assert contents["ar:note-1"] == "حاشية 1"
    assert contents["ja:note-mark-1"] == "本文に戻る"
    assert contents["in-ja"] == "日本語"
    assert contents["list-ar"].startswith("المنظمات")
    assert set(contents) <= set(map(str, opened.Root.Names.Dests.Names))


def test_the_same_letter_is_the_same_file(letter_pdf: Path) -> None:
    assert render_letter_pdf(letter_in_four_languages(), attachments=DATA).data == letter_pdf.read_bytes()
