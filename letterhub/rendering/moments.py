"""Moments as files print them."""

import datetime as dt

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_name

ENGLISH = Locale("en")


def to_the_minute(at: dt.datetime, locale: Locale = ENGLISH) -> str:
    """ "January 5, 2022, 12:00 PM EST": a moment in its own zone."""
    time = format_time(at, format="short", tzinfo=at.tzinfo, locale=locale).replace("\u202f", "\u00a0")
    return f"{format_date(at, format='long', locale=locale)}, {time} {get_timezone_name(at, width='short', locale=locale)}"
