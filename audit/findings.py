"""What the tools found, and which of it was looked at and is as it should be."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
HOME = HERE.parent / "var" / "audit"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that one tool complains of, and where."""

    tool: str
    what: str
    where: str


@dataclass(frozen=True, order=True)
class LeftOut:
    """What one tool did not look at, in a sentence."""

    tool: str
    what: str


@dataclass(frozen=True)
class Accepted:
    """What may be found again, and why: patterns for the tool's words and for the place."""

    tool: str
    what: str
    where: str
    why: str

    def covers(self, finding: Finding) -> bool:
        return (
            self.tool == finding.tool
            and re.search(self.what, finding.what) is not None
            and re.search(self.where, finding.where) is not None
        )


def accepted() -> list[Accepted]:
    """The list in accepted.toml."""
    return [Accepted(**one) for one in tomllib.loads((HERE / "accepted.toml").read_text(encoding="utf-8"))["accepted"]]


def split(findings: Iterable[Finding]) -> tuple[list[Finding], list[tuple[Finding, str]]]:
    """Those that are new, and those that were accepted, each with the reason."""
    known, new, old = accepted(), [], []
    for finding in sorted(set(findings)):
        why = next((one.why for one in known if one.covers(finding)), "")
        if why:
            old.append((finding, why))
        else:
            new.append(finding)
    return new, old
