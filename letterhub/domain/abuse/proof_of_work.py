"""Proof of work (ALTCHA): a browser computes it while the form is filled in; it makes floods of forms expensive.

See docs/design/abuse.md.
"""

import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass

from altcha import Payload, create_challenge, verify_solution

ALGORITHM = "PBKDF2/SHA-256"
ITERATIONS = 5_000
"""PBKDF2 iterations of one try: about two milliseconds, in a browser as on the server."""
KEY_PREFIX = "00"
"""Required beginning of the key: found after 256 tries on average, half a second on a desktop."""
CHALLENGE_LIFETIME = dt.timedelta(days=2)
"""Lifetime of a challenge: as long as a form may be submitted after it was shown."""
MAX_SOLUTION_LENGTH = 4_000


@dataclass(frozen=True, slots=True)
class ProofOfWork:
    """Issuer and verifier of challenges. The first key issues; the others verify challenges from before a key rotation."""

    keys: tuple[str, ...]

    def challenge(self, letter_id: int, at: dt.datetime) -> str:
        """Return a new challenge for one form of a letter, as JSON."""
        challenge = create_challenge(
            ALGORITHM,
            ITERATIONS,
            key_prefix=KEY_PREFIX,
            expires_at=at + CHALLENGE_LIFETIME,
            data={"letter": letter_id},
            hmac_secret=_derive_key(self.keys[0]),
        )
        return json.dumps(challenge.to_dict())

    def solved_challenge(self, letter_id: int, typed: str) -> str:
        """Return the hash of the challenge that was solved for this letter, for its one-time use; "" for no valid solution."""
        payload = _parse_payload(typed)
        if payload is None or payload.challenge.parameters.data != {"letter": letter_id}:
            return ""
        if not any(_is_verified(payload, _derive_key(key)) for key in self.keys):
            return ""
        return hashlib.sha256(str(payload.challenge.signature).encode()).hexdigest()


def _parse_payload(typed: str) -> Payload | None:
    """Parse a solution as the browser sent it; None if it is malformed or too long."""
    try:
        return Payload.from_base64(typed) if 0 < len(typed) <= MAX_SOLUTION_LENGTH else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _is_verified(payload: Payload, key: bytes) -> bool:
    """Return whether a payload solves a challenge that was issued with this key."""
    try:
        return verify_solution(payload, key).verified
    except (ValueError, TypeError, AttributeError, OverflowError):  # possible only in a forged payload
        return False


def _derive_key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"letterhub.proof-of-work", "sha256")
