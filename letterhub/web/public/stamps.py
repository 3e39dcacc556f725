"""The stamp of a form: when it was shown, signed, so that a machine that sends it at once, or sends one of its own, is told."""

import enum
import secrets
from collections.abc import Mapping

from flask_babel import lazy_gettext as _later
from flask_babel.speaklater import LazyString

from letterhub.clock import now
from letterhub.here import links_here, settings_here
from letterhub.links import BrokenLink, ExpiredLink, Purpose


class StampTrouble(enum.Enum):
    """What is wrong with a stamp."""

    TOO_FAST = enum.auto()
    NOT_OURS = enum.auto()


SENTENCES: Mapping[StampTrouble, LazyString] = {
    StampTrouble.TOO_FAST: _later(
        "This was sent faster than people type. Please check your entries and press the button again."
    ),
    StampTrouble.NOT_OURS: _later("This page was open for a long time. Please check your entries and press the button again."),
}
"""Told to whoever sends it, and nothing is lost: nobody waits for a mail that never comes because she was quick."""


def new_stamp() -> str:
    """A stamp of this moment, unlike any other."""
    return links_here().token(Purpose.FORM, secrets.randbits(63))


def trouble_with_stamp(stamp: str | None) -> StampTrouble | None:
    """What is wrong with the stamp that came back; None where a person had the time to fill in the form."""
    settings = settings_here()
    try:
        shown_at = links_here().opened(Purpose.FORM, stamp or "").made_at
    except (BrokenLink, ExpiredLink):
        return StampTrouble.NOT_OURS
    return StampTrouble.TOO_FAST if (now() - shown_at).total_seconds() < settings.fill_seconds else None
