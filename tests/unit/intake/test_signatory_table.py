"""Tables of signatories as organizers bring them."""

from pathlib import Path

import pytest

from letterhub.domain.letters.letter_document import LetterText, Signatory, SignatoryKind, SignatoryOrder, SignatoryStyle
from letterhub.domain.letters.signatory_order import build_document
from letterhub.intake.errors import FileRefused
from letterhub.intake.tables.signatory_table import BadRows, TableRow, read_signatories, valid_signatories
from letterhub.rendering.tables.csv_export import csv_table


def rows(text: str, encoding: str = "utf-8") -> tuple[TableRow, ...]:
    return read_signatories(text.encode(encoding), "names.csv").rows


def refusal(data: bytes) -> str:
    with pytest.raises((FileRefused, BadRows)) as refused:
        valid_signatories(read_signatories(data, "names.csv"), "names.csv")
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_common_encoding_and_separator_is_read(encoding: str, separator: str) -> None:
    table = (
        separator.join(("Organization", "Signer", "Title"))
        + "\r\n"
        + separator.join(("Café «Élan»", "Zoë", "Présidente"))
        + "\r\n"
    )
    [row] = rows(table, encoding)
    assert (row.signatory.organization, row.signatory.detail, row.line) == ("Café «Élan»", "Zoë, Présidente", 2)


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        (
            "Timestamp,Email Address,Organization Name,Organization Website,Name of authorized signer,City and State/Country",
            '5/13/2019,ana@example.org,Coalición,https://example.org,Ana Núñez,"Bogotá, Colombia"',
            Signatory("Coalición", "Ana Núñez", "", "Bogotá, Colombia", website="https://example.org"),
        ),
        (
            "ID,Start time,Email,Name,First name,Last name,Position,Institution,Country",
            "1,9/9/26,anonymous,Anonymous,Ada,Example,Professor,University of Example,UK",
            Signatory("University of Example", "Ada Example", "Professor", "UK"),
        ),
        (
            "uuid,first_name,last_name,email,can2_user_address,can2_user_city,can2_user_state,Organization",
            "5b1e,Sam,Example,sam@example.org,1 Main St,Portland,OR,Example Peace Action",
            Signatory("Example Peace Action", "Sam Example", "", "Portland, OR"),
        ),
        (
            "Full name,Organization,Status,Email",
            "Dr. Sam Example,\"Example, LLC\",Founder,sam@example.org",
            Signatory("Example, LLC", "Dr. Sam Example"),
        ),
        (
            "Email Address,First Name,Last Name,Address,MEMBER_RATING",
            "sam@example.org,Sam,Example,1 Main St,2",
            Signatory(signer_name="Sam Example", kind=SignatoryKind.INDIVIDUAL),
        ),
        (
            "Horodateur,Adresse e-mail,Nom de l’organisation,Signataire,Fonction,Ville",
            "13/05,h@example.org,Ligue de l’Exemple,Hélène Œuvrard,Présidente,Paris",
            Signatory("Ligue de l’Exemple", "Hélène Œuvrard", "Présidente", "Paris"),
        ),
        ("Name", "Example Alliance", Signatory("Example Alliance")),
        (
            "organization,section,lead,sort_name,kind,signer_name",
            "The Arc,National,Yes,Arc,Organization,Nia",
            Signatory("The Arc", "Nia", section="national", lead=True, sort_name="Arc"),
        ),
    ],
    ids=["google-forms", "microsoft-forms", "action-network", "airtable", "mailchimp", "french", "one-column", "ours"],
)  # fmt: skip
def test_headings_of_forms_and_lists_are_known(header: str, cells: str, expected: Signatory) -> None:
    [row] = rows(f"{header}\n{cells}\n")
    assert row.signatory == expected
    assert row.problems == ()


