"""Checks for bots: form tokens signed with the time of rendering, and proof of work. See docs/design/abuse.md."""

import enum
import secrets
from collections.abc import Mapping

from flask_babel import lazy_gettext as _later
from flask_babel.speaklater import LazyString

from letterhub.clock import now
from letterhub.domain.abuse.proof_of_work import ProofOfWork
from letterhub.infrastructure.app_extensions import current_link_signer, current_settings
from letterhub.infrastructure.signed_links import ExpiredLink, InvalidLink, Purpose
from letterhub.queries.abuse.submission_limits import is_proof_of_work_required


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


def challenge_for(letter_id: int) -> str:
    """Return a new challenge for a form of the letter; "" if it asks for none."""
    return _proof_of_work().challenge(letter_id, now()) if is_proof_of_work_required(letter_id, now()) else ""


def solved_challenge(letter_id: int, typed: str | None) -> str:
    """Return the id of the challenge that a form solved; "" if it is missing or wrong."""
    return _proof_of_work().solved_challenge(letter_id, typed or "")


def _proof_of_work() -> ProofOfWork:
    settings = current_settings()
    return ProofOfWork((settings.secret_key, *settings.secret_key_fallbacks))
