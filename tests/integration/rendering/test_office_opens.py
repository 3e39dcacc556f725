"""LibreOffice opens an edition's files: the Word file prints the same list, and no cell is a formula (S4)."""

import csv
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from letterhub.domain.letters.letter_document import Addressee, LetterDocument, LetterText, Signatory
from letterhub.domain.spreadsheet_escaping import to_csv
from letterhub.rendering.docx.file import docx_file
from letterhub.rendering.odt.file import odt_file
from letterhub.rendering.tables.csv_export import csv_table
from letterhub.rendering.tables.xlsx_export import workbook
from tests.support.editions import SIGNATORIES, edition_document
from tests.support.missing import skip_missing

POINTS_PER_INCH = 72
OFFICE = shutil.which("soffice")
DANGEROUS = [one.organization for one in SIGNATORIES if one.organization[0] in "=+"]


AS_FORMULAS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true"


def converted(content: bytes, name: str, to: str, folder: Path, *options: str) -> bytes:
    """Return a file as LibreOffice converts it to another format."""
    (folder / name).write_bytes(content)
    if OFFICE is None:
        skip_missing(
            "LibreOffice is not installed: on Debian, apt-get install libreoffice-writer-nogui libreoffice-calc-nogui."
        )
    command = [
        OFFICE,
        f"-env:UserInstallation=file://{folder}/home",
        "--headless",
        "--convert-to",
        to,
        "--outdir",
        "out",
        *options,
    ]
    subprocess.run([*command, name], cwd=folder, check=True, capture_output=True, timeout=120)
    return next((folder / "out").iterdir()).read_bytes()


@pytest.mark.parametrize(("draw", "name"), [(docx_file, "letter.docx"), (odt_file, "letter.odt")])
def test_a_word_or_odt_file_prints_the_same_list_in_the_same_order(
    draw: Callable[[LetterDocument], bytes], name: str, tmp_path: Path
) -> None:
    (tmp_path / "letter.pdf").write_bytes(converted(draw(edition_document()), name, "pdf", tmp_path))
    text = subprocess.check_output(["pdftotext", "-layout", "letter.pdf", "-"], cwd=tmp_path, text=True)
    names = [one.name for one in edition_document().signatories if one.name.isascii()]
    places = [text.index(name) for name in names]
    assert places == sorted(places)
    assert "Page 1 of " in text
    assert "And more, here." in text


@pytest.mark.parametrize(("draw", "name"), [(docx_file, "letter.docx"), (odt_file, "letter.odt")])
def test_names_stand_in_columns_and_addressees_beside_each_other(
    draw: Callable[[LetterDocument], bytes], name: str, tmp_path: Path
) -> None:
    text = replace(edition_document().text, addressees=(Addressee("The Mayor", ("City Hall",)), Addressee("The Council")))
    names = tuple(Signatory(f"Alliance {number:02}", "Nia Example") for number in range(40))
    letter = LetterDocument(text, names)
    (tmp_path / "letter.pdf").write_bytes(converted(draw(letter), name, "pdf", tmp_path))
    lines = subprocess.check_output(["pdftotext", "-layout", "letter.pdf", "-"], cwd=tmp_path, text=True).splitlines()
    assert any("The Mayor" in line and "The Council" in line for line in lines)
    assert any("Alliance 00" in line and line.count("Alliance") == 2 for line in lines)
    assert sum(line.count("Alliance ") for line in lines) == len(names)


@pytest.mark.parametrize(("draw", "name"), [(docx_file, "letter.docx"), (odt_file, "letter.odt")])
def test_labels_of_lists_from_right_to_left_stand_within_the_margin(
    draw: Callable[[LetterDocument], bytes], name: str, tmp_path: Path
) -> None:
    body = "نحن المنظمات\n\n1. الماء\n2. النهر\n   1. (a)\n\n- النقطة"
    text = LetterText("أنهار", body, salutation="السيد", closing="مع", language="ar")
    (tmp_path / "letter.pdf").write_bytes(converted(draw(LetterDocument(text, ())), name, "pdf", tmp_path))
    boxes = subprocess.check_output(["pdftotext", "-bbox", "letter.pdf", "-"], cwd=tmp_path, text=True)
    edges = {word.strip("."): float(edge) for edge, word in re.findall(r'xMax="([\d.]+)"[^>]*>([^<]*)<', boxes)}
    assert {"1", "2", "•"} <= edges.keys()
    assert max(edges.values()) <= (8.5 - 1.5) * POINTS_PER_INCH + 0.5


def test_a_word_file_of_the_first_layout_has_no_columns() -> None:
    letter = LetterDocument(edition_document().text, edition_document().signatories)
    word = docx.Document(io.BytesIO(docx_file(replace(letter, layout=1))))
    assert len(word.sections) == 1


@pytest.mark.shows("S4")
@pytest.mark.parametrize(("draw", "name"), [(workbook, "list.xlsx"), (csv_table, "list.csv")])
def test_no_name_runs_in_a_spreadsheet(draw: object, name: str, tmp_path: Path) -> None:
    assert callable(draw)
    output = converted(draw(edition_document()), name, AS_FORMULAS, tmp_path).decode()
    rows = [row[0].lstrip("'") for row in csv.reader(io.StringIO(output.lstrip("\ufeff")))]
    assert len(DANGEROUS) == 2
    assert [name for name in DANGEROUS if name not in rows] == []


@pytest.mark.shows("S4")
@pytest.mark.parametrize("borders", ["59", "44/59/9", "124"], ids=["semicolon", "all that it offers", "bar"])
def test_no_part_of_a_name_runs_where_a_spreadsheet_takes_other_borders_for_those_of_cells(
    borders: str, tmp_path: Path
) -> None:
    sly = ["Semi;=1+1;", "Bar|=1+1|x", '"a";"=1+1";"b"', "Plain; +1+1;@x"]
    table = to_csv([(f"{at} {one}", one, f"Director {one}", "=1+1") for at, one in enumerate(sly)]).encode("utf-8-sig")
    output = converted(table, "list.csv", AS_FORMULAS, tmp_path, f"--infilter=CSV:{borders},34,76").decode()
    cells = [cell for row in csv.reader(io.StringIO(output.lstrip("\ufeff"))) for cell in row]
    assert len(cells) >= len(sly)
    assert [cell for cell in cells if cell.strip().startswith(("=", "+", "@"))] == []
