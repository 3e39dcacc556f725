"""What this machine lacks for some tests: they are skipped and named aloud at the end, or fail where nothing may be skipped."""

import os
from collections import Counter
from collections.abc import Iterable
from typing import Any, NoReturn

import pytest

MARK = "NOT RUN: "
STRICT = any(os.environ.get(name, "") not in ("", "0", "false") for name in ("CI", "LETTERHUB_TEST_STRICT"))


def missing(what: str) -> NoReturn:
    """Ends the test that needs it: `what` says in one sentence what is not here and how to get it."""
    if STRICT:
        pytest.fail(f"{what} Here nothing may be skipped.", pytrace=False)
    pytest.skip(MARK + what)


def not_run(reports: Iterable[Any]) -> list[str]:
    """A sentence for each thing that was missing, with the number of tests that it cost."""
    reasons = Counter(str(report.longrepr[2]).partition(MARK)[2] for report in reports if MARK in str(report.longrepr))
    return [f"NOT RUN: {count} {'test' if count == 1 else 'tests'}. {reason}" for reason, count in reasons.items()]
