"""Benchmark of the command line from a cold start: `.venv/bin/python bench/cold.py` prints CPU seconds of whole processes.

Each command is a process of its own with all its children; beside it an empty Python, and Typst with the same names. Rounds go
through all commands in turn, and the least of each counts. A number sets the rounds, 5 if none is given.
"""

import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from letterhub.paths import ROOT

sys.path.insert(0, str(Path(__file__).with_name("pdf")))
from letters import CLOSING, NOTES, PARAGRAPHS, invented_word

_TYPST = """
import sys, typst
typst.compile("letter.typ", output="typst.pdf", font_paths=[sys.argv[1]], pdf_standards=["ua-1", "a-3a"])
"""
_LETTER = """---
title: Clean rivers for everyone
date: 2022-01-07
addressee: The President
salutation: "Dear President Example:"
closing: {closing}
---
{body}

{notes}
"""
Row = dict[str, str]


def main() -> None:
    """Print the least CPU time of each command, by list, and its share of Typst's."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(f"python -c pass: {_least(rounds, {'': [sys.executable, '-c', 'pass']})['']:.2f} s")
    print(f"letterhub --help: {_least(rounds, {'': _letterhub('--help')})['']:.2f} s\n")
    print("| list | names | CSV | HTML | PDF | all three | Typst | PDF / Typst |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for name, row, count in (
        ("organizations", _organization, 20),
        ("organizations", _organization, 10_000),
        ("people", _person, 10_000),
    ):
        with tempfile.TemporaryDirectory(prefix="bench-cold-") as folder:
            commands = _commands(Path(folder), [row(number) for number in range(count)])
            took = _least(rounds, commands, folder)
        cells = (f"{took[one]:.2f}" for one in commands)
        print(f"| {name} | {count:,} | {' | '.join(cells)} | {took['pdf'] / took['typst']:.2f} |", flush=True)


def _organization(number: int) -> Row:
    chance = random.Random(number)
    one, two, three, four = (invented_word(int(900_000 ** chance.random())) for _ in range(4))
    kind, title = (
        chance.choice(("Alliance", "Coalition", "League", "Network")),
        chance.choice(("Director", "President", "Chair")),
    )
    return {"organization": f"{one} {two} {kind}", "signer_name": f"{three} {four}", "signer_title": title}


def _person(number: int) -> Row:
    return {"signer_name": f"{invented_word(number % 700)} {invented_word(number)}", "kind": "individual"}


_LISTS = (("organizations", _organization, 20), ("organizations", _organization, 10_000), ("people", _person, 10_000))


def _commands(folder: Path, rows: list[Row]) -> dict[str, list[str]]:
    """Write the letter and its names for both programs, and return the commands that render them."""
    body = "\n\n".join(f"{text}.[^{number}]" for number, text in enumerate(PARAGRAPHS, 1))
    notes = "\n".join(f"[^{number}]: {note}" for number, note in enumerate(NOTES, 1))
    (folder / "letter.md").write_text(_LETTER.format(closing=CLOSING, body=body, notes=notes), encoding="utf-8")
    with (folder / "names.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    names = [(row.get("organization") or row["signer_name"], row.get("signer_title", "")) for row in rows]
    data = {
        "title": "Clean rivers for everyone",
        "date": "January 7, 2022",
        "addressee": "The President",
        "names": sorted(names),
    }
    data |= {"salutation": "Dear President Example:", "closing": CLOSING, "paragraphs": PARAGRAPHS, "notes": NOTES}
    (folder / "letter.json").write_text(json.dumps(data), encoding="utf-8")
    (folder / "letter.typ").write_bytes(Path(__file__).with_name("pdf").joinpath("letter.typ").read_bytes())
    render = _letterhub("render", "letter.md", "names.csv")
    files = {kind: [f"--{kind}", f"out.{kind}"] for kind in ("csv", "html", "pdf")}
    return {
        **{kind: [*render, *out] for kind, out in files.items()},
        "all": [*render, *files["csv"], *files["html"], *files["pdf"]],
        "typst": [sys.executable, "-c", _TYPST, str(ROOT / "static" / "fonts" / "print")],
    }


def _letterhub(*words: str) -> list[str]:
    return [str(Path(sys.executable).with_name("letterhub")), *words]


def _least(rounds: int, commands: dict[str, list[str]], folder: str = ".") -> dict[str, float]:
    """Return the least CPU seconds of each command in so many rounds."""
    took = [{name: _cpu(command, folder) for name, command in commands.items()} for _ in range(rounds)]
    return {name: min(one[name] for one in took) for name in commands}


def _cpu(command: list[str], folder: str) -> float:
    """Return the CPU seconds of a command and its children."""
    before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before


if __name__ == "__main__":
    main()
