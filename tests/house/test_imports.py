"""Measurements and scanners, which the suite does not run, import names that exist."""

import ast
from collections.abc import Iterator
from pathlib import Path

from letterhub.paths import ROOT
from tests.house.sources import all_nodes, assert_none, place, python_files, syntax_tree


def test_measurements_and_scanners_import_what_exists() -> None:
    missing = [
        f"{place(path, node.lineno)} {node.module}.{alias.name}"
        for path in [*python_files("bench"), *python_files("audit")]
        for node in all_nodes(path)
        if isinstance(node, ast.ImportFrom) and node.module and (module := own_module(node.module, path.parent))
        for alias in node.names
        if alias.name not in names_of(module)
    ]
    assert_none(missing, "import the name that it has now")


def own_module(dotted: str, folder: Path) -> Path | None:
    """Return the file or folder of a module of ours, or of one beside a script; None for a library."""
    for base in (folder, ROOT):
        path = base.joinpath(*dotted.split("."))
        if (found := path.with_suffix(".py")).is_file() or (found := path).is_dir():
            return found
    return None if dotted.partition(".")[0] not in {"letterhub", "tests", "audit"} else Path("gone")


def names_of(module: Path) -> set[str]:
    """Return the names at the top level of a module, or the modules of a package and what it exports."""
    if module.is_dir():
        names = {path.stem for path in module.iterdir() if not path.name.startswith((".", "__"))}
        return names | (names_of(module / "__init__.py") if (module / "__init__.py").is_file() else set())
    return set(top_level_names(syntax_tree(module).body)) if module.is_file() else set()


def top_level_names(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that statements bind: definitions, assignments and imports, also below a condition."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from top_level_names([*node.body, *getattr(node, "orelse", [])])
