"""Lines below a table that name nobody are left out with a note; what may be a name stays."""

import pytest

from letterhub.intake.tables.signatory_table import read_signatories


@pytest.mark.parametrize(
    "footer",
    [
        "Last updated May 3, 2026", "Updated: 3 May", "As of 5/3/2026", "Source: Coalition records", "Sources: see page 4",
        "Notes: chapters are listed by state", "* denotes a convener", "Exported from Airtable on 2026-05-03",
        "Stand: 3. Mai 2026", "© 2026 Coalition", "End of list", "TOTAL: 2", "Última actualización: 3 de mayo de 2026",
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
    "name", ["Source", "Notes on Peace", "Total Liberation", "Page One", "Prepared by Faith", "Updated Minds", "Stand Up"]
)
def test_a_last_name_that_only_resembles_a_footer_is_a_name(name: str) -> None:
    table = read_signatories(f"Organization,Name\nOne,A\n{name},\n".encode(), "n.csv")
    assert ([row.signatory.name for row in table.rows], table.notes) == (["One", name], ())


def test_a_last_line_that_stands_apart_is_read_as_a_name_and_pointed_out() -> None:
    table = read_signatories(b"Organization,Name\nOne,A\nTwo,B\n,\nCompiled by the staff,\n", "n.csv")
    assert len(table.rows) == 3
    assert table.notes == (
        "Line 5 stands apart below the table and is read as a name: “Compiled by the staff”. Delete it if it is none.",
    )
