"""Form of an email that delivers an edition, and of one that is sent again."""

import re
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    Form,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from letterhub.domain.editions.deliveries import MAX_MAIL_LIMIT, MAX_RECIPIENTS, MIN_MAIL_LIMIT
from letterhub.domain.editions.delivery_emails import (
    ATTACHABLE,
    NAME_LENGTH,
    CoverEmail,
    CoverEmailRequest,
    EmailRecipient,
    RecipientRole,
)
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.editions.languages import ALL_LANGUAGES
from letterhub.domain.interface_languages import own_name, speaking, staff_language
from letterhub.domain.letters.drafts import normalize_body
from letterhub.domain.letters.letter_document import SignatoryCounts
from letterhub.domain.mail.mail_words import (
    DEFAULT_WORDS,
    DELIVERY_SUBJECT_OF_BOTH_KINDS,
    MAX_SENDER_NAME,
    MAX_SUBJECT,
    MAX_TEXT,
    MailWords,
    WordedMail,
)
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.mail.outbox import normalized_address
from letterhub.web.forms import CommandForm, IndexedFieldList, clean_line

BYTES_PER_MB = 1_000_000
SIZE_LIMITS_MB = Decimal(MIN_MAIL_LIMIT) / BYTES_PER_MB, Decimal(MAX_MAIL_LIMIT) / BYTES_PER_MB
EMPTY_ROWS = 2
ADDRESS_LENGTH = 254
SEPARATORS = re.compile(r"[,;\s]+")


def _valid_address(_form: Form, field: StringField) -> None:
    """Require an address that email can be sent to, and normalize it."""
    try:
        field.data = normalized_address(field.data)
    except CannotMail as refusal:
        raise ValidationError(str(refusal)) from refusal


def _valid_addresses(_form: Form, field: StringField) -> None:
    """Require addresses, and normalize them."""
    for typed in filter(None, SEPARATORS.split(field.data)):
        try:
            normalized_address(typed)
        except CannotMail as refusal:
            raise ValidationError(_("“%(typed)s” isn’t an email address. Check its spelling.", typed=typed)) from refusal


class RecipientForm(Form):  # type: ignore[misc]
    """Subform of a recipient. Who has no address is left out."""

    name = StringField(_l("Name"), filters=[clean_line], validators=[Length(max=NAME_LENGTH)])
    address = StringField(
        _l("Email address"), filters=[clean_line], validators=[Optional(), Length(max=ADDRESS_LENGTH), _valid_address]
    )

    def validate_name(self, field: StringField) -> None:
        """Require the name of a recipient with an address: readers see it."""
        if self.address.data and not field.data:
            raise ValidationError(_("Enter the recipient’s name, as readers will see it."))


