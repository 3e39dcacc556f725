"""Forms of the Settings tab: deadline, rules, and the letter's address."""

import datetime as dt
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from letterhub.domain.errors import UserFacingError
from letterhub.domain.interface_languages import DEFAULT_LANGUAGE, locale_of, spoken_language
from letterhub.domain.letters.signing_settings import OptionalField, PublishRule, SigningSettings, WhoMaySign, settings_version
from letterhub.domain.operations.retention import MAX_CONTACT_MONTHS, MAX_NETWORK_DAYS
from letterhub.domain.organizations.name_keys import sort_key
from letterhub.domain.signatures.signing import COMMON_ZONES, local_to_utc, utc_to_local
from letterhub.web.dates import zone_label_for_key
from letterhub.web.forms import ColumnIntegerField, CommandForm, select_choices

DEFAULT_DEADLINE_TIME = dt.time(17)
MAX_GRACE_HOURS = 14 * 24
CONTINENTS = frozenset("Africa America Antarctica Asia Atlantic Australia Europe Indian Pacific".split())


def zone_choices() -> list[SelectChoice]:
    """Return the choices of time zones: those of the United States, UTC, then all others by city."""
    common_choices = [SelectChoice(zone, zone_label_for_key(zone), optgroup=_l("United States")) for zone in COMMON_ZONES]
    elsewhere = [("UTC", "UTC"), *_other_cities(spoken_language())]
    return common_choices + [SelectChoice(zone, name, optgroup=_l("Other time zones, by city")) for name, zone in elsewhere]


@cache
def _other_cities(language: str) -> tuple[tuple[str, str], ...]:
    """Return cities in a language with their time zones, in order. The zones are files on this machine, and finding them takes
    15 ms."""
    zones = (zone for zone in available_timezones() if zone.partition("/")[0] in CONTINENTS and zone not in COMMON_ZONES)
    return tuple(sorted(((zone_city(zone, language), zone) for zone in zones), key=lambda one: sort_key(one[0])))


