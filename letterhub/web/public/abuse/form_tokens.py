"""Form tokens, signed with the time of rendering: they detect bots that submit at once or without loading the form.

See docs/design/abuse.md.
"""

import enum
import secrets
from collections.abc import Mapping

from flask_babel import lazy_gettext as _later
from flask_babel.speaklater import LazyString

from letterhub.clock import now
from letterhub.infrastructure.app_extensions import current_link_signer, current_settings
from letterhub.infrastructure.signed_links import ExpiredLink, InvalidLink, Purpose


class FormTokenProblem(enum.Enum):
    """Reasons for which a form token is rejected."""

    TOO_FAST = enum.auto()
    INVALID = enum.auto()


FORM_TOKEN_SENTENCES: Mapping[FormTokenProblem, LazyString] = {
    FormTokenProblem.TOO_FAST: _later("Please review your entries and submit again. (Very fast submissions are checked.)"),
    FormTokenProblem.INVALID: _later("This page has been open for a long time. Please review your entries and submit again."),
}
"""Sentences for the signer. A rejection is shown, so that a fast human never waits for a mail that does not come."""


def new_form_token(letter_id: int) -> str:
    """Return a new unique token for a form of a letter."""
    return current_link_signer().token(Purpose.FORM, letter_id, secrets.randbits(63))


def verify_form_token(token: str, letter_id: int) -> str | FormTokenProblem:
    """Return the unique id of a submitted token, or why it is rejected."""
    settings = current_settings()
    try:
        content = current_link_signer().open(Purpose.FORM, token)
    except (InvalidLink, ExpiredLink):
        return FormTokenProblem.INVALID
    if content.subject[0] != letter_id:
        return FormTokenProblem.INVALID
    if (now() - content.made_at).total_seconds() < settings.min_fill_seconds:
        return FormTokenProblem.TOO_FAST
    return str(content.subject[1:])
