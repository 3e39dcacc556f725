"""Escaping of cells that a spreadsheet would take for formulas."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterhub.domain.spreadsheet_escaping import escape_cell, to_csv, unescape_cell


@pytest.mark.shows("S4")
@pytest.mark.parametrize(
    "value", ["=1+1", "+Peace", "-", "@Work Alliance", "  =cmd", "\u2003=x", "＝全角", "＋", "＠x", "'=quoted", '"=x"']
)
def test_what_looks_like_a_formula_opens_as_text(value: str) -> None:
    assert escape_cell(value) == f"'{value}"
    assert unescape_cell(escape_cell(value)) == value


@pytest.mark.shows("S4")
@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("Semi;=1+1+cmd|' /C calc'!A0;", "Semi;'=1+1+cmd|' /C calc'!A0;"),
        ("a|+1", "a|'+1"),
        ("a; ＝1", "a;' ＝1"),
        ('a;"@x";b', 'a;\'"@x";b'),
        ("a;'=1", "a;''=1"),
        ("\t=x", "\t'=x"),
        ("a\r\n-1", "a\r\n'-1"),
    ],
)
def test_what_another_program_takes_for_a_cell_of_its_own_opens_as_text_too(value: str, cell: str) -> None:
    assert escape_cell(value) == cell
    assert unescape_cell(cell) == value


@pytest.mark.shows("S4")
@pytest.mark.parametrize("border", [",", ";", "|", "\t"])
@given(st.lists(st.text(alphabet=st.sampled_from("'\"=@a;|\t ,"), max_size=8), min_size=3, max_size=3))
def test_no_cell_is_a_formula_whatever_a_program_takes_for_the_border_of_cells(border: str, row: list[str]) -> None:
    cells = [cell.strip(' "\t') for read in csv.reader(io.StringIO(to_csv([row])), delimiter=border) for cell in read]
    assert [cell for cell in cells if cell.startswith(("=", "@"))] == []


@pytest.mark.parametrize(
    "value", ["", "The Arc", "'Tis the Season", "350.org", "Smith-Jones", "a=b", "’quoted’", "A; B", "A | B", "a;b=c"]
)
def test_other_cells_are_left_alone(value: str) -> None:
    assert escape_cell(value) == value
    assert unescape_cell(value) == value


@pytest.mark.shows("S4")
@given(st.text(alphabet=st.sampled_from("'\"=+-@＝ ab\t;|\n"), max_size=8))
def test_every_value_comes_back(value: str) -> None:
    assert unescape_cell(escape_cell(value)) == value
