"""Forms of a press page: its words, and the hour of its release."""

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FieldList, Form, FormField, StringField, TextAreaField, TimeField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.drafts import normalize_body
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.domain.press.press_page import (
    CONTACT_COUNT,
    MAX_ANNOUNCEMENT,
    MAX_FACT,
    MAX_HEADLINE,
    MAX_STATEMENT,
    PressContact,
    PressWords,
)
from letterhub.domain.signatures.signing import SkippedTime, YearOutOfRange, local_to_utc
from letterhub.mail.outbox import normalized_address
from letterhub.rendering.letter.markdown import TextTooDeep, TextTooLong, markdown_html
from letterhub.web.forms import CommandForm, ExpectedVersionForm, clean_line


def _markdown(typed: str | None) -> str:
    return normalize_body(typed or "").strip()


class PressContactForm(Form):  # type: ignore[misc]
    """Fields of one contact for the press; a contact without a name is left out."""

    name = StringField(_l("Name"), filters=[clean_line], validators=[Length(max=120)])
    email = StringField(_l("Email"), filters=[clean_line], validators=[Length(max=254)])
    phone = StringField(_l("Phone"), filters=[clean_line], validators=[Length(max=60)])

    def validate_name(self, field: StringField) -> None:
        """Require a name beside an address or a number."""
        if not field.data and (self.email.data or self.phone.data):
            raise ValidationError(_("Enter the contact’s name."))

    def validate_email(self, field: StringField) -> None:
        """Require an address that can be mailed, or none."""
        try:
            field.data = normalized_address(field.data) if field.data else ""
        except CannotMail as refusal:
            raise ValidationError(str(refusal)) from refusal


class PressPageForm(ExpectedVersionForm):
    """Form for the words of a press page; `expected_version` is the version of those that the page showed."""

    headline = StringField(
        _l("Headline"), filters=[clean_line], validators=[DataRequired(_l("Enter a headline.")), Length(max=MAX_HEADLINE)]
    )
    statement = TextAreaField(
        _l("Statement"), filters=[_markdown], validators=[DataRequired(_l("Enter a statement.")), Length(max=MAX_STATEMENT)]
    )
    fact_1 = StringField(_l("First fact"), filters=[clean_line], validators=[Length(max=MAX_FACT)])
    fact_2 = StringField(_l("Second fact"), filters=[clean_line], validators=[Length(max=MAX_FACT)])
    fact_3 = StringField(_l("Third fact"), filters=[clean_line], validators=[Length(max=MAX_FACT)])
    contacts = FieldList(
        FormField(PressContactForm), _l("Press contacts"), min_entries=CONTACT_COUNT, max_entries=CONTACT_COUNT
    )
    announcement = TextAreaField(_l("Text to share"), filters=[_markdown], validators=[Length(max=MAX_ANNOUNCEMENT)])

    def validate_statement(self, field: TextAreaField) -> None:
        """Require Markdown that can be shown."""
        _check_markdown(field.data)

    def validate_announcement(self, field: TextAreaField) -> None:
        """Require Markdown that can be shown."""
        _check_markdown(field.data)

    def to_words(self) -> PressWords:
        """Return the words as a value, without empty facts and contacts."""
        facts = (self.fact_1.data, self.fact_2.data, self.fact_3.data)
        contacts = (PressContact(one.form.name.data, one.form.email.data, one.form.phone.data) for one in self.contacts)
        return PressWords(
            self.headline.data, self.statement.data, tuple(filter(None, facts)),
            tuple(contact for contact in contacts if contact.name), self.announcement.data,
        )  # fmt: skip


class ReleaseForm(CommandForm):
    """Form for the hour of a press page's release, in the letter's zone."""

    day = DateField(_l("Day"), validators=[InputRequired(_l("Enter the day."))])
    time = TimeField(_l("Time"), validators=[InputRequired(_l("Enter the time."))])

    def release_at(self, zone: str) -> dt.datetime:
        """Return the hour. Raises UserFacingError for one that does not exist, with its field."""
        try:
            return local_to_utc(self.day.data, self.time.data, zone)
        except (YearOutOfRange, SkippedTime) as refusal:
            raise UserFacingError(str(refusal), "time" if isinstance(refusal, SkippedTime) else "day") from refusal


def press_page_form(words: PressWords, version: int) -> PressPageForm:
    """Return the form with these words."""
    contacts = [{"name": one.name, "email": one.email, "phone": one.phone} for one in words.contacts]
    data: dict[str, Any] = {
        "headline": words.headline, "statement": words.statement, "announcement": words.announcement,
        "contacts": [*contacts, *[{}] * (CONTACT_COUNT - len(contacts))], "expected_version": str(version),
    }  # fmt: skip
    data |= {f"fact_{number}": fact for number, fact in enumerate(words.facts, 1)}
    return PressPageForm(formdata=None, data=data)


def _check_markdown(text: str | None) -> None:
    try:
        markdown_html(text or "", "", "en")
    except (TextTooDeep, TextTooLong) as refusal:
        raise ValidationError(str(refusal)) from refusal
