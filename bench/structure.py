"""Size and shape of the code: files, folders, lines of modules and functions. Needs no database.

`.venv/bin/python bench/structure.py [COMMIT]` prints a table, for another commit from its files in Git.
"""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath
from statistics import median

ROOT = PurePath(__file__).parent.parent
LAYERS = ("letterhub", "tests", "bench", "audit")


def git(*arguments: str) -> str:
    """Return the output of a Git command in this checkout."""
    return subprocess.run(["git", "-C", str(ROOT), *arguments], check=True, capture_output=True, text=True).stdout


def python_files(commit: str, folder: str) -> dict[str, str]:
    """Return the text of each Python file in a folder at a commit, by path."""
    paths = [path for path in git("ls-tree", "-r", "--name-only", commit, folder).splitlines() if path.endswith(".py")]
    return {path: git("show", f"{commit}:{path}") for path in paths}


def function_lengths(text: str) -> Iterator[int]:
    """Yield the lines of each function's body without its docstring."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if body:
                yield (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


def report(commit: str) -> None:
    """Print a row per folder: files, files of its largest folder, lines, the longest module, the median function."""
    print("| folder | files | largest folder | lines | longest module | functions | median lines of a function |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for folder in LAYERS:
        files = python_files(commit, folder)
        lines = {path: text.count("\n") for path, text in files.items()}
        folders = Counter(str(PurePath(path).parent) for path in files)
        lengths = [length for text in files.values() for length in function_lengths(text)]
        print(
            f"| {folder} | {len(files)} | {max(folders.values())} | {sum(lines.values()):,} | {max(lines.values())} "
            f"| {len(lengths):,} | {median(lengths):g} |"
        )


if __name__ == "__main__":
    report(sys.argv[1] if len(sys.argv) > 1 else "HEAD")
