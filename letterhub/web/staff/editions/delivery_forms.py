"""Forms for a delivery and for taking one back."""

import datetime as dt
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from letterhub.domain.editions.deliveries import (
    MAX_MAIL_LIMIT,
    MIN_MAIL_LIMIT,
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
    DeliveryMethod.LETTERHUB: _l("By email, sent now by Letterhub"),
    DeliveryMethod.EMAIL: _l("By email, sent outside Letterhub"),
    DeliveryMethod.HAND: _l("By hand"),
    DeliveryMethod.POST: _l("By mail or courier"),
    DeliveryMethod.PORTAL: _l("Through a portal or docket"),
}


BYTES_PER_MB = 1_000_000
SIZE_LIMITS_MB = Decimal(MIN_MAIL_LIMIT) / BYTES_PER_MB, Decimal(MAX_MAIL_LIMIT) / BYTES_PER_MB


class DeliveryForm(CommandForm):
    """Form for recipient, method and time. `form_token` is the idempotency key of the confirmation page.

    If parts of the edition were corrected or withdrawn since, `errata_version` is ticked and holds the version of those
    changes.
    """

    recipient = StringField(
        _l("Recipient"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter who receives the letter.")), Length(max=RECIPIENT_LENGTH)],
    )
    method = RadioField(
        _l("Method"),
        choices=[SelectChoice(method, label) for method, label in DELIVERY_METHODS.items()],
        validators=[DataRequired(_l("Choose how it is delivered."))],
    )
    address = StringField(_l("Email address"), filters=[clean_line], validators=[Length(max=254)])
    mail_limit = DecimalField(
        _l("Recipient’s size limit (MB)"),
        validators=[
            Optional(),
            NumberRange(*SIZE_LIMITS_MB, _l("Enter a number of MB from %(min)s to %(max)s.")),
        ],
    )
    day = DateField(_l("Day"), validators=[Optional()])
    time = TimeField(_l("Time"), validators=[Optional()])
    receipt = TextAreaField(_l("Receipt"), validators=[Length(max=RECEIPT_LENGTH)])
    copies = BooleanField()
    errata_version = StringField(_l("Deliver it anyway"), validators=[Length(max=64)])
    form_token = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate the fields: an address if Letterhub sends the edition, else a day and an hour."""
        is_valid = bool(super().validate(extra_validators))
        needed = [(self.day, _l("Enter the day.")), (self.time, _l("Enter the time."))]
        if self.method.data == DeliveryMethod.LETTERHUB:
            needed = [(self.address, _l("Enter the address it is sent to."))]
        for field, sentence in needed:
            if not field.data and not field.errors:
                field.errors = [sentence]
                is_valid = False
        return is_valid

    def to_delivery_request(self, zone: str, at: dt.datetime, limit: int) -> DeliveryRequest:
        """Return the delivery; `limit` is the mailbox's size limit in bytes if the form has none.

        Raises UserFacingError, for a year or time that does not exist, with its field.
        """
        is_sent_by_letterhub = self.method.data == DeliveryMethod.LETTERHUB
        if not is_sent_by_letterhub:
            try:
                at = local_to_utc(self.day.data, self.time.data, zone)
            except (YearOutOfRange, SkippedTime) as refusal:
                raise UserFacingError(str(refusal), "time" if isinstance(refusal, SkippedTime) else "day") from refusal
        return DeliveryRequest(
            recipient=self.recipient.data,
            method=DeliveryMethod(self.method.data),
            delivered_at=at,
            time_zone=zone,
            receipt=(self.receipt.data or "").strip(),
            address=self.address.data if is_sent_by_letterhub else "",
            mail_limit=int(self.mail_limit.data * BYTES_PER_MB) if self.mail_limit.data else limit,
            copies=self.copies.data,
            form_token=self.form_token.data or "",
            errata_version=self.errata_version.data or "",
        )


class RevokeDeliveryForm(CommandForm):
    """Form for the reason for taking a delivery back."""

    reason = StringField(
        _l("Reason"), filters=[clean_line], validators=[DataRequired(_l("Enter the reason.")), Length(max=REASON_LENGTH)]
    )


def prefilled_delivery_form(recipient: str, zone: str, at: dt.datetime) -> DeliveryForm:
    """Return the form with the letter's addressees, the current time in the letter's zone, and copies checked."""
    day, time = utc_to_local(at, zone)
    data = {"recipient": recipient[:RECIPIENT_LENGTH], "day": day, "time": time, "copies": True}
    return DeliveryForm(formdata=None, data=data)
