"""Paragraphs on paper are broken as wholes, and their words are whole in the file."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from letterhub.domain.letters.letter_document import LetterDocument, Letterhead, LetterText, Margins, TextSize, Theme
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from tests.support.pdf_readers import text_of_pdf, words_of_pdf

ENGLISH = (
    "Administrations everywhere acknowledge that interdisciplinary communications infrastructure requires extraordinarily "
    "comprehensive understanding, characteristically misunderstood by representatives whose responsibilities are considerable. "
) * 6
GERMAN = "Die Donau\xaddampf\xadschiff\xadfahrts\xadgesellschaft und ihre Gesetz\xadgebungs\xadverfahren gehen uns an. " * 8


def printed(tmp_path: Path, body: str, layout: int = 2, **parts: Any) -> Path:
    """Return the PDF of a letter with a text alone."""
    path = tmp_path / "letter.pdf"
    document = LetterDocument(LetterText(**{"title": "T", "body": body, **parts}))
    path.write_bytes(render_letter_pdf(replace(document, layout=layout)).data)
    return path


def text_lines(path: Path) -> list[str]:
    """Return the lines of the text as drawn, without title and page number."""
    return [line for line in text_of_pdf(path, as_drawn=True).splitlines() if len(line) > 12]


def spoken_ends(path: Path) -> list[str]:
    """Return the last words of texts that say themselves in the structure."""
    with pikepdf.open(path) as pdf:
        elements = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one]
        return [str(element.ActualText).split()[-1] for element in elements if "/ActualText" in element]


def has_two_running(lines: list[str]) -> bool:
    """Return whether a line that ends with a hyphen follows another."""
    return any(one.endswith("-") and other.endswith("-") for one, other in pairwise(lines))


def test_no_two_lines_in_turn_end_with_a_hyphen(tmp_path: Path) -> None:
    lines = text_lines(printed(tmp_path, ENGLISH))
    assert has_two_running(text_lines(printed(tmp_path, ENGLISH, layout=1)))
    assert any(line.endswith("-") for line in lines)
    assert not has_two_running(lines)


def test_a_divided_word_is_whole_for_whoever_reads_the_file(tmp_path: Path) -> None:
    path = printed(tmp_path, ENGLISH)
    starts = [line.split()[-1].rstrip("-") for line in text_lines(path) if line.endswith("-")]
    assert sorted(spoken_ends(path)) == sorted(f"{start}\xad" for start in starts)


def test_a_typed_soft_hyphen_has_its_hyphen_and_stops_no_other(tmp_path: Path) -> None:
    lines = text_lines(printed(tmp_path, GERMAN, language="de"))
    ends = {line.split()[-1] for line in lines if line.endswith("-")}
    whole = re.sub(r"-\n|\n", lambda end: " " if end[0] == "\n" else "", "\n".join(lines))
    assert ends <= {"Donau-", "Donaudampf-", "Donaudampfschiff-", "Donaudampfschifffahrts-", "Gesetz-", "Gesetzgebungs-"}
    assert ends
    assert whole.startswith(GERMAN.replace("\xad", "").strip())


@pytest.mark.parametrize(
    "body",
    [
        "Word `code_in_line` and [a link](https://rivers.example/a) with a note[^1] and *words of emphasis* in it. " * 9
        + "\n\n[^1]: A note.",
        "First line\\\nsecond, which is considerably longer than the first and is broken somewhere\\\nthird\\\n" * 3,
        "نكتب إليكم اليوم with words and numbers 123 في السطر. " * 12,
        "川の水は大切です。" * 40,
    ],
)
def test_whatever_a_paragraph_holds_nothing_of_it_is_lost(tmp_path: Path, body: str) -> None:
    texts = ["".join(text_of_pdf(printed(tmp_path, body, layout=layout), as_drawn=True).split()) for layout in (1, 2)]
    assert sorted(texts[0].replace("-", "")) == sorted(texts[1].replace("-", ""))


def test_a_page_may_end_before_a_list(tmp_path: Path) -> None:
    body = "Line after line of text. " * 130 + "\n\nThese are the points:\n\n- One\n- Two\n- Three\n"
    pages = text_of_pdf(printed(tmp_path, body)).split("\f")
    assert len([page for page in pages if page.strip()]) >= 2


def test_a_dense_letter_takes_more_text_to_its_width(tmp_path: Path) -> None:
    dense = {"margins": Margins.NARROW, "size": TextSize.ELEVEN, "justify": True, "title": "A title of one line"}
    words = words_of_pdf(printed(tmp_path, ENGLISH, **dense))
    assert min(word.left for word in words) == pytest.approx(72, abs=1)
    ends = [max(word.right for word in words if word.bottom == bottom) for bottom in {word.bottom for word in words}]
    assert len([end for end in ends if end == pytest.approx(612 - 72, abs=0.6)]) > 5


def test_rules_stand_on_the_page_that_runs_from_right_to_left(tmp_path: Path) -> None:
    path = printed(tmp_path, "نكتب إليكم.\n\n---\n\nمن جديد.", language="ar")
    with pikepdf.open(path) as pdf:
        pdf.pages[0].contents_coalesce()
        drawn = pdf.pages[0].obj.Contents.read_bytes()
    lefts = {float(left) for left, width in re.findall(rb"([\d.]+) [\d.]+ ([\d.]+) [\d.]+ re", drawn) if float(width) == 64}
    assert lefts == {376.0}  # the middle of 816 pixels, less half the rule


def test_no_line_of_a_letterhead_ends_with_its_separator(tmp_path: Path) -> None:
    lines = tuple(f"{number} Mill Street and Long River Road" for number in range(6))
    for theme in (Theme.CLASSIC, Theme.MODERN):
        text = text_of_pdf(printed(tmp_path, "B", letterhead=Letterhead("Coalition", lines), theme=theme), as_drawn=True)
        assert all(line in text for line in lines)
        assert not any(line.rstrip().endswith("·") for line in text.splitlines())
        assert ("·" in text) is (theme is Theme.CLASSIC)


def test_lines_of_chinese_and_japanese_are_full(tmp_path: Path) -> None:
    lines = text_lines(printed(tmp_path, "川の水は大切です。" * 40, language="ja"))
    assert {len(line.strip()) for line in lines[:-1]} <= {32, 33, 34}
