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

from letterhub.domain.editions.attachment_policy import LARGEST_LIMIT, SMALLEST_LIMIT
from letterhub.domain.editions.deliveries import REASON_LENGTH, RECEIPT_LENGTH, RECIPIENT_LENGTH, Handover, Way
from letterhub.domain.errors import Refused
from letterhub.domain.letters.deadlines import NoSuchTime, NoSuchYear, local_parts, moment_of
from letterhub.web.forms import RefusableForm, tidy

WAYS = {
    Way.LETTERHUB: _l("By email, sent now from here"),
    Way.EMAIL: _l("By email, sent outside Letterhub"),
    Way.HAND: _l("By hand"),
    Way.POST: _l("By mail or courier"),
    Way.PORTAL: _l("Through a portal or docket"),
}


MB = 1_000_000
LIMITS = Decimal(SMALLEST_LIMIT) / MB, Decimal(LARGEST_LIMIT) / MB


class DeliveryForm(RefusableForm):
    """Form for recipient, method and time. `once` is the idempotency key of the confirmation page.

    If parts of the edition were corrected or withdrawn since, `known` is ticked and holds the version of those changes.
    """

    recipient = StringField(
        _l("To whom"),
        filters=[tidy],
        validators=[DataRequired(_l("Say to whom the letter goes.")), Length(max=RECIPIENT_LENGTH)],
    )
    way = RadioField(
        _l("How"),
        choices=[SelectChoice(way, said) for way, said in WAYS.items()],
        validators=[DataRequired(_l("Say how it is delivered."))],
    )
    address = StringField(_l("Email address"), filters=[tidy], validators=[Length(max=254)])
    limit = DecimalField(
        _l("Recipient’s size limit (MB)"),
        validators=[
            Optional(),
            NumberRange(*LIMITS, _l("Give a number of MB from %(min)s to %(max)s.")),
        ],
    )
    day = DateField(_l("Day"), validators=[Optional()])
    time = TimeField(_l("Hour"), validators=[Optional()])
    receipt = TextAreaField(_l("Receipt"), validators=[Length(max=RECEIPT_LENGTH)])
    copies = BooleanField()
    known = StringField(_l("Deliver it all the same"), validators=[Length(max=64)])
    once = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate the fields: an address if Letterhub sends the edition, else a day and an hour."""
        whole = bool(super().validate(extra_validators))
        for field, sentence in self._missing():
            field.errors = [*field.errors, sentence]
            whole = False
        return whole

    def _missing(self) -> list[tuple[Any, Any]]:
        if self.way.data == Way.LETTERHUB:
            return [] if self.address.data else [(self.address, _l("Say to which address it is sent."))]
        needed = ((self.day, _l("Say on which day.")), (self.time, _l("Say at what hour.")))
        return [(field, sentence) for field, sentence in needed if field.data is None and not field.errors]

    def as_handover(self, zone: str, at: dt.datetime, limit: int) -> Handover:
        """Return the delivery; `limit` is the mailbox's size limit in bytes if the form has none.

        Raises Refused, for a year or time that does not exist, with its field.
        """
        sent = self.way.data == Way.LETTERHUB
        return Handover(
            recipient=self.recipient.data,
            way=Way(self.way.data),
            delivered_at=at if sent else self._moment(zone),
            zone=zone,
            receipt=(self.receipt.data or "").strip(),
            address=self.address.data if sent else "",
            limit=int(self.limit.data * MB) if self.limit.data else limit,
            copies=self.copies.data,
            once=self.once.data or "",
            known=self.known.data or "",
        )

    def _moment(self, zone: str) -> dt.datetime:
        try:
            return moment_of(self.day.data, self.time.data, zone)
        except (NoSuchYear, NoSuchTime) as refusal:
            field = "time" if isinstance(refusal, NoSuchTime) else "day"
            raise Refused(str(refusal), field) from refusal


class TakeBackForm(RefusableForm):
    """Form for the reason for taking a delivery back."""

    reason = StringField(
        _l("Why"), filters=[tidy], validators=[DataRequired(_l("Say why, for the record.")), Length(max=REASON_LENGTH)]
    )


def delivery_form_of(recipient: str, zone: str, at: dt.datetime) -> DeliveryForm:
    """Return the form with the letter's addressees, the current time in the letter's zone, and copies checked."""
    day, time = local_parts(at, zone)
    known = {"recipient": recipient[:RECIPIENT_LENGTH], "day": day, "time": time, "copies": True}
    return DeliveryForm(formdata=None, data=known)
