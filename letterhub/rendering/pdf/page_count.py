"""Page count of a PDF."""

from io import BytesIO

import pikepdf


def count_pages(data: bytes) -> int:
    """Return the number of pages of a PDF."""
    with pikepdf.open(BytesIO(data)) as paper:
        return len(paper.pages)
