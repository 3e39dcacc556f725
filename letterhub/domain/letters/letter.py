"""Letters: requirements for opening, signer kinds, publish rules, slugs, and checks of placeholders and footnotes."""

import datetime as dt
import enum
import re
from collections import Counter
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.document import LetterText
from letterhub.domain.unicode_text import normalize_unicode

SLUG_LENGTH = 60
PLACEHOLDERS = frozenset({"count", "count_in_words"})
RESERVED_SLUGS = frozenset({"new", "import"})


class WhoMaySign(enum.StrEnum):
    """Kinds of signatories that a letter accepts."""

    ORGANIZATIONS = "organizations"
    INDIVIDUALS = "individuals"
    BOTH = "both"


class OptionalField(enum.StrEnum):
    """Form fields that a letter may ask for or omit; name, title and email address are always asked."""

    WEBSITE = "website"
    LOCATION = "location"
    SECTION = "section"


class PublishRule(enum.StrEnum):
    """Rule for publishing an organization's confirmed signature: after staff review, or at once if it was reviewed before."""

    ASK_STAFF = "ask-staff"
    REVIEWED = "reviewed"


class NoSuchLetter(UserFacingError):
    """Raised when a letter does not exist."""


PLACEHOLDER_HELP = "{{count}} is the number of names, {{count_in_words}} the same in words."
_FOOTNOTE_REFERENCE = re.compile(r"(?<!\\)\[\^([^\[\]\s]+)\]")
_FOOTNOTE = re.compile(r"^[ >]*\[\^([^\[\]\s]+)\]:", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")


@dataclass(frozen=True, slots=True)
class Requirement:
    """Requirement that a letter does not meet yet: the field, and a sentence for its author."""

    field: str
    sentence: str


_IN_ASCII = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
DEFAULT_SLUG = "letter"


def slugify(title: str) -> str:
    """Return a letter's slug from its title: letters, digits and hyphens, at most 60; NO_SLUG if none are left."""
    plain = normalize_unicode("NFKD", title.casefold().translate(_IN_ASCII)).encode("ascii", "ignore").decode().casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > SLUG_LENGTH:
        slug = slug[: SLUG_LENGTH + 1].rpartition("-")[0] or slug[:SLUG_LENGTH]
    return DEFAULT_SLUG if not slug or slug in RESERVED_SLUGS else slug


def missing_requirements(text: LetterText, deadline_at: dt.datetime | None, now: dt.datetime) -> tuple[Requirement, ...]:
    """Return what a draft needs before it can open; empty if nothing."""
    needs = (
        (text.title.strip(), "title", "Give the letter a title."),
        (text.body.strip(), "body", "Write the text of the letter."),
        (
            not (wrong := unknown_placeholders(text.body)),
            "placeholder",
            f"The text says {''.join(wrong[:1])}, which is not a placeholder; {PLACEHOLDER_HELP}",
        ),
        (
            not (outside := placeholders_outside_body(text)),
            "misplaced",
            "".join(f"T{misplaced_placeholder_error(*one)[1:]}" for one in outside[:1]),
        ),
        (not (slips := footnote_errors(text.body)), "notes", "".join(slips[:1])),
        (any(one.name.strip() for one in text.addressees), "addressees", "Say whom the letter is addressed to."),
        (text.salutation.strip(), "salutation", "Add a salutation, such as “Dear President Example:”."),
        (text.closing.strip(), "closing", "Add a closing, such as “Respectfully,”."),
        (deadline_at is None or deadline_at > now, "deadline", "The deadline has passed: choose a later one."),
    )
    return tuple(Requirement(field, sentence) for there, field, sentence in needs if not there)


def placeholders_outside_body(text: LetterText) -> tuple[tuple[str, str], ...]:
    """Return each `{{…}}` of one word outside the body as (part, placeholder)."""
    head = text.letterhead
    parts = {
        "title": text.title,
        "letterhead": "\n".join((head.name, *head.lines)),
        "line above the addressees": text.via,
        "address": "\n".join(line for one in text.addressees for line in (one.name, *one.lines)),
        "subject": text.re,
        "salutation": text.salutation,
        "closing": text.closing,
        "list of copies": "\n".join(text.cc),
    }
    found = ((name, one) for name, part in parts.items() for one in _PLACEHOLDER.finditer(part))
    return tuple((name, one[0]) for name, one in found if one[1].strip().isidentifier())


def misplaced_placeholder_error(part: str, placeholder: str) -> str:
    """Return why a placeholder cannot stand outside the body, as a sentence that begins with a small letter."""
    return f"the {part} says {placeholder}, which would be printed as it stands: placeholders can stand only in the text."


def unknown_placeholders(body: str) -> tuple[str, ...]:
    """Return each `{{…}}` that is no placeholder and would be printed as is, without duplicates, in order."""
    return tuple(dict.fromkeys(found[0] for found in _PLACEHOLDER.finditer(body) if found[1].strip() not in PLACEHOLDERS))


def footnote_errors(body: str) -> tuple[str, ...]:
    """Return a sentence for each footnote reference without a note, note without a reference, and duplicate note."""
    written = Counter(_FOOTNOTE.findall(body))
    called = dict.fromkeys(_FOOTNOTE_REFERENCE.findall(_FOOTNOTE.sub("", body)))
    return (
        *(
            f"The mark [^{one}] calls a note that stands nowhere: begin a paragraph with “[^{one}]:”, or take the mark out."
            for one in called
            if one not in written
        ),
        *(f"No mark leads to the note [^{one}], so that it is not printed." for one in written if one not in called),
        *(
            f"The note [^{one}] is written twice, and only one of them is printed: give the other another name."
            for one, times in written.items()
            if times > 1
        ),
    )
