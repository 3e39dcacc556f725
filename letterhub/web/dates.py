"""Dates, times and durations in the language that is spoken now, in the formats of CLDR."""

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_datetime_format, get_timezone_name
from babel.units import format_unit
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.domain.interface_languages import locale_of, spoken_language

US_DAY_PERIODS = ("a.m.", "p.m.")
"""Spelling of newspapers in American English, where CLDR has "AM" and "PM"."""
ENGLISH_ZONE_NAMES = {"America/Phoenix": "Arizona"}  # no daylight saving time, unlike Mountain time
UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def full_datetime(at: dt.datetime, zone: str = "UTC") -> str:
    """Format a datetime with its time zone: "Friday, January 7, 2022, 4:00 p.m. Eastern"."""
    zone_info, language = ZoneInfo(zone), spoken_language()
    local = at.astimezone(zone_info)
    return _joined(_weekday_date(local.date(), language), _time_in_zone(local, zone_info, language), language)


def short_time(at: dt.datetime, zone: str = "UTC") -> str:
    """Format a datetime of today as its time, "4:00 p.m. Eastern", and any other in full."""
    zone_info = ZoneInfo(zone)
    local = at.astimezone(zone_info)
    if local.date() == now().astimezone(zone_info).date():
        return _time_in_zone(local, zone_info, spoken_language())
    return full_datetime(at, zone)


@lru_cache(maxsize=256)
def _weekday_date(on: dt.date, language: str) -> str:
    return format_date(on, "full", locale=locale_of(language))


def clock_time(hour: int) -> str:
    """Return a full hour of the day: "4:00 p.m."."""
    if (language := spoken_language()) == "en":
        return f"{hour % 12 or 12}:00 {US_DAY_PERIODS[hour >= 12]}"
    return str(format_time(dt.time(hour), "short", locale=locale_of(language)))


def _joined(date: str, time: str, language: str) -> str:
    """Return a date with its time, in the order and with the sign between them that the language has."""
    pattern = str(get_datetime_format("medium", locale=locale_of(language)))
    return pattern.replace("'", "").replace("{1}", date).replace("{0}", time)


def _time_in_zone(local: dt.datetime, zone_info: ZoneInfo, language: str) -> str:
    label = zone_label(zone_info, language)
    if language == "en":
        return f"{local.hour % 12 or 12}:{local.minute:02d} {US_DAY_PERIODS[local.hour >= 12]} {label}"
    return f"{format_time(local, 'short', locale=locale_of(language))} ({label})"


@lru_cache(maxsize=256)
def zone_label(zone_info: ZoneInfo, language: str) -> str:
    """Return the usual name of a time zone: "Eastern", "Central European", "hora del Este", or its own name."""
    if zone_info.key == "UTC":
        return "UTC"
    if language != "en":
        return get_timezone_name(zone_info, width="long", zone_variant="generic", locale=locale_of(language))
    if zone_info.key in ENGLISH_ZONE_NAMES:
        return ENGLISH_ZONE_NAMES[zone_info.key]
    return get_timezone_name(zone_info, width="long", zone_variant="generic", locale="en").removesuffix(" Time")


def zone_label_for_key(zone: str) -> str:
    """Return the usual name of a time zone by its key: "Eastern" for America/New_York."""
    return zone_label(ZoneInfo(zone), spoken_language())


def long_date(on: dt.date) -> str:
    """Format a date with its month spelled out: "January 7, 2022"."""
    return format_date(on, "long", locale=locale_of(spoken_language()))


def date_in_zone(at: dt.datetime, zone: str) -> str:
    """Format the date of a datetime in a time zone: "January 7, 2022"."""
    return long_date(at.astimezone(ZoneInfo(zone)).date())


def iso_datetime(at: dt.datetime) -> str:
    """Format a datetime for machines, to the second: HTML's `time` element takes no microseconds."""
    return at.isoformat(timespec="seconds")


def time_ago(at: dt.datetime) -> str:
    """Format the time since a datetime, roughly: "3 hours ago"."""
    count, unit = _largest_unit(now() - at)
    if unit == "day":
        return str(ngettext("%(num)s day ago", "%(num)s days ago", count))
    if unit == "hour":
        return str(ngettext("%(num)s hour ago", "%(num)s hours ago", count))
    if unit == "minute":
        return str(ngettext("%(num)s minute ago", "%(num)s minutes ago", count))
    return str(_("less than a minute ago"))


def time_until(at: dt.datetime) -> str:
    """Format the time until a datetime, roughly: "in 3 days"; "" if it has passed."""
    remaining = at - now()
    count, unit = _largest_unit(remaining)
    if unit == "day":
        return str(ngettext("in %(num)s day", "in %(num)s days", count))
    if unit == "hour":
        return str(ngettext("in %(num)s hour", "in %(num)s hours", count))
    if unit == "minute":
        return str(ngettext("in %(num)s minute", "in %(num)s minutes", count))
    return str(_("in less than a minute")) if remaining > dt.timedelta() else ""


def duration(length: dt.timedelta) -> str:
    """Format a duration, roughly: "3 hours"."""
    count, unit = _largest_unit(length)
    return format_unit(count, f"duration-{unit}", locale=locale_of(spoken_language())) if unit else str(_("less than a minute"))


def _largest_unit(length: dt.timedelta) -> tuple[int, str]:
    """Return a duration in whole days, hours or minutes, the largest that it fills; the unit is "" below a minute."""
    seconds = max(int(length.total_seconds()), 0)
    return next(((seconds // size, name) for size, name in UNITS if seconds >= size), (0, ""))