def test_an_address_is_read_beside_the_signatory_never_into_it() -> None:
    [row] = rows("organization,email\nAlliance,nia@example.org\n")
    assert row.email == "nia@example.org"
    assert "example.org" not in repr(row.signatory)


def test_lines_are_those_of_the_file_and_cells_become_one_line() -> None:
    [first, second] = rows('Organization,Title\n"Council\nof Churches","Chair,\nActing"\n\n"""Quoted"" Example",\n')
    assert (first.signatory.name, first.signatory.signer_title, first.line) == ("Council of Churches", "Chair, Acting", 2)
    assert (second.signatory.name, second.line) == ('"Quoted" Example', 6)


def test_titles_above_the_header_and_totals_below_are_left_out_with_a_note() -> None:
    table = read_signatories(
        b"Responses,,\nExported 14 May 2019,,\n,,\nOrganization,Name,Title\nOne,A,Chair\nTOTAL: 1,,\n", "n.csv"
    )
    assert [row.signatory.name for row in table.rows] == ["One"]
    assert table.notes == (
        "Line 4 names the columns. Left out above it: “Responses”, “Exported 14 May 2019”.",
        "Line 6 looks like a total and was left out.",
    )


ASKED = "Timestamp,Organization,Your name,Title,Email Address,May we list you with your permission?"
TYPED = "2026-01-05,Organization,Website,Section,Email,City"


def test_headings_that_somebody_typed_as_answers_are_a_row_like_any_other() -> None:
    table = read_signatories(f"{ASKED}\n1,Early Org,Nia,Director,n@early.example,Yes\n{TYPED}\n".encode(), "n.csv")
    assert [(row.signatory.name, row.line) for row in table.rows] == [("Early Org", 2), ("Organization", 3)]
    assert table.rows[0].signatory.signer_name == "Nia"
    assert table.notes == ("These columns are not used: “Timestamp”.",)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_no_other_separator_makes_headings_of_an_answer(separator: str) -> None:
    typed = separator.join(("Organization", "Website", "Section", "Email", "City", "Title"))
    table = read_signatories(f"Organization,Your name\nEarly Org,Nia\n{typed},Sam\n".encode(), "n.csv")
    assert [row.signatory.signer_name for row in table.rows] == ["Nia", "Sam"]


@pytest.mark.parametrize(
    ("above", "header", "names"),
    [
        ("Sign-on letter responses\n\n", "Organization,Name", ["One"]),
        ("Responses,,\nExported 14 May 2019,,\n,,\n", "Organization,Name,", ["One"]),
        ("With the consent of everyone who signed\n", "Organization,Name", ["One"]),
        ("Our group\n", "Organization,May we list you?", ["One"]),
        ("\n\n", "Organization", ["One"]),
        ("", "Organization,Favourite river", ["One"]),
        ("", "Favourite river,Vereinsname,Organization", ["Yes"]),
    ],
)
def test_titles_and_notes_of_one_cell_may_come_above_the_headings(above: str, header: str, names: list[str]) -> None:
    table = read_signatories(f"{above}{header}\nOne,Yes{',Yes' * (header.count(',') - 1)}\n".encode(), "n.csv")
    assert [row.signatory.name for row in table.rows] == names


@pytest.mark.parametrize(
    ("table", "headings", "lost"),
    [
        (f"When,Who signs,Wer,Was,Wo,Wie\n1,Early Org,Nia,Chair,x,No\n{TYPED}\n2,Late,Nia,Chair,x,No\n", 3, 1),
        (f"When,Organization,Wer,Was,Wo,Wie\n1,Early Org,Nia,Chair,x,No\n{TYPED}\n", 3, 1),
        ("Title row\nSurvey:,Clean Rivers\nOrganization,Name\nOne,Nia\n", 3, 2),
        ("Organization\nEarly Org\nOrganization,Website\nLate Org\n", 3, 1),
        ("Who signs\nEarly Org\nOrganization\nLate Org\n", 3, 1),
    ],
    ids=["headings-unknown", "one-known", "title-of-two-cells", "one-column", "one-column-unknown"],
)
def test_rows_above_the_headings_are_told_and_never_dropped(table: str, headings: int, lost: int) -> None:
    assert refusal(table.encode()) == (
        f"names.csv, line {headings}: this reads like the row of headings, but line {lost}, above it, would be lost. If these "
        "are the headings, delete what is above them. If not, name the columns in the first row."
    )


