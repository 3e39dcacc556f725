"""Forms for signing, and for correcting a signature and then signing. They validate the input and return plain values.

The form that signs detects bots by its token, which is signed with the time of rendering: see docs/design/abuse.md.
"""

import secrets
from collections.abc import Set
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _later
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    StringField,
    ValidationError,
)

from letterhub.clock import now
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.signing_settings import FormSettings, OptionalField
from letterhub.domain.mail.email_addresses import COMMON_HOSTS, EmailAddress, not_typos, suggest_host
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.questions.answers import Answers, merge_answers
from letterhub.domain.questions.news import NewsOffer
from letterhub.domain.signatures.line_fields import KEYS_OF_OTHER_KIND, PRIVATE_FIELDS, TYPED_FIELDS
from letterhub.domain.signatures.signing import Scope, SigningRequest, only_accepted_kind
from letterhub.infrastructure.signed_links import ExpiredLink, InvalidLink, Purpose, current_link_signer, current_settings
from letterhub.queries.letters.public_letter import PublicLetter
from letterhub.queries.signatures.own_signature import OwnSignature
from letterhub.web.answer_fields import AnswerFields, form_data_from_answers
from letterhub.web.forms import (
    SCOPE_LABELS,
    Required,
    clean_line,
    deliverable_address,
    line,
    returned_number,
    select_choices,
    valid_location,
    website,
)
from letterhub.web.public.link_forms import LinkForm, PublicForm

FormOwner = PublicLetter | FormSettings


def new_form_token(letter_id: int) -> str:
    """Return a new unique token for a form of a letter."""
    return current_link_signer().token(Purpose.FORM, letter_id, secrets.randbits(63))


class LineForm(AnswerFields, PublicForm):
    """Fields of the printed line and the questions that a letter asks. `before` is the line that the form corrects."""

    kind = RadioField(
        _later("I’m signing"),
        validate_choice=False,
        default=str(SignatoryKind.ORGANIZATION),
        choices=select_choices(
            {SignatoryKind.ORGANIZATION: _later("for an organization"), SignatoryKind.INDIVIDUAL: _later("as an individual")}
        ),
    )
    organization = line(
        _later("Organization"), Required(_later("Enter the name of your organization."), SignatoryKind.ORGANIZATION)
    )
    website = StringField(_later("Website"), filters=(clean_line,), validators=(website,))
    signer_name = line(_later("Your name"), Required(_later("Enter your name. Every signature needs a responsible person.")))
    signer_title = line(
        _later("Your title"), Required(_later("Enter your title in the organization."), SignatoryKind.ORGANIZATION)
    )
    email = StringField(_later("Email"), filters=(clean_line,), validators=(deliverable_address,))
    location = line(_later("City and state"), valid_location)
    section = RadioField(_later("Scope"), validate_choice=False, choices=select_choices(SCOPE_LABELS))
    affiliation = line(_later("Affiliation"))
    news = BooleanField()
    asks_for_private_fields = offers_news = True

    def __init__(
        self,
        letter: FormOwner,
        only_kind: SignatoryKind | None = None,
        before: Signatory | None = None,
        answers: Answers | None = None,
        **kwargs: Any,
    ) -> None:
        """Create the form without the fields that the letter, the kind of signatory or the page does not ask for.

        `only_kind` limits the form to one kind of signatory, whoever may sign the letter; `answers` are those that it corrects.
        """
        self.settings = letter.form_settings if isinstance(letter, PublicLetter) else letter
        self.questions, self.answered_before = self.settings.questions, frozenset(answers or ())
        super().__init__(**kwargs)
        self.before = before
        self.only_kind = only_kind or only_accepted_kind(letter.who_may_sign)
        omitted = set(map(str, OptionalField)) - set(map(str, letter.optional_fields))
        if self.only_kind:
            omitted |= {"kind", *KEYS_OF_OTHER_KIND[self.only_kind]}
        if not self.asks_for_private_fields:
            omitted |= {line_field.key for line_field in PRIVATE_FIELDS}
        if self.offers_news and self.settings.news:
            self.news.render_kw = {"value": self.settings.news.version}
        else:
            omitted.add("news")
        for name in omitted & set(self._fields):
            del self[name]

    @property
    def signatory_kind(self) -> SignatoryKind:
        """Return whether an organization or an individual signs."""
        has_choice = self.only_kind is None and self.kind is not None
        chosen = self.kind.data if has_choice else self.only_kind
        return SignatoryKind.INDIVIDUAL if chosen == SignatoryKind.INDIVIDUAL else SignatoryKind.ORGANIZATION

    def validate_section(self, field: Field) -> None:
        """Require a section if an organization signs."""
        if self.signatory_kind is SignatoryKind.ORGANIZATION and field.data not in list(Scope):
            raise ValidationError(_("Choose the scope of your organization."))

    def validate_news(self, field: Field) -> None:
        """Require that the box was ticked beside the words that are offered now."""
        if field.data and field.raw_data != [str(self.accepted_news.version if self.accepted_news else "")]:
            field.data, field.raw_data = False, []
            raise ValidationError(_("The words beside this box changed. Check the box if you agree to them."))

    @property
    def accepted_news(self) -> NewsOffer | None:
        """Offer of news whose box is ticked."""
        return self.settings.news if "news" in self and self.news.data else None

    def to_line(self, before: Signatory | None = None) -> Signatory:
        """Return the line as it will print, without the fields of the other kind of signatory.

        Fields that the form does not ask for keep their value of `before`.
        """
        kind = self.signatory_kind
        line = form_data_from_line(before) if before else {}
        for key in (field.key for field in TYPED_FIELDS if field.key in self):
            line[key] = "" if key in KEYS_OF_OTHER_KIND[kind] else self[key].data or ""
        line["kind"] = kind
        if kind is SignatoryKind.INDIVIDUAL:
            line["section"] = str(kind)
        return Signatory(**line)