class CoverEmailForm(CommandForm):
    """Form for recipients, cover note and files. `form_token` is the idempotency key of the page that shows it as it leaves."""

    recipients = IndexedFieldList(FormField(RecipientForm, label=_l("Recipient")), _l("Recipients"), max_entries=MAX_RECIPIENTS)
    cc = StringField(_l("cc"), filters=[clean_line], validators=[Length(max=4000), _valid_addresses])
    bcc = StringField(_l("bcc"), filters=[clean_line], validators=[Length(max=4000), _valid_addresses])
    sender_name = StringField(_l("Sender’s name"), filters=[clean_line], validators=[Length(max=MAX_SENDER_NAME)])
    subject = StringField(
        _l("Subject"), filters=[clean_line], validators=[DataRequired(_l("Enter a subject.")), Length(max=MAX_SUBJECT)]
    )
    text = TextAreaField(
        _l("Cover note"),
        filters=[lambda typed: normalize_body(typed or "").strip()],
        validators=[DataRequired(_l("Enter a cover note.")), Length(max=MAX_TEXT)],
    )
    formats = SelectMultipleField(_l("Files"), choices=[SelectChoice(str(one), str(one)) for one in ATTACHABLE])
    language = SelectField(_l("Language of the files"), default="")
    mail_limit = DecimalField(
        _l("Recipients’ size limit (MB)"),
        validators=[Optional(), NumberRange(*SIZE_LIMITS_MB, _l("Enter a number of MB from %(min)s to %(max)s."))],
    )
    copies = BooleanField()
    errata_version = StringField(_l("Send it anyway"), validators=[Length(max=64)])
    again = BooleanField(_l("Send it to them again"))
    form_token = HiddenField()

    def offer_languages(self, own: str, others: tuple[str, ...]) -> None:
        """Offer the languages of an edition's files: the letter's `own`, and the others."""
        self.language.choices = [
            SelectChoice("", own_name(own), render_kw={"lang": own}),
            *(
                SelectChoice(one, _("All languages in one file"))
                if one == ALL_LANGUAGES
                else SelectChoice(one, own_name(one), render_kw={"lang": one})
                for one in others
            ),
        ]

    def to_cover_email(self, limit: int) -> CoverEmail:
        """Return the email as a value; `limit` is the mailboxes' size limit in bytes if the form has none."""
        addressed = [EmailRecipient(row.form.name.data, row.form.address.data) for row in self.recipients]
        copied = [
            EmailRecipient("", normalized_address(typed), role)
            for role, field in ((RecipientRole.CC, self.cc), (RecipientRole.BCC, self.bcc))
            for typed in filter(None, SEPARATORS.split(field.data))
        ]
        return CoverEmail(
            recipients=(*(one for one in addressed if one.address), *copied),
            words=MailWords(self.subject.data, self.text.data, self.sender_name.data),
            formats=tuple(one for one in ATTACHABLE if one in self.formats.data),
            language=self.language.data,
            mail_limit=int(self.mail_limit.data * BYTES_PER_MB) if self.mail_limit.data else limit,
        )

    def to_request(self, email: CoverEmail, zone: str) -> CoverEmailRequest:
        """Return the email as it is sent; times of its delivery are shown in `zone`."""
        return CoverEmailRequest(
            email, zone, copies=self.copies.data, form_token=self.form_token.data or "",
            errata_version=self.errata_version.data or "", again=self.again.data,
        )  # fmt: skip

    @property
    def addresses(self) -> list[str]:
        """Return the addresses of the recipients, as entered."""
        return [row.form.address.data for row in self.recipients if row.form.address.data]

    def add_rows(self) -> None:
        """Append empty rows for recipients, as many as fit."""
        for _number in range(min(EMPTY_ROWS, MAX_RECIPIENTS - len(self.recipients))):
            self.recipients.append_entry()


class ResendForm(CommandForm):
    """Form for the address that an email is sent to again."""

    address = StringField(
        _l("Email address"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter the address it is sent to.")), Length(max=ADDRESS_LENGTH), _valid_address],
    )
    errata_version = StringField(_l("Send it anyway"), validators=[Length(max=64)])


def prefilled_cover_email_form(
    addressees: tuple[str, ...], counts: SignatoryCounts, words: MailWords | None, language: str
) -> CoverEmailForm:
    """Return the form with a row for each addressee, the letter's own words or the default ones, the PDF and copies."""
    subject, text = DEFAULT_WORDS[WordedMail.DELIVERY]
    if min(counts.organizations, counts.individuals) > 1:
        subject = DELIVERY_SUBJECT_OF_BOTH_KINDS
    with speaking(staff_language(language)):
        shown = words or MailWords(str(subject), str(text))
    rows = [{"name": name[:NAME_LENGTH]} for name in addressees[:MAX_RECIPIENTS]]
    data: dict[str, Any] = {
        "recipients": rows, "sender_name": shown.sender_name, "subject": shown.subject, "text": shown.text,
        "formats": [str(FileFormat.PDF)], "copies": True,
    }  # fmt: skip
    form = CoverEmailForm(formdata=None, data=data)
    form.add_rows()
    return form
