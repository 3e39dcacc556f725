"""Lines below a table that name nobody are left out with a note; what may be a name stays."""

import pytest

from letterhub.intake.tables.choices import TableChoices
from letterhub.intake.tables.signatory_table import read_signatories
from tests.support.workbooks import xlsx


@pytest.mark.parametrize(
    "footer",
    [
        "Last updated May 3, 2026", "Updated: 3 May", "As of 5/3/2026", "Source: Coalition records", "Sources: see page 4",
        "Notes: chapters are listed by state", "* denotes a convener", "Exported from Airtable on 2026-05-03",
        "Stand: 3. Mai 2026", "© 2026 Coalition", "End of list", "TOTAL: 2", "Última actualización: 3 de mayo de 2026",
        "2 organizations", "(2 rows)", "2 signatures in total", "--- end ---",
    ],
)  # fmt: skip
def test_a_last_line_that_names_nobody_is_left_out_with_a_note(footer: str) -> None:
    table = read_signatories(f'Organization,Name\nOne,A\nTwo,B\n,\n"{footer}",\n,\n'.encode(), "n.csv")
    assert [row.signatory.name for row in table.rows] == ["One", "Two"]
    assert ["Line 5" in note for note in table.notes] == [True]


def test_page_numbers_are_left_out_wherever_they_are() -> None:
    table = read_signatories(
        b"Organization,Name\nOne,A\nPage 1 of 3,5/3/2026\nTwo,B\n- page 2 -,\nThree,C\nSource: us,\nPage 3 of 3,\n", "n.csv"
    )
    assert [row.signatory.name for row in table.rows] == ["One", "Two", "Three"]
    assert table.notes[0] == "3 lines with page numbers were left out."


@pytest.mark.parametrize(
    "name",
    ["Source", "Notes on Peace", "Total Liberation", "Page One", "Prepared by Faith", "Updated Minds", "Stand Up", "3 Rivers"],
)
def test_a_last_name_that_only_resembles_a_footer_is_a_name(name: str) -> None:
    table = read_signatories(f"Organization,Name\nOne,A\n{name},\n".encode(), "n.csv")
    assert ([row.signatory.name for row in table.rows], table.notes) == (["One", name], ())


def test_rules_and_repeated_headings_are_left_out_wherever_they_are() -> None:
    table = read_signatories(b"Organization | Name\n---+---\nOne | A\norganization | name\nTwo | -\n----|\n", "n.csv")
    assert [(row.signatory.name, row.signatory.signer_name) for row in table.rows] == [("One", "A"), ("Two", "-")]
    assert table.notes == (
        "Repeated headings were left out: line 4.", "Lines without a letter were left out: lines 2 and 6."
    )  # fmt: skip


POINTED_OUT = "Only one cell is filled here, and it is read as a name: %s. Delete the lines that name nobody."


def test_last_lines_that_stand_apart_are_read_as_names_and_pointed_out() -> None:
    table = read_signatories(b"Organization,Name\nOne,A\nTwo,B\n,\nCompiled by the staff,\n* Lead,\n", "n.csv")
    assert len(table.rows) == 4
    assert table.notes == (POINTED_OUT % "line 5, “Compiled by the staff”; line 6, “* Lead”",)
    sheet = xlsx([["Organization", "Name"], ["One", "A"], ["Two", "B"], [], ["Compiled by the staff"]])
    assert read_signatories(sheet, "n.xlsx").notes == (POINTED_OUT % "line 5, “Compiled by the staff”",)


def test_few_rows_of_one_cell_among_many_are_pointed_out() -> None:
    rows = "".join(f"Group {number},Ada\n" for number in range(9))
    notes = read_signatories(f"Organization,Name\nNATIONAL,\n{rows}STATE,\n{rows}".encode(), "n.csv").notes
    assert notes == (POINTED_OUT % "line 2, “NATIONAL”; line 12, “STATE”",)
    assert read_signatories(f"Organization,Name,City\n{rows},,Reno\n".encode(), "n.csv").notes == ()


@pytest.mark.parametrize(
    ("lines", "names", "note"),
    [
        (["• Willow Watch", "• Heron House"], ["Willow Watch", "Heron House"], "Bullets before the names were left out."),
        (["1. Willow Watch", "2. 3 Rivers"], ["Willow Watch", "3 Rivers"], "Numbers before the names were left out: 1 to 2."),
        (["7. Willow Watch", "2. Heron House"], ["7. Willow Watch", "2. Heron House"], ""),
        (["- Willow Watch", "Heron House"], ["- Willow Watch", "Heron House"], ""),
    ],
)
def test_marks_of_a_list_are_no_part_of_its_names(lines: list[str], names: list[str], note: str) -> None:
    choices = TableChoices(separator="none", header_line=0, columns={0: "organization"})
    table = read_signatories("\n".join(lines).encode(), "Pasted text", None, choices)
    assert ([row.signatory.name for row in table.rows], "".join(table.notes)) == (names, note)
