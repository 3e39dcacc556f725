"""The forms of the public's pages: they check the shape of what is typed, and hand it on as plain values."""

import secrets
from collections.abc import Iterable
from typing import Any

from email_validator import EmailNotValidError, EmailUndeliverableError, validate_email
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _later
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField, ValidationError

from letterhub.domain.document import Kind, Signatory
from letterhub.domain.letters import Asked, WhoMaySign
from letterhub.domain.lines import one_line, trouble_with_line
from letterhub.domain.organizations import NotAWebsite, website_of
from letterhub.domain.refusals import Refused
from letterhub.domain.signing import Scope, SigningRequest
from letterhub.queries.documents import PublicLetter

PATIENCE = 3  # seconds for the question whether a domain takes mail
ORGANIZATIONS_ALONE = ("organization", "website", "scope")


class Needed:
    """The field must not stay empty. `of` limits that to one kind of signatory."""

    def __init__(self, sentence: str, of: Kind | None = None) -> None:
        self.sentence, self.of = sentence, of

    def __call__(self, form: Any, field: Field) -> None:
        if not field.data and self.of in (None, form.signs_as):
            raise ValidationError(str(self.sentence))


def printable(_form: Any, field: Field) -> None:
    """What is typed can stand in one printed line."""
    if trouble := trouble_with_line(field.data):
        raise ValidationError(_("This line cannot be printed: it %(trouble)s.", trouble=trouble))


def website(_form: Any, field: Field) -> None:
    """What is typed is the address of a website; it is completed by its scheme."""
    try:
        field.data = website_of(field.data)
    except NotAWebsite as refusal:
        raise ValidationError(str(refusal)) from refusal


def mailbox(_form: Any, field: Field) -> None:
    """What is typed is an address that mail can be sent to; its domain is kept in ASCII."""
    if not field.data:
        raise ValidationError(_("Give your e-mail address."))
    look = current_app.extensions["settings"].check_mail_domains
    try:
        known = validate_email(field.data, strict=True, allow_smtputf8=False, check_deliverability=look, timeout=PATIENCE)
    except EmailUndeliverableError as problem:
        host = field.data.rpartition("@")[2]
        raise ValidationError(_("Mail cannot be delivered to %(host)s. Check what follows the @ sign.", host=host)) from problem
    except EmailNotValidError as problem:
        raise ValidationError(_("This is not an e-mail address. It looks like name@example.org.")) from problem
    field.data = known.ascii_email


def _tidy(typed: str | None) -> str:
    return one_line(typed or "")


def _line(label: str, *validators: Any) -> StringField:
    return StringField(label, filters=(_tidy,), validators=(*validators, printable))


class AttentiveForm(FlaskForm):  # type: ignore[misc]
    """A form that puts the cursor where the first thing is to be mended."""

    def refuse(self, refusal: Refused) -> None:
        """Puts a refusal beside the field that it is about, or above them all."""
        if refusal.field in self:
            self[refusal.field].errors = [*self[refusal.field].errors, str(refusal)]
        else:
            self.form_errors.append(str(refusal))

    def apart(self, mark: str) -> "AttentiveForm":
        """The form with ids of its own, so that two on one page do not meet."""
        for field in self:
            field.id = field.label.field_id = f"{mark}-{field.id}"
        return self

    def focus_first_error(self) -> None:
        """Says in the page itself where the cursor stands, so that it needs no script."""
        for field in self:
            if field.errors and isinstance(field, RadioField):
                (value, label), *rest = field.choices
                field.choices = [(value, label, {"autofocus": True}), *rest]
            elif field.errors:
                field.render_kw = {**(field.render_kw or {}), "autofocus": True}
            if field.errors:
                return


