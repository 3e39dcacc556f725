"""The audit log's hash chain is valid as written, and broken by every kind of change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from letterhub.domain.audit.log import NOTHING_BEFORE, entry_hash, first_break


@dataclass(frozen=True)
class Written:
    """Audit log entry without a database."""

    number: int
    said: str
    previous: str = ""
    hash: str = ""

    def facts(self) -> Mapping[str, Any]:
        """Return the values that the hash covers."""
        return {"number": self.number, "said": self.said}


def chain(*sentences: str) -> list[Written]:
    """Return a chain of valid entries."""
    entries: list[Written] = []
    for number, said in enumerate(sentences, start=1):
        previous = entries[-1].hash if entries else NOTHING_BEFORE
        entry = Written(number, said, previous)
        entries.append(replace(entry, hash=entry_hash(previous, entry.facts())))
    return entries


WHOLE = chain("opened", "published", "closed")


def test_an_untouched_chain_is_whole() -> None:
    assert first_break(WHOLE, 3, WHOLE[-1].hash) == ""
    assert first_break([], 0, NOTHING_BEFORE) == ""


def rewritten(entries: list[Written]) -> list[Written]:
    """Change an entry and recompute its own hash."""
    changed = replace(entries[1], said="declined")
    return [entries[0], replace(changed, hash=entry_hash(changed.previous, changed.facts())), entries[2]]


@pytest.mark.shows("S20")
@pytest.mark.parametrize(
    ("tamper", "sentence"),
    [
        (
            lambda entries: [entries[0], replace(entries[1], said="declined"), entries[2]],
            "Entry 2 was changed after it was written.",
        ),
        (rewritten, "Entry 3 was changed after it was written."),
        (lambda entries: [entries[0], entries[2]], "Entry 2 is missing."),
        (lambda entries: entries[1:], "Entry 1 is missing."),
        (lambda entries: entries[:2], "3 entries were written, and 2 are here."),
        (lambda entries: [], "3 entries were written, and 0 are here."),
    ],
)
def test_every_change_is_noticed(tamper: Callable[[list[Written]], list[Written]], sentence: str) -> None:
    assert first_break(tamper(WHOLE), 3, WHOLE[-1].hash) == sentence
