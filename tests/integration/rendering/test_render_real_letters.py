"""Real letters, as their authors wrote them, through `letterhub render`."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from letterhub.cli import main
from letterhub.rendering.pdf.typesetting.line_breaking import has_rtl
from tests.support.missing import SHARED, shared_files
from tests.support.pdf_readers import (
    names_in_html,
    parts_out_of_order,
    pdf_info,
    qpdf_errors,
    signatory_list_in_html,
    text_of_pdf,
    without_spaces,
)

LETTERS = SHARED / "letters"
NAMES = [path.name for path in shared_files("letters/*")]
TRANSLATIONS = shared_files("letters/*/translations/*.md")
SCRIPTS = [path for path in TRANSLATIONS if path.suffixes[0] in (".el", ".hy", ".ja", ".ru", ".tr", ".zh-tw")] or TRANSLATIONS

needs_letters = pytest.mark.needs_shared("letters")


def render(*words: str) -> str:
    done = CliRunner().invoke(main, ["render", *words])
    assert (done.exit_code, done.stdout) == (0, "")
    return done.stderr


def signed(name: str) -> Counter[str]:
    with (LETTERS / name / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return Counter(" ".join((row["organization"] or row["signer_name"]).split()) for row in csv.DictReader(file))


@needs_letters
@pytest.mark.parametrize("name", NAMES)
def test_every_real_letter_is_drawn_with_every_row_once(name: str, tmp_path: Path) -> None:
    letter, table = LETTERS / name / f"{name}.md", LETTERS / name / f"{name}.csv"
    page, paper, cells = tmp_path / "out.html", tmp_path / "out.pdf", tmp_path / "out.csv"
    output = render(str(letter), str(table), "--html", str(page), "--pdf", str(paper), "--csv", str(cells))
    assert "our fonts can’t draw" not in output

    assert names_in_html(page.read_bytes()) == signed(name)
    assert len(cells.read_text(encoding="utf-8-sig").splitlines()) == 1 + signed(name).total()
    text = without_spaces(text_of_pdf(paper))
    assert [one for one, times in signed(name).items() if text.count(without_spaces(one)) < times] == []
    listed = [without_spaces(text) for text in signatory_list_in_html(page.read_bytes()) if not has_rtl(text)]
    assert parts_out_of_order(without_spaces(text_of_pdf(paper, as_drawn=True)), listed) == []
    assert qpdf_errors(paper) == ""
    assert pdf_info(paper)["Tagged"] == "yes"


@needs_letters
@pytest.mark.parametrize("letter", SCRIPTS, ids=lambda path: path.stem)
def test_translations_are_set_in_their_own_scripts(letter: Path, tmp_path: Path) -> None:
    table, paper = letter.parents[1] / f"{letter.parents[1].name}.csv", tmp_path / "out.pdf"
    assert "our fonts can’t draw" not in render(str(letter), str(table), "--pdf", str(paper))
    text = without_spaces(text_of_pdf(paper))
    body = letter.read_text(encoding="utf-8").replace("#", "").replace("*", "").split("\n\n")
    assert without_spaces(body[0]) in text
    assert qpdf_errors(paper) == ""


@needs_letters
@pytest.mark.parametrize("letter", TRANSLATIONS, ids=lambda path: path.stem)
def test_every_translation_is_drawn_as_a_page(letter: Path, tmp_path: Path) -> None:
    table, page, titled = letter.parents[1] / f"{letter.parents[1].name}.csv", tmp_path / "out.html", tmp_path / "titled.md"
    titled.write_text("---\ntitle: Translation\n---\n" + letter.read_text(encoding="utf-8"), encoding="utf-8")
    render(str(titled), str(table), "--html", str(page))
    assert names_in_html(page.read_bytes()) == signed(letter.parents[1].name)
