"""Contacts: organizations that a coalition asks to sign, what staff write about them, and its limits."""

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.line_validation import normalize_line
from letterhub.domain.mail.email_addresses import EmailAddress

MAX_NAME = 300
MAX_PHONE = 60
MAX_NEXT_STEP = 300
MAX_NOTE = 2000
MAX_TAG = 60
MAX_TAGS = 20
MAX_PEOPLE = 20
UNUSED_RETENTION = dt.timedelta(days=730)
"""Time after which a contact that nobody wrote to or about is erased."""


class ContactEntryKind(enum.StrEnum):
    """Kind of an entry in a contact's history."""

    NOTE = "note"
    CALL = "call"
    ANSWER = "answer"


class ContactChanged(UserFacingError):
    """Raised when a contact is not as the form showed it."""


class ContactExists(UserFacingError):
    """Raised for a second contact of the same organization."""

    field = "name"


class NoSuchContact(UserFacingError):
    """Raised for a contact that is gone, or another coalition's."""


class TooManyTags(UserFacingError):
    """Raised for more tags, or longer ones, than a contact may have."""

    field = "tags"


class TooManyPeople(UserFacingError):
    """Raised for more people than a contact may have."""


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """Details of a contact that staff edit together."""

    name: str
    website: str = ""
    tags: tuple[str, ...] = ()
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """Person at a contact."""

    name: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is known that would identify or reach a person."""
        return not (self.name or self.email or self.phone)


def is_same_person(known: PersonDetails, other: PersonDetails) -> bool:
    """Return whether two persons of a contact are one: at one mailbox, else by name; of two without a name, by phone."""
    if known.email and other.email:
        return EmailAddress(known.email).canonical == EmailAddress(other.email).canonical
    if known.name or other.name:
        return known.name.casefold() == other.name.casefold()
    return not (known.phone and other.phone) or known.phone == other.phone


def complete_person(known: PersonDetails, other: PersonDetails) -> PersonDetails:
    """Return a person with what was missing and another description has."""
    return PersonDetails(
        known.name or other.name,
        known.title or other.title,
        known.email or other.email,
        known.phone or other.phone,
        known.note,
    )


@dataclass(frozen=True, slots=True)
class NextStep:
    """Next step of a contact, with its day; "" and None for none."""

    text: str = ""
    on: dt.date | None = None


def parse_tags(typed: str) -> tuple[str, ...]:
    """Return the tags in a text that separates them by commas or line ends, each once, in lower case."""
    return clean_tags(part for line in typed.splitlines() for part in line.split(","))


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags in lower case, each once, without empty ones."""
    folded = (normalize_line(tag).lower().lstrip("#").strip() for tag in tags)
    return tuple(dict.fromkeys(tag for tag in folded if tag))
