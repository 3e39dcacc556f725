"""References: files of lines that a change is compared with, and written anew where it is meant to show."""

import os
from collections.abc import Iterable
from difflib import unified_diff
from pathlib import Path

REMEDY = "If this is meant: WRITE_REFERENCES=1 in the environment has the references written anew; read their difference."


def changed_lines(reference: Path, lines: Iterable[str]) -> list[str]:
    """Return how lines differ from their reference; with WRITE_REFERENCES set, write it first."""
    text = "\n".join(line.rstrip() for line in lines)
    if os.environ.get("WRITE_REFERENCES"):
        reference.parent.mkdir(parents=True, exist_ok=True)
        reference.write_text(text, encoding="utf-8")
    diff = list(unified_diff(reference.read_text(encoding="utf-8").split("\n"), text.split("\n"), lineterm="", n=1))
    return diff and [REMEDY, *diff]
