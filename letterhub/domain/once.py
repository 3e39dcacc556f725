"""The word of a form that acts once however often it is sent: by a double click, or by a proxy that tries again."""

import hashlib


def key_of(word: str, *about: object) -> str | None:
    """What all sendings of one form about one thing share; None for an act that came by no form."""
    return hashlib.sha256(repr((word, *about)).encode()).hexdigest() if word else None
