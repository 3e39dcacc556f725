"""The project's own source files, for the house rules."""

import ast
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from letterhub.paths import ROOT

OWN_FOLDERS = ("letterhub", "tests", "templates", "static", "migrations", "audit", "bench", "release", ".ci")


def own_files(*suffixes: str) -> list[Path]:
    """Return the files under the project's folders that we wrote; vendored ones have `.min.` in their name."""
    paths = [path for folder in OWN_FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in suffixes]
    return sorted(
        path
        for path in [*paths, *ROOT.glob("wsgi*.py")]
        if path.is_file() and path.suffix in suffixes and ".min." not in path.name
    )


def tracked_files() -> list[Path]:
    """Return every file that git tracks or would add."""
    listed = subprocess.check_output(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, text=True
    )
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def python_files(folder: str = "letterhub") -> list[Path]:
    """Return the Python files of a folder."""
    return sorted((ROOT / folder).rglob("*.py"))


@cache
def syntax_tree(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def all_nodes(path: Path) -> list[ast.AST]:
    """Return all nodes of a Python file's syntax tree."""
    return list(ast.walk(syntax_tree(path)))


def assert_none(found: Iterable[object], remedy: str) -> None:
    """Fail unless nothing was found; the message lists each place, then the remedy."""
    if places := [str(one) for one in found]:
        raise AssertionError("\n".join(["", *places, f"Remedy: {remedy}"]))


def place(path: Path, line: int | None = None) -> str:
    """Return a place in a file as `path:line`, as an editor opens it."""
    return f"{path.relative_to(ROOT)}:{line}" if line else str(path.relative_to(ROOT))