class LineForm(AttentiveForm):
    """The line as it shall print, with the fields that a letter asks for."""

    kind = RadioField(_later("Who signs?"), validate_choice=False, default=str(Kind.ORGANIZATION))
    organization = _line(_later("Organization"), Needed(_later("Give the name of your organization."), Kind.ORGANIZATION))
    website = StringField(_later("Website"), filters=(_tidy,), validators=(website,))
    signer_name = _line(_later("Your name"), Needed(_later("Give your name: each signature has a person who answers for it.")))
    signer_title = _line(_later("Your title"), Needed(_later("Give your title in the organization."), Kind.ORGANIZATION))
    email = StringField(_later("E-mail"), filters=(_tidy,), validators=(mailbox,))
    location = _line(_later("City and state"))
    scope = RadioField(_later("The organization is"), validate_choice=False)
    affiliation = _line(_later("Affiliation"))

    def __init__(self, letter: PublicLetter, only: Kind | None = None, **given: Any) -> None:
        super().__init__(**given)
        self.only = only or (None if letter.who_may_sign is WhoMaySign.BOTH else Kind(str(letter.who_may_sign)[:-1]))
        self._leave_out(letter.asked)
        for field, choices in (("kind", _kinds()), ("scope", _scopes())):
            if field in self:
                self[field].choices = choices

    def _leave_out(self, asked: Iterable[Asked]) -> None:
        out = {str(one) for one in Asked} - {str(one) for one in asked}
        if self.only:
            out |= {"kind", *(ORGANIZATIONS_ALONE if self.only is Kind.INDIVIDUAL else ("affiliation",))}
        for name in out & set(self._fields):
            del self[name]

    @property
    def signs_as(self) -> Kind:
        """Whether an organization or a person signs."""
        chosen = self.kind.data if self.only is None and self.kind is not None else self.only
        return Kind.INDIVIDUAL if chosen == Kind.INDIVIDUAL else Kind.ORGANIZATION

    def validate_scope(self, field: Field) -> None:
        """One of the four, where an organization signs."""
        if self.signs_as is Kind.ORGANIZATION and field.data not in list(Scope):
            raise ValidationError(_("Say how far your organization reaches."))

    def as_line(self, before: Signatory | None = None) -> Signatory:
        """The line as it shall print; what belongs to the other kind of signatory is left out.

        What the form does not ask for stays as it was `before`.
        """
        person = self.signs_as is Kind.INDIVIDUAL
        others = ORGANIZATIONS_ALONE if person else ("affiliation",)
        typed = {name: "" if name in others else field.data or "" for name, field in self._fields.items()}
        told = typed_from(before or Signatory()) | {name: data for name, data in typed.items() if name != "kind"}
        return Signatory(
            kind=self.signs_as,
            organization=told["organization"],
            signer_name=told["signer_name"],
            signer_title=told["signer_title"],
            location=told["location"],
            url=told["website"],
            affiliation=told["affiliation"],
            section=str(Kind.INDIVIDUAL) if person else told["scope"],
        )


def _kinds() -> list[tuple[str, str]]:
    return [(str(Kind.ORGANIZATION), _("An organization")), (str(Kind.INDIVIDUAL), _("I, for myself"))]


def _scopes() -> list[tuple[str, str]]:
    names = (_("National"), _("State"), _("Local"), _("International"))
    return list(zip(map(str, Scope), names, strict=True))


def typed_from(line: Signatory) -> dict[str, Any]:
    """What someone types to get a line: fills a form with it."""
    return {
        "kind": str(line.kind),
        "organization": line.organization,
        "website": line.url,
        "signer_name": line.signer_name,
        "signer_title": line.signer_title,
        "location": line.location,
        "scope": line.section,
        "affiliation": line.affiliation,
    }


class ReadForm(AttentiveForm):
    """Whatever is signed: `revision` is the number of the text that the page shows."""

    revision = HiddenField()

    @property
    def shown_revision(self) -> int | None:
        """The number of the text that was shown; None where the form does not tell."""
        given = (self.revision.data or "").strip()
        return int(given) if given.isdecimal() and len(given) < 10 else None


class SigningForm(LineForm, ReadForm):
    """The form that begins a signature. `note` is there for machines: no person sees it.

    `once` is the form's own word, by which a double click is known; `again` says that it mends an address typed before.
    """

    authorized = BooleanField(validators=(Needed(_later("Tick this box: only someone who may sign can sign.")),))
    note = StringField(_later("Leave this field empty"))
    once = HiddenField(default=lambda: secrets.token_urlsafe(12))
    again = HiddenField()

    @property
    def is_by_a_machine(self) -> bool:
        """Whether the field that no person sees was filled in."""
        return bool(self.note.data)

    def as_request(self) -> SigningRequest:
        """What the form asks for."""
        return SigningRequest(self.as_line(), self.email.data, self.shown_revision, (self.once.data or "")[:64])


class LinkForm(AttentiveForm):
    """A form behind a mailed link: the link itself shows that it was meant, so it needs no cookie."""

    class Meta:
        """Settings of Flask-WTF."""

        csrf = False


class ConfirmingForm(LinkForm, ReadForm):
    """The box that makes a signature."""

    signs_as = None
    authorized = BooleanField(validators=(Needed(_later("Tick this box: only someone who may sign can sign.")),))


class CorrectingForm(LinkForm, LineForm):
    """A line, corrected by whoever holds its link."""

    email = None


class CorrectAndSignForm(CorrectingForm, ReadForm):
    """A line, corrected and signed at once."""

    authorized = BooleanField(validators=(Needed(_later("Tick this box: only someone who may sign can sign.")),))


class EndingForm(LinkForm):
    """The box that ends a signature: nothing ends because a machine pressed a button."""

    signs_as = None
    sure = BooleanField(validators=(Needed(_later("Tick this box if you are sure.")),))


class NewLinkForm(LinkForm):
    """The address that a new link is mailed to."""

    email = StringField(_later("E-mail"), filters=(_tidy,), validators=(mailbox,))