def test_a_bar_inside_a_cell_of_a_markdown_table_is_no_end_of_it() -> None:
    table = read_signatories(
        rb"""
| Organization | Signer | Title |
|--------------|--------|-------|
| A \| B Group | Bob \\ Roe | CEO |
""",
        "names.md",
    )
    assert [(row.signatory.organization, row.signatory.signer_title) for row in table.rows] == [("A | B Group", "CEO")]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\na,b\n1,2\n", "names.csv, line 2: no heading says who signed. Found: “a”, “b”. Expected one such as"),
        (
            b"Organization,Name\nOne,Two,Three\n",
            "names.csv, line 2, column “Name”: the row has 3 cells, but the header has 2.",
        ),
        (b'Organization,Name\nOk,\n,\n,Nia\nBad,"x\n', "names.csv, line 5: a quotation mark opens here and never closes."),
        (b'Organization\n"a"b\n', "names.csv, line 2: there is a quotation mark inside a cell."),
        (b"Org. kind,Organization,Kind\n,One,club\n", "names.csv, line 2, column “Kind”: must be organization or individual."),
        (
            b"Organization,Lead\nOne,yes\nTwo,perhaps\n",
            "names.csv, line 3, column “Lead”: must be yes, a place among the leads, or empty.",
        ),
        (
            b"Kind,Organization,Name\norganization,,Nia\n",
            "column “Organization”: the row is of kind organization but names none.",
        ),
        (b"Organization,Email\n,a@example.org\n", "names.csv, line 2, column “Organization”: the row names nobody."),
        (b"Organization\n" + b"x" * 301 + b"\n", "line 2, column “Organization”: the text is longer than 300 characters."),
        (b"Organization,Name\nCaf\xe9,Ren\xc3\xa9\n", "names.csv, line 2: the file mixes two encodings"),
        (b"Organization\n\0\x81\x8d\n", "names.csv: this is not a text file. Choose a spreadsheet"),
        (b"\xef\xbb\xbfOrganization\nOne\n\xff\xff\n", "names.csv, line 3: the text is damaged here"),
        (b"PK\x03\x04\x00\x00\x08organization,name", "names.csv: the spreadsheet is damaged, or not what its name says."),
        (b"Organization\n" + b"x\n" * 10_001, "names.csv: the file has more than 10,000 rows."),
        (b"x" * (20 * 2**20 + 1), "names.csv: the file is larger than 20 MB."),
        (
            b"Organization" + b",note" * 16_383 + b"\n" + (b"One" + b",x" * 16_383 + b"\n") * 9,
            "names.csv, line 1: 16,383 columns are for notes. Keep at most 100.",
        ),
        (
            b"Organization" + b",consent" * 21 + b"\nOne\n",
            "names.csv, line 1: 21 columns ask if a row may be listed. Keep at most 20.",
        ),
    ],
)
def test_bad_input_is_refused_with_its_place(data: bytes, sentence: str) -> None:
    assert sentence in refusal(data)


def test_a_table_on_this_machine_may_be_longer_than_one_that_is_uploaded(tmp_path: Path) -> None:
    assert len(read_signatories(b"Organization\n" + b"x\n" * 10_001, "names.csv", tmp_path).rows) == 10_001


@pytest.mark.shows("S15")
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "the file is empty."),
        (b"\xef\xbb\xbf\r\n \r\n", "the file is empty."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "this is a picture."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "the spreadsheet is damaged, or not what its name says."),
        (b"%PDF-1.7\n", "this is a PDF. Choose a spreadsheet (.xlsx, .xls, .ods) or a table as .csv."),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_to_do(data: bytes, sentence: str) -> None:
    assert refusal(data).startswith(f"names.csv: {sentence}")


