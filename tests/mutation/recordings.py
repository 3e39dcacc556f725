"""Map of tests by the lines that they execute, recorded in `var/mutation` and brought up to date for changed test files."""

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from difflib import SequenceMatcher
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from coverage import CoverageData

from tests.mutation.mutants import Mutant
from tests.mutation.project import ROOT, copy_project

FOLDER = ROOT / "var" / "mutation"
SUITES = ("tests/unit", "tests/integration", "tests/conformance")
TIMED = "tests/integration/faults"
"""Tests of processes that are killed: on a busy machine they fail without a mutant too."""
MAX_SECONDS = 90.0
"""Seconds of tests run for a mutant, by their durations without it."""


class Recording:
    """One run of test files: hashes of the files, durations of the tests, lines that each executed, and the source then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hashes: dict[str, str] = json.loads((folder / "files.json").read_text(encoding="utf-8"))
        self.durations: dict[str, float] = {}
        for file in folder.glob("durations-*.json"):
            self.durations |= json.loads(file.read_text(encoding="utf-8"))
        self._by_line: dict[Path, dict[int, set[str]]] = {}

    @cached_property
    def _data(self) -> CoverageData:
        data = CoverageData(no_disk=True)
        for file in self.folder.glob("lines.*"):
            part = CoverageData(str(file))
            part.read()
            data.update(part, map_path=lambda path: path[path.rindex("letterhub/") :])
        return data

    def tests_by_line(self, path: Path) -> dict[int, set[str]]:
        """Return the tests by the lines of a file as it is now; lines changed since the recording have none."""
        if path not in self._by_line:
            self._by_line[path] = self._read_lines(path)
        return self._by_line[path]

    def _read_lines(self, path: Path) -> dict[int, set[str]]:
        then = self.folder / "source" / path
        if not then.is_file():
            return {}
        lines, found = (file.read_text(encoding="utf-8").splitlines() for file in (then, ROOT / path)), {}
        recorded = self._data.contexts_by_lineno(str(path))
        for before, now, size in SequenceMatcher(None, *lines, autojunk=False).get_matching_blocks():
            for line in range(1, size + 1):
                found[now + line] = {test for test in recorded.get(before + line, ()) if test}
        return found


class TestMap:
    """Tests by the lines that they execute, each from the last recording of its file."""

    __test__ = False

    def __init__(self) -> None:
        self._recordings = [Recording(file.parent) for file in sorted(FOLDER.glob("*/files.json"))]
        self._last = {file: recording for recording in self._recordings for file in recording.hashes}
        self._durations = {
            test: seconds
            for recording in self._recordings
            for test, seconds in recording.durations.items()
            if self._last.get(test.partition("::")[0]) is recording
        }

    def changed_files(self) -> dict[str, str]:
        """Return the hashes of the test files that are new or changed since they were recorded."""
        files = sorted(file for suite in SUITES for file in (ROOT / suite).rglob("test_*.py"))
        hashes = {
            str(file.relative_to(ROOT)): sha256(file.read_bytes()).hexdigest() for file in files if TIMED not in str(file)
        }
        return {file: now for file, now in hashes.items() if file not in self._last or self._last[file].hashes[file] != now}

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Return the tests that execute a mutant, fastest first.

        If its line runs at import or is new, those that enter its file; if that runs in a process of its own, those of its
        feature.
        """
        by_line: dict[int, set[str]] = defaultdict(set)
        for recording in self._recordings:
            for line, tests in recording.tests_by_line(mutant.path).items():
                by_line[line] |= {test for test in tests if self._last[test.partition("::")[0]] is recording}
        found = {test for line in mutant.lines for test in by_line[line]}
        found = found or {test for tests in by_line.values() for test in tests}
        found = found or {test for test in self._durations if set(test.split("/")) & set(mutant.path.parts[1:-1])}
        chosen, total = [], 0.0
        for test in sorted(found & self._durations.keys(), key=lambda test: self._durations[test]):
            total += self._durations[test]
            if total > MAX_SECONDS:
                break
            chosen.append(test)
        return chosen


def record_changes(processes: int) -> None:
    """Run the test files that changed since they were recorded, in a copy of the project; record which lines each executes."""
    changed = TestMap().changed_files()
    if not changed:
        return
    click.echo(f"Recording which lines the tests of {len(changed)} files execute…")
    folder = FOLDER / f"{len(list(FOLDER.glob('*/'))):04}"
    folder.mkdir(parents=True)
    with TemporaryDirectory(prefix="letterhub-mutants-") as temporary:
        copy = copy_project(Path(temporary))
        plugin = ["-p", "tests.mutation.contexts", "-p", "no:cacheprovider"]
        workers = ["-n", str(processes), "--dist", "worksteal"]
        environment = os.environ | {"LETTERHUB_MUTATION_MAP": str(folder), "PYTHONPATH": str(copy)}
        subprocess.run([sys.executable, "-m", "pytest", *plugin, *workers, *changed], cwd=copy, env=environment, check=False)
        shutil.copytree(copy / "letterhub", folder / "source" / "letterhub", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "files.json").write_text(json.dumps(changed), encoding="utf-8")
