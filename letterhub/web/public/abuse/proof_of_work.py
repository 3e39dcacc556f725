"""Proof of work of a form: its challenge and the check of its solution. See docs/design/abuse.md."""

from letterhub.clock import now
from letterhub.domain.abuse.proof_of_work import ProofOfWork
from letterhub.infrastructure.app_extensions import current_settings
from letterhub.queries.abuse.submission_limits import is_proof_of_work_required


def challenge_for(letter_id: int) -> str:
    """Return a new challenge for a form of the letter; "" if it asks for none."""
    return _proof_of_work().challenge(letter_id, now()) if is_proof_of_work_required(letter_id, now()) else ""


def solved_challenge(letter_id: int, typed: str | None) -> str:
    """Return the id of the challenge that a form solved; "" if it is missing or wrong."""
    return _proof_of_work().solved_challenge(letter_id, typed or "")


def _proof_of_work() -> ProofOfWork:
    settings = current_settings()
    return ProofOfWork((settings.secret_key, *settings.secret_key_fallbacks))
