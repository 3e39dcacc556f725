"""Own words of a letter's emails: as staff edit them, filled for one email, and previews with invented values.

A field's value is never read as Markdown: the text is rendered with a placeholder, and that replaced after that.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import current_app
from markupsafe import Markup, escape
from sqlalchemy import select

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import number_in_digits
from letterhub.domain.interface_languages import primary_subtag, public_language, speaking
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.mail.mail_words import MailField, MailWords, WordedMail, fill_fields, fill_subject
from letterhub.domain.mail.outgoing_mail import MailKind, ObsoleteMail
from letterhub.infrastructure.db import db
from letterhub.mail.messages import FilledWords
from letterhub.models import CoalitionWording, Letter, MailWording, OutboxMessage, SignatoryMessage
from letterhub.queries.letters.revisions import newest_revision
from letterhub.rendering.letter.markdown import markdown_html
from letterhub.rendering.text.plain_text import markdown_text

WORDED_KINDS = {
    MailKind.INVITE: WordedMail.INVITATION,
    MailKind.SIGNED: WordedMail.THANKS,
    MailKind.PUBLISHED: WordedMail.PUBLISHED,
    MailKind.COPY: WordedMail.COPY,
}
"""Kinds of email that are sent with a letter's words of then; a delivery's are stored with it."""
LINK_PLACEHOLDER = "https://field.invalid/link"
FIRST_PLACEHOLDER = 0xE100  # private use characters, which texts lose: one for each field, between two that enclose it
PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_PLACEHOLDER = re.compile(
    f"{re.escape(LINK_PLACEHOLDER)}|\ue000(?P<plain>.)\ue001|%EE%80%80(?P<quoted>%EE%[0-9A-F]{{2}}%[0-9A-F]{{2}})%EE%80%81"
)
_QUOTED_PLACEHOLDER = re.compile("%EE%80%80", re.IGNORECASE)  # typed into an address
_BARE_LINK = re.compile(r"(?<!\]\()(?<!<)(\{\{\s*link\s*\}\})")


@dataclass(frozen=True, slots=True)
class EditableWords:
    """Words of one kind of email as staff edit them. `version` is 0, and `words` None, without own words of the letter; then
    `of_coalition` are used, if there are any."""

    mail: WordedMail
    words: MailWords | None
    version: int
    of_coalition: MailWords | None

    @property
    def in_force(self) -> MailWords | None:
        """Own words that the email has: the letter's, or the coalition's; None for those of the template."""
        return self.words or self.of_coalition


def editable_words(letter_id: int) -> Mapping[WordedMail, EditableWords]:
    """Return the own words of all emails of a letter."""
    rows = {row.mail: row for row in db.session.scalars(select(MailWording).where(MailWording.letter_id == letter_id))}
    coalition_id = select(Letter.coalition_id).where(Letter.id == letter_id).scalar_subquery()
    shared = db.session.scalars(select(CoalitionWording).where(CoalitionWording.coalition_id == coalition_id))
    of_coalition = {row.mail: row.words for row in shared}
    return {
        mail: EditableWords(
            mail, rows[mail].words if mail in rows else None, rows[mail].version if mail in rows else 0, of_coalition.get(mail)
        )
        for mail in WordedMail
    }


def sometimes_empty(letter_id: int, mail: WordedMail) -> frozenset[MailField]:
    """Return the fields that have no value in some emails of a letter: whom staff invite without a person's name, individuals
    who sign without an organization, the deadline of a letter without one, and signers of names that staff added.
    """
    letter = db.session.get_one(Letter, letter_id)
    is_invitation = mail in (WordedMail.INVITATION, WordedMail.REMINDER)
    fields = {MailField.NAME} if is_invitation or mail is WordedMail.MESSAGE else set()
    if not is_invitation and letter.who_may_sign is not WhoMaySign.ORGANIZATIONS:
        fields.add(MailField.ORGANIZATION)
    if letter.deadline_at is None:
        fields.add(MailField.DEADLINE)
    return frozenset(fields)


def own_words(message: OutboxMessage, context: Mapping[str, Any]) -> FilledWords | None:
    """Return the coalition's own words for an email, filled from its template context; None to use those of the templates.

    They are used, too, if the words no longer make an email, as a field such as the deadline became empty, and for those who
    signed a translation: own words are in the letter's language.
    """
    if message.kind == MailKind.MESSAGE:
        return _message_words(message, context)
    mail = WORDED_KINDS.get(MailKind(message.kind))
    if mail is None or message.letter_id is None:
        return None
    if context.get("again"):
        mail = WordedMail.REMINDER
    of_letter = MailWording.letter_id == message.letter_id, MailWording.mail == mail
    of_coalition = CoalitionWording.coalition_id == message.coalition_id, CoalitionWording.mail == mail
    wording = db.session.scalar(select(MailWording).where(*of_letter)) or db.session.scalar(
        select(CoalitionWording).where(*of_coalition)
    )
    if wording is None:
        return None
    language = newest_revision(message.letter_id).text.language
    if primary_subtag(context["language"]) != primary_subtag(language):
        return None
    try:
        return fill_words(wording.words, field_values(context), language)
    except UserFacingError:
        return None


def _message_words(message: OutboxMessage, context: Mapping[str, Any]) -> FilledWords:
    """Return the words of a message to signatories, as it was sent. Raises ObsoleteMail if they no longer make an email."""
    words = db.session.get_one(SignatoryMessage, message.parameters["message_id"]).words
    original = newest_revision(message.letter_id or 0).text  # the words are in its language, whatever the signatory read
    values = field_values({**context, "title": original.title, "language": original.language})
    try:
        return fill_words(words, values, original.language)
    except UserFacingError as refusal:
        raise ObsoleteMail(str(refusal)) from refusal


def field_values(context: Mapping[str, Any]) -> dict[MailField, str]:
    """Return the value of each field from an email's template context; "" where there is none."""
    deadline_at, zone, counts = context.get("deadline_at"), context.get("zone"), context["counts"]
    with speaking(public_language(context.get("language", ""))):
        deadline = current_app.jinja_env.filters["full_datetime"](deadline_at, zone) if deadline_at else ""
    is_delivery = "check" in context
    values = {
        MailField.ORGANIZATION: context.get("organization", ""),
        MailField.NAME: context.get("signer", ""),
        MailField.TITLE: context["title"],
        MailField.COALITION: context["coalition"],
        MailField.DEADLINE: deadline,
        MailField.LINK: context["check"] if is_delivery else context["link"] if "again" in context else context["letter"],
        MailField.COUNT: number_in_digits(counts.total, context["language"]),
        MailField.ORGANIZATIONS: number_in_digits(counts.organizations, context["language"]),
        MailField.INDIVIDUALS: number_in_digits(counts.individuals, context["language"]),
        MailField.RECIPIENT: context.get("recipient", ""),
    }
    return {field: " ".join(PRIVATE_USE.sub("", value).split()) for field, value in values.items()}


