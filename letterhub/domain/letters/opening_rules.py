"""Rules for opening a letter: its requirements, and checks of its placeholders and footnotes."""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import LetterText

PLACEHOLDERS = frozenset(f"{name}{form}" for name in ("count", "organizations", "individuals") for form in ("", "_in_words"))


class NoSuchLetter(UserFacingError):
    """Raised when a letter does not exist."""


class OpeningPassed(UserFacingError):
    """Raised for an hour at which a letter cannot open."""

    field = "opens_date"


def check_opens_at(opens_at: dt.datetime, deadline_at: dt.datetime | None, now: dt.datetime) -> None:
    """Raise OpeningPassed for an hour that has passed, or after the deadline."""
    if opens_at <= now:
        raise OpeningPassed(_("This time has passed. Choose a later one, or open the letter now."))
    if deadline_at is not None and deadline_at <= opens_at:
        raise OpeningPassed(_("The deadline is before this time. Choose an earlier time, or a later deadline."))


PLACEHOLDER_HELP = _(
    "Use {{count}} for the number of signatures (147), {{organizations}} or {{individuals}} for that of one kind, and "
    "{{count_in_words}} and so on for the same in words (one hundred forty-seven)."
)
_FOOTNOTE_REFERENCE = re.compile(r"(?<!\\)\[\^([^\[\]\s]+)\]")
_FOOTNOTE = re.compile(r"^[ >]*\[\^([^\[\]\s]+)\]:", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")


@dataclass(frozen=True, slots=True)
class Requirement:
    """Requirement that a letter does not meet yet: the field, and a sentence for its author."""

    field: str
    sentence: str


def missing_requirements(text: LetterText, deadline_at: dt.datetime | None, now: dt.datetime) -> tuple[Requirement, ...]:
    """Return what a draft needs before it can open; empty if nothing."""
    needs = (
        (text.title.strip(), "title", _("Enter a title.")),
        (text.body.strip(), "body", _("Write the text of the letter.")),
        (
            not (unknown := unknown_placeholders(text.body)),
            "placeholder",
            next(map(unknown_placeholder_error, unknown), ""),
        ),
        (
            not (misplaced := placeholders_outside_body(text)),
            "misplaced",
            next((misplaced_placeholder_error(part, placeholder) for part, placeholder in misplaced), ""),
        ),
        (not (errors := footnote_errors(text.body)), "notes", next(iter(errors), "")),
        (
            any(addressee.name.strip() for addressee in text.addressees),
            "addressees",
            _("Enter who the letter is addressed to."),
        ),
        (text.salutation.strip(), "salutation", _("Add a salutation, such as “Dear President Example:”.")),
        (text.closing.strip(), "closing", _("Add a closing, such as “Respectfully,”.")),
        (deadline_at is None or deadline_at > now, "deadline", _("The deadline has passed. Choose a later one.")),
    )
    return tuple(Requirement(field, sentence) for is_met, field, sentence in needs if not is_met)


def placeholders_outside_body(text: LetterText) -> tuple[tuple[str, str], ...]:
    """Return each `{{…}}` of one word outside the body, as (name of the letter's part, the placeholder as typed)."""
    head = text.letterhead
    parts = {
        _("title"): text.title,
        _("letterhead"): "\n".join((head.name, *head.lines)),
        _("date"): text.date_words,
        _("line above the addressees"): text.via,
        _("address"): "\n".join(line for addressee in text.addressees for line in (addressee.name, *addressee.lines)),
        _("subject"): f"{text.re}\n{text.short_subject}",
        _("salutation"): text.salutation,
        _("closing"): text.closing,
        _("list of copies"): "\n".join(text.cc),
        _("list of enclosures"): "\n".join(text.enclosures),
    }
    matches = ((name, match) for name, part in parts.items() for match in _PLACEHOLDER.finditer(part))
    return tuple((name, match[0]) for name, match in matches if match[1].strip().isidentifier())


def misplaced_placeholder_error(part: str, placeholder: str) -> str:
    """Return why a placeholder cannot stand outside the body, as a sentence that begins with the placeholder."""
    return _(
        "%(placeholder)s can’t be used in the %(part)s, only in the text: it would be printed as it stands.",
        placeholder=placeholder,
        part=part,
    )


def unknown_placeholder_error(placeholder: str) -> str:
    """Return why a placeholder cannot be used, as a sentence that begins with it."""
    return _("%(placeholder)s is not a placeholder. %(help)s", placeholder=placeholder, help=PLACEHOLDER_HELP)


def unknown_placeholders(body: str) -> tuple[str, ...]:
    """Return each `{{…}}` that is no placeholder and would be printed as is, without duplicates, in order."""
    return tuple(dict.fromkeys(match[0] for match in _PLACEHOLDER.finditer(body) if match[1].strip() not in PLACEHOLDERS))


def footnote_errors(body: str) -> tuple[str, ...]:
    """Return a sentence for each footnote reference without a note, note without a reference, and duplicate note."""
    notes = Counter(_FOOTNOTE.findall(body))
    references = dict.fromkeys(_FOOTNOTE_REFERENCE.findall(_FOOTNOTE.sub("", body)))
    return (
        *(
            _(
                "[^%(note)s] refers to a note that doesn’t exist. Start a paragraph with “[^%(note)s]:”, or "
                "delete the reference.",
                note=note,
            )
            for note in references
            if note not in notes
        ),
        *(
            _("Nothing refers to the note [^%(note)s], so it isn’t printed.", note=note)
            for note in notes
            if note not in references
        ),
        *(
            _("The note [^%(note)s] is written twice, and only one of the two is printed. Rename the other.", note=note)
            for note, times in notes.items()
            if times > 1
        ),
    )
