"""Common column headings are recognized, and none that holds private data is mistaken for a printed one."""

import csv
import io
import time

import pytest

from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.intake.tables.signatory_table import SignatoryTable, read_signatories


def table(header: str, *rows: tuple[str, ...]) -> SignatoryTable:
    """Return a table with one row of headings, separated by bars, and some rows."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows((header.split("|"), *rows))
    return read_signatories(out.getvalue().encode(), "names.csv")


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            "Name of your organization:|Your full name:|Your title (e.g., Executive Director)",
            "A|Nia|Chair",
            ("A", "Nia", "Chair"),
        ),
        (
            "Organization (as it should appear on the letter)|Signer First & Last Name|Title/Position",
            "A|Nia|Chair",
            ("A", "Nia", "Chair"),
        ),
        (
            "Organization name - please spell out|Full Name: first and last|Position [optional]",
            "A|Nia|Chair",
            ("A", "Nia", "Chair"),
        ),
        ("Organization(s)|Signatory’s name|Title (please do not abbreviate)", "A|Nia|Chair", ("A", "Nia", "Chair")),
        ("ORGANIZATION NAME|CONTACT PERSON|TITLE", "A|Nia|Chair", ("A", "Nia", "Chair")),
        ("Your Organization|First|Last|Title", "A|Nia|Example|Chair", ("A", "Nia Example", "Chair")),
        ("Last|First name|Organization", "Example|Nia|A", ("A", "Nia Example", "")),
        ("First Name|Middle|Last Name|Organization", "Nia|B.|Example|A", ("A", "Nia B. Example", "")),
        ("Entidad|Nombre y apellidos|Cargo", "A|Nia|Jefa", ("A", "Nia", "Jefa")),
        ("Structure|Nom et prénom|Qualité", "A|Nia|Présidente", ("A", "Nia", "Présidente")),
        ("Verband|Vor- und Nachname|Funktion", "A|Nia|Vorsitz", ("A", "Nia", "Vorsitz")),
        ("Entidade|Nome completo|Função", "A|Nia|Diretora", ("A", "Nia", "Diretora")),
        ("Organisatie|Voornaam|Achternaam|Functie", "A|Nia|de Vries|Chair", ("A", "Nia de Vries", "Chair")),
        ("Organizacja|Imię i nazwisko|Stanowisko", "A|Nia|Prezes", ("A", "Nia", "Prezes")),
        ("Организация|ФИО|Должность", "A|Ния|Глава", ("A", "Ния", "Глава")),
        ("المنظمة|الاسم|الصفة", "جمعية|سارة علي|المديرة", ("جمعية", "سارة علي", "المديرة")),
        ("שם הארגון|שם מלא|תפקיד", "ארגון|נועה|מנהלת", ("ארגון", "נועה", "מנהלת")),
        ("団体名|姓|名|役職", "河川会|山田|太郎|代表", ("河川会", "山田 太郎", "代表")),
        ("단체명|성명|직함", "강|김하나|대표", ("강", "김하나", "대표")),
        ("组织名称|姓名|职务", "河|王芳|主席", ("河", "王芳", "主席")),
    ],
)
def test_usual_headings_are_known_with_what_they_say_on_how_to_answer(
    header: str, row: str, expected: tuple[str, str, str]
) -> None:
    [read] = table(header, tuple(row.split("|"))).rows
    assert (read.signatory.organization, read.signatory.signer_name, read.signatory.signer_title) == expected
    assert read.problems == ()


@pytest.mark.parametrize(
    ("header", "row", "place"),
    [
        ("Organization|City|State", "A|Austin|TX", "Austin, TX"),
        ("Organization|State/Province|City", "A|ON|Toronto", "Toronto, ON"),
        ("Organization|City|State|Country", "A|Austin||USA", "Austin, USA"),
        ("Organization|Country", "A|Chile", "Chile"),
        ("Organization|State", "A|TX", "TX"),
        ("Organization|City, State|Country", "A|Austin, TX|USA", "Austin, TX"),
        ("Organization|City, State|Country", "A||USA", "USA"),
    ],
)
def test_the_parts_of_a_place_are_one(header: str, row: str, place: str) -> None:
    read = table(header, tuple(row.split("|")))
    assert read.rows[0].signatory.location == place
    notes = ("Column 3, “Country”, is read only where column 2 is empty.",) if "City, State" in header else ()
    assert read.notes == notes


@pytest.mark.parametrize(
    "heading",
    [
        "Name (for internal use)",
        "Your name (so we can reach you)",
        "Your name (for follow-up)",
        "Signer (optional - not printed)",
        "Full name [as our office records it]",
        "Contact person: private",
        "Signer (please keep confidential)",
        "Your name (optional, for our records)",
        "Title (please tick the box)",
        "Your name: will it be public?",
        "Name(s) of children",
        "Name of staff contact",
        "Street address",
        "Phone (optional)",
        "Last",
        "First",
    ],
)
def test_a_column_that_may_be_private_is_left_alone_and_told(heading: str) -> None:
    read = table(f"Organization|{heading}", ("A", "Nia"))
    assert read.rows[0].signatory == Signatory("A")
    period = "" if heading.endswith("?") else "."
    assert read.notes == (f"These columns are not used: “{heading}”{period}",)


@pytest.mark.parametrize("heading", ["E-mail (we do not share it)", "Your email: for our records only", "Email (internal)"])
def test_an_address_is_never_printed_whatever_its_heading_says(heading: str) -> None:
    [row] = table(f"Organization|{heading}", ("A", "nia@example.org")).rows
    assert (row.signatory, row.email) == (Signatory("A"), "nia@example.org")


@pytest.mark.parametrize(
    "heading",
    [
        "Name (may we list you?)",
        "Organization (tick if you want to be listed publicly)",
        "Organization, with your consent",
        "Your name (will not be listed)",
    ],
)
def test_a_question_for_permission_stays_one_whatever_it_stands_beside(heading: str) -> None:
    [row] = table(f"Organization|{heading}", ("A", "Nia")).rows
    assert row.signatory == Signatory("A")
    assert [problem.column for problem in row.problems] == [heading]


def test_whoever_is_to_be_asked_is_the_signer_only_where_nobody_else_is_and_is_told() -> None:
    read = table("Organization|Contact person|Name", ("A", "Olive", "Nia"))
    assert read.rows[0].signatory.signer_name == "Nia"
    assert read.notes == ("Column 2, “Contact person”, repeats column 3 and was left out.",)
    read = table("Organization|Contact", ("A", "Olive"))
    assert read.rows[0].signatory.signer_name == "Olive"
    assert read.notes == ("Column 2, “Contact”, is read as who signed. Delete it if it only says whom to ask.",)


@pytest.mark.parametrize(
    "heading", ["Affiliation", "Organization (for identification purposes only)", "Institutional affiliation"]
)
def test_a_person_with_an_affiliation_signs_for_herself(heading: str) -> None:
    [row] = table(f"Name|Title (for identification only)|{heading}", ("Nia", "Professor", "Example College")).rows
    assert row.signatory == Signatory(
        signer_name="Nia", signer_title="Professor", affiliation="Example College", kind=SignatoryKind.INDIVIDUAL
    )


def test_a_signers_column_comes_before_a_bare_name() -> None:
    read = table("Name|Signer|Organization", ("x", "Nia", "A"))
    assert read.rows[0].signatory == Signatory("A", "Nia")
    assert read.notes == ("Column 1, “Name”, repeats column 2 and was left out.",)


def test_a_heading_of_many_blanks_is_read_at_once() -> None:
    started = time.process_time()
    for sign in (" ", "\u00a0", "- ", "( ", "no ", "privat "):
        table(f"Organization|Name{sign * (120_000 // len(sign))}x", ("A", "Nia"))
    assert time.process_time() - started < 5
