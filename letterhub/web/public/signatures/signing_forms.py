"""Forms of public pages. They validate the input and return plain values."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _later
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField, ValidationError

from letterhub.domain.letters.document import Signatory, SignatoryKind
from letterhub.domain.letters.letter import OptionalField, WhoMaySign
from letterhub.domain.mail.email_addresses import COMMON_HOSTS, NOT_TYPOS, EmailAddress, suggest_host
from letterhub.domain.organizations.names import domain_of_website
from letterhub.domain.signatures.line_fields import CONTACT_FIELDS, TYPED_FIELDS, SignatoryField, keys_of_other_kind
from letterhub.domain.signatures.signing import Section, SigningRequest
from letterhub.queries.letters.documents import PublicLetter
from letterhub.web.forms import CommandForm, Required, clean_line, deliverable_address, line, valid_place, website
from letterhub.web.public.abuse import FORM_TOKEN_SENTENCES, FormTokenProblem, new_form_token, verify_form_token


class PublicForm(CommandForm):
    """Form that can list its input and share a page with other forms."""

    def with_id_prefix(self, prefix: str) -> "PublicForm":
        """Return the form with ids prefixed by `mark`, so that the ids of two forms on one page differ."""
        for field in self:
            field.id = field.label.field_id = f"{prefix}-{field.id}"
        return self

    def filled_fields(self) -> list[tuple[str, str]]:
        """Return the input as pairs of label and text."""
        return [
            (str(field.label.text), _displayed_value(field))
            for field in self
            if field.name != "note" and field.data and _displayed_value(field)
        ]


def _displayed_value(field: Field) -> str:
    """Return the text of a field as a reader sees it; "" for hidden fields and checkboxes."""
    if isinstance(field, RadioField):
        return str(dict(field.choices).get(field.data, ""))
    return str(field.data) if isinstance(field, StringField) and not isinstance(field, HiddenField) else ""


class LineForm(PublicForm):
    """Fields of the printed line that a letter asks for. `before` is the line that the form corrects."""

    kind = RadioField(_later("I’m signing"), validate_choice=False, default=str(SignatoryKind.ORGANIZATION))
    organization = line(
        _later("Organization"), Required(_later("Enter the name of your organization."), SignatoryKind.ORGANIZATION)
    )
    website = StringField(_later("Website"), filters=(clean_line,), validators=(website,))
    signer_name = line(_later("Your name"), Required(_later("Enter your name. Every signature needs a responsible person.")))
    signer_title = line(
        _later("Your title"), Required(_later("Enter your title in the organization."), SignatoryKind.ORGANIZATION)
    )
    email = StringField(_later("Email"), filters=(clean_line,), validators=(deliverable_address,))
    location = line(_later("City and state"), valid_place)
    section = RadioField(_later("Scope"), validate_choice=False)
    affiliation = line(_later("Affiliation"))
    asks_for_contact = True

    def __init__(
        self, letter: PublicLetter, only: SignatoryKind | None = None, before: Signatory | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.before = before
        self.only = only or (None if letter.who_may_sign is WhoMaySign.BOTH else SignatoryKind(str(letter.who_may_sign)[:-1]))
        self._remove_unasked_fields(letter.optional_fields)
        for field, choices in (("kind", _kind_choices()), ("section", _section_choices())):
            if field in self:
                self[field].choices = choices

    def _remove_unasked_fields(self, optional_fields: Iterable[OptionalField]) -> None:
        """Remove the fields that the letter, the kind of signatory or the page does not ask for."""
        omitted = set(map(str, OptionalField)) - set(map(str, optional_fields))
        if self.only:
            omitted |= {"kind", *keys_of_other_kind(self.only)}
        if not self.asks_for_contact:
            omitted |= {line_field.key for line_field in CONTACT_FIELDS}
        for name in omitted & set(self._fields):
            del self[name]

    @property
    def signatory_kind(self) -> SignatoryKind:
        """Return whether an organization or an individual signs."""
        chosen = self.kind.data if self.only is None and self.kind is not None else self.only
        return SignatoryKind.INDIVIDUAL if chosen == SignatoryKind.INDIVIDUAL else SignatoryKind.ORGANIZATION

    def validate_section(self, field: Field) -> None:
        """Require a section if an organization signs."""
        if self.signatory_kind is SignatoryKind.ORGANIZATION and field.data not in list(Section):
            raise ValidationError(_("Choose the scope of your organization."))

    def to_line(self, before: Signatory | None = None) -> Signatory:
        """Return the line as it will print, without the fields of the other kind of signatory.

        Fields that the form does not ask for keep their value of `before`.
        """
        kind = self.signatory_kind
        line = form_data_from_line(before or Signatory()) | self._typed_values(TYPED_FIELDS) | {"kind": kind}
        return Signatory(**(line | {"section": str(kind)} if kind is SignatoryKind.INDIVIDUAL else line))

    def _typed_values(self, fields: Iterable[SignatoryField]) -> dict[str, Any]:
        """Return the input by key, "" for fields of the other kind of signatory."""
        omitted_keys = keys_of_other_kind(self.signatory_kind)
        return {
            line_field.key: "" if line_field.key in omitted_keys else self[line_field.key].data or ""
            for line_field in fields
            if line_field.key in self
        }


def _kind_choices() -> list[tuple[str, str]]:
    return [(str(SignatoryKind.ORGANIZATION), _("for an organization")), (str(SignatoryKind.INDIVIDUAL), _("as an individual"))]


def _section_choices() -> list[tuple[str, str]]:
    names = (_("National"), _("State"), _("Local"), _("International"))
    return list(zip(map(str, Section), names, strict=True))


def form_data_from_line(line: Signatory) -> dict[str, Any]:
    """Return the form data that gives a line."""
    return {line_field.key: getattr(line, line_field.key) for line_field in TYPED_FIELDS}


class RevisionForm(PublicForm):
    """Form for signing a text. `revision` is the number of the revision that the page shows."""

    revision = HiddenField()

    @property
    def displayed_revision(self) -> int | None:
        """Return the number of the revision that the page showed; None if it is missing."""
        number = (self.revision.data or "").strip()
        return int(number) if number.isdecimal() and len(number) < 10 else None


class SigningForm(LineForm, RevisionForm):
    """Form that starts a signature.

    `note` is a honeypot. `form_token` is the form's token, signed with the time it was rendered: it detects double clicks and
    bots, and is valid once. `is_correction` marks the correction of an address typed before; `reader_token` is a token that
    proves access to a mailbox; `proof` is the solution of a proof of work; `invited` is the token of an invitation.
    """

    authorized = BooleanField(validators=(Required(_later("Check the box to confirm you’re authorized to sign.")),))
    common_hosts, not_typos = COMMON_HOSTS, NOT_TYPOS
    note = StringField(_later("Leave this field empty"))
    form_token = HiddenField()
    is_correction = HiddenField()
    reader_token = HiddenField()
    proof = HiddenField()
    invited = HiddenField()

    def __init__(self, letter: PublicLetter, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(letter, data={"form_token": new_form_token(letter.id), **(data or {})}, **kwargs)
        self.letter_id, self.form_token_id = letter.id, ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate the input, and last the time it took: too fast means a bot."""
        if not super().validate(extra_validators):
            return False
        if self.is_bot:
            return True
        token_id = verify_form_token((self.form_token.raw_data or [""])[0], self.letter_id)
        if isinstance(token_id, str):
            self.form_token_id = token_id
            return True
        if token_id is not FormTokenProblem.TOO_FAST:
            self.renew_form_token()
        self.form_errors.append(str(FORM_TOKEN_SENTENCES[token_id]))
        return False

    def renew_form_token(self) -> None:
        """Give the form a new token for the next submission."""
        self.form_token.data = new_form_token(self.letter_id)

    @property
    def is_bot(self) -> bool:
        """Return whether the honeypot was filled in."""
        return bool(self.note.data)

    @property
    def likely_address(self) -> str:
        """Return a likely correction of the typed address, to suggest; "" if the address looks right."""
        name, _at, host = (self.email.data or "").rpartition("@")
        website_domain = domain_of_website((self.website.data or "") if "website" in self else "")
        likely_host = suggest_host(host, website_domain)
        return f"{name}@{likely_host}" if name and likely_host else ""

    def to_signing_request(self) -> SigningRequest:
        """Return the input as a SigningRequest."""
        contact = self._typed_values(CONTACT_FIELDS)
        return SigningRequest(
            self.to_line(), EmailAddress(contact.pop("email")), self.displayed_revision, self.form_token_id,
            no_mail_server=getattr(self.email, "no_mail_server", False), contact=contact,
        )  # fmt: skip


