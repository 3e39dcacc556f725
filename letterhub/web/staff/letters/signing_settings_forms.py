"""Forms of the Settings tab: deadline, rules, and the letter's address."""

import datetime as dt
from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from letterhub.domain.errors import Refused
from letterhub.domain.letters.deadlines import USUAL_ZONES, local_parts, moment_of
from letterhub.domain.letters.letter import SLUG_LENGTH, OptionalField, PublishRule, WhoMaySign
from letterhub.domain.letters.signing_settings import SignUp, mark_of
from letterhub.domain.operations.retention import LONGEST_CONTACT_MONTHS, LONGEST_NETWORK_DAYS
from letterhub.queries.letters.signing_settings import Terms, suggested_slug
from letterhub.web.converters import WholeNumberField
from letterhub.web.filters import named_zone
from letterhub.web.forms import RefusableForm, tidy

END_OF_WORK = dt.time(17)
LONGEST_GRACE = 14 * 24
CONTINENTS = frozenset("Africa America Antarctica Asia Atlantic Australia Europe Indian Pacific".split())


def _zones() -> list[SelectChoice]:
    usual = [SelectChoice(zone, named_zone(zone), optgroup=_l("United States")) for zone in USUAL_ZONES]
    places = (zone for zone in available_timezones() if zone.partition("/")[0] in CONTINENTS and zone not in USUAL_ZONES)
    others = sorted((place_name(zone), zone) for zone in places)
    elsewhere = [("UTC", "UTC"), *others]
    return usual + [SelectChoice(zone, name, optgroup=_l("Elsewhere, by city")) for name, zone in elsewhere]


def place_name(zone: str) -> str:
    """Return a time zone as its city: "Berlin (Europe)", "Buenos Aires (America, Argentina)"."""
    *region, city = zone.replace("_", " ").split("/")
    return f"{city} ({', '.join(region)})"


RULES = {
    PublishRule.ASK_STAFF: _l("After staff have read it, every time."),
    PublishRule.REVIEWED: _l(
        "At once for organizations that we have reviewed before, from their own mailbox, exactly as reviewed. Staff read all "
        "others."
    ),
}
INDIVIDUALS = _l("Individuals appear once they confirm their email. Doubtful ones wait for staff.")


class SignUpForm(RefusableForm):
    """Form of the signing settings. `seen` is the version of the settings that the page showed."""

    deadline_date = DateField(_l("Last day"), validators=[Optional()])
    deadline_time = TimeField(_l("Time"), validators=[Optional()])
    deadline_zone = SelectField(_l("Time zone"), choices=_zones)
    grace_hours = WholeNumberField(_l("Grace period (hours)"), validators=[InputRequired(), NumberRange(0, LONGEST_GRACE)])
    who_may_sign = RadioField(
        _l("Who may sign"),
        choices=[
            SelectChoice(WhoMaySign.ORGANIZATIONS, _l("Organizations, through a named person")),
            SelectChoice(WhoMaySign.INDIVIDUALS, _l("Individuals, with their affiliation for identification only")),
            SelectChoice(WhoMaySign.BOTH, _l("Both")),
        ],
    )
    asked = SelectMultipleField(
        _l("Also ask for"),
        choices=[
            SelectChoice(OptionalField.WEBSITE, _l("Website, which you can compare with the mailbox")),
            SelectChoice(OptionalField.LOCATION, _l("City and state")),
            SelectChoice(OptionalField.SCOPE, _l("Whether it is national, state, local or international")),
        ],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    publish_rule = RadioField(
        _l("When the name of an organization appears"), choices=[SelectChoice(rule, words) for rule, words in RULES.items()]
    )
    publish_individuals = BooleanField(INDIVIDUALS)

    asks_proof = BooleanField(_l("Slow down bots"))
    network_days = WholeNumberField(
        _l("Network data (days)"), validators=[InputRequired(), NumberRange(1, LONGEST_NETWORK_DAYS)]
    )
    contact_months = WholeNumberField(
        _l("Email addresses (months after delivery)"), validators=[InputRequired(), NumberRange(1, LONGEST_CONTACT_MONTHS)]
    )

    seen = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate the fields, and that the deadline is a time that exists."""
        if not super().validate(extra_validators):
            return False
        try:
            self._deadline()
        except Refused as refusal:
            self.refuse(refusal)
            return False
        return True

    def as_sign_up(self) -> SignUp:
        """Return the settings as a value."""
        return SignUp(
            deadline_at=self._deadline(),
            deadline_zone=self.deadline_zone.data,
            who_may_sign=WhoMaySign(self.who_may_sign.data),
            asked=frozenset(map(OptionalField, self.asked.data)),
            publish_rule=PublishRule(self.publish_rule.data),
            publish_individuals=self.publish_individuals.data,
            grace_hours=self.grace_hours.data,
            network_days=self.network_days.data,
            contact_months=self.contact_months.data,
            asks_proof=self.asks_proof.data,
        )

    def _deadline(self) -> dt.datetime | None:
        if self.deadline_date.data is None:
            return None
        return moment_of(self.deadline_date.data, self.deadline_time.data or END_OF_WORK, self.deadline_zone.data)


class AddressForm(RefusableForm):
    """Form for the letter's URL slug."""

    slug = StringField(
        _l("Web address"), filters=[tidy], validators=[DataRequired(_l("Give the letter an address.")), Length(max=SLUG_LENGTH)]
    )


def sign_up_form_of(terms: Terms) -> SignUpForm:
    """Return the form filled with a letter's settings, ignoring the request."""
    sign_up = terms.sign_up
    day, time = local_parts(sign_up.deadline_at, sign_up.deadline_zone) if sign_up.deadline_at else (None, END_OF_WORK)
    return SignUpForm(
        formdata=None,
        data={
            "deadline_date": day,
            "deadline_time": time,
            "deadline_zone": sign_up.deadline_zone,
            "grace_hours": sign_up.grace_hours,
            "network_days": sign_up.network_days,
            "contact_months": sign_up.contact_months,
            "asks_proof": sign_up.asks_proof,
            "who_may_sign": sign_up.who_may_sign,
            "asked": [str(one) for one in sign_up.asked],
            "publish_rule": sign_up.publish_rule,
            "publish_individuals": sign_up.publish_individuals,
            "seen": mark_of(sign_up),
        },
    )


def address_form_for(title: str) -> AddressForm:
    """Return the form with the slug suggested for a title, ignoring the request."""
    return AddressForm(formdata=None, data={"slug": suggested_slug(title)})
