"""Keyed hashes of addresses: they can be compared, but not read."""

import hmac
from collections.abc import Iterable

from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.infrastructure.app_extensions import current_settings


def keyed_hash(*words: str) -> str:
    """Return the HMAC of the words under the site's secret key, 128 bits in hex. Without the key, words cannot be guessed."""
    key = current_settings().secret_key.encode()
    return hmac.digest(key, "\0".join(("fingerprint", *words)).encode(), "sha256")[:16].hex()


def hash_mailbox(letter_id: int, email: EmailAddress) -> str:
    """Return the hash of a mailbox under one letter; it differs from letter to letter."""
    return keyed_hash("mailbox", str(letter_id), email.canonical)


def hash_address(letter_id: int, email: EmailAddress) -> str:
    """Return the hash of an address under one letter. It is the mailbox's hash, unless the host may give a "+tag" to someone
    else.
    """
    return keyed_hash("mailbox", str(letter_id), email.spelling)


def hash_erased_address(letter_id: int, email: EmailAddress) -> str:
    """Return the hash that replaces an erased address in mail counts; addresses with a "+tag" get a hash of their own."""
    tagged = email.spelling != email.canonical
    return keyed_hash("tagged", str(letter_id), email.canonical) if tagged else hash_mailbox(letter_id, email)


def blocklist_hashes(letter_id: int, words: Iterable[str]) -> tuple[str, ...]:
    """Return the hashes of a signature's blocklist keys under its letter."""
    return tuple(keyed_hash("turned away", str(letter_id), word) for word in words)
