"""The forms of the public's pages: they check the shape of what is typed, and hand it on as plain values."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _later
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField, ValidationError

from letterhub.domain.document import Kind, Signatory
from letterhub.domain.letters import OptionalField, WhoMaySign
from letterhub.domain.mailboxes import NO_SLIPS, OFTEN_MEANT, likely_meant
from letterhub.domain.organizations import domain_of_website
from letterhub.domain.signing import Scope, SigningRequest
from letterhub.queries.documents import PublicLetter
from letterhub.web.forms import RefusableForm, tidy
from letterhub.web.public.fields import Needed, line, mailbox, place, website
from letterhub.web.public.stamps import SENTENCES, StampTrouble, new_stamp, read_stamp

ORGANIZATIONS_ALONE = ("organization", "website", "scope")


class AttentiveForm(RefusableForm):
    """A form that knows what a person filled in, and may stand on a page beside others."""

    def apart(self, mark: str) -> "AttentiveForm":
        """The form with ids of its own, so that two on one page do not meet."""
        for field in self:
            field.id = field.label.field_id = f"{mark}-{field.id}"
        return self

    def filled_in(self) -> list[tuple[str, str]]:
        """What a person typed or chose, by the labels of the fields."""
        return [(str(field.label.text), _said(field)) for field in self if field.name != "note" and field.data and _said(field)]


def _said(field: Field) -> str:
    """What stands in a field as its reader sees it; "" where it is not for reading."""
    if isinstance(field, RadioField):
        return str(dict(field.choices).get(field.data, ""))
    return str(field.data) if isinstance(field, StringField) and not isinstance(field, HiddenField) else ""


class LineForm(AttentiveForm):
    """The line as it shall print, with the fields that a letter asks for; `before` is the one that it corrects."""

    kind = RadioField(_later("I’m signing"), validate_choice=False, default=str(Kind.ORGANIZATION))
    organization = line(_later("Organization"), Needed(_later("Give the name of your organization."), Kind.ORGANIZATION))
    website = StringField(_later("Website"), filters=(tidy,), validators=(website,))
    signer_name = line(_later("Your name"), Needed(_later("Enter your name. Every signature needs a responsible person.")))
    signer_title = line(_later("Your title"), Needed(_later("Give your title in the organization."), Kind.ORGANIZATION))
    email = StringField(_later("Email"), filters=(tidy,), validators=(mailbox,))
    location = line(_later("City and state"), place)
    scope = RadioField(_later("Scope"), validate_choice=False)
    affiliation = line(_later("Affiliation"))

    def __init__(self, letter: PublicLetter, only: Kind | None = None, before: Signatory | None = None, **given: Any) -> None:
        super().__init__(**given)
        self.before = before
        self.only = only or (None if letter.who_may_sign is WhoMaySign.BOTH else Kind(str(letter.who_may_sign)[:-1]))
        self._leave_out(letter.asked)
        for field, choices in (("kind", _kinds()), ("scope", _scopes())):
            if field in self:
                self[field].choices = choices

    def _leave_out(self, asked: Iterable[OptionalField]) -> None:
        out = {str(one) for one in OptionalField} - {str(one) for one in asked}
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
            raise ValidationError(_("Choose the scope of your organization."))

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
    return [(str(Kind.ORGANIZATION), _("for an organization")), (str(Kind.INDIVIDUAL), _("as an individual"))]


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

    `once` is the form's stamp, signed with the moment it was shown: by it a double click is known, and who is faster than a
    person; it is spent once. `again` says that it mends an address typed before; `reads` shows that she came by a link that was
    mailed to her; `proof` is what her browser found out where a proof of work was asked for, and `invited` the invitation that
    she came by.
    """

    authorized = BooleanField(validators=(Needed(_later("Check the box to confirm you’re authorized to sign.")),))
    often_meant, no_slips = OFTEN_MEANT, NO_SLIPS
    note = StringField(_later("Leave this field empty"))
    once = HiddenField()
    again = HiddenField()
    reads = HiddenField()
    proof = HiddenField()
    invited = HiddenField()

    def __init__(self, letter: PublicLetter, data: Mapping[str, Any] | None = None, **given: Any) -> None:
        super().__init__(letter, data={"once": new_stamp(letter.id), **(data or {})}, **given)
        self.letter_id, self.stamp = letter.id, ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Checks what was typed, and last that a person had the time to type it."""
        if not super().validate(extra_validators):
            return False
        if self.is_by_a_machine:
            return True
        stamp = read_stamp((self.once.raw_data or [""])[0], self.letter_id)
        if isinstance(stamp, str):
            self.stamp = stamp
            return True
        if stamp is not StampTrouble.TOO_FAST:
            self.renew_stamp()
        self.form_errors.append(str(SENTENCES[stamp]))
        return False

    def renew_stamp(self) -> None:
        """Gives the form another stamp, for the next time it is sent."""
        self.once.data = new_stamp(self.letter_id)

    @property
    def is_by_a_machine(self) -> bool:
        """Whether the field that no person sees was filled in."""
        return bool(self.note.data)

    @property
    def meant(self) -> str:
        """The address that was likely meant by the one that was typed: a question, nothing more; "" where it looks right."""
        name, _at, host = (self.email.data or "").rpartition("@")
        site = domain_of_website((self.website.data or "") if "website" in self else "")
        better = likely_meant(host, site)
        return f"{name}@{better}" if name and better else ""

    def as_request(self) -> SigningRequest:
        """What the form asks for."""
        return SigningRequest(
            self.as_line(), self.email.data, self.shown_revision, self.stamp,
            no_mail_server=getattr(self.email, "no_mail_server", False),
        )  # fmt: skip


class LinkForm(AttentiveForm):
    """A form behind a mailed link: the link itself shows that it was meant, so it needs no cookie."""

    class Meta:
        """Settings of Flask-WTF."""

        csrf = False


class ConfirmingForm(LinkForm, ReadForm):
    """The box that makes a signature."""

    signs_as = None
    authorized = BooleanField(validators=(Needed(_later("Check the box to confirm you’re authorized to sign.")),))


class CorrectingForm(LinkForm, LineForm):
    """A line, corrected by whoever holds its link."""

    email = None


class CorrectAndSignForm(CorrectingForm, ReadForm):
    """A line, corrected and signed at once."""

    authorized = BooleanField(validators=(Needed(_later("Check the box to confirm you’re authorized to sign.")),))


class EndingForm(LinkForm):
    """The box that ends a signature: nothing ends because a machine pressed a button."""

    signs_as = None
    sure = BooleanField(validators=(Needed(_later("Check this box if you are sure.")),))


class SecondForm(LinkForm):
    """The box by which a second person confirms the signature that stands. `seen` is the mark of its line as she read it."""

    signs_as = None
    sure = BooleanField(validators=(Needed(_later("Check this box to confirm that it is your organization’s own.")),))
    seen = HiddenField()


class NotOursForm(LinkForm):
    """The box by which the organization's own mailbox says that another signature is not its own. `seen` marks its line."""

    signs_as = None
    sure = BooleanField(validators=(Needed(_later("Check this box to confirm that your organization did not sign this.")),))
    seen = HiddenField()


class NewLinkForm(LinkForm):
    """The address that a new link is mailed to."""

    email = StringField(_later("Email"), filters=(tidy,), validators=(mailbox,))
