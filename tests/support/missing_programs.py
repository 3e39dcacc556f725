"""Skips of tests that need a program this machine lacks: reported at the end, or failures where nothing may be skipped."""

import os
from collections import Counter
from collections.abc import Iterable
from typing import Any, NoReturn

import pytest

SKIP_PREFIX = "NOT RUN: "
STRICT = any(os.environ.get(name, "") not in ("", "0", "false") for name in ("CI", "LETTERHUB_TEST_STRICT"))


def skip_missing(what: str) -> NoReturn:
    """Skip the test; `what` says in one sentence what is missing and how to get it."""
    if STRICT:
        pytest.fail(f"{what} Here nothing may be skipped.", pytrace=False)
    pytest.skip(SKIP_PREFIX + what)


def skipped_tests(reports: Iterable[Any]) -> list[str]:
    """Return a sentence for each thing that was missing, with the number of tests skipped for it."""
    reasons = Counter(
        str(report.longrepr[2]).partition(SKIP_PREFIX)[2] for report in reports if SKIP_PREFIX in str(report.longrepr)
    )
    return [f"NOT RUN: {count} {'test' if count == 1 else 'tests'}. {reason}" for reason, count in reasons.items()]