class LinkForm(PublicForm):
    """Form on a page of a mailed link. The link proves intent, so it needs no CSRF cookie."""

    class Meta:
        """Settings of Flask-WTF."""

        csrf = False


class ConfirmForm(LinkForm, RevisionForm):
    """Form with the checkbox that confirms a signature."""

    signatory_kind = None
    authorized = BooleanField(validators=(Required(_later("Check the box to confirm you’re authorized to sign.")),))

    def corrected_line(self) -> Signatory | None:
        """Return None: the line stays."""
        return None


class CorrectForm(LinkForm, LineForm):
    """Form that corrects a line."""

    asks_for_contact = False


class CorrectAndConfirmForm(CorrectForm, RevisionForm):
    """Form that corrects a line and confirms the signature."""

    authorized = BooleanField(validators=(Required(_later("Check the box to confirm you’re authorized to sign.")),))

    def corrected_line(self) -> Signatory | None:
        """Return the corrected line, after validation, which completes its website."""
        return self.to_line(self.before)


class AreYouSureForm(LinkForm):
    """Form with the checkbox that ends a signature. A mail scanner that presses the button ends nothing."""

    signatory_kind = None
    sure = BooleanField(validators=(Required(_later("Check the box if you’re sure.")),))


class SecondConfirmationForm(LinkForm):
    """Form by which a second person confirms an existing signature.

    `expected_version` is the version of the line that the page showed.
    """

    signatory_kind = None
    sure = BooleanField(validators=(Required(_later("Check the box to confirm that the signature is your organization’s.")),))
    expected_version = HiddenField()


class DenySignatureForm(LinkForm):
    """Form by which an organization's mailbox denies a signature.

    `expected_version` is the version of the line that the page showed.
    """

    signatory_kind = None
    sure = BooleanField(validators=(Required(_later("Check the box to confirm that your organization did not sign this.")),))
    expected_version = HiddenField()


class NewLinkForm(LinkForm):
    """Form for the address that a new link is mailed to."""

    email = StringField(_later("Email"), filters=(clean_line,), validators=(deliverable_address,))
