"""Form tokens, signed with the time of rendering: they detect bots that submit at once or without loading the form.

See docs/design/abuse.md.
"""

import enum
import secrets
from collections.abc import Mapping

from flask_babel import lazy_gettext as _later
from flask_babel.speaklater import LazyString

from letterhub.clock import now
from letterhub.infrastructure.current import links_here, settings_here
from letterhub.infrastructure.links import BrokenLink, ExpiredLink, Purpose


class StampTrouble(enum.Enum):
    """Reasons for which a form token is rejected."""

    TOO_FAST = enum.auto()
    NOT_OURS = enum.auto()


SENTENCES: Mapping[StampTrouble, LazyString] = {
    StampTrouble.TOO_FAST: _later("Please review your entries and submit again. (Very fast submissions are checked.)"),
    StampTrouble.NOT_OURS: _later("This page was open for a long time. Please check your entries and press the button again."),
}
"""Sentences for the signer. A rejection is shown, so that a fast human never waits for a mail that does not come."""


def new_stamp(letter_id: int) -> str:
    """Return a new unique token for a form of a letter."""
    return links_here().token(Purpose.FORM, letter_id, secrets.randbits(63))


def read_stamp(stamp: str, letter_id: int) -> str | StampTrouble:
    """Return the unique id of a submitted token, or why it is rejected."""
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
