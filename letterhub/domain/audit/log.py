"""Audit log: its hash chain, in which no change goes unnoticed, and references to its subjects: "letter-7", "staff-3"."""

import enum
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


WORKER = "worker"  # actor where no person acts
OPERATOR = "operator"  # actor on the command line
SITE_CHAIN = "site"
"""Name of the chain of what operators do to the site as a whole."""


class ReferenceKind(enum.StrEnum):
    """Kind of subject of a reference; the value is its prefix."""

    COALITION = "coalition"
    CONTACT = "contact"
    EDITION = "edition"
    INQUIRY = "inquiry"
    LETTER = "letter"
    ORGANIZATION = "organization"
    SIGNATORY = "signatory"
    SIGNATURE = "signature"
    SIGN_OFF = "sign-off"
    STAFF = "staff"
    TOKEN = "token"  # noqa: S105
    BULK_DECLINE = "bulk-decline"

    def reference(self, number: int) -> str:
        """Return the reference to a row of this kind, such as "letter-7"."""
        return f"{self}-{number}"

    @property
    def prefix(self) -> str:
        """Prefix of all references of this kind, such as "letter-"."""
        return f"{self}-"

    def id_in(self, reference: str) -> int | None:
        """Return the row id in a reference of this kind; None for another kind or an invalid reference."""
        kind, _dash, number = reference.rpartition("-")
        return int(number) if kind == self and number.isdecimal() else None

    def ids_in(self, references: Iterable[str]) -> set[int]:
        """Return the row ids in the references of this kind."""
        return {number for reference in references if (number := self.id_in(reference)) is not None}
