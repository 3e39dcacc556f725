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
    StampTrouble.TOO_FAST: _later("Please review your entries and submit again. (Very fast submissions are checked.)"),
    StampTrouble.NOT_OURS: _later("This page was open for a long time. Please check your entries and press the button again."),
}
"""Told to whoever sends it, and nothing is lost: nobody waits for a mail that never comes because she was quick."""


def new_stamp(letter_id: int) -> str:
    """A stamp of this moment for a form of a letter, unlike any other."""
    return links_here().token(Purpose.FORM, letter_id, secrets.randbits(63))


def read_stamp(stamp: str, letter_id: int) -> str | StampTrouble:
    """The number of a stamp that came back, however it is spelled, or what is wrong with it."""
    settings = settings_here()
    try:
        opened = links_here().opened(Purpose.FORM, stamp)
    except (BrokenLink, ExpiredLink):
        return StampTrouble.NOT_OURS
    if opened.subject[0] != letter_id:
        return StampTrouble.NOT_OURS
    if (now() - opened.made_at).total_seconds() < settings.fill_seconds:
        return StampTrouble.TOO_FAST
    return str(opened.subject[1:])
