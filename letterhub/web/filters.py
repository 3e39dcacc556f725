"""How templates say dates, numbers and addresses of assets, and that a missing name is an error."""

import datetime as dt
import hashlib
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone_name
from flask import Flask
from jinja2 import StrictUndefined

from letterhub.clock import now
from letterhub.config import ROOT, Settings
from letterhub.web.forms import first_in_need


def install(app: Flask, settings: Settings) -> None:
    """Registers the filters; makes templates strict; tells them whether this is the demo."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        moment=moment,
        time_of_day=time_of_day,
        zone=named_zone,
        day=day,
        day_of=day_of,
        ago=ago,
        number=number,
        until=until,
        span=span,
        stamp=stamp,
    )
    app.jinja_env.globals.update(asset=asset, first_in_need=first_in_need, demo=settings.demo, second_step=settings.second_step)


def moment(at: dt.datetime, zone: str = "UTC") -> str:
    """A moment with its zone: "Friday, January 7, 2022, 4:00 p.m. Eastern"."""
    place = ZoneInfo(zone)
    local = at.astimezone(place)
    return f"{format_datetime(local, 'EEEE, MMMM d, y', locale='en')}, {_clock(local)} {zone_name(place)}"


def stamp(at: dt.datetime) -> str:
    """A moment for machines, to the second: HTML knows no microseconds."""
    return at.isoformat(timespec="seconds")


def time_of_day(at: dt.datetime, zone: str = "UTC") -> str:
    """A moment of today without its day: "4:00 p.m. Eastern"; any other with it."""
    place = ZoneInfo(zone)
    local = at.astimezone(place)
    return f"{_clock(local)} {zone_name(place)}" if local.date() == now().astimezone(place).date() else moment(at, zone)


def _clock(local: dt.datetime) -> str:
    return f"{local.hour % 12 or 12}:{local.minute:02d} {'a.m.' if local.hour < 12 else 'p.m.'}"


OWN_NAMES = {"UTC": "UTC", "America/Phoenix": "Arizona"}  # Arizona keeps standard time when Mountain time does not


def zone_name(place: ZoneInfo) -> str:
    """A zone as people call it: "Eastern", "Central European", or its own name."""
    if place.key in OWN_NAMES:
        return OWN_NAMES[place.key]
    name = get_timezone_name(place, width="long", zone_variant="generic", locale="en")
    return name.removesuffix(" Time")


def named_zone(zone: str) -> str:
    """A zone by its key: "Eastern" for America/New_York."""
    return zone_name(ZoneInfo(zone))


def day(on: dt.date) -> str:
    """A day with its month spelled out: "January 7, 2022"."""
    return format_date(on, "MMMM d, y", locale="en")


def day_of(at: dt.datetime, zone: str) -> str:
    """The day of a moment where a letter is told: "January 7, 2022"."""
    return day(at.astimezone(ZoneInfo(zone)).date())


def ago(at: dt.datetime) -> str:
    """How long a moment lies back, roughly: "3 hours ago"."""
    return f"{span(now() - at)} ago"


def until(at: dt.datetime) -> str:
    """How far a moment lies ahead, roughly: "in 3 days"; "" where it has passed."""
    left = at - now()
    return f"in {span(left)}" if left > dt.timedelta() else ""


def span(length: dt.timedelta) -> str:
    """How long something takes, roughly: "3 hours"."""
    seconds = max(int(length.total_seconds()), 0)
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            many = seconds // size
            return f"{many} {name}{'s' if many != 1 else ''}"
    return "less than a minute"


def number(value: int) -> str:
    """A whole number with its thousands set apart: 12,345."""
    return f"{value:,}"


def asset(path: str) -> str:
    """The address of a file in `static/`, with a mark that changes when the file does."""
    return f"/static/{path}?v={_mark(path)}"


@cache
def _mark(path: str) -> str:
    return hashlib.sha256((ROOT / "static" / path).read_bytes()).hexdigest()[:10]
