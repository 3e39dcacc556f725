"""Selection of `make quick`: tests on SQLite without a browser and without the slowest, which `slow_tests.txt` lists.

`make test ARGS="--durations=0 -vv" | .venv/bin/python -m tests.support.slow_tests` rewrites that list.
"""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

LIST = Path(__file__).with_suffix(".txt")
SLOW = 0.7
"""Seconds of a test above which its function is slow."""
DURATION = re.compile(r"([\d.]+)s call +(\S+?)(\[.*)?$")
LEFT_OUT = ("tests/browser/", "tests/conformance/")


def is_quick(item: pytest.Item, slow: frozenset[str]) -> bool:
    """Return whether `make quick` runs a test."""
    on_postgresql = "postgresql" in getattr(getattr(item, "callspec", None), "id", "")
    return not on_postgresql and not item.nodeid.startswith(LEFT_OUT) and item.nodeid.partition("[")[0] not in slow


def slow_tests(lines: Iterable[str]) -> list[str]:
    """Return the test functions that took longer than SLOW, by the lines of pytest's durations."""
    found = (DURATION.match(line.strip()) for line in lines)
    slow = (one for one in found if one and float(one[1]) > SLOW and "postgresql" not in (one[3] or ""))
    return sorted({one[2] for one in slow if not one[2].startswith(LEFT_OUT)})


def read_slow_tests() -> frozenset[str]:
    """Return the listed test functions."""
    return frozenset(LIST.read_text(encoding="utf-8").split())


if __name__ == "__main__":
    LIST.write_text("".join(f"{one}\n" for one in slow_tests(sys.stdin)), encoding="utf-8")
