"""Mutation run: `python -m tests.mutation [--sample 200] [--seed 1] [--only letterhub/domain]`.

It changes one expression in a copy of the project, runs the tests on SQLite that execute its line, and lists the mutants that
no test kills. Which test executes which line is recorded first, and again for test files that change.
"""

import os
import random
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.project import ROOT
from tests.mutation.recordings import TestMap, record_changes
from tests.mutation.trial import Trial

FOLDERS = ("letterhub/domain", "letterhub/commands", "letterhub/rendering")
TRIALS: list[Trial] = []
"""Trial of this process."""


def trials(chosen: list[Mutant], tests: TestMap, processes: int) -> Iterator[tuple[Mutant, int, bool]]:
    """Try each mutant, and yield it with the number of tests that were chosen and whether one of them killed it."""
    tasks = [(mutant, tests.tests_of(mutant)) for mutant in chosen]
    with (
        TemporaryDirectory(prefix="letterhub-mutants-") as folder,
        get_context("fork").Pool(processes, _prepare, [Path(folder)]) as pool,
    ):
        yield from pool.imap_unordered(_examine, tasks)


def _prepare(folder: Path) -> None:
    TRIALS.append(Trial.prepare(folder / str(os.getpid())))


def _examine(one: tuple[Mutant, list[str]]) -> tuple[Mutant, int, bool]:
    mutant, tests = one
    return mutant, len(tests), TRIALS[0].is_killed(mutant, tests)


@click.command()
@click.option("--sample", default=200, help="How many mutants to try.")
@click.option("--seed", default=1, help="Which sample: the same seed chooses the same mutants of the same source.")
@click.option("--only", default="", help="Folders or files, with commas, instead of domain, commands and rendering.")
@click.option("--processes", default=2, help="How many mutants to try at once.")
def main(sample: int, seed: int, only: str, processes: int) -> None:
    """Try a sample of mutants, and list those that survive the tests."""
    os.chdir(ROOT)
    record_changes(processes)
    folders = [Path(name) for name in (only.split(",") if only else FOLDERS)]
    files = sorted(path for folder in folders for path in ([folder] if folder.suffix else folder.rglob("*.py")))
    every = [mutant for path in files for mutant in mutants(path)]
    chosen = random.Random(seed).sample(every, min(sample, len(every)))
    started, tried, alive = time.monotonic(), 0, 0
    try:
        for mutant, count, killed in trials(chosen, TestMap(), processes):
            tried += 1
            if not killed:
                alive += 1
                click.echo(f"survived {count} tests: {mutant}")
    finally:
        score, minutes = (tried - alive) / max(tried, 1), (time.monotonic() - started) / 60
        click.echo(f"{tried - alive} of {tried} mutants killed ({score:.0%}) in {minutes:.0f} minutes, seed {seed}")


if __name__ == "__main__":
    main()
