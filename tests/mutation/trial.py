"""Trial of mutants: each runs its tests in a process that is forked when all packages that the product uses are imported."""

import importlib
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.mutation.mutants import Mutant
from tests.mutation.project import copy_project
from tests.mutation.recordings import MAX_SECONDS

LIST_IMPORTS = "import letterhub.app, tests.conftest, hypothesis, pytest, sys; print(*sys.modules)"
QUIETLY = "ignore::pytest.PytestAssertRewriteWarning"
NUMBERS = count(1)


@dataclass(slots=True)
class Trial:
    """Copy of the project in which one mutant after another is tried."""

    copy: Path
    """Folder of the copy."""

    @classmethod
    def prepare(cls, folder: Path) -> "Trial":
        """Copy the project into a folder and import the packages that it uses."""
        copy = copy_project(folder)
        names = subprocess.check_output([sys.executable, "-W", "ignore", "-c", LIST_IMPORTS], cwd=copy, text=True).split()
        for name in names:
            if not _is_of_project(name) and name != "__main__":
                with suppress(ImportError):  # some packages list modules under names of their own
                    importlib.import_module(name)
        return cls(copy)

    def is_killed(self, mutant: Mutant, tests: list[str]) -> bool:
        """Return whether a test fails with the mutant, or does not end."""
        if not tests:
            return False
        file = self.copy / mutant.path
        original = file.read_text(encoding="utf-8")
        _write(file, mutant.source)
        try:
            code = _run(self.copy, tests)
        finally:
            _write(file, original)
        if code > pytest.ExitCode.TESTS_FAILED and _run(self.copy, tests, "--collect-only") == code:
            return False  # without the mutant they cannot be run either
        return code != pytest.ExitCode.OK


def _is_of_project(name: str) -> bool:
    return name.partition(".")[0] in ("letterhub", "tests")


def _write(file: Path, source: str) -> None:
    """Write a module with a time of its own, by which Python knows that what it compiled before is stale."""
    file.write_text(source, encoding="utf-8")
    number = next(NUMBERS)
    os.utime(file, (number, number))


def _run(copy: Path, tests: list[str], *options: str) -> int:
    """Run tests in a fork of this process, which imports the copy anew; return pytest's exit code, -1 if it does not end."""
    child = os.fork()
    if child == 0:
        try:
            _become_pytest(copy, tests, options)
        finally:
            os._exit(pytest.ExitCode.INTERNAL_ERROR)
    limit = time.monotonic() + 3 * MAX_SECONDS + 60
    while time.monotonic() < limit:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -1


def _become_pytest(copy: Path, tests: list[str], options: tuple[str, ...]) -> None:
    os.setsid()
    os.chdir(copy)
    sys.dont_write_bytecode = False
    os.environ["PYTHONPATH"] = sys.path[0] = str(copy)
    for name in [name for name in sys.modules if _is_of_project(name)]:
        del sys.modules[name]
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(silence, stream)
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    arguments = ["-x", "-q", "-p", "no:cacheprovider", "-W", QUIETLY, *options, *files]
    os._exit(pytest.main(arguments, plugins=[Selection(tests)]))


class Selection:
    """Pytest plugin that runs these tests in this order; those that have gone since they were recorded are passed over."""

    def __init__(self, tests: list[str]) -> None:
        self._order = {test: number for number, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Select the tests."""
        items[:] = sorted((item for item in items if item.nodeid in self._order), key=lambda item: self._order[item.nodeid])
