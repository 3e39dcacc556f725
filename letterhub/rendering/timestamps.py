"""Timestamps as files print them."""

import datetime as dt

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_name

ENGLISH = Locale("en")


def format_timestamp(at: dt.datetime, locale: Locale = ENGLISH) -> str:
    """Return a time in its own zone: "January 5, 2022, 12:00 PM EST"."""
    time = format_time(at, format="short", tzinfo=at.tzinfo, locale=locale).replace("\u202f", "\u00a0")
    return f"{format_date(at, format='long', locale=locale)}, {time} {get_timezone_name(at, width='short', locale=locale)}"
