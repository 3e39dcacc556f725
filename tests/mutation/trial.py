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
        """Return whether a test fails with the mutant, or does not end. Raises RuntimeError if they do not run without it."""
        if not tests:
            return False
        file = self.copy / mutant.path
        original = file.read_text(encoding="utf-8")
        _write(file, mutant.source)
        try:
            code = _run(self.copy, tests)
        finally:
            _write(file, original)
        if code > pytest.ExitCode.TESTS_FAILED and _run(self.copy, ["--collect-only", *tests]) != pytest.ExitCode.OK:
            raise RuntimeError(f"these tests cannot be collected: {tests[0]} … {tests[-1]}")
        return code != pytest.ExitCode.OK


def _is_of_project(name: str) -> bool:
    return name.partition(".")[0] in ("letterhub", "tests")


def _write(file: Path, source: str) -> None:
    """Write a module with a time of its own, by which Python knows that what it compiled before is stale."""
    file.write_text(source, encoding="utf-8")
    number = next(NUMBERS)
    os.utime(file, (number, number))


def _run(copy: Path, arguments: list[str]) -> int:
    """Run pytest in a fork of this process, which imports the copy anew; return its exit code, or -1 if it does not end."""
    child = os.fork()
    if child == 0:
        try:
            _become_pytest(copy, arguments)
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


def _become_pytest(copy: Path, arguments: list[str]) -> None:
    os.setsid()
    os.chdir(copy)
    sys.dont_write_bytecode = False
    os.environ["PYTHONPATH"] = sys.path[0] = str(copy)
    for name in [name for name in sys.modules if _is_of_project(name)]:
        del sys.modules[name]
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(silence, stream)
    os._exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-W", QUIETLY, *arguments]))
