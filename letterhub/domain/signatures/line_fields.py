"""Fields of a signatory: the one table that forms, imports, exports, the audit log and erasure read; sort keys.

To add a field, follow "To add a field to the form" in CONTRIBUTING.md.
"""

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from letterhub.domain.i18n import _
from letterhub.domain.letters.document import Signatory, SignatoryKind
from letterhub.domain.organizations.name_keys import sort_key
from letterhub.domain.signatures.personal_names import person_sort_key


class PrintedPart(enum.StrEnum):
    """Part of a printed line. A letter prints every signatory's name, and the other parts by its settings."""

    NAME = "name"
    SIGNER = "signer"
    LOCATION = "location"
    SECTION = "section"
    LEAD = "lead"


class Editor(enum.StrEnum):
    """Editor of a field: the signatory, staff who correct a line, or both."""

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
    editor: Editor
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
        "organization", _("Organization"), Editor.BOTH, PrintedPart.NAME, _ORGANIZATION,
        is_text=True, max_length=200, column="organization_name",
    ),
    SignatoryField("signer_name", _("Signer"), Editor.BOTH, PrintedPart.SIGNER, is_text=True, max_length=200),
    SignatoryField("signer_title", _("Title of the signer"), Editor.BOTH, PrintedPart.SIGNER, is_text=True, max_length=200),
    SignatoryField("affiliation", _("Affiliation"), Editor.BOTH, PrintedPart.SIGNER, _INDIVIDUAL, is_text=True, max_length=200),
    SignatoryField("kind", _("Kind"), Editor.SIGNATORY, PrintedPart.NAME),
    SignatoryField("location", _("Location"), Editor.BOTH, PrintedPart.LOCATION, is_text=True, max_length=200),
    SignatoryField("section", _("Scope"), Editor.BOTH, PrintedPart.SECTION, _ORGANIZATION, max_length=60),
    SignatoryField("lead", _("Lead"), Editor.STAFF, PrintedPart.LEAD),
    SignatoryField("lead_order", _("Place among the leads"), Editor.STAFF),
    SignatoryField("website", _("Website"), Editor.SIGNATORY, kind=_ORGANIZATION),
    SignatoryField("sort_name", _("Sorted as"), Editor.STAFF, max_length=200),
)  # fmt: skip
"""Fields of the line. Each is an attribute of Signatory, which tables, editions and pages are made from."""

CONTACT_FIELDS = (SignatoryField("email", _("Email"), Editor.SIGNATORY),)
"""Fields that are never published: no Signatory has them. They are erased with the email address."""

FIELDS = (*LINE_FIELDS, *CONTACT_FIELDS)
TYPED_FIELDS = tuple(field for field in LINE_FIELDS if field.editor is not Editor.STAFF)
"""Fields of the line that the signatory enters."""
STAFF_FIELDS = tuple(field for field in LINE_FIELDS if field.editor is not Editor.SIGNATORY)
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


NAMES_PER_PAGE = 100
MAX_LEAD_ORDER = 998
"""Limit on the place of a lead that staff set."""

SECTION_ORDER = ("lead", "international", "national", "state", "local", "individual")
KEY_LENGTH = 600


def signatory_sort_key(signatory: Signatory, alphabet: str = "") -> str:
    """Return the collation key of a signatory's name: a person's by surname, an organization's without its article; the key of
    the sort name if there is one. `alphabet` is that of the letter's language."""
    if signatory.kind is SignatoryKind.INDIVIDUAL:
        return person_sort_key(signatory.name, signatory.sort_name, alphabet)
    return sort_key(signatory.sort_name or signatory.name, alphabet)


def lead_rank(signatory: Signatory) -> int:
    """Return the sort rank of a signatory: leads with a place in its order, the other leads, everyone else."""
    if not signatory.lead:
        return MAX_LEAD_ORDER + 2
    return min(signatory.lead_order or MAX_LEAD_ORDER + 1, MAX_LEAD_ORDER + 1)


def section_rank(section: str) -> int:
    """Return the sort rank of a section: the built-in ones in their order, then a letter's own, then none."""
    ranks: Mapping[str, int] = {name: rank for rank, name in enumerate(SECTION_ORDER)}
    if not section:
        return len(SECTION_ORDER) + 1
    return ranks.get(section.casefold(), len(SECTION_ORDER))


@dataclass(frozen=True, slots=True)
class ListSortKey:
    """Sort key of a signatory before its name, for each order of a letter; strings, so that all databases sort alike."""

    lead: str
    kind: str
    section: str
    location: str


def list_sort_key(signatory: Signatory, alphabet: str = "") -> ListSortKey:
    """Return the sort key of a signatory: leads first, by their places; the others in one group; by kind, organizations before
    individuals; by rank and name of their section; or by location, those without one last. `alphabet` is that of the letter's
    language."""
    if signatory.lead:
        return ListSortKey(*(f"0{lead_rank(signatory):03}",) * 4)
    kind = "2" if signatory.kind is SignatoryKind.INDIVIDUAL else "1"
    location = f"10{sort_key(signatory.location, alphabet)}" if signatory.location else "11"
    section = f"1{section_rank(signatory.section)}{sort_key(signatory.section, alphabet)}"
    return ListSortKey("1", kind, section[:KEY_LENGTH], location[:KEY_LENGTH])