def zone_city(zone: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Return a time zone as its city: "Berlin (Europe)", "Buenos Aires (America, Argentina)"; with its country outside English:
    "Berlín (Alemania)". An alias such as "Asia/Calcutta" keeps its own spelling."""
    *region, city = zone.replace("_", " ").split("/")
    if language == DEFAULT_LANGUAGE:
        return f"{city} ({', '.join(region)})"
    locale, aliases = locale_of(language), get_global("zone_aliases")
    if zone not in aliases:
        city = get_timezone_location(zone, locale=locale, return_city=True).rpartition("/")[2]
    country = locale.territories.get(get_global("zone_territories").get(aliases.get(zone, zone), ""))
    return f"{city} ({country})" if country else city


PUBLISH_RULE_LABELS = {
    PublishRule.ASK_STAFF: _l("Always after staff review."),
    PublishRule.REVIEWED: _l(
        "Right away for organizations reviewed before, if the same mailbox signs exactly as reviewed. All others wait for "
        "review."
    ),
}
PUBLISH_INDIVIDUALS_LABEL = _l("Publish individuals once they confirm by email. Doubtful ones wait for review.")


class SigningSettingsForm(CommandForm):
    """Form of the signing settings. `expected_version` is the version of the settings that the page showed."""

    deadline_date = DateField(_l("Last day"), validators=[Optional()])
    deadline_time = TimeField(_l("Time"), validators=[Optional()])
    deadline_zone = SelectField(_l("Time zone"), choices=zone_choices)
    grace_hours = ColumnIntegerField(_l("Grace period (hours)"), validators=[InputRequired(), NumberRange(0, MAX_GRACE_HOURS)])
    who_may_sign = RadioField(
        _l("Who may sign"),
        choices=[
            SelectChoice(WhoMaySign.ORGANIZATIONS, _l("Organizations, through a named person")),
            SelectChoice(WhoMaySign.INDIVIDUALS, _l("Individuals, with their affiliation for identification only")),
            SelectChoice(WhoMaySign.BOTH, _l("Both")),
        ],
    )
    optional_fields = SelectMultipleField(
        _l("Also ask for"),
        choices=[
            SelectChoice(OptionalField.WEBSITE, _l("Website, to compare with the email address")),
            SelectChoice(OptionalField.LOCATION, _l("City and state")),
            SelectChoice(OptionalField.SECTION, _l("Scope: national, state, local or international")),
        ],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    publish_rule = RadioField(
        _l("When organizations’ names appear"),
        choices=select_choices(PUBLISH_RULE_LABELS),
    )
    publish_individuals = BooleanField(PUBLISH_INDIVIDUALS_LABEL)
    skips_published_email = BooleanField(_l("Don’t email signatories that their names were published"))

    requires_proof_of_work = BooleanField(_l("Slow down bots"))
    network_days = ColumnIntegerField(_l("Network data (days)"), validators=[InputRequired(), NumberRange(1, MAX_NETWORK_DAYS)])
    contact_months = ColumnIntegerField(
        _l("Email addresses (months after delivery)"), validators=[InputRequired(), NumberRange(1, MAX_CONTACT_MONTHS)]
    )

    expected_version = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate the fields, and that the deadline is a time that exists."""
        if not super().validate(extra_validators):
            return False
        try:
            self._deadline()
        except UserFacingError as refusal:
            self.add_error(refusal)
            return False
        return True

    def to_signing_settings(self) -> SigningSettings:
        """Return the settings as a value."""
        return SigningSettings(
            deadline_at=self._deadline(),
            deadline_zone=self.deadline_zone.data,
            who_may_sign=WhoMaySign(self.who_may_sign.data),
            optional_fields=frozenset(map(OptionalField, self.optional_fields.data)),
            publish_rule=PublishRule(self.publish_rule.data),
            publish_individuals=self.publish_individuals.data,
            skips_published_email=self.skips_published_email.data,
            grace_hours=self.grace_hours.data,
            network_days=self.network_days.data,
            contact_months=self.contact_months.data,
            requires_proof_of_work=self.requires_proof_of_work.data,
        )

    def _deadline(self) -> dt.datetime | None:
        if self.deadline_date.data is None:
            return None
        return local_to_utc(self.deadline_date.data, self.deadline_time.data or DEFAULT_DEADLINE_TIME, self.deadline_zone.data)


class LateNamesForm(CommandForm):
    """Form for the deadline of late names, if there is one; its zone is the letter's."""

    late_date = DateField(_l("Last day"), validators=[Optional()])
    late_time = TimeField(_l("Time"), validators=[Optional()], default=DEFAULT_DEADLINE_TIME)

    def deadline_at(self, zone: str) -> dt.datetime | None:
        """Return the deadline, None without a day. Raises UserFacingError for an hour that clocks skip."""
        if self.late_date.data is None:
            return None
        try:
            return local_to_utc(self.late_date.data, self.late_time.data or DEFAULT_DEADLINE_TIME, zone)
        except UserFacingError as refusal:
            raise UserFacingError(str(refusal), field="late_date") from refusal


def signing_settings_form_from(signing_settings: SigningSettings) -> SigningSettingsForm:
    """Return the form filled with a letter's settings, ignoring the request."""
    day, time = (
        utc_to_local(signing_settings.deadline_at, signing_settings.deadline_zone)
        if signing_settings.deadline_at
        else (None, DEFAULT_DEADLINE_TIME)
    )
    return SigningSettingsForm(
        formdata=None,
        data={
            "deadline_date": day,
            "deadline_time": time,
            "deadline_zone": signing_settings.deadline_zone,
            "grace_hours": signing_settings.grace_hours,
            "network_days": signing_settings.network_days,
            "contact_months": signing_settings.contact_months,
            "requires_proof_of_work": signing_settings.requires_proof_of_work,
            "who_may_sign": signing_settings.who_may_sign,
            "optional_fields": [str(optional_field) for optional_field in signing_settings.optional_fields],
            "publish_rule": signing_settings.publish_rule,
            "publish_individuals": signing_settings.publish_individuals,
            "skips_published_email": signing_settings.skips_published_email,
            "expected_version": settings_version(signing_settings),
        },
    )
