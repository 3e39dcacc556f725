"""Escaping many cells at once gives the same result as escaping each."""

import pytest

from letterhub.domain.spreadsheet_escaping import escape_cell, escape_rows


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("Example Alliance", "Nia Example")],
        [("=1+1", "Nia Example")],
        [("Example Alliance", "+1")],
        [("Example Alliance", ""), ("", "@nia")],
        [("a-b", "c=d"), ("''-x", " \n=x")],
        [("a\0=b", "c")],
        [("＝1", "")],
        [("a;=1", "b")],
        [("a", "b|'@c")],
    ],
)
def test_rows_are_guarded_as_their_cells_are(rows: list[tuple[str, ...]]) -> None:
    assert list(escape_rows(rows)) == [tuple(map(escape_cell, row)) for row in rows]
