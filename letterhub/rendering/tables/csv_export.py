"""The signatories as CSV: exactly what the letter prints, in its order, safe to open in a spreadsheet."""

from collections.abc import Sequence

from letterhub.domain.letters.document import LetterDocument, Signatory, SignatoryKind, SignatoryOrder, SignatoryStyle
from letterhub.domain.spreadsheet_escaping import to_csv

_COLUMNS_WITHOUT_SIGNER = ("organization", "kind")
_COLUMNS_WITH_SIGNER = ("organization", "signer_name", "signer_title", "affiliation", "kind")


def csv_table(document: LetterDocument) -> bytes:
    """Return the table as CSV in UTF-8 with a byte order mark; importing it gives the same values back.

    What the letter does not print is not in it, and an email address is in no document.
    """
    columns = printed_columns(document)
    rows = (printed_row(one, document, columns) for one in document.signatories)
    return to_csv([columns, *rows]).encode("utf-8-sig", errors="replace")


def printed_columns(document: LetterDocument) -> list[str]:
    """Return the columns of the table: no more than the letter prints."""
    text, signatories = document.text, document.signatories
    signed = text.shown.names_signers or any(one.kind is SignatoryKind.INDIVIDUAL for one in signatories)
    columns = list(_COLUMNS_WITH_SIGNER if signed else _COLUMNS_WITHOUT_SIGNER)
    if text.shown is SignatoryStyle.LOCATION or text.order is SignatoryOrder.LOCATION:
        columns.append("location")
    if text.order is SignatoryOrder.SECTIONS:
        columns.append("section")
    if any(one.lead for one in signatories):
        columns.append("lead")
    return columns


def printed_row(one: Signatory, document: LetterDocument, columns: Sequence[str]) -> list[str]:
    """Return the cells of one signatory, "" where the letter prints nothing."""
    cells = _cells(one, document.text.shown)
    return [cells[column] for column in columns]


def _cells(one: Signatory, shown: SignatoryStyle) -> dict[str, str]:
    person = one.kind is SignatoryKind.INDIVIDUAL
    signed = person or shown.names_signers
    return {
        "organization": one.organization,
        "signer_name": one.signer_name if signed or not one.organization else "",
        "signer_title": one.signer_title if signed else "",
        "affiliation": one.affiliation if signed else "",
        "kind": one.kind.value,
        "location": one.location,
        "section": one.section,
        "lead": "yes" if one.lead else "",
    }
