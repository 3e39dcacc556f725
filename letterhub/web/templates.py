"""Templates: translated sentences with values, and filters for dates and numbers. Undefined names are errors."""

import datetime as dt
from functools import cached_property, lru_cache
from gettext import NullTranslations
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_name
from flask import Flask, g
from flask_babel import Babel, Domain, get_translations
from jinja2 import StrictUndefined
from jinja2.runtime import Context
from jinja2.utils import pass_context
from markupsafe import Markup

from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain import i18n
from letterhub.domain.i18n import _, filled_sentence, number_in_digits, with_period
from letterhub.queries.paging import COUNTED
from letterhub.rendering.letter.document_locale import document_locale
from letterhub.web.assets import asset_url, style_sheet_url
from letterhub.web.forms import is_first_invalid


def init_app(app: Flask, settings: Settings) -> None:
    """Register translations for Python, templates and sentences of the domain, filters and globals; make templates strict."""
    SentenceBabel(app)
    i18n.translator.current = request_translations
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        {
            f.__name__: f
            for f in (
                full_datetime,
                short_time,
                long_date,
                date_in_zone,
                time_ago,
                time_until,
                duration,
                iso_datetime,
                in_language,
            )
        }
    )
    app.jinja_env.filters.update(counted=counted, zone_label=zone_label_for_key, thousands=number_in_digits, ended=with_period)
    app.jinja_env.globals.update(
        _=_gettext,  # without the detour of Jinja's extension, which looks up `gettext` for each sentence
        gettext=_gettext,
        ngettext=_ngettext,
        asset_url=asset_url,
        style_sheet_url=style_sheet_url,
        is_first_invalid=is_first_invalid,
        demo=settings.demo,
        counted_names=COUNTED,
        two_factor=settings.two_factor,
    )


def full_datetime(at: dt.datetime, zone: str = "UTC") -> str:
    """Format a datetime with its time zone: "Friday, January 7, 2022, 4:00 p.m. Eastern"."""
    zone_info = ZoneInfo(zone)
    local = at.astimezone(zone_info)
    return f"{_weekday_date(local.date())}, {_clock_time(local)} {zone_label(zone_info)}"


@lru_cache(maxsize=256)
def _weekday_date(on: dt.date) -> str:
    return format_date(on, "EEEE, MMMM d, y", locale="en")


def counted(number: int) -> str:
    """Return the size of a list in digits; "more than 1,000" where its rows were not counted further."""
    return number_in_digits(number) if number <= COUNTED else _("more than %(count)s", count=COUNTED)


def iso_datetime(at: dt.datetime) -> str:
    """Format a datetime for machines, to the second: HTML's `time` element takes no microseconds."""
    return at.isoformat(timespec="seconds")


def short_time(at: dt.datetime, zone: str = "UTC") -> str:
    """Format a datetime of today as its time, "4:00 p.m. Eastern", and any other in full."""
    zone_info = ZoneInfo(zone)
    local = at.astimezone(zone_info)
    return (
        f"{_clock_time(local)} {zone_label(zone_info)}"
        if local.date() == now().astimezone(zone_info).date()
        else full_datetime(at, zone)
    )


def _clock_time(local: dt.datetime) -> str:
    return f"{local.hour % 12 or 12}:{local.minute:02d} {'a.m.' if local.hour < 12 else 'p.m.'}"


ZONE_NAMES = {"UTC": "UTC", "America/Phoenix": "Arizona"}  # Arizona has no daylight saving time, unlike Mountain time


@lru_cache(maxsize=64)
def zone_label(zone_info: ZoneInfo) -> str:
    """Return the usual name of a time zone: "Eastern", "Central European", or its own name."""
    if zone_info.key in ZONE_NAMES:
        return ZONE_NAMES[zone_info.key]
    name = get_timezone_name(zone_info, width="long", zone_variant="generic", locale="en")
    return name.removesuffix(" Time")


def zone_label_for_key(zone: str) -> str:
    """Return the usual name of a time zone by its key: "Eastern" for America/New_York."""
    return zone_label(ZoneInfo(zone))


def long_date(on: dt.date) -> str:
    """Format a date with its month spelled out: "January 7, 2022"."""
    return format_date(on, "MMMM d, y", locale="en")


def date_in_zone(at: dt.datetime, zone: str) -> str:
    """Format the date of a datetime in a time zone: "January 7, 2022"."""
    return long_date(at.astimezone(ZoneInfo(zone)).date())


def time_ago(at: dt.datetime) -> str:
    """Format the time since a datetime, roughly: "3 hours ago"."""
    return f"{duration(now() - at)} ago"


def time_until(at: dt.datetime) -> str:
    """Format the time until a datetime, roughly: "in 3 days"; "" if it has passed."""
    remaining = at - now()
    return f"in {duration(remaining)}" if remaining > dt.timedelta() else ""


def duration(length: dt.timedelta) -> str:
    """Format a duration, roughly: "3 hours"."""
    seconds = max(int(length.total_seconds()), 0)
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{number_in_digits(count)} {name}{'s' if count != 1 else ''}"
    return "less than a minute"


def in_language(text: str, language: str) -> Markup:
    """Isolate a text from the sentence around it, with its language and direction; "" for an unknown one."""
    if not language:
        return Markup("<bdi>{}</bdi>").format(text)
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(language, document_locale(language).direction, text)


def request_translations() -> NullTranslations:
    """Return the reader's translations, looked up once per request: a page may have a thousand sentences."""
    translations: NullTranslations
    try:
        translations = g.translations
    except RuntimeError:  # outside of any request
        translations = get_translations()
    except AttributeError:
        translations = g.translations = get_translations()
    return translations


class SentenceDomain(Domain):  # type: ignore[misc]  # untyped
    """Translation domain whose sentences end with one period."""

    def gettext(self, string: str, **variables: Any) -> str:
        """Return a translated sentence with its values."""
        sentence = self.get_translations().ugettext(string)
        return filled_sentence(sentence, variables) if variables else str(sentence)

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        """Return a translated sentence in the plural form of `num`, with its values."""
        return filled_sentence(self.get_translations().ungettext(singular, plural, num), {"num": num} | variables)


class SentenceBabel(Babel):  # type: ignore[misc]  # untyped
    """Flask-Babel with `SentenceDomain`."""

    @cached_property
    def domain_instance(self) -> Domain:
        """Return the translations of this app, which are read once: Flask-Babel looks for their files in each request."""
        return SentenceDomain(domain=self.domain)


@pass_context
def _gettext(context: Context, string: str, /, **values: Any) -> str:
    sentence, text = request_translations().gettext(string), _text_type(context)
    return filled_sentence(sentence, values, text) if values else _constant_sentence(sentence, text)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, num: int, /, **values: Any) -> str:
    return filled_sentence(request_translations().ngettext(singular, plural, num), {"num": num} | values, _text_type(context))


@lru_cache(maxsize=4096)
def _constant_sentence(sentence: str, text: type[str]) -> str:
    """Return a sentence without values, cached: most of a page's sentences are those of every page."""
    return filled_sentence(sentence, {}, text)


def _text_type(context: Context) -> type[str]:
    """Return the type of sentences in a template: one that escapes their values if the template autoescapes, as Jinja does."""
    return Markup if context.eval_ctx.autoescape else str
