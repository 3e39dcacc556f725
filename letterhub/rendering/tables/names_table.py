"""A letter's signatories as CSV for its staff: every column that an import reads, safe to open in a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence

from letterhub.domain.signatures.line_fields import LINE_FIELDS
from letterhub.domain.spreadsheet_escaping import to_csv

COLUMNS = (*(field.key for field in LINE_FIELDS), "status")


def names_table(rows: Iterable[Sequence[tuple[str, ...]]]) -> Iterator[bytes]:
    """Yield rows of cells as CSV in UTF-8 with a byte order mark, chunk by chunk; importing it gives the same values back.

    The header comes before the first row is asked for, so that the download starts at once. An email address is in no file that
    leaves Letterhub.
    """
    yield to_csv([COLUMNS]).encode("utf-8-sig")
    for batch in rows:
        yield to_csv(batch).encode("utf-8", errors="replace")
