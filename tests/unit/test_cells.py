"""Cells that a spreadsheet would take for formulas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterhub.domain.cells import freed, guarded


@pytest.mark.shows("S4")
@pytest.mark.parametrize(
    "value", ["=1+1", "+Peace", "-", "@Work Alliance", "  =cmd", "\t=x", "＝全角", "＋", "＠x", "'=quoted", "\r@x"]
)
def test_what_looks_like_a_formula_opens_as_text(value: str) -> None:
    assert guarded(value) == f"'{value}"
    assert freed(guarded(value)) == value


@pytest.mark.parametrize("value", ["", "The Arc", "'Tis the Season", "350.org", "Smith-Jones", "a=b", "’quoted’"])
def test_other_cells_are_left_alone(value: str) -> None:
    assert guarded(value) == value
    assert freed(value) == value


@pytest.mark.shows("S4")
@given(st.text(alphabet=st.sampled_from("'=+-@＝ ab\t"), max_size=8))
def test_every_value_comes_back(value: str) -> None:
    assert freed(guarded(value)) == value
