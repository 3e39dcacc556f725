"""Escaping the cells of a whole table gives the same result as escaping each."""

import csv
import io

import pytest

from letterhub.domain.spreadsheet_escaping import escape_cell, to_csv


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
        [('"=1', 'say "-1"')],
    ],
)
def test_rows_are_guarded_as_their_cells_are(rows: list[tuple[str, ...]]) -> None:
    read = [tuple(row) for row in csv.reader(io.StringIO(to_csv(rows), newline=""))]
    assert read == [tuple(map(escape_cell, row)) for row in rows]