def fill_words(words: MailWords, values: Mapping[MailField, str], language: str) -> FilledWords:
    """Return own words with their fields, as text and as HTML. Raises EmptyField, TextTooDeep and TextTooLong."""
    replaced: list[str] = []

    def placeholder(field: MailField, value: str) -> str:
        if field is MailField.LINK:
            return LINK_PLACEHOLDER
        replaced.append(value)
        return f"\ue000{chr(FIRST_PLACEHOLDER + len(replaced) - 1)}\ue001"

    typed = _QUOTED_PLACEHOLDER.sub("%EF%BF%BD", PRIVATE_USE.sub("", words.text))
    typed = _BARE_LINK.sub(r"<\1>", typed)
    markdown = fill_fields(typed, values, placeholder)
    html = _fill_placeholders(
        str(markdown_html(markdown, "", language)), replaced, values[MailField.LINK], lambda text: str(escape(text))
    )
    text = _fill_placeholders(markdown_text(markdown, language), replaced, values[MailField.LINK], str)
    return FilledWords(fill_subject(words.subject, values), text, Markup(html), words.sender_name)  # noqa: S704


def _fill_placeholders(text: str, replaced: list[str], link: str, write: Any) -> str:
    """Return a rendered text with the value of each placeholder; in an address it is quoted."""

    def value_of(match: re.Match[str]) -> str:
        if match["plain"]:
            return str(write(replaced[ord(match["plain"]) - FIRST_PLACEHOLDER]))
        if match["quoted"]:
            character = bytes.fromhex(match["quoted"].replace("%", "")).decode()
            return quote(replaced[ord(character) - FIRST_PLACEHOLDER], safe="")
        return str(write(link))

    return _PLACEHOLDER.sub(value_of, text)
