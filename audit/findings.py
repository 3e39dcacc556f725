"""Findings of the tools, and the list of those that were reviewed and accepted."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
HOME = HERE.parent / "var" / "audit"


@dataclass(frozen=True, order=True)
class Finding:
    """One complaint of a tool, and its place."""

    tool: str
    what: str
    where: str


@dataclass(frozen=True, order=True)
class NotChecked:
    """A sentence about what a tool did not check."""

    tool: str
    what: str


@dataclass(frozen=True)
class AcceptedFinding:
    """A finding to accept, and why: patterns for the tool's message and for the place."""

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


def load_accepted() -> list[AcceptedFinding]:
    """Return the list in accepted.toml."""
    return [AcceptedFinding(**one) for one in tomllib.loads((HERE / "accepted.toml").read_text(encoding="utf-8"))["accepted"]]


def split_findings(findings: Iterable[Finding]) -> tuple[list[Finding], list[tuple[Finding, str]]]:
    """Return the new findings, and the accepted ones with their reasons."""
    known, new, old = load_accepted(), [], []
    for finding in sorted(set(findings)):
        why = next((one.why for one in known if one.covers(finding)), "")
        if why:
            old.append((finding, why))
        else:
            new.append(finding)
    return new, old
