"""Fields that the columns of a table may be read as: those of signatories, and those that an import declares beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from letterhub.domain.i18n import _
from letterhub.domain.invitations.contact import MAX_NOTE, MAX_TAG, MAX_TAGS
from letterhub.domain.line_validation import MAX_LINE_LENGTH
from letterhub.domain.questions.answers import LONG_LENGTH
from letterhub.domain.questions.question import Questions, asked
from letterhub.domain.signatures.line_fields import FIELDS, LINE_FIELDS
from letterhub.intake.tables.choices import TableChoices


@dataclass(frozen=True, slots=True)
class TargetField:
    """Field that a column may be read as; `may_repeat` if several columns may."""

    key: str
    label: str
    may_repeat: bool = False


_SIGNATORY_KEYS = ("organization", "signer_name")
_LABELS = {field.key: field.label for field in FIELDS}
SIGNATORY_FIELDS = (
    *(TargetField(key, _LABELS[key]) for key in _SIGNATORY_KEYS),
    TargetField("prefix", _("Prefix, such as Dr.")),
    TargetField("first_name", _("First name")),
    TargetField("middle_name", _("Middle name")),
    TargetField("last_name", _("Last name")),
    TargetField("suffix", _("Suffix, such as Jr.")),
    TargetField("email", _LABELS["email"]),
    TargetField("location", _LABELS["location"]),
    TargetField("city", _("City")),
    TargetField("state", _("State")),
    TargetField("country", _("Country")),
    *(TargetField(field.key, field.label) for field in LINE_FIELDS if field.key not in (*_SIGNATORY_KEYS, "location")),
    TargetField("permission", _("Permission to be listed"), may_repeat=True),
    TargetField("remark", _("Note, shown and not imported"), may_repeat=True),
)
"""Fields of an import of signatories, in the order of the choice."""
CONTACT_LIST_FIELDS = (
    TargetField("organization", _LABELS["organization"]),
    TargetField("signer_name", _("Person")),
    *(field for field in SIGNATORY_FIELDS if field.key in ("prefix", "first_name", "middle_name", "last_name", "suffix")),
    TargetField("signer_title", _("Title")),
    TargetField("email", _LABELS["email"]),
    TargetField("phone", _("Phone")),
    TargetField("website", _LABELS["website"]),
    TargetField("tags", _("Tags")),
    TargetField("notes", _("Note")),
)
"""Fields of an import of contacts, in the order of the choice."""
INVITATION_FIELDS = (
    *(field for field in SIGNATORY_FIELDS if field.key != "remark"),
    *(field for field in CONTACT_LIST_FIELDS if field.key in ("phone", "tags", "notes")),
)
"""Fields of a list of organizations to invite, in the order of the choice: of the line, then of the contact."""
QUESTION_PREFIX = "question-"


def question_fields(questions: Questions) -> tuple[TargetField, ...]:
    """Return the fields that hold answers to a letter's own questions; a column with a question's words is read as it."""
    return tuple(TargetField(one.field_name, one.label) for one in asked(questions))


def with_question_headings(choices: TableChoices, targets: Sequence[TargetField]) -> TableChoices:
    """Return choices by which columns headed by a question's words are read as its answers, unless chosen otherwise."""
    named = {target.label: target.key for target in targets if target.key.startswith(QUESTION_PREFIX)}
    return replace(choices, named={**named, **choices.named}) if named else choices


PICTURE_FIELDS = (TargetField("logo", _("Logo")), TargetField("signature_picture", _("Scanned signature")))
"""Fields that name a file beside the table, which an upload has not."""
MAX_LENGTHS = {"tags": MAX_TAGS * (MAX_TAG + len(", ")), "notes": MAX_NOTE}
"""Limits of fields whose values may be longer than a line."""
REPEATABLE = frozenset(field.key for field in SIGNATORY_FIELDS if field.may_repeat)
NAMING = frozenset({"organization", "signer_name", "first_name", "last_name"})
"""Fields of which a table needs one: they say who it is about."""


def max_value_length(key: str) -> int:
    """Return how long the value of a field may be."""
    return LONG_LENGTH if key.startswith(QUESTION_PREFIX) else MAX_LENGTHS.get(key, MAX_LINE_LENGTH)


def target_keys(fields: Sequence[TargetField]) -> frozenset[str]:
    """Return the keys of fields that columns may be read as, and of pictures, which are noticed in every table."""
    return frozenset(field.key for field in (*fields, *PICTURE_FIELDS))
