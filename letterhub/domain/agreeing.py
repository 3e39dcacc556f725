"""Whether a row is as the record tells it: a signature's state and line, an edition, a file of one.

Most of what moves a signature writes an entry about it. Some acts move many with one entry: a text that changes in substance,
that change taken back, a sweep, an import. A form that is sent again with another address ends the one before with none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from letterhub.domain.signing import Source
from letterhub.domain.states import STANDING, SignatureState

SUBSTANCE, TAKEN_BACK, SWEPT, FROZEN, EXPORTED = "text changed", "change taken back", "swept", "frozen", "exported"
OF_ANOTHER = "confirmed another"  # the name in it is that of the signature that stands
STATES = tuple(SignatureState)
NAMES = ("organization", "signer_name")
LINE = (*NAMES, "website", "signer_title", "location", "affiliation", "section")
"""What an entry calls the parts of a line, each told only where it was changed."""


@dataclass(frozen=True, slots=True)
class KeptSignature:
    """A signature as its table has it, `name` as it prints; `swept` is where the record tells of the last sweep that took it, 0
    where none did."""

    state: SignatureState
    source: Source
    name: str
    line: Mapping[str, str]
    erased: bool
    swept: int = 0


@dataclass(slots=True)
class LastTold:
    """What the entries about one signature say last: its state, since which entry, and what of its line was ever told.

    `names` are those that it may be listed under: the one that was told last, and what was made of it since.
    """

    state: SignatureState | None = None
    since: int = 0
    line: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def hear(self, number: int, action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Takes in the next entry."""
        state = "expired" if action == "expired" else after.get("state")
        if state in STATES:  # any other was written into the entry later, which its chain tells
            self.state, self.since = SignatureState(state), number
        for part in NAMES:
            if part in after and self.names:
                self._rename(str(before.get(part, "")), str(after[part]))
        if "name" in after and action != OF_ANOTHER:
            self.names = {str(after["name"])}
        self.line |= {name: str(after[name]) for name in LINE if name in after}

    def _rename(self, was: str, now: str) -> None:
        """What is printed was changed, or was empty; where it is empty now, the other is printed, which no entry may tell."""
        if was in self.names and not now:
            self.names.clear()
        elif was in self.names or not was:
            self.names.add(now)


@dataclass(frozen=True, slots=True)
class Changes:
    """Where a letter's record tells last that its text changed in substance, and that such a change was taken back."""

    substance: int = 0
    taken_back: int = 0


@dataclass(slots=True)
class WrongOfAKind:
    """How many sentences of one kind there are, and the first of them: a hundred thousand names are told in one line."""

    first: str
    count: int = 0

    def __str__(self) -> str:
        return self.first if self.count <= 1 else f"{self.first} So it is, or like it, with {self.count - 1} more."


def wrong_with(row: KeptSignature, told: LastTold, changes: Changes) -> str:
    """What of a signature its record does not bear out, to follow its name; "" where it tells all of it."""
    begun = SignatureState.CONFIRMED if row.source is Source.IMPORT else SignatureState.PENDING
    last = told.state or begun
    if row.state is not last and not _moved_with_many(row, told, changes, last):
        return f"is {row.state}, and the record tells {last}"
    if row.erased and row.state not in STANDING and not any(row.line[name] for name in NAMES):
        return ""
    changed = ["name"] if told.names and row.name not in told.names else []
    changed += [part for part, value in told.line.items() if row.line[part] != value]
    return f"has another {changed[0].replace('_', ' ')} than the record tells" if changed else ""


def _moved_with_many(row: KeptSignature, told: LastTold, changes: Changes, last: SignatureState) -> bool:
    match row.state:
        case SignatureState.OUTDATED:
            return last in STANDING and changes.substance > told.since
        case SignatureState.CONFIRMED:
            back = last in (SignatureState.OUTDATED, SignatureState.PUBLISHED)  # the latter where it was denied meanwhile
            return back and changes.taken_back > told.since
        case SignatureState.DECLINED:
            return row.swept > told.since
        case SignatureState.WITHDRAWN:  # its form was sent again, with another address
            return told.state is None and row.source is Source.FORM
    return False