def test_what_people_wrote_beside_a_row_stays_with_it() -> None:
    table = 'Name,Anything else?,Removals\nSmith & Jones,"Please list us as\n“Smith Jones”",\nGone,,checked\nQuiet,,\n'
    assert [row.remarks for row in rows(table)] == [
        ("Anything else? Please list us as “Smith Jones”",),
        ("Removals: checked",),
        (),
    ]


def test_as_many_notes_and_questions_as_a_form_may_have_are_read() -> None:
    [row] = rows("Organization" + ",Note" * 100 + ",Consent" * 20 + "\nOne" + ",x" * 100 + ",yes" * 20 + "\n")
    assert (len(row.remarks), row.problems) == (100, ())
    [row] = rows("Organization" + ",Note" * 100 + ",Consent" * 20 + "\nOne,x,,y\n")
    assert (row.remarks, len(row.problems)) == (("Note: x", "Note: y"), 20)


def test_a_long_heading_is_told_by_its_beginning_with_each_row() -> None:
    long = "x" * 100_000
    [row] = rows(f"Organization,Consent {long}\nOne,perhaps\n")
    assert [problem.column for problem in row.problems] == [f"Consent {'x' * 192}…"]


def test_a_bad_row_does_not_hide_the_good_ones() -> None:
    table = read_signatories(b"Organization,Kind\nOne,\nTwo,club\nThree,\n", "n.csv")
    assert [(row.signatory.name, len(row.problems)) for row in table.rows] == [("One", 0), ("Two", 1), ("Three", 0)]


TRAPS = ["=1+1", "+Peace", "@Work Alliance", "-2+3", "'=quoted", "＝全角", '"Quoted", Inc.', "O’Neil; Sons", "Ünïcode | Bar"]


@pytest.mark.parametrize(
    "heading",
    [
        "Does your organization have permission to list you as a signatory?",
        "Consent",
        "I am authorized to sign",
        "May we list you?",
    ],
)
def test_a_row_that_says_no_to_being_listed_is_left_out(heading: str) -> None:
    table = read_signatories(f"Organization,{heading}\nOne,Yes\nTwo, NO\nThree,Rather not\n".encode(), "names.csv")
    assert [bool(row.problems) for row in table.rows] == [False, True, True]
    assert table.rows[1].problems[0].sentence == "the answer is no, so this row is not to be listed."


@pytest.mark.shows("S4")
def test_importing_our_own_export_gives_the_same_values_back() -> None:
    text = LetterText("T", "B", order=SignatoryOrder.SECTIONS, shown=SignatoryStyle.LOCATION)
    given = [Signatory(name, f"{name} Jr.", "=title", "+place", section="state", lead=name == "+Peace") for name in TRAPS]
    given.append(Signatory(signer_name="Clara", affiliation="@Guild", kind=SignatoryKind.INDIVIDUAL, section="individual"))
    document = build_document(text, given)
    table = read_signatories(csv_table(document), "own.csv")
    assert valid_signatories(table, "own.csv") == document.signatories
    assert table.notes == ()


def test_the_table_holds_what_is_printed_and_no_more() -> None:
    nia = Signatory("Alliance", "Nia", "Director", "Springfield", website="https://example.org", sort_name="B")
    names_only = csv_table(build_document(LetterText("T", "B", shown=SignatoryStyle.ORGANIZATION), [nia])).decode("utf-8-sig")
    assert names_only == '"organization","kind"\r\n"Alliance","organization"\r\n'
    signed = csv_table(build_document(LetterText("T", "B"), [nia])).decode("utf-8-sig")
    assert signed.splitlines()[1] == '"Alliance","Nia","Director","","organization"'
