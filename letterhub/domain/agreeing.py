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
NAMES = ("organization", "signer_name")
LINE = (*NAMES, "website", "signer_title", "location", "affiliation", "section")
"""What an entry calls the parts of a line, each told only where it was changed."""


@dataclass(frozen=True, slots=True)
class KeptSignature:
    """A signature as its table has it; `swept` is where the record tells of the last sweep that took it, 0 where none did."""

    state: SignatureState
    source: Source
    line: Mapping[str, str]
    erased: bool
    swept: int = 0


@dataclass(slots=True)
class LastTold:
    """What the entries about one signature say last: its state, since which entry, and what of its line was ever told."""

    state: SignatureState | None = None
    since: int = 0
    line: dict[str, str] = field(default_factory=dict)

    def hear(self, number: int, action: str, after: Mapping[str, Any]) -> None:
        """Takes in the next entry."""
        state = "expired" if action == "expired" else after.get("state")
        if state is not None:
            self.state, self.since = SignatureState(state), number
        if any(name in after for name in NAMES):
            self.line.pop("name", None)
        parts = LINE if action == OF_ANOTHER else (*LINE, "name")
        self.line |= {name: str(after[name]) for name in parts if name in after}


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
    for name, value in told.line.items():
        has = [row.line[one] for one in NAMES] if name == "name" else [row.line[name]]
        if value not in has:
            return f"has another {name.replace('_', ' ')} than the record tells"
    return ""


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
