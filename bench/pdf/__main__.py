"""Benchmark of a letter as PDF, by four engines from 20 to 100,000 names: `.venv/bin/python bench/pdf` prints tables.

`.venv/bin/python bench/pdf 10000` leaves longer lists out, `bench/pdf 10000 ours typst` other engines too.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

_ONE = Path(__file__).with_name("one.py")
_TIMEOUT = 600  # seconds; what would take longer is left out
_TIMEOUT_EXIT_CODE = 124  # exit code of `timeout` when it ended a program
_ALL_ENGINES = ("ours", "ours, warm", "typst", "weasyprint", "chromium")
_FAST_ENGINES = ("ours", "ours, warm", "typst")
_CASES = (
    ("varied", 20, _ALL_ENGINES),
    ("varied", 1_000, _ALL_ENGINES),
    ("varied", 10_000, _ALL_ENGINES),
    ("varied", 100_000, _ALL_ENGINES),
    ("pooled", 10_000, _FAST_ENGINES),
    ("pooled", 100_000, _FAST_ENGINES),
    ("unrepeated", 10_000, _FAST_ENGINES),
    ("unrepeated", 100_000, _FAST_ENGINES),
)


@dataclass(frozen=True)
class Measurement:
    """The cost of one letter in one engine; `cost` is empty if it was left out, with the reason."""

    mode: str
    names: int
    engine: str
    cost: dict[str, Any]
    left_out: str = ""


def main() -> None:
    """Measure every case and print the tables, row by row."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    engines_asked = frozenset(sys.argv[2:]) or frozenset(_ALL_ENGINES)
    everything: list[Measurement] = []
    print("| list | names | engine | CPU s | by the clock s | memory MB | file kB | CPU / Typst |")
    print("|---|--:|---|--:|--:|--:|--:|--:|")
    for _, some in groupby(_measure_cases(most, engines_asked), key=lambda one: (one.mode, one.names)):
        case = list(some)
        everything += case
        typst = next((one.cost["cpu"] for one in case if one.engine == "typst" and one.cost), 0)
        for one in case:
            print(_row(one, typst), flush=True)
    if phased := [one for one in everything if "phases" in one.cost]:
        _print_phases(phased)


def _measure_cases(most: int, engines_asked: frozenset[str]) -> Iterator[Measurement]:
    last: dict[tuple[str, str], tuple[int, float]] = {}
    for mode, names, engines in _CASES:
        for engine in [one for one in engines if one in engines_asked] if names <= most else ():
            before, took = last.get((mode, engine), (names, 0.0))
            if took * names / before > _TIMEOUT:
                yield Measurement(mode, names, engine, {}, f"left out: {took:.0f} s for {before:,} names")
                continue
            one = _best_of(engine, mode, names)
            last[mode, engine] = names, one.cost.get("wall", float("inf"))
            yield one


def _best_of(engine: str, mode: str, names: int) -> Measurement:
    """Return the measurement with the least CPU time: of three, two, or one for a long list."""
    times = 3 if names <= 1_000 else 2 if names <= 10_000 else 1
    command = [
        "timeout",
        str(_TIMEOUT),
        sys.executable,
        str(_ONE),
        "phases" if engine == "ours, warm" else engine,
        mode,
        str(names),
    ]
    try:
        answers = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(times)]
    except subprocess.CalledProcessError as error:
        ended = error.returncode == _TIMEOUT_EXIT_CODE
        reason = (
            f"stopped after {_TIMEOUT} s" if ended else f"failed: {(error.stderr.strip() or 'without a word').splitlines()[-1]}"
        )
        return Measurement(mode, names, engine, {}, reason)
    costs = [json.loads(answer.stdout.splitlines()[-1]) for answer in answers]
    return Measurement(mode, names, engine, min(costs, key=lambda one: one["cpu"]))


def _row(one: Measurement, typst: float) -> str:
    head = f"| {one.mode} | {one.names:,} | {one.engine} |"
    if not one.cost:
        return f"{head} {one.left_out} | | | | |"
    cpu, wall, memory, size = (one.cost[key] for key in ("cpu", "wall", "memory", "bytes"))
    share = f"{cpu / typst:.2f}" if typst else ""
    return f"{head} {cpu:.2f} | {wall:.2f} | {memory:.0f} | {size / 1000:,.0f} | {share} |"


def _print_phases(measured: list[Measurement]) -> None:
    names = list(measured[0].cost["phases"])
    print(f"\n| list | names | {' | '.join(names)} |")
    print(f"|---|--:{'|--:' * len(names)}|")
    for one in measured:
        seconds = (f"{one.cost['phases'][name]:.2f}" for name in names)
        print(f"| {one.mode} | {one.names:,} | {' | '.join(seconds)} |")


if __name__ == "__main__":
    main()
