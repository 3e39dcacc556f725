"""Proof of work of a form: its challenge and the check of its solution. See docs/design/abuse.md."""

from letterhub.clock import now
from letterhub.domain.abuse.proof_of_work import Proofs
from letterhub.infrastructure.current import settings_here
from letterhub.queries.abuse.submission_limits import is_proof_asked


def challenge_for(letter_id: int) -> str:
    """Return a new challenge for a form of the letter; "" if it asks for none."""
    return _proofs().challenge(letter_id, now()) if is_proof_asked(letter_id, now()) else ""


def proof_in(letter_id: int, typed: str | None) -> str:
    """Return the id of the challenge that a form solved; "" if it is missing or wrong."""
    return _proofs().proven_by(letter_id, typed or "")


def _proofs() -> Proofs:
    settings = settings_here()
    return Proofs((settings.secret_key, *settings.secret_key_fallbacks))
