"""The audit log's hash chain is valid as written, and broken by every kind of change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from letterhub.domain.audit.log import GENESIS_HASH, entry_hash, first_inconsistency


@dataclass(frozen=True)
class FakeEntry:
    """Audit log entry without a database."""

    number: int
    text: str
    previous: str = ""
    hash: str = ""

    def facts(self) -> Mapping[str, Any]:
        """Return the values that the hash covers."""
        return {"number": self.number, "text": self.text}


def chain(*sentences: str) -> list[FakeEntry]:
    """Return a chain of valid entries."""
    entries: list[FakeEntry] = []
    for number, text in enumerate(sentences, start=1):
        previous = entries[-1].hash if entries else GENESIS_HASH
        entry = FakeEntry(number, text, previous)
        entries.append(replace(entry, hash=entry_hash(previous, entry.facts())))
    return entries


WHOLE = chain("opened", "published", "closed")


def test_an_untouched_chain_is_whole() -> None:
    assert first_inconsistency(WHOLE, 3, WHOLE[-1].hash) == ""
    assert first_inconsistency([], 0, GENESIS_HASH) == ""


def rewritten(entries: list[FakeEntry]) -> list[FakeEntry]:
    """Change an entry and recompute its own hash."""
    changed = replace(entries[1], text="declined")
    return [entries[0], replace(changed, hash=entry_hash(changed.previous, changed.facts())), entries[2]]


@pytest.mark.shows("S20")
@pytest.mark.parametrize(
    ("tamper", "sentence"),
    [
        (
            lambda entries: [entries[0], replace(entries[1], text="declined"), entries[2]],
            "Entry 2 was changed after it was written.",
        ),
        (rewritten, "Entry 3 was changed after it was written."),
        (lambda entries: [entries[0], entries[2]], "Entry 2 is missing."),
        (lambda entries: entries[1:], "Entry 1 is missing."),
        (lambda entries: entries[:2], "3 entries were written, but 2 are here."),
        (lambda entries: [], "3 entries were written, but 0 are here."),
    ],
)
def test_every_change_is_noticed(tamper: Callable[[list[FakeEntry]], list[FakeEntry]], sentence: str) -> None:
    assert first_inconsistency(tamper(WHOLE), 3, WHOLE[-1].hash) == sentence
