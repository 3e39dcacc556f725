"""Pages of a list, counted from 1: an empty list has one, and whoever asks for a page beyond the last gets the last."""


def last_page(total: int, size: int) -> int:
    """How many pages of that size so many entries fill."""
    return max(1, -(-total // size))


def page_within(asked: int, total: int, size: int) -> int:
    """The page that is shown to whoever asks for one."""
    return min(max(asked, 1), last_page(total, size))
