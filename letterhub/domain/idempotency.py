"""Idempotency keys of form submissions: a double click or a proxy's retry must act once."""

import hashlib


def make_idempotency_key(word: str, *about: object) -> str | None:
    """Return the key shared by all submissions of one form about one thing; None for an act without a form."""
    return hashlib.sha256(repr((word, *about)).encode()).hexdigest() if word else None
