"""Any table comes in: it is read right, or staff are asked, or it is refused with the true reason; none is silently wrong."""

import codecs
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from xlsxwriter import Workbook

from letterhub.intake.errors import FileRefused
from letterhub.intake.tables.choices import AS_IT_IS, TableChoices
from letterhub.intake.tables.encodings import likely_readings
from letterhub.intake.tables.opened_table import open_table
from letterhub.intake.tables.outline import TableOutline, outline_table
from letterhub.intake.tables.signatory_table import SignatoryTable, read_signatories
from tests.support.missing import SHARED
from tests.support.workbooks import ods, package, xls, xlsx

ROWS = [["Organization", "Name", "Email"], ["Willow Watch", "Ada Example", "ada@willow.example"], ["Zażółć", "Łukasz Żak", ""]]
NAMES = [("Willow Watch", "Ada Example"), ("Zażółć", "Łukasz Żak")]


@dataclass(frozen=True)
class Case:
    """A file, or what makes a large one, and what becomes of it: its names once read, a part of the question that is asked, or
    of the refusal."""

    file: bytes | Callable[[], bytes]
    names: list[tuple[str, str]] | None = None
    asked: str = ""
    refused: str = ""
    choices: TableChoices = AS_IT_IS


def csv(rows: list[list[str]] = ROWS, separator: str = ",", end: str = "\r\n") -> str:
    return "".join(separator.join(row) + end for row in rows)


def about_sheet(book: Workbook) -> None:
    book.add_worksheet("About").write_row(0, 0, ["Letter", "Clean rivers"])


def errors_and_formulas(book: Workbook) -> None:
    sheet = book.get_worksheet_by_name("Sheet1")
    sheet.write_formula(3, 0, "=Gone!A1", None, "#REF!")
    sheet.write(3, 1, "Rae Example")


def merged(book: Workbook) -> None:
    book.get_worksheet_by_name("Sheet1").merge_range(3, 0, 4, 0, "Otter Order")
    book.get_worksheet_by_name("Sheet1").write(3, 1, "Ola Example")
    book.get_worksheet_by_name("Sheet1").write(4, 1, "Otis Example")


def far_away(book: Workbook) -> None:
    book.get_worksheet_by_name("Sheet1").write(1_048_575, 16_383, "x")


def lying_about_its_size() -> bytes:
    """Return a workbook whose sheet is larger than its archive says."""
    whole = zipfile.ZipFile(io.BytesIO(xlsx(ROWS)))
    rows = b'<row r="9"><c r="A9"><v>1</v></c></row>' * 300_000
    parts = {part: whole.read(part).replace(b"</sheetData>", rows + b"</sheetData>") for part in whole.namelist()}
    data = package(parts)
    size = len(parts["xl/worksheets/sheet1.xml"]).to_bytes(4, "little")
    return data.replace(size, (1000).to_bytes(4, "little"))


def encrypted_xls() -> bytes:
    """Return a workbook of Excel 97 whose second record says that the others are encrypted."""
    return xls(ROWS).replace(b"\xe1\x00\x02\x00", b"\x2f\x00\x02\x00", 1)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
