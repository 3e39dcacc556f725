"""Map of tests by the lines that they execute, recorded in `var/mutation` and brought up to date for changed test files."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
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
IMPORT = re.compile(r"^(from \S+ )?import (\([^)]*\)|.*)\n", re.MULTILINE)
PDF = Path("letterhub/rendering/pdf")
"""Folder of what runs in the PDF's worker, a fork whose lines are not recorded."""
PDF_CLIENT = PDF / "client.py"
REFERENCE_FILES = "tests/integration/rendering/test_reference_files.py"
DEFAULTS = "tests/unit/text/test_defaults.py::test_what_is_not_given_is_empty"
"""Test that reads lines which run at import."""
ANNOTATED_DEFAULT = re.compile(r"\w: [^=]+ = ")
MAX_SECONDS = 40.0
"""Seconds of tests run for a mutant, by their durations without it."""


class Recording:
    """One run of test files: hashes of the files, durations of the tests, lines that each executed, and the source then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hashes: dict[str, str] = json.loads((folder / "files.json").read_text(encoding="utf-8"))
        self.durations: dict[str, float] = {}
        for file in folder.glob("durations-*.json"):
            self.durations |= json.loads(file.read_text(encoding="utf-8"))
        self._executed: dict[str, dict[int, list[str]]] = {}

    @cached_property
    def _data(self) -> CoverageData:
        data = CoverageData(no_disk=True)
        for file in self.folder.glob("lines.*"):
            part = CoverageData(str(file))
            part.read()
            data.update(part, map_path=lambda path: path[path.rindex("letterhub/") :])
        return data

    @cached_property
    def _places(self) -> dict[tuple[str, ...], list[tuple[str, int]]]:
        """The files and line numbers of each line, by its text and that of its neighbors."""
        places = defaultdict(list)
        source = self.folder / "source"
        for file in source.rglob("*.py"):
            for line, text in enumerate(_with_neighbors(file), 1):
                places[text].append((str(file.relative_to(source)), line))
        return places

    def tests_by_line(self, path: Path) -> list[set[str]]:
        """Return the tests that execute each line of a file as it is now, wherever the line was when they were recorded."""
        return [
            {test for file, line in self._places.get(text, ()) for test in self._tests(file).get(line, ()) if test}
            for text in _with_neighbors(path)
        ]

    def _tests(self, file: str) -> dict[int, list[str]]:
        if file not in self._executed:
            self._executed[file] = self._data.contexts_by_lineno(file)
        return self._executed[file]


def _with_neighbors(file: Path) -> list[tuple[str, ...]]:
    """Return each line of a file with the one before it and the one after it."""
    lines = ["", *file.read_text(encoding="utf-8").splitlines(), ""]
    return list(zip(lines, lines[1:], lines[2:], strict=False))


def _hash(file: Path) -> str:
    """Return the hash of a test file without its imports, which change when what they name moves."""
    return sha256(IMPORT.sub("", file.read_text(encoding="utf-8")).encode()).hexdigest()


def _compares_all(test: str) -> bool:
    """Return whether a test compares all that it leaves behind, a file or rows, with a reference: it notices most."""
    file, _, name = test.partition("::")
    rows = (ROOT / file).with_name("references") / f"{name.partition('[')[0]}.txt"
    return file == REFERENCE_FILES or rows.is_file()


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
        self._lines: dict[Path, list[set[str]]] = {}

    def changed_files(self) -> dict[str, str]:
        """Return the hashes of the test files that are new or changed since they were recorded."""
        files = sorted(file for suite in SUITES for file in (ROOT / suite).rglob("test_*.py") if TIMED not in str(file))
        hashes = {str(file.relative_to(ROOT)): _hash(file) for file in files}
        return {file: now for file, now in hashes.items() if file not in self._last or self._last[file].hashes[file] != now}

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Return the tests that execute a mutant, and for the PDF's worker those that start one: first those that compare all
        that they leave behind, then the fastest.

        If its line runs at import or is new, those that enter its file; if that runs in a process of its own, those of its
        feature.
        """
        by_line = self._by_line(mutant.path)
        executing = set().union(*(by_line[line - 1] for line in mutant.lines))
        found = executing or {DEFAULTS, *set().union(*by_line)}
        if ANNOTATED_DEFAULT.search(mutant.source.split("\n")[mutant.lines[-1] - 1]):
            found |= {DEFAULTS}
        if PDF in mutant.path.parents:
            starts = (ROOT / PDF_CLIENT).read_text(encoding="utf-8").partition("_SERVER.start_worker(")[0].count("\n")
            found |= self._by_line(PDF_CLIENT)[starts]
        if found == {DEFAULTS}:
            found |= {test for test in self._durations if set(test.split("/")) & set(mutant.path.parts[1:-1])}
        chosen, total = [], 0.0
        there = (test for test in found & self._durations.keys() if (ROOT / test.partition("::")[0]).is_file())
        for test in sorted(there, key=lambda test: (not _compares_all(test), self._durations[test])):
            total += self._durations[test]
            if total > MAX_SECONDS:
                break
            chosen.append(test)
        return chosen

    def _by_line(self, path: Path) -> list[set[str]]:
        if path not in self._lines:
            found = [(recording, recording.tests_by_line(ROOT / path)) for recording in self._recordings]
            self._lines[path] = [
                {test for recording, tests in lines for test in tests if self._last.get(test.partition("::")[0]) is recording}
                for lines in zip(*([(recording, tests) for tests in lines] for recording, lines in found), strict=True)
            ]
        return self._lines[path]


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
        environment = os.environ | {"MUTATION_MAP": str(folder), "PYTHONPATH": str(copy)}
        subprocess.run([sys.executable, "-m", "pytest", *plugin, *workers, *changed], cwd=copy, env=environment, check=False)
        shutil.copytree(copy / "letterhub", folder / "source" / "letterhub", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "files.json").write_text(json.dumps(changed), encoding="utf-8")
