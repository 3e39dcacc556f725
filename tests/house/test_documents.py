"""Decision records and design notes are few and short, listed in their index, and what leads to them leads to a file."""

import re
from collections.abc import Iterator
from pathlib import Path

from letterhub.paths import ROOT
from tests.house.sources import assert_none, own_files, place, tracked_files

DOCS = ROOT / "docs"
MOST_RECORDS = 20
RECORD_PARTS = ("- **Status:** ", "- **Date:** 20", "## Context", "## Decision", "## Consequences")
MOST_WORDS = 1_500
"""Words of a design note that can be read in ten minutes."""

NAMED = re.compile(r"docs/(?:decisions|design)/[\w.-]+\.md")
LINK = re.compile(r"\]\(([^)#\s:]+)(?:#[^)\s]*)?\)")
NUMBER = re.compile(r"\bdecisions? (\d+)|\bdecisions/(\d+)", re.IGNORECASE)
PATH = re.compile(r"`((?:letterhub|templates|static|tests|migrations|docs|audit|bench|deploy|\.ci)/[\w./-]*)`")
CODE_NAME = re.compile(r"`(?:\w+\.)*(_?[a-z0-9]+(?:_[a-z0-9]+)+|(?:[A-Z][a-z0-9]+){2,})(?:\(\))?`")
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
MADE_BY_TESTS = {"tests/browser/pictures/"}
OF_OTHERS = {"pg_trgm"}  # an extension of PostgreSQL that we go without
READ = {".py", ".md", ".html", ".txt", ".css", ".js", ".toml", ".sh", ".conf"}


def records() -> list[Path]:
    """Return the decision records, without their index."""
    return sorted(path for path in (DOCS / "decisions").iterdir() if path.name != "README.md")


def notes() -> list[Path]:
    """Return the design notes, without their index."""
    return sorted(path for path in (DOCS / "design").rglob("*.md") if path.name != "README.md")


def about_code() -> list[Path]:
    """Return the documents that name functions, classes and tables of ours."""
    return [*records(), *notes(), DOCS / "architecture.md", ROOT / "CONTRIBUTING.md"]


def texts() -> Iterator[tuple[str, Path, str]]:
    """Yield each line of our own text files, with its place and file."""
    for path in tracked_files():
        if path.suffix in READ and ".min." not in path.name and path != Path(__file__):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                yield place(path, number), path, line


def test_decision_records_are_few_numbered_and_whole() -> None:
    names = [path.name for path in records()]
    misnamed = [name for name in names if not re.fullmatch(r"\d{2}-[a-z0-9-]+\.md", name)]
    assert_none(misnamed, "docs/decisions: name a record as 04-words-of-its-title.md")
    numbers = [int(name[:2]) for name in names]
    assert numbers == list(range(1, len(names) + 1)), "docs/decisions: number the records from 01, each once and without gaps"
    assert len(names) <= MOST_RECORDS, (
        f"docs/decisions: at most {MOST_RECORDS} records; merge or retire one, or write a design note"
    )
    partial = [
        f"{place(path)}: {part}" for path in records() for part in RECORD_PARTS if part not in path.read_text(encoding="utf-8")
    ]
    assert_none(partial, "give the record a Status, a Date, Context, Decision and Consequences")


def test_design_notes_are_read_in_ten_minutes() -> None:
    lengths = {place(path): len(path.read_text(encoding="utf-8").split()) for path in notes()}
    long = [f"{name}: {length} words" for name, length in lengths.items() if length > MOST_WORDS]
    assert_none(long, f"divide the note by subject, into notes of at most {MOST_WORDS} words")


def test_records_and_notes_are_listed_in_their_index() -> None:
    listed = {folder: (DOCS / folder / "README.md").read_text(encoding="utf-8") for folder in ("decisions", "design")}
    files = [
        (folder, path.relative_to(DOCS / folder))
        for folder in listed
        for path in [*records(), *notes()]
        if DOCS / folder in path.parents
    ]
    missing = [f"docs/{folder}/{path}" for folder, path in files if f"({path})" not in listed[folder]]
    assert_none(missing, "list it in the README.md of docs/decisions or docs/design")


def test_what_leads_to_a_record_or_a_note_leads_to_a_file() -> None:
    lost = [f"{where}: {name}" for where, _path, line in texts() for name in NAMED.findall(line) if not (ROOT / name).exists()]
    assert_none(lost, "name a file of docs/decisions or docs/design")
    links = [(where, path, target) for where, path, line in texts() if path.suffix == ".md" for target in LINK.findall(line)]
    lost = [f"{where}: {target}" for where, path, target in links if not (path.parent / target).exists()]
    assert_none(lost, "link to a file that exists, relative to the document")
    assert links, "LINK in this test finds no link in any document: correct it"


def test_numbers_of_decisions_are_those_of_records() -> None:
    known = {path.name[:2] for path in records()}
    named = [
        (where, found[1] or found[2]) for where, _path, line in texts() for found in NUMBER.finditer(line.replace("[", ""))
    ]
    lost = [f"{where}: {number}" for where, number in named if number not in known]
    assert_none(lost, "name a record by its two digits, or the design note that explains the mechanism")


def test_paths_that_a_record_or_a_note_names_are_there() -> None:
    absent = [
        f"{place(path, number)}: {name}"
        for path in [*about_code(), DOCS / "decisions" / "README.md", DOCS / "design" / "README.md"]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for name in {*PATH.findall(line)} - MADE_BY_TESTS
        if not (ROOT / name).exists()
    ]
    assert_none(absent, "correct the path, or remove it")


def test_code_that_a_document_names_or_quotes_is_there() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in own_files(".py", ".js", ".html"))
    words, lines = {*re.findall(r"\w+", code), *OF_OTHERS}, {line.strip() for line in code.splitlines()}
    lost = []
    for path in about_code():
        text = path.read_text(encoding="utf-8")
        quoted = [line.strip() for block in PYTHON_BLOCK.findall(text) for line in block.splitlines()]
        lost += [f"{place(path)}: {name}" for name in CODE_NAME.findall(text) if name not in words]
        lost += [f"{place(path)}: {line}" for line in quoted if line not in lines]
    assert_none(lost, "name and quote what is in the code")
