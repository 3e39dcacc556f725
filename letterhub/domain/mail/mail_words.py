"""A coalition's own words in emails: which emails take them, their fields, and how a field is filled.

See docs/design/mail.md.
"""

import enum
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

MAX_SUBJECT, MAX_TEXT, MAX_SENDER_NAME = 200, 10_000, 80  # characters
MAX_VALUE_IN_SUBJECT = 100  # characters


class WordedMail(enum.StrEnum):
    """Email that takes a coalition's own words."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    THANKS = "thanks"
    PUBLISHED = "published"
    COPY = "copy"
    DELIVERY = "delivery"
    MESSAGE = "message"


class MailField(enum.StrEnum):
    """Field in own words, written {{name}}, or {{name|colleague}} with words for an email where it is empty."""

    ORGANIZATION = "organization"
    NAME = "name"
    TITLE = "title"
    COALITION = "coalition"
    DEADLINE = "deadline"
    LINK = "link"
    COUNT = "count"
    ORGANIZATIONS = "organizations"
    INDIVIDUALS = "individuals"
    RECIPIENT = "recipient"


_EVERY_EMAIL = frozenset({
    MailField.TITLE, MailField.COALITION, MailField.LINK, MailField.COUNT, MailField.ORGANIZATIONS, MailField.INDIVIDUALS
})  # fmt: skip
_SIGNING = _EVERY_EMAIL | {MailField.ORGANIZATION, MailField.NAME, MailField.DEADLINE}
_DELIVERED = _EVERY_EMAIL | {MailField.RECIPIENT}
FIELDS: Mapping[WordedMail, frozenset[MailField]] = {
    WordedMail.INVITATION: _SIGNING,
    WordedMail.REMINDER: _SIGNING,
    WordedMail.THANKS: _SIGNING,
    WordedMail.PUBLISHED: _SIGNING,
    WordedMail.COPY: _DELIVERED | {MailField.ORGANIZATION, MailField.NAME},
    WordedMail.DELIVERY: _DELIVERED,
    WordedMail.MESSAGE: _SIGNING,
}


@dataclass(frozen=True, slots=True)
class MailWords:
    """Own words of an email. `text` is Markdown; `sender_name` is "" for the site's."""

    subject: str
    text: str
    sender_name: str = ""


class InvalidWords(UserFacingError):
    """Raised for own words that no email can be made of; the sentence stands beside its field."""


class WordsChanged(UserFacingError):
    """Raised when someone else changed the words in the meantime."""


class EmptyField(InvalidWords):
    """Raised for a field without a value and without words in its place."""


DEFAULT_WORDS: Mapping[WordedMail, tuple[str, str]] = {
    WordedMail.INVITATION: (
        _("{{coalition}} invites you to sign: {{title}}"),
        _("Dear {{name|colleague}},\n\n{{coalition}} invites {{organization}} to sign the open letter “{{title}}”."),
    ),
    WordedMail.REMINDER: (
        _("Reminder: {{coalition}} invites you to sign: {{title}}"),
        _("Dear {{name|colleague}},\n\nThis is a reminder that {{coalition}} invites {{organization}} to sign “{{title}}”."),
    ),
    WordedMail.THANKS: (
        _("Your signature is confirmed: {{title}}"),
        _("Dear {{name}},\n\nThank you for signing."),
    ),
    WordedMail.PUBLISHED: (
        _("Your signature is on the letter: {{title}}"),
        _("Dear {{name}},\n\nThank you: your signature is on the letter now. Please share it: {{link}}"),
    ),
    WordedMail.COPY: (
        _("Delivered: {{title}}"),
        _("Dear {{name}},\n\nWe delivered “{{title}}” to {{recipient}}. Thank you for standing with us."),
    ),
    WordedMail.DELIVERY: (
        _("{{title}}: a letter from {{count}} signatories"),
        _("Dear {{recipient}},\n\nWe write to you on behalf of the signatories of “{{title}}”."),
    ),
    WordedMail.MESSAGE: (
        _("News about “{{title}}”"),
        _("Dear {{name|colleague}},\n\nYou signed “{{title}}”. We have news: …"),
    ),
}
"""Subject and text that the editor begins with."""
DELIVERY_SUBJECT_OF_BOTH_KINDS = _("{{title}}: a letter from {{organizations}} organizations and {{individuals}} individuals")
"""Subject that a delivery's email begins with, if its edition has several organizations and several individuals."""

_FIELD = re.compile(r"\{\{([^{}|]*)(?:\|([^{}]*))?\}\}")
"""A field as it is typed, with white space around its name: one way to match it, so that many spaces cost nothing."""


def check_words(mail: WordedMail, words: MailWords, sometimes_empty: Collection[MailField]) -> None:
    """Raise InvalidWords if the words have an unknown or unfinished field, or one that is sometimes empty without words in its
    place.
    """
    for field, text in (("subject", words.subject), ("text", words.text)):
        for name, fallback in ((typed.strip(), fallback) for typed, fallback in _FIELD.findall(text)):
            if name not in FIELDS[mail]:
                known = ", ".join(f"{{{{{one}}}}}" for one in MailField if one in FIELDS[mail])
                raise InvalidWords(
                    _("{{%(name)s}} isn’t a field of this email. Its fields are %(known)s.", name=name, known=known), field
                )
            if name in sometimes_empty and not fallback.strip():
                raise InvalidWords(
                    _("{{%(name)s}} is sometimes empty. Add words for that, such as {{%(name)s|colleague}}.", name=name), field
                )
        if "{{" in _FIELD.sub("", text):
            raise InvalidWords(_("A field isn’t finished: write it as {{title}}, with two brackets on each side."), field)
    if set("@<>") & set(words.sender_name):
        raise InvalidWords(_("A sender’s name can’t look like an email address. Leave out @, < and >."), "sender_name")


def fill_fields(text: str, values: Mapping[MailField, str], write: Callable[[MailField, str], str]) -> str:
    """Return a text with each field as `write` makes it of the field and its value; others stay. Raises EmptyField."""

    def filled(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name not in tuple(MailField):
            return match[0]
        value = values.get(MailField(name), "") or (match[2] or "").strip()
        if not value:
            raise EmptyField(_("{{%(name)s}} has no value yet. Add words for that, or leave it out.", name=name), "text")
        return write(MailField(name), value)

    return _FIELD.sub(filled, text)


def fill_subject(subject: str, values: Mapping[MailField, str]) -> str:
    """Return a subject with its fields; a long value is cut. Raises EmptyField."""

    def shortened(_field: MailField, value: str) -> str:
        return value if len(value) <= MAX_VALUE_IN_SUBJECT else f"{value[: MAX_VALUE_IN_SUBJECT - 1]}…"

    return fill_fields(subject, values, shortened)
