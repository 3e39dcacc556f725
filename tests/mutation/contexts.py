"""Pytest plugin that records which test executes which line, and how long it takes: one coverage context for each test."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from coverage import Coverage

FOLDER = Path(os.environ.get("MUTATION_MAP", "."))
COVERAGE = Coverage(data_file=FOLDER / "lines", data_suffix=True, include=["letterhub/*"])
DURATIONS: dict[str, float] = {}
"""Seconds of each test that passed."""


def pytest_configure() -> None:
    """Start to record, in the processes that run tests."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        COVERAGE.start()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what runs on PostgreSQL: the same tests run on SQLite."""
    on_postgresql = [item for item in items if "postgresql" in getattr(getattr(item, "callspec", None), "id", "")]
    config.hook.pytest_deselected(items=on_postgresql)
    items[:] = [item for item in items if item not in on_postgresql]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Record a test under its name."""
    COVERAGE.switch_context(item.nodeid)
    started = time.monotonic()
    yield
    if item.nodeid in DURATIONS:
        DURATIONS[item.nodeid] = time.monotonic() - started


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """List the tests that pass without a mutant: others kill none."""
    if report.when == "call" and report.passed:
        DURATIONS[report.nodeid] = 0.0


def pytest_sessionfinish() -> None:
    """Write what was recorded, while the process that started this one still waits for it."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        COVERAGE.stop()
        COVERAGE.save()
        (FOLDER / f"durations-{worker}.json").write_text(json.dumps(DURATIONS), encoding="utf-8")
