"""Proof of work: a calculation that a browser does while a form is typed, and that a flood of forms would pay for."""

import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass

from altcha import Payload, create_challenge, verify_solution

ALGORITHM = "PBKDF2/SHA-256"
COST = 5_000
"""Rounds of one try: about two milliseconds, in a browser as here."""
PREFIX = "00"
"""What the key must begin with: one try in 256 finds it, and half a second of a desktop's time."""
LASTS = dt.timedelta(days=2)
"""As long as a form may be sent after it was shown."""
LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Proofs:
    """Sets challenges with the first of the site's keys, and knows solutions; the other keys keep old challenges alive."""

    keys: tuple[str, ...]

    def challenge(self, letter_id: int, at: dt.datetime) -> str:
        """A challenge for one form of one letter, as JSON."""
        made = create_challenge(
            ALGORITHM,
            COST,
            key_prefix=PREFIX,
            expires_at=at + LASTS,
            data={"letter": letter_id},
            hmac_secret=_key(self.keys[0]),
        )
        return json.dumps(made.to_dict())

    def proven_by(self, letter_id: int, typed: str) -> str:
        """The mark of the challenge that was solved for this letter, by which it is spent once; "" where nothing is proven."""
        payload = _payload(typed)
        if payload is None or payload.challenge.parameters.data != {"letter": letter_id}:
            return ""
        if not any(_verified(payload, _key(key)) for key in self.keys):
            return ""
        return hashlib.sha256(str(payload.challenge.signature).encode()).hexdigest()


def _payload(typed: str) -> Payload | None:
    try:
        return Payload.from_base64(typed) if 0 < len(typed) <= LONGEST else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _verified(payload: Payload, key: bytes) -> bool:
    try:
        return verify_solution(payload, key).verified
    except (ValueError, TypeError, AttributeError, OverflowError):  # what only a stranger's payload is made of
        return False


def _key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"letterhub.proof-of-work", "sha256")
