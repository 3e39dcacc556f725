"""Pagination, counted from 1; an empty list has one page."""


def last_page(total: int, size: int) -> int:
    """Return the number of pages of `size` entries that `total` entries fill."""
    return max(1, -(-total // size))


def clamp_page(requested: int, total: int, size: int) -> int:
    """Return the requested page, limited to those that exist."""
    return min(max(requested, 1), last_page(total, size))
