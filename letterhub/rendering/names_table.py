"""A letter's names as a table for its staff: every column that an import reads, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

from letterhub.domain.cells import guarded_rows
from letterhub.domain.document import Kind, Signatory
from letterhub.domain.states import SignatureState

AT_ONCE = 500
COLUMNS = (
    "organization",
    "signer_name",
    "signer_title",
    "location",
    "kind",
    "url",
    "section",
    "lead",
    "sort_name",
    "affiliation",
    "status",
)


def names_table(names: Iterable[tuple[Signatory, SignatureState]]) -> Iterator[bytes]:
    """The names as CSV in UTF-8, some at a time, after the mark that spreadsheets know it by. Importing it gives the same
    values back. The head of the table comes before the first name is asked for, so that nobody waits to see it begin.

    An e-mail address is in no file that leaves Letterhub.
    """
    yield _written([COLUMNS]).encode("utf-8-sig")
    rest = iter(names)
    while some := [_cells(one, state) for one, state in islice(rest, AT_ONCE)]:
        yield _written(guarded_rows(some)).encode("utf-8", errors="replace")


def _written(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _cells(one: Signatory, state: SignatureState) -> tuple[str, ...]:
    section = one.section if one.kind is Kind.ORGANIZATION else ""
    lead = "yes" if one.lead else ""
    return (
        one.organization, one.signer_name, one.signer_title, one.location, one.kind.value, one.url, section, lead,
        one.sort_name, one.affiliation, state.value,
    )  # fmt: skip