CASES = {
    "utf8.csv": Case(csv().encode(), NAMES),
    "utf8-bom.csv": Case(csv().encode("utf-8-sig"), NAMES),
    "semicolons.csv": Case(csv(separator=";").encode(), NAMES),
    "tabs.tsv": Case(csv(separator="\t").encode(), NAMES),
    "old-mac-lines.csv": Case(csv(end="\r").encode(), NAMES),
    "utf16le-bom.txt": Case(codecs.BOM_UTF16_LE + csv(separator="\t").encode("utf-16-le"), NAMES),
    "utf16be-bom.txt": Case(codecs.BOM_UTF16_BE + csv(separator="\t").encode("utf-16-be"), NAMES),
    "utf16le.txt": Case(csv(separator="\t").encode("utf-16-le"), NAMES),
    "utf16be.txt": Case(csv(separator="\t").encode("utf-16-be"), NAMES),
    "utf32.csv": Case(csv().encode("utf-32"), NAMES),
    "names.xlsx": Case(xlsx(ROWS), NAMES),
    "names.xls": Case(xls(ROWS), NAMES),
    "names.ods": Case(ods(ROWS), NAMES),
    "a-workbook.csv": Case(xlsx(ROWS), NAMES),
    "text.xlsx": Case(csv().encode(), NAMES),
    "macros.xlsm": Case(xlsx(ROWS, change=lambda book: book.add_worksheet("empty")), NAMES),
    "letterhub-own.xlsx": Case(xlsx(ROWS, change=about_sheet), NAMES),
    "title-above.xlsx": Case(xlsx([["Responses of May"], [], *ROWS, ["Total", 2]]), NAMES),
    "total-below.csv": Case((csv() + "TOTAL: 2,,\r\n\r\n").encode(), NAMES),
    "merged.xlsx": Case(xlsx(ROWS, change=merged), [*NAMES, ("Otter Order", "Ola Example"), ("Otter Order", "Otis Example")]),
    "errors.xlsx": Case(xlsx(ROWS, change=errors_and_formulas), [*NAMES, ("#ERROR!", "Rae Example")]),
    "name-parts.csv": Case(
        b"Organization,Prefix,First,Middle name,Last,Suffix\nWillow Watch,Dr.,Ada,B.,Example,Jr.\n",
        [("Willow Watch", "Dr. Ada B. Example Jr.")],
    ),
    "microsoft-forms.xlsx": Case(
        xlsx([["ID", "Start time", "Email", "Name", "Organization"], [1, "9/9/26", "anonymous", "Anonymous", "Willow Watch"]]),
        [("Willow Watch", "")],
    ),
    "two-lists.xlsx": Case(xlsx(sheets={"May": ROWS, "June": ROWS}), asked="May"),
    "two-lists-chosen.xlsx": Case(xlsx(sheets={"May": ROWS, "June": ROWS[:2]}), NAMES[:1], choices=TableChoices(sheet="June")),
    "no-headings.csv": Case(b"Willow Watch,Ada Example\nOtter Order,Ola Example\n", asked="which row"),
    "one-column.txt": Case("Smith, Jones & Partners\nÉcole Exemple\n".encode(), asked="which row"),
    "one-column-chosen.txt": Case(
        "Smith, Jones & Partners\nÉcole Exemple\n".encode(),
        [("Smith, Jones & Partners", ""), ("École Exemple", "")],
        choices=TableChoices(separator="none", header_line=0, columns={0: "organization"}),
    ),
    "unknown-headings.csv": Case(b"Organization,Votre nom\nWillow Watch,Ada Example\n", asked="Votre nom"),
    "headings-that-name-nobody.csv": Case(
        b"Who,Role,Email\nAda Example,Chair,a@b.example\n", asked="don’t know these columns: “Who”"
    ),
    "names-above.csv": Case(b"Who,Where\nWillow Watch,Dover\nOrganization,Website\n", asked="which row"),
    "headings-in-two-rows.csv": Case(b"Group,,Contact,\nOrganization,Website,Name,Email\nA,,B,\n", asked="which row"),
    "sep-line.csv": Case(f"sep=;\n{csv(separator=';')}".encode(), NAMES),
    "markdown.txt": Case(b"| Organization | Name |\n|---|---|\n| Willow Watch | Ada Example |\n", NAMES[:1]),
    "sql.txt": Case(b"organization | name\n-----+-----\nWillow Watch | Ada Example\n(1 row)\n", NAMES[:1]),
    "aligned.txt": Case(b"Organization   Name\nWillow Watch   Ada Example\n", refused="spaces separate the columns"),
    "single-quotes.csv": Case(b"'Organization','Name'\n'A','B'\n", refused="other quotation marks, such as 'Organization'"),
    "cp1250.csv": Case(csv().encode("cp1250"), asked="Zażółć · Łukasz Żak"),
    "protected.xlsx": Case(OLE + "EncryptedPackage".encode("utf-16-le"), refused="protected by a password"),
    "protected.xls": Case(encrypted_xls(), refused="protected by a password"),
    "protected.ods": Case(ods(ROWS, manifest="<manifest:encryption-data/>"), refused="protected by a password"),
    "report.doc": Case(OLE + "WordDocument".encode("utf-16-le"), refused="this is a text document"),
    "report.docx": Case(package({"word/document.xml": "<x/>"}), refused="this is a text document"),
    "report.odt": Case(package({"mimetype": "application/vnd.oasis.opendocument.text"}), refused="this is a text document"),
    "names.numbers": Case(package({"Index/Document.iwa": b"x"}), refused="Apple’s Numbers"),
    "folder.zip": Case(package({"names.csv": csv()}), refused="this is an archive of files"),
    "page.xls": Case(b"<html><table><tr><td>Organization</td></tr></table></html>", refused="this is a web page"),
    "xml-2003.xls": Case(b'<?xml version="1.0"?><Workbook/>', refused="this is an XML document"),
    "names.json": Case(b'[{"organization": "Willow Watch"}]', refused="this is JSON"),
    "yes.eml": Case(
        b"From: Ada <ada@willow.example>\r\nTo: otto@rivers.example\r\n\r\nWe sign.\r\n", refused="an email message"
    ),
    "plan.ics": Case(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", refused="this is a calendar"),
    "contacts.vcf": Case(b"BEGIN:VCARD\nFN:Ada Example\nEND:VCARD\n", refused="vCard"),
    "excel4.xls": Case(b"\x09\x04\x06\x00\x00\x00\x10\x00", refused="Excel 4 or older"),
    "damaged.xlsx": Case(xlsx(ROWS)[:2000], refused="the spreadsheet is damaged"),
    "bomb.xlsx": Case(lambda: package({"xl/worksheets/sheet1.xml": b"\0" * 100_000_000}), refused="unpacks to 95 MB"),
    "bzip2.xlsx": Case(lambda: package({"xl/a": "", "mimetype": b"\0" * 100_000_000}, zipfile.ZIP_BZIP2), refused="is damaged"),
    "lzma.xlsx": Case(package({"xl/a": "", "mimetype": "x"}, zipfile.ZIP_LZMA), refused="is damaged"),
    "torn.xlsx": Case(
        re.sub(rb"(?s)(?<=mimetype)..", b"\xff\xff", package({"mimetype": "x" * 9}), count=1), refused="an archive of files"
    ),
    "future.xlsx": Case(package({"xl/a": ""}).replace(b"PK\1\2\x14\3\x14", b"PK\1\2\x14\3\xff"), refused="is damaged"),
    "liar.xlsx": Case(lying_about_its_size, refused="the spreadsheet is damaged"),
    "far-away.xlsx": Case(lambda: xlsx(ROWS, change=far_away), refused="more memory or time than one file may use"),
    "long.xlsx": Case(
        lambda: xlsx([["Organization", "Name"], *[["Willow Watch", "x"]] * 10_050]), refused="more than 10,000 rows"
    ),
    "empty.xlsx": Case(xlsx(), refused="the spreadsheet is empty"),
    "random.bin": Case(bytes(range(256)) * 8, refused="not a text file"),
    "two-encodings.csv": Case(b"Organization,Name\nCaf\xe9,Ren\xc3\xa9\n", refused="mixes two encodings"),
}


@pytest.mark.shows("S15")
@pytest.mark.parametrize("file", CASES)
def test_a_table_is_read_right_or_asked_about_or_refused_with_the_true_reason(file: str) -> None:
    case = CASES[file]
    data = case.file() if callable(case.file) else case.file
    if case.refused:
        with pytest.raises(FileRefused, match=case.refused):
            read_signatories(data, file, None, case.choices)
        return
    outline = outlined(data, file, case.choices)
    message = " ".join((outline.question, *outline.sheets, *(reading.sample for reading in outline.readings)))
    assert (outline.needs_answer, case.asked in message) == (bool(case.asked), True)
    if case.names is not None:
        assert names(read_signatories(data, file, None, case.choices)) == case.names


def outlined(data: bytes, file: str, choices: TableChoices = AS_IT_IS) -> TableOutline:
    return outline_table(open_table(data, file, choices, is_upload=True), data, choices)


def names(table: SignatoryTable) -> list[tuple[str, str]]:
    return [(row.signatory.organization, row.signatory.signer_name) for row in table.rows]


FRENCH = "Ligue de l’Exemple – section Île-de-France;Hélène Œuvrard;Présidente"
ENCODED = [
    ("cp1252", FRENCH), ("cp1252", "München Verein;Jürgen Groß"), ("cp1252", "O’Neil & Sons “Good” – group"),
    ("cp1252", "Café Example"), ("cp1252", "Þórður Jónsson;Reykjavík"), ("mac-roman", FRENCH),
    ("mac-roman", "Organización Ñandú;José Pérez;São Paulo"), ("mac-roman", "García Núñez"),
    ("cp850", "Organización Ñandú;José Pérez;São Paulo"), ("cp850", "München Verein;Jürgen Groß"),
    ("cp1250", "Zażółć"), ("cp1250", "Sdružení Řeka;Jiří Dvořák"), ("cp1250", "Magyar Folyó Egyesület;Győr;Erdős"),
    ("cp852", "Stowarzyszenie Zażółć;Łukasz Żak"), ("iso8859-2", "Sdružení Řeka;Jiří Dvořák"),
    ("iso8859-7", "Ένωση Παράδειγμα;Νίκος Παπαδόπουλος;Αθήνα"), ("cp1251", "Пример"), ("cp1251", "Спілка Річок;Їжак;Київ"),
    ("koi8-u", "Союз Рек;Иван Петров;Москва"), ("cp866", "Союз Рек;Иван Петров;Москва"),
    ("cp1254", "İstanbul Derneği;Müge Örnek;Ağaç"), ("cp1255", "עמותת הנהר;דוד לוי"), ("cp1256", "جمعية المثال;أحمد علي"),
    ("cp1257", "Žaliųjų sąjunga;Jūratė"), ("cp874", "สมาคมตัวอย่าง;สมชาย"), ("cp932", "例示市民会議;山田太郎;東京"),
    ("cp932", "ｻﾝﾌﾟﾙ 団体"), ("euc_jp", "みどりの川の会"), ("gb18030", "示例环境保护协会;王小明;北京"),
    ("cp950", "範例環境保護協會;王小明;臺北"), ("cp949", "예시시민연대;김철수;서울"),
]  # fmt: skip


@pytest.mark.parametrize(("encoding", "text"), ENCODED)
def test_the_likeliest_reading_of_a_short_table_is_the_right_one(encoding: str, text: str) -> None:
    data = f"Organization;Name;City\n{text}\n".encode(encoding)
    best, *_others = likely_readings(data)
    assert data.decode(best.encoding).splitlines()[1] == text
    assert text.split(";", maxsplit=1)[0] in best.sample
    outline = outlined(data, "names.csv")
    assert (outline.needs_answer, outline.readings[0]) == (True, best)
    assert not outlined(data, "names.csv", TableChoices(encoding=encoding)).is_guess


def test_where_two_readings_are_words_both_are_shown() -> None:
    data = "Organization;Name\nSchön;Sam\n".encode("cp850")
    assert {reading.sample for reading in likely_readings(data)} >= {"Schön", "Schîn"}


def test_cells_of_a_workbook_are_their_text() -> None:
    workbook = xls([["Organization", "Section", "Lead", "City"], ["Willow Watch", 2139.0, True, 1.5]])
    [row] = read_signatories(workbook, "names.xls").rows
    assert (row.signatory.section, row.signatory.lead, row.signatory.location) == ("2139", True, "1.5")


def test_addresses_are_read_as_mail_programs_write_them() -> None:
    cells = ("Ada Example <ada@willow.example>", "mailto:ada@willow.example", " <ada@willow.example> ", "ada@willow.example")
    table = read_signatories("".join(["Organization;Email\n", *(f"A;{cell}\n" for cell in cells)]).encode(), "names.csv")
    assert [row.email for row in table.rows] == ["ada@willow.example"] * 4
    [two] = read_signatories(b"Organization,Email\nA,ada@a.example; bo@a.example\n", "names.csv").rows
    assert two.email == "ada@a.example; bo@a.example"


def test_a_respondent_whom_a_form_does_not_name_has_no_address_either() -> None:
    [row] = read_signatories(b"Email,Name,Organization\nanonymous,Anonymous,Willow Watch\n", "names.csv").rows
    assert (row.email, row.signatory.signer_name) == ("", "")


def test_errors_of_a_spreadsheet_are_problems_of_their_rows() -> None:
    table = read_signatories(xlsx(ROWS, change=errors_and_formulas), "names.xlsx")
    assert [problem.sentence[:29] for problem in table.rows[2].problems] == ["the cell holds an error of th"]


@pytest.mark.needs_shared("csv")
def test_every_shared_table_is_read_asked_about_or_refused() -> None:
    refused, asked = set(), set()
    for path in sorted((SHARED / "csv").iterdir()):
        try:
            outline = outlined(path.read_bytes(), path.name)
            asked |= {path.name} if outline.needs_answer else set()
            read_signatories(path.read_bytes(), path.name)
        except FileRefused:
            refused.add(path.name)
    assert refused == {"broken-utf8.csv", "ragged.csv"}
    assert asked == {"google-forms-french-windows1252-semicolon.csv"}
