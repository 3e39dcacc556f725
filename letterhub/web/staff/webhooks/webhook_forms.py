"""Form for a webhook: its name, the receiver's address, and the events that it gets."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from wtforms import SelectMultipleField, StringField, ValidationError
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from letterhub.domain.webhooks.deliveries import LABEL_LENGTH
from letterhub.domain.webhooks.events import CHOOSABLE, EventType
from letterhub.domain.webhooks.targets import URL_LENGTH
from letterhub.web.forms import ExpectedVersionForm, clean_line, select_choices

EVENT_LABELS: Mapping[EventType, LazyString] = {
    EventType.SIGNATURE_CONFIRMED: _("Somebody confirmed a signature"),
    EventType.SIGNATURE_PUBLISHED: _("A name was published"),
    EventType.SIGNATURE_UNPUBLISHED: _("A name was taken off the list"),
    EventType.SIGNATURE_WITHDRAWN: _("A confirmed signature was withdrawn"),
    EventType.LETTER_OPENED: _("A letter opened"),
    EventType.LETTER_CLOSED: _("A letter closed, or its deadline passed"),
    EventType.LETTER_DELIVERED: _("A letter was delivered"),
    EventType.LETTER_ANSWERED: _("A recipient’s reply was recorded"),
    EventType.LETTER_WITHDRAWN: _("A letter was withdrawn"),
    EventType.EDITION_FROZEN: _("An edition was frozen"),
    EventType.FLOOD_DETECTED: _("Suspicious forms flood a letter"),
}


class WebhookForm(ExpectedVersionForm):
    """Form for a webhook, new or one that is changed."""

    label = StringField(
        _("Name"), filters=[clean_line], validators=[DataRequired(_("Enter a name for it.")), Length(max=LABEL_LENGTH)]
    )
    url = StringField(
        _("Receiver’s address"), filters=[clean_line],
        validators=[DataRequired(_("Enter the receiver’s address.")), Length(max=URL_LENGTH)],
    )  # fmt: skip
    events = SelectMultipleField(
        _("Events"), choices=select_choices({one: EVENT_LABELS[one] for one in CHOOSABLE}),
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip

    @property
    def chosen_events(self) -> tuple[EventType, ...]:
        """Events that were chosen, in their order."""
        return tuple(one for one in CHOOSABLE if str(one) in (self.events.data or ()))

    def validate_events(self, _field: Any) -> None:
        """Require an event."""
        if not self.chosen_events:
            raise ValidationError(gettext("Choose at least one event."))
