"""The signatories as CSV: what the letter prints, or every column that an import reads; safe in a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence

from letterhub.domain.letters.letter_document import LetterDocument, Signatory, SignatoryKind, SignatoryOrder, SignatoryStyle
from letterhub.domain.signatures.line_fields import LINE_FIELDS, PrintedPart
from letterhub.domain.spreadsheet_escaping import to_csv

_SIGNER_COLUMNS = frozenset(field.key for field in LINE_FIELDS if field.part is PrintedPart.SIGNER)


def csv_table(document: LetterDocument) -> bytes:
    """Return the table as CSV in UTF-8 with a byte order mark; importing it gives the same values back.

    What the letter does not print is not in it, and an email address is in no document.
    """
    columns = printed_columns(document)
    rows = (printed_row(signatory, document, columns) for signatory in document.signatories)
    return to_csv([columns, *rows]).encode("utf-8-sig", errors="replace")


def printed_columns(document: LetterDocument) -> list[str]:
    """Return the keys of the columns of the table: those of which the letter prints anything."""
    text, signatories = document.text, document.signatories
    is_printed = {
        PrintedPart.NAME: True,
        PrintedPart.SIGNER: text.shown.names_signers
        or any(signatory.kind is SignatoryKind.INDIVIDUAL for signatory in signatories),
        PrintedPart.LOCATION: text.shown is SignatoryStyle.LOCATION or text.order is SignatoryOrder.LOCATION,
        PrintedPart.SECTION: text.order is SignatoryOrder.SECTIONS,
        PrintedPart.LEAD: any(signatory.lead for signatory in signatories),
    }
    return [field.key for field in LINE_FIELDS if field.part and is_printed[field.part]]


def printed_row(signatory: Signatory, document: LetterDocument, columns: Sequence[str]) -> list[str]:
    """Return one signatory's cells for some columns: "yes" for true, "" for false and for what the letter does not print."""
    hides_signer = signatory.kind is not SignatoryKind.INDIVIDUAL and not document.text.shown.names_signers
    hidden = _SIGNER_COLUMNS if hides_signer else frozenset()
    if not signatory.organization:
        hidden -= {"signer_name"}
    values = ["" if column in hidden else getattr(signatory, column) for column in columns]
    return ["yes" if value is True else str(value or "") for value in values]


COLUMNS = (
    *(field.key for field in LINE_FIELDS), "status", "signed_version", "asked_version", "reply", "notice_sent",
)  # fmt: skip


def names_table(batches: Iterable[Sequence[Sequence[str]]], further: Sequence[str] = ()) -> Iterator[bytes]:
    """Yield a CSV file in UTF-8 with a byte order mark: the header, then each batch of rows; it can be imported again.
    `further` are headings after those of COLUMNS.

    The header comes before the first batch is asked for, so that the download starts at once. An email address is in no file
    that leaves Letterhub.
    """
    yield to_csv([[*COLUMNS, *further]]).encode("utf-8-sig")
    for batch in batches:
        yield to_csv(batch).encode("utf-8", errors="replace")
