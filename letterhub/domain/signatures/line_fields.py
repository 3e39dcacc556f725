"""Fields of a signatory: the one table that forms, imports, exports, the audit log and erasure read.

To add a field, follow "To add a field to the form" in CONTRIBUTING.md.
"""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.signatures.sort_keys import signatory_sort_key


class PrintedPart(enum.StrEnum):
    """Part of a printed line. A letter prints every signatory's name, and the other parts by its settings."""

    NAME = "name"
    SIGNER = "signer"
    LOCATION = "location"
    SECTION = "section"
    LEAD = "lead"


class FieldEditor(enum.StrEnum):
    """FieldEditor of a field: the signatory, staff who correct a line, or both."""

    SIGNATORY = "signatory"
    STAFF = "staff"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class SignatoryField:
    """Field of a signatory, with the same `key` in the form, the line, the audit log, and the tables read and written.

    `label` is what staff read; `column` is the database column, named like the key unless given. `kind` is the only kind of
    signatory that has the field, None if both do. `part` is the part of the line that prints it, None if nobody but staff reads
    it. The values of an `is_text` field are typed freely, so they are checked for other organizations' names. `max_length`
    limits what staff enter and import, 0 for no limit of its own; what signatories type is limited as in
    `letterhub.domain.line_validation`.
    """

    key: str
    label: str
    editor: FieldEditor
    part: PrintedPart | None = None
    kind: SignatoryKind | None = None
    is_text: bool = False
    max_length: int = 0
    column: str = ""

    def __post_init__(self) -> None:
        """Fill in the name of the column."""
        object.__setattr__(self, "column", self.column or self.key)


_ORGANIZATION, _INDIVIDUAL = SignatoryKind.ORGANIZATION, SignatoryKind.INDIVIDUAL

LINE_FIELDS = (
    SignatoryField(
        "organization", _("Organization"), FieldEditor.BOTH, PrintedPart.NAME, _ORGANIZATION,
        is_text=True, max_length=200, column="organization_name",
    ),
    SignatoryField("signer_name", _("Signer"), FieldEditor.BOTH, PrintedPart.SIGNER, is_text=True, max_length=200),
    SignatoryField(
        "signer_title", _("Title of the signer"), FieldEditor.BOTH, PrintedPart.SIGNER, is_text=True, max_length=200,
    ),
    SignatoryField(
        "affiliation", _("Affiliation"), FieldEditor.BOTH, PrintedPart.SIGNER, _INDIVIDUAL, is_text=True, max_length=200,
    ),
    SignatoryField("kind", _("Kind"), FieldEditor.SIGNATORY, PrintedPart.NAME),
    SignatoryField("location", _("Location"), FieldEditor.BOTH, PrintedPart.LOCATION, is_text=True, max_length=200),
    SignatoryField("section", _("Scope"), FieldEditor.BOTH, PrintedPart.SECTION, _ORGANIZATION, max_length=60),
    SignatoryField("lead", _("Lead"), FieldEditor.STAFF, PrintedPart.LEAD),
    SignatoryField("lead_order", _("Place among the leads"), FieldEditor.STAFF),
    SignatoryField("website", _("Website"), FieldEditor.SIGNATORY, kind=_ORGANIZATION),
    SignatoryField("sort_name", _("Sorted as"), FieldEditor.STAFF, max_length=200),
)  # fmt: skip
"""Fields of the line. Each is an attribute of Signatory, which tables, editions and pages are made from."""

PRIVATE_FIELDS = (SignatoryField("email", _("Email"), FieldEditor.SIGNATORY),)
"""Fields that are never published: no Signatory has them. They are erased with the email address."""

FIELDS = (*LINE_FIELDS, *PRIVATE_FIELDS)
TYPED_FIELDS = tuple(field for field in LINE_FIELDS if field.editor is not FieldEditor.STAFF)
"""Fields of the line that the signatory enters."""
STAFF_FIELDS = tuple(field for field in LINE_FIELDS if field.editor is not FieldEditor.SIGNATORY)
"""Fields of the line that staff correct."""
LOGGED_FIELDS = tuple(field for field in TYPED_FIELDS if field.key != "kind")
"""Fields whose changes by the signatory the audit log records."""
KEYS_OF_OTHER_KIND = {kind: {field.key for field in FIELDS if field.kind not in (None, kind)} for kind in SignatoryKind}
"""Keys of the fields that a kind of signatory does not have."""


def line_texts(line: Signatory, *, without: Collection[str] = ()) -> tuple[str, ...]:
    """Return the freely typed texts of a line in the order of the table, without the fields with these keys."""
    return tuple(getattr(line, field.key) for field in LINE_FIELDS if field.is_text and field.key not in without)


def line_columns(line: Signatory, alphabet: str) -> dict[str, Any]:
    """Return the database columns of a line as its signatory typed it, under a letter with this alphabet. Every individual's
    section is that of their kind."""
    columns: dict[str, Any] = {field.column: getattr(line, field.key) for field in TYPED_FIELDS}
    if line.kind is SignatoryKind.INDIVIDUAL:
        columns["section"] = ""
    return columns | {"alphabet": alphabet, "sort_key": signatory_sort_key(line, alphabet)}
