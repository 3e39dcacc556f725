"""Mutation run: `python -m tests.mutation [--sample 200] [--seed 1] [--only letterhub/domain]`.

It changes one expression in a copy of the project, runs the tests on SQLite that execute its line, and lists the mutants that
no test kills. Which test executes which line is recorded first, and anew with `--map`.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

import click
from coverage import CoverageData

from letterhub.config import ROOT
from tests.mutation.mutants import Mutant, mutants
from tests.support.missing import SHARED

MAP = ROOT / "var" / "mutation"
FOLDERS = ("letterhub/domain", "letterhub/commands", "letterhub/rendering")
TESTS = ("tests/unit", "tests/integration")
MAX_SECONDS = 90.0
"""Seconds of tests run for a mutant, by their durations without it; an endless one is stopped after three times as many."""


class TestMap:
    """Tests by the lines that they execute, with their durations."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self.durations: dict[str, float] = {}
        for file in folder.glob("durations-*.json"):
            self.durations |= json.loads(file.read_text(encoding="utf-8"))
        data = CoverageData(no_disk=True)
        for file in folder.glob("lines.*"):
            part = CoverageData(str(file))
            part.read()
            data.update(part, map_path=lambda path: path[path.rindex("letterhub/") :])
        self.data = data

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Return the tests that execute a mutant, fastest first.

        If its line runs at import, those that enter its file; if that runs in a process of its own, those of its feature.
        """
        by_line = self.data.contexts_by_lineno(str(mutant.path))
        executing = {test for line in mutant.lines for test in by_line.get(line, ()) if test}
        found = executing or {test for tests in by_line.values() for test in tests if test}
        found = found or {test for test in self.durations if set(test.split("/")) & set(mutant.path.parts[1:-1])}
        chosen, total = [], 0.0
        for test in sorted(found & self.durations.keys(), key=lambda test: self.durations[test]):
            total += self.durations[test]
            if total > MAX_SECONDS:
                break
            chosen.append(test)
        return chosen


def record_map() -> None:
    """Run the quick tests once and record which lines each executes."""
    MAP.mkdir(parents=True, exist_ok=True)
    for old in MAP.iterdir():
        old.unlink()
    click.echo("Recording which test executes which line…")
    command = [
        "-p",
        "tests.mutation.contexts",
        "--quick",
        "-n",
        "auto",
        "--dist",
        "worksteal",
        "tests/unit",
        "tests/integration",
    ]
    environment = os.environ | {"LETTERHUB_MUTATION_MAP": str(MAP)}
    subprocess.run([sys.executable, "-m", "pytest", *command], cwd=ROOT, env=environment, check=False)


def copy_project(folder: Path) -> Path:
    """Copy the project into a folder, beside a link to the shared folder."""
    copy = folder / "letterhub"
    copy.mkdir(parents=True)
    listed = subprocess.check_output(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT)
    names = b"\0".join(name for name in listed.split(b"\0") if name and (ROOT / name.decode()).is_file())
    packed = subprocess.run(["tar", "--null", "-T", "-", "-cf", "-"], cwd=ROOT, input=names, capture_output=True, check=True)
    subprocess.run(["tar", "-xf", "-"], cwd=copy, input=packed.stdout, check=True)
    if SHARED.is_dir():
        (folder / "shared").symlink_to(SHARED)
    return copy


def is_killed(mutant: Mutant, tests: list[str], copy: Path) -> bool:
    """Return whether a test fails with the mutant, or does not end."""
    file, chosen = copy / mutant.path, copy / "chosen-tests.txt"
    original = file.read_text(encoding="utf-8")
    chosen.write_text("\n".join(tests), encoding="utf-8")
    file.write_text(mutant.source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", f"@{chosen}"]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, timeout=3 * MAX_SECONDS + 60, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        file.write_text(original, encoding="utf-8")
    return done.returncode != 0


def survivors(chosen: list[Mutant], tests: TestMap, processes: int) -> Iterator[tuple[Mutant, int]]:
    """Yield each mutant that no test kills, with the number of tests that were run."""
    with TemporaryDirectory(prefix="letterhub-mutants-") as folder, ThreadPoolExecutor(processes) as pool:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(processes):
            copies.put(copy_project(Path(folder) / str(number)))

        def examine(mutant: Mutant) -> tuple[Mutant, int, bool]:
            copy, selected = copies.get(), tests.tests_of(mutant)
            try:
                return mutant, len(selected), bool(selected) and is_killed(mutant, selected, copy)
            finally:
                copies.put(copy)

        for mutant, count, killed in pool.map(examine, chosen):
            if not killed:
                yield mutant, count


@click.command()
@click.option("--sample", default=200, help="How many mutants to try.")
@click.option("--seed", default=1, help="Which sample: the same seed chooses the same mutants of the same source.")
@click.option("--only", default="", help="A folder or file of letterhub/ instead of domain, commands and rendering.")
@click.option("--processes", default=2, help="How many mutants to try at once.")
@click.option("--map", "anew", is_flag=True, help="Record anew which test executes which line.")
def main(sample: int, seed: int, only: str, processes: int, anew: bool) -> None:
    """Try a sample of mutants, and list those that survive the tests."""
    if anew or not any(MAP.glob("durations-*.json")):
        record_map()
    os.chdir(ROOT)
    folders = [Path(name) for name in (only.split(",") if only else FOLDERS)]
    files = sorted(path for folder in folders for path in ([folder] if folder.suffix else folder.rglob("*.py")))
    every = [mutant for path in files for mutant in mutants(path)]
    chosen = random.Random(seed).sample(every, min(sample, len(every)))
    started, alive = time.monotonic(), 0
    for mutant, count in survivors(chosen, TestMap(MAP), processes):
        alive += 1
        click.echo(f"survived {count} tests: {mutant}")
    score, minutes = (len(chosen) - alive) / max(len(chosen), 1), (time.monotonic() - started) / 60
    click.echo(f"{len(chosen) - alive} of {len(chosen)} mutants killed ({score:.0%}) in {minutes:.0f} minutes, seed {seed}")


if __name__ == "__main__":
    main()
