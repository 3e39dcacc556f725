"""Hash chain of the audit log: each entry holds the hash of the one before, so that no change goes unnoticed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from letterhub.domain.i18n import _

GENESIS_HASH = "0" * 64


class ChainedEntry(Protocol):
    """Fields of an entry that the chain is computed from."""

    @property
    def number(self) -> int: ...
    @property
    def previous(self) -> str: ...
    @property
    def hash(self) -> str: ...

    def facts(self) -> Mapping[str, Any]: ...


def entry_hash(previous: str, facts: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hex, of the previous hash and the entry's facts as canonical JSON."""
    plain = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{plain}".encode()).hexdigest()


def first_inconsistency(entries: Iterable[ChainedEntry], length: int, head: str) -> str:
    """Return the first inconsistency of a chain as a sentence; "" if it is intact.

    `entries` are in order; `length` and `head` are the chain's own record of itself.
    """
    previous, number = GENESIS_HASH, 0
    for number, entry in enumerate(entries, start=1):
        if entry.number != number:
            return _("Entry %(number)s is missing.", number=number)
        if entry.previous != previous or entry.hash != entry_hash(previous, entry.facts()):
            return _("Entry %(number)s was changed after it was written.", number=number)
        previous = entry.hash
    if (number, previous) != (length, head):
        return _("%(written)s entries were written, but %(found)s are here.", written=length, found=number)
    return ""
