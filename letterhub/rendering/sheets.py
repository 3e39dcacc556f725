"""How many sheets of paper a drawn letter takes."""

from io import BytesIO

import pikepdf


def count_of_pages(data: bytes) -> int:
    """The number of pages of a PDF."""
    with pikepdf.open(BytesIO(data)) as paper:
        return len(paper.pages)