def form_data_from_line(line: Signatory) -> dict[str, Any]:
    """Return the form data that gives a line."""
    return {line_field.key: getattr(line, line_field.key) for line_field in TYPED_FIELDS}


def form_data_from_signature(signature: OwnSignature) -> dict[str, Any]:
    """Return the form data that gives a signature's line and answers."""
    return form_data_from_line(signature.line) | form_data_from_answers(signature.letter.questions, signature.answers)


class DisplayedRevisionForm(PublicForm):
    """Form that sends the number of the revision that its page shows, and the id of the translation in which it shows it."""

    revision = HiddenField()
    translation = HiddenField()

    @property
    def displayed_revision(self) -> int | None:
        """Return the number of the revision that the page showed; None if it is missing."""
        return returned_number(self.revision.data, None)

    @property
    def displayed_translation(self) -> int | None:
        """Return the id of the translation that the page showed; None if it showed the original."""
        return returned_number(self.translation.data, None)

    def show_text(self, revision_number: int, translation_id: int | None) -> None:
        """Set the text that the page shows."""
        self.revision.data, self.translation.data = revision_number, translation_id or ""


class SigningForm(LineForm, DisplayedRevisionForm):
    """Form that starts a signature.

    `note` is a honeypot. `form_token` is the form's token, signed with the time it was rendered: it detects double clicks and
    bots, and is valid once. `is_correction` marks the correction of an address typed before; `reader_token` proves access to a
    mailbox; `proof` solves a proof of work; `invited` is an invitation's token, `via` the word of a partner's link.
    """

    class Meta:
        """Settings of Flask-WTF. The view checks where the form comes from."""

        csrf = False

    authorized = BooleanField(validators=(Required(_later("Check the box to confirm you’re authorized to sign.")),))
    common_hosts, not_typos = COMMON_HOSTS, not_typos()
    is_bot = False
    note = StringField(_later("Leave this field empty"))
    form_token = HiddenField()
    is_correction = HiddenField()
    reader_token = HiddenField()
    proof = HiddenField()
    invited = HiddenField()
    via = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate the input, and last the time it took: too fast means a bot. Sets `is_bot`, and `form_token_id` if it is not.

        A rejection is shown, so that a fast human never waits for a mail that does not come.
        """
        if not super().validate(extra_validators):
            return False
        self.is_bot, self.form_token_id = bool(self.note.data), ""
        if self.is_bot:
            return True
        try:
            token = current_link_signer().open(Purpose.FORM, (self.form_token.raw_data or [""])[0])
        except (InvalidLink, ExpiredLink):
            token = None
        if token is None or token.subject[0] != self.settings.id:
            self.renew_form_token()
            self.form_errors.append(_("This page has been open for a long time. Please review your entries and submit again."))
        elif (now() - token.made_at).total_seconds() < current_settings().min_fill_seconds:
            self.form_errors.append(_("Please review your entries and submit again. (Very fast submissions are checked.)"))
        else:
            self.form_token_id = str(token.subject[1:])
        return bool(self.form_token_id)

    def renew_form_token(self) -> None:
        """Give the form a new unique token for the next submission."""
        self.form_token.data = new_form_token(self.settings.id)

    @property
    def likely_address(self) -> str:
        """Return a likely correction of the typed address, to suggest; "" if the address looks right."""
        name, _at, host = (self.email.data or "").rpartition("@")
        likely_host = suggest_host(host, domain_of_website((self.website.data or "") if "website" in self else ""))
        return f"{name}@{likely_host}" if name and likely_host else ""

    def to_signing_request(self, language: str) -> SigningRequest:
        """Return the input as a SigningRequest, of someone who read the letter in a language, "" for its own."""
        private = {field.key: self[field.key].data or "" for field in PRIVATE_FIELDS if field.key in self}
        return SigningRequest(
            self.to_line(), EmailAddress(private.pop("email"), is_valid=True), self.displayed_revision, self.form_token_id,
            no_mail_server=getattr(self.email, "no_mail_server", False), private=private, settings=self.settings,
            answers=merge_answers(None, self.to_answers()) if self.questions else None, news=self.accepted_news,
            language=language, translation=self.displayed_translation,
        )  # fmt: skip


class ConfirmForm(LinkForm, DisplayedRevisionForm):
    """Form with the checkbox that confirms a signature."""

    signatory_kind = None
    authorized = BooleanField(validators=(Required(_later("Check the box to confirm you’re authorized to sign.")),))

    def corrected_line(self) -> Signatory | None:
        """Return None: the line stays."""
        return None

    def corrected_answers(self) -> Answers | None:
        """Return None: the answers stay."""
        return None


class CorrectForm(LinkForm, LineForm):
    """Form that corrects a line and answers. What was signed without an answer can be corrected without it."""

    asks_for_private_fields = offers_news = requires_answers = False


class CorrectAndConfirmForm(CorrectForm, DisplayedRevisionForm):
    """Form that corrects a line and confirms the signature."""

    authorized = BooleanField(validators=(Required(_later("Check the box to confirm you’re authorized to sign.")),))

    def corrected_line(self) -> Signatory | None:
        """Return the corrected line, after validation, which completes its website."""
        return self.to_line(self.before)

    def corrected_answers(self) -> Answers | None:
        """Return the corrected answers."""
        return self.to_answers()


class InvitedForm(CorrectForm, DisplayedRevisionForm):
    """Form by which an invited mailbox signs at once: the box, the letter's questions, and the fields of the line, which are
    hidden until corrected."""

    offers_news = requires_answers = True
    authorized = BooleanField(validators=(Required(_later("Check the box to confirm you’re authorized to sign.")),))

    def is_complete(self) -> bool:
        """Return whether the line can be signed as it is."""
        self.validate()
        return not self.line_errors

    @property
    def line_errors(self) -> Set[str]:
        """Names of the line's fields with an error."""
        return set(self.errors) - {"authorized", "news", *(field.name for _question, field in self.answer_fields)}
