"""Keyed hashes of addresses: they can be compared, but not read."""

import hmac
from collections.abc import Iterable

from letterhub.domain.mail.email_addresses import mailbox_of, spelled
from letterhub.infrastructure.current import settings_here


def fingerprint(*words: str) -> str:
    """Return the HMAC of the words under the site's secret key, 128 bits in hex. Without the key, words cannot be guessed."""
    key = settings_here().secret_key.encode()
    return hmac.digest(key, "\0".join(("fingerprint", *words)).encode(), "sha256")[:16].hex()


def mailbox_fingerprint(letter_id: int, email: str) -> str:
    """Return the hash of a mailbox under one letter; it differs from letter to letter."""
    return fingerprint("mailbox", str(letter_id), mailbox_of(email))


def address_fingerprint(letter_id: int, email: str) -> str:
    """Return the hash of an address under one letter. It is the mailbox's hash, unless the host may give a "+tag" to someone
    else.
    """
    return fingerprint("mailbox", str(letter_id), spelled(email))


def counted_as(letter_id: int, email: str) -> str:
    """Return the hash that replaces an erased address in mail counts; addresses with a "+tag" get a hash of their own."""
    tagged = spelled(email) != mailbox_of(email)
    return fingerprint("tagged", str(letter_id), mailbox_of(email)) if tagged else mailbox_fingerprint(letter_id, email)


def known_again(letter_id: int, words: Iterable[str]) -> tuple[str, ...]:
    """Return the hashes of a signature's blocklist keys under its letter."""
    return tuple(fingerprint("turned away", str(letter_id), word) for word in words)
