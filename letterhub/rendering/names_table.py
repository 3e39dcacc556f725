"""A letter's names as a table for its staff: every column that an import reads, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable

from letterhub.domain.cells import guarded
from letterhub.domain.document import Kind, Signatory
from letterhub.domain.states import SignatureState

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


def names_table(names: Iterable[tuple[Signatory, SignatureState]]) -> bytes:
    """The names as CSV in UTF-8, with the mark that spreadsheets know it by. Importing it gives the same values back.

    An e-mail address is in no file that leaves Letterhub.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one, state in names:
        writer.writerow([guarded(cell) for cell in _cells(one, state)])
    return out.getvalue().encode("utf-8-sig", errors="replace")


def _cells(one: Signatory, state: SignatureState) -> tuple[str, ...]:
    section = one.section if one.kind is Kind.ORGANIZATION else ""
    lead = "yes" if one.lead else ""
    return (
        one.organization, one.signer_name, one.signer_title, one.location, one.kind.value, one.url, section, lead,
        one.sort_name, one.affiliation, state.value,
    )  # fmt: skip
