"""Skips of tests for what this machine lacks: reported at the end, and failures where nothing may be skipped (CI=true)."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from letterhub.paths import ROOT

SKIP_PREFIX = "NOT RUN: "
STRICT = any(os.environ.get(name, "") not in ("", "0", "false") for name in ("CI", "LETTERHUB_TEST_STRICT"))
SHARED = ROOT.parent / "shared"
"""Folder of real letters, tables and lists of odd inputs beside the checkout. It is no part of the repository."""


def skip_missing(what: str) -> NoReturn:
    """Skip the test, or fail where nothing may be skipped; `what` says in one sentence what is missing and how to get it."""
    if STRICT:
        pytest.fail(f"{what} Here nothing may be skipped.", pytrace=False)
    pytest.skip(SKIP_PREFIX + what)


def require_shared(path: Path) -> None:
    """Skip the test on a clone without the shared folder, also under CI; elsewhere, a missing file of it counts as missing."""
    if not SHARED.is_dir():
        pytest.skip(f"{SKIP_PREFIX}../shared, the folder of real letters and lists, is not beside this checkout.")
    if not path.exists():
        skip_missing(f"../shared is beside this checkout, without {path.relative_to(SHARED)}.")


def shared_files(pattern: str) -> list[Path]:
    """Return the shared files that match a pattern, for `parametrize`; the pattern itself if none does, to be skipped."""
    return sorted(SHARED.glob(pattern)) or [SHARED / pattern.replace("*", "any")]


def skipped_tests(reports: Iterable[Any]) -> list[str]:
    """Return a sentence for each thing that was missing, with the number of tests skipped for it."""
    reasons = Counter(
        str(report.longrepr[2]).partition(SKIP_PREFIX)[2] for report in reports if SKIP_PREFIX in str(report.longrepr)
    )
    return [f"NOT RUN: {count} {'test' if count == 1 else 'tests'}. {reason}" for reason, count in reasons.items()]
