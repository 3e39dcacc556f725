"""Fingerprints of addresses: enough to know one again, and nothing to read."""

import hmac
from collections.abc import Iterable

from letterhub.domain.mailboxes import mailbox_of, spelled
from letterhub.here import settings_here


def fingerprint(*words: str) -> str:
    """What the words come to under the site's key, 128 bits in hex. Who lacks the key cannot try out which words they were."""
    key = settings_here().secret_key.encode()
    return hmac.digest(key, "\0".join(("fingerprint", *words)).encode(), "sha256")[:16].hex()


def mailbox_fingerprint(letter_id: int, email: str) -> str:
    """The fingerprint of a mailbox under one letter: under another it is another one."""
    return fingerprint("mailbox", str(letter_id), mailbox_of(email))


def address_fingerprint(letter_id: int, email: str) -> str:
    """The fingerprint of an address under one letter: its mailbox's, unless its host may give what has a "+tag" to another."""
    return fingerprint("mailbox", str(letter_id), spelled(email))


def counted_as(letter_id: int, email: str) -> str:
    """The fingerprint by which a mail is counted once its address is erased: apart where that had a "+tag"."""
    tagged = spelled(email) != mailbox_of(email)
    return fingerprint("tagged", str(letter_id), mailbox_of(email)) if tagged else mailbox_fingerprint(letter_id, email)


def known_again(letter_id: int, words: Iterable[str]) -> tuple[str, ...]:
    """The fingerprints of what a signature is known again by under its letter, where it was turned away."""
    return tuple(fingerprint("turned away", str(letter_id), word) for word in words)
