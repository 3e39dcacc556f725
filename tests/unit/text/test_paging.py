"""Pagination of a table: the current page and its links."""

import pytest

from letterhub.queries.paging import clamp_page, last_page


@pytest.mark.parametrize(
    ("requested", "total", "shown", "last"),
    [(1, 0, 1, 1), (9, 0, 1, 1), (0, 50, 1, 1), (-3, 51, 1, 2), (2, 51, 2, 2), (3, 100, 2, 2), (3, 101, 3, 3)],
)
def test_a_page_is_one_that_there_is(requested: int, total: int, shown: int, last: int) -> None:
    assert (clamp_page(requested, total, 50), last_page(total, 50)) == (shown, last)
