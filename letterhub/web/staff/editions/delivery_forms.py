"""Forms for a delivery and for taking one back."""

import datetime as dt

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from letterhub.domain.editions.deliveries import (
    MAX_RECIPIENTS,
    REASON_LENGTH,
    RECEIPT_LENGTH,
    RECIPIENT_LENGTH,
    DeliveryMethod,
    DeliveryRequest,
)
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.signing import SkippedTime, YearOutOfRange, local_to_utc, utc_to_local
from letterhub.web.forms import CommandForm, clean_line

DELIVERY_METHODS = {
    DeliveryMethod.LETTERHUB: _l("By email from Letterhub"),
    DeliveryMethod.EMAIL: _l("By email, sent outside Letterhub"),
    DeliveryMethod.HAND: _l("By hand"),
    DeliveryMethod.POST: _l("By mail or courier"),
    DeliveryMethod.PORTAL: _l("Through a portal or docket"),
}


RECORDABLE = tuple(method for method in DELIVERY_METHODS if method is not DeliveryMethod.LETTERHUB)
"""Methods that staff record; an email from here is recorded when it was accepted."""


def _lines(typed: str | None) -> str:
    """Return the lines of a field that have words, each as one line."""
    return "\n".join(filter(None, map(clean_line, (typed or "")[: 2 * MAX_RECIPIENTS * RECIPIENT_LENGTH].splitlines())))


class DeliveryForm(CommandForm):
    """Form for recipients, method and time. `form_token` is the idempotency key of the confirmation page.

    If parts of the edition were corrected or withdrawn since, `errata_version` is ticked and holds the version of those
    changes.
    """

    recipients = TextAreaField(
        _l("Recipients"), filters=[_lines], validators=[DataRequired(_l("Enter who receives the letter."))]
    )
    method = RadioField(
        _l("Method"),
        choices=[SelectChoice(method, DELIVERY_METHODS[method]) for method in RECORDABLE],
        validators=[DataRequired(_l("Choose how it is delivered."))],
    )
    day = DateField(_l("Day"), validators=[DataRequired(_l("Enter the day."))])
    time = TimeField(_l("Time"), validators=[InputRequired(_l("Enter the time."))])
    receipt = TextAreaField(_l("Receipt"), validators=[Length(max=RECEIPT_LENGTH)])
    copies = BooleanField()
    errata_version = StringField(_l("Deliver it anyway"), validators=[Length(max=64)])
    form_token = HiddenField()

    def validate_recipients(self, field: TextAreaField) -> None:
        """Require few recipients whose names are short."""
        recipients = field.data.split("\n")
        if len(recipients) > MAX_RECIPIENTS:
            raise ValidationError(_("Record at most %(most)s recipients at once.", most=MAX_RECIPIENTS))
        if any(len(recipient) > RECIPIENT_LENGTH for recipient in recipients):
            raise ValidationError(_("A recipient’s name has at most %(most)s characters.", most=RECIPIENT_LENGTH))

    def to_delivery_request(self, zone: str) -> DeliveryRequest:
        """Return the delivery. Raises UserFacingError, for a year or time that does not exist, with its field."""
        try:
            delivered_at = local_to_utc(self.day.data, self.time.data, zone)
        except (YearOutOfRange, SkippedTime) as refusal:
            raise UserFacingError(str(refusal), "time" if isinstance(refusal, SkippedTime) else "day") from refusal
        return DeliveryRequest(
            recipients=tuple(dict.fromkeys(self.recipients.data.split("\n"))),
            method=DeliveryMethod(self.method.data),
            delivered_at=delivered_at,
            time_zone=zone,
            receipt=(self.receipt.data or "").strip(),
            copies=self.copies.data,
            form_token=self.form_token.data or "",
            errata_version=self.errata_version.data or "",
        )


class RevokeDeliveryForm(CommandForm):
    """Form for the reason for taking a delivery back."""

    reason = StringField(
        _l("Reason"), filters=[clean_line], validators=[DataRequired(_l("Enter the reason.")), Length(max=REASON_LENGTH)]
    )


def prefilled_delivery_form(recipients: tuple[str, ...], zone: str, at: dt.datetime) -> DeliveryForm:
    """Return the form with the letter's addressees, the current time in the letter's zone, and copies checked."""
    day, time = utc_to_local(at, zone)
    data = {"recipients": "\n".join(recipients[:MAX_RECIPIENTS]), "day": day, "time": time, "copies": True}
    return DeliveryForm(formdata=None, data=data)
