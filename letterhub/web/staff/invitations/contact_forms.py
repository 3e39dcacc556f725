"""Forms of contacts: the contact, its people, notes, next step and answers."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, RadioField, SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from letterhub.domain.invitations.contact import (
    MAX_NAME,
    MAX_NEXT_STEP,
    MAX_NOTE,
    ContactDetails,
    NextStep,
    PersonDetails,
    parse_tags,
)
from letterhub.domain.invitations.invitation import InviteeAnswer
from letterhub.domain.organizations.websites import InvalidWebsite, parse_website
from letterhub.domain.unicode import normalize_unicode
from letterhub.queries.accounts import Member
from letterhub.web.forms import ColumnIntegerField, CommandForm, clean_line


def clean_text(typed: str | None) -> str:
    """Return typed text of several lines, without blanks around it."""
    return normalize_unicode("NFC", (typed or "")[: 2 * MAX_NOTE].replace("\r\n", "\n").replace("\0", "")).strip()


def _line(label: str, limit: int = MAX_NAME, *validators: Any) -> StringField:
    return StringField(label, filters=[clean_line], validators=[*validators, Length(max=limit)])


class VersionedForm(CommandForm):
    """Form that carries the version of the contact that its page showed."""

    version = ColumnIntegerField()

    @property
    def shown_version(self) -> int:
        """Return the version; 0, which no contact has, if it is missing."""
        return int(self.version.data or 0)


class ContactDetailsForm(VersionedForm):
    """Form for a contact's name, website, owner and tags, and for a first person."""

    name = _line(_("Organization"), MAX_NAME, DataRequired(_("Enter the name of the organization.")))
    website = _line(_("Website"), 300)
    owner = SelectField(_("Owner on our side"), coerce=int)
    tags = _line(_("Tags"), 1_300)
    person_name, person_title = _line(_("Person")), _line(_("Title"))
    person_email, person_phone = _line(_("Email"), 254), _line(_("Phone"), 60)

    def __init__(self, team: tuple[Member, ...], **values: Any) -> None:
        """Offer the members of the team as owners."""
        super().__init__(**values)
        members = [SelectChoice(member.staff_id, member.name) for member in team if member.joined_at]
        self.owner.choices = [SelectChoice(0, _("Nobody")), *members]

    def validate_website(self, field: StringField) -> None:
        """Require a website URL or nothing."""
        try:
            field.data = parse_website(field.data)
        except InvalidWebsite as refusal:
            raise ValidationError(str(refusal)) from refusal

    def to_details(self) -> ContactDetails:
        """Return the contact's details."""
        return ContactDetails(self.name.data, self.website.data, parse_tags(self.tags.data), self.owner.data or None)

    def to_person(self) -> PersonDetails:
        """Return the first person."""
        return PersonDetails(self.person_name.data, self.person_title.data, self.person_email.data, self.person_phone.data)


class PersonForm(VersionedForm):
    """Form for a person of a contact. With name, email and phone empty, the person is removed."""

    person_name, person_title = _line(_("Name")), _line(_("Title"))
    email, phone = _line(_("Email"), 254), _line(_("Phone"), 60)
    note = _line(_("Note"), 500)

    def to_person(self) -> PersonDetails:
        """Return the person."""
        return PersonDetails(self.person_name.data, self.person_title.data, self.email.data, self.phone.data, self.note.data)


class ContactEntryForm(CommandForm):
    """Form for a note, or for what was said in a call."""

    text = TextAreaField(
        _("Note"), filters=[clean_text], validators=[DataRequired(_("Write the note first.")), Length(max=MAX_NOTE)]
    )
    kind = RadioField(
        _("Kind"),
        choices=[SelectChoice("note", _("Note")), SelectChoice("call", _("Call"))],
        default="note",
    )


class NextStepForm(VersionedForm):
    """Form for the next step of a contact; empty fields clear it."""

    step = _line(_("Next step"), MAX_NEXT_STEP)
    on = DateField(_("Day"), validators=[Optional()])

    def to_step(self) -> NextStep:
        """Return the step."""
        return NextStep(self.step.data, self.on.data)


class ContactAnswerForm(VersionedForm):
    """Form for what a contact answered about a letter; with no answer, it is taken back."""

    letter = StringField()
    answer = StringField()
    reason = _line(_("Reason or note"), 500)

    @property
    def recorded_answer(self) -> InviteeAnswer | None:
        """Return the answer, None to take it back."""
        return InviteeAnswer(self.answer.data) if self.answer.data in list(InviteeAnswer) else None
