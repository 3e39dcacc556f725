"""Typography of a letter's text in the PDF, read from the file or measured in it."""

from pathlib import Path

import pytest

from letterhub.domain.letters.letter_document import Addressee, LetterDocument, Letterhead, LetterText, Theme
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from tests.support.pdf_readers import text_of_pdf, text_styles_of_pdf, words_of_pdf

EDGE = 612 - 108  # right edge of the text on a sheet of 8.5 inches, in points


def printed(tmp_path: Path, body: str, **parts: object) -> Path:
    """Return the PDF of a letter with a text alone."""
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_letter_pdf(LetterDocument(LetterText("T", body, **parts))).data)  # type: ignore[arg-type]
    return path


def table(columns: int) -> str:
    """Return a table of so many figures."""
    rows = (["Program", *(["FY 2026"] * columns)], ["--"] * (columns + 1), ["Libraries", *(["$1,234,567,000"] * columns)])
    return "\n".join(f"|{'|'.join(row)}|" for row in rows)


def test_a_list_counts_from_the_number_that_was_written(tmp_path: Path) -> None:
    text = text_of_pdf(printed(tmp_path, "1. One\n\nBetween.\n\n2. Two\n3. Three\n"))
    assert [number for number in ("1. One", "2. Two", "3. Three") if number not in text] == []


def test_a_check_box_stands_in_place_of_a_bullet(tmp_path: Path) -> None:
    text = text_of_pdf(printed(tmp_path, "- [ ] One\n- [x] Two\n\nBetween.\n\n- Three\n\n1. One\n5. Five\n"))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert {"☐ One", "☑ Two", "• Three", "5. Five"} <= set(lines)


@pytest.mark.parametrize(("rows", "is_whole"), [(2, True), (5, True), (40, False)])
def test_a_short_table_is_on_one_page(tmp_path: Path, rows: int, is_whole: bool) -> None:
    table_text = "| Year | Hours |\n|---|--:|\n" + "".join(f"| {2001 + row} | 1,200 |\n" for row in range(rows))
    pages = text_of_pdf(printed(tmp_path, "A paragraph.\n\n" * 19 + table_text)).split("\f")
    assert any("2001" in page and str(2000 + rows) in page for page in pages) == is_whole


@pytest.mark.parametrize(("columns", "theme"), [(6, Theme.CLASSIC), (7, Theme.MODERN), (14, Theme.CLASSIC)])
def test_a_table_of_many_figures_ends_where_the_text_does(tmp_path: Path, columns: int, theme: Theme) -> None:
    assert max(word.right for word in words_of_pdf(printed(tmp_path, table(columns), theme=theme))) < EDGE + 1


def test_staff_read_where_figures_had_to_be_cut_and_the_bar_goes_on() -> None:
    cut = "A table has more columns than fit side by side, so words and numbers in it are cut off."
    for columns, warnings in ((6, ()), (14, (cut,))):
        heard: list[float] = []
        assert render_letter_pdf(LetterDocument(LetterText("T", table(columns))), heard.append).warnings == warnings
        assert heard == sorted(heard)


def test_a_table_that_fits_keeps_its_size(tmp_path: Path) -> None:
    path = printed(tmp_path, "| Program | FY 2026 |\n|--|--|\n| Libraries | $1,234,567,000 |\n")
    assert [look.size for text, look in text_styles_of_pdf(path) if text.startswith("Libraries")] == [
        pytest.approx(10.8, abs=0.3)
    ]


def test_names_and_closing_never_stand_on_a_page_without_text(tmp_path: Path) -> None:
    sentence = "We ask you to keep every river of this state clean, and to do it soon, for all who drink from it. " * 3
    for lines in range(6):
        body = f"{sentence}\n\n" * 6 + "".join(f"line {number}<br>" for number in range(lines)) + "\n\n" + sentence + "the end."
        pages = {word.text: word.page for word in words_of_pdf(printed(tmp_path, body, closing="Sincerely,"))}
        assert pages["Sincerely,"] == pages["end."], f"after {lines} lines"


def test_a_row_of_a_table_stays_on_one_page(tmp_path: Path) -> None:
    rows = "".join(f"| first{row} {'word ' * 60} last{row} | b |\n" for row in range(30))
    pages = {word.text: word.page for word in words_of_pdf(printed(tmp_path, f"| A | B |\n|--|--|\n{rows}"))}
    assert [row for row in range(30) if pages[f"first{row}"] != pages[f"last{row}"]] == []
    assert max(pages.values()) > 1


def test_a_row_that_is_taller_than_a_page_goes_on_over_the_next(tmp_path: Path) -> None:
    row = " ".join(f"word{number}" for number in range(2000))
    words = words_of_pdf(printed(tmp_path, f"| A | B |\n|--|--|\n| {row} | b |\n"))
    assert {"word0", "word1999"} <= {word.text for word in words}


def test_a_line_of_an_addressee_that_turns_over_is_set_in(tmp_path: Path) -> None:
    addressees = (Addressee("Nia", (f"Chair {'m' * 34} Turned over", "Washington")),)
    left = {word.text: word.left for word in words_of_pdf(printed(tmp_path, "Text", addressees=addressees))}
    assert left["Chair"] == left["Nia"] == left["Washington"] < left["Turned"] - 10


def test_a_line_of_a_letterhead_is_not_broken_where_another_one_could_be(tmp_path: Path) -> None:
    street = "A Long Mill Street in the City of All the Clean Rivers and Lakes of the State"
    head = Letterhead("Coalition", (street, "Telephone for all who ask"))
    bottom = {word.text: word.bottom for word in words_of_pdf(printed(tmp_path, "Text", letterhead=head))}
    assert bottom["Telephone"] == bottom["ask"] > bottom["State"]
