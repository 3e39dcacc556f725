"""Sentences for people go through gettext, with their values as named placeholders."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from letterhub.paths import ROOT
from tests.house.sources import all_nodes, assert_none, place, python_files

LAYERS = ("domain", "commands", "queries", "intake", "rendering", "models", "infrastructure")
TRANSLATORS = {"_", "_l", "_later", "gettext", "lazy_gettext", "ngettext"}
SENTENCE = re.compile(r"[^\W\d_]{2,} .*[\w)”»][.!?:]?”?[.!?]$")
NOT_FOR_PEOPLE = re.compile(
    r"\.(?:debug|info|warning|error|exception|compile|execute|exec_driver_sql|split)$|^(?:ValueError|RuntimeError|KeyError|text"
    r"|Counter|Histogram|Gauge|yaml\..*)$"
)
"""Calls whose words are for logs, programmers and machines."""
NOT_TRANSLATED = {
    "rendering/letter/document_strings.py",  # words of a letter, in the letter's language
    "rendering/letter/further_strings/asia.py",
    "rendering/letter/further_strings/europe.py",
    "rendering/letter/further_strings/since_layout_3.py",
}
REMEDY = (
    "wrap the sentence in `_()` or `ngettext()` of letterhub/domain/i18n.py (flask_babel's in web/), with each value as "
    "`%(name)s` and a keyword"
)


def parents(path: Path) -> dict[ast.AST, ast.AST]:
    """Return the parent of each node of a file."""
    return {child: node for node in all_nodes(path) for child in ast.iter_child_nodes(node)}


def callers(node: ast.AST, above: dict[ast.AST, ast.AST]) -> Iterator[str]:
    """Yield the functions that a literal is passed to, the innermost first."""
    while (node := above.get(node, node)) in above:
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def literals(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Yield the line, the text and the callers of each string of a file that is no docstring and no part of another."""
    above = parents(path)
    for node in all_nodes(path):
        if isinstance(above.get(node), ast.Expr | ast.JoinedStr | ast.FormattedValue):
            continue
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "X" for part in node.values)
            yield node.lineno, "".join(map(str, parts)), list(callers(node, above))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value, list(callers(node, above))


def error_classes() -> set[str]:
    """Return the names of UserFacingError and of its subclasses."""
    bases = {
        node.name: {ast.unparse(base) for base in node.bases}
        for path in python_files()
        for node in all_nodes(path)
        if isinstance(node, ast.ClassDef)
    }
    found = {"UserFacingError"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def is_translated(called_by: list[str]) -> bool:
    """Return whether one of the calls around a literal translates it."""
    return any(name in TRANSLATORS for name in called_by)


def test_the_sentence_of_an_error_is_translated() -> None:
    errors = error_classes()
    assert {"FileRefused", "AlreadySigned", "RateLimited"} <= errors, "`error_classes` in this test misses some: correct it"
    found = [
        f"{place(path, line)}: {text[:60]}"
        for path in python_files()
        if "/cli/" not in path.as_posix()
        for line, text, called_by in literals(path)
        if " " in text and called_by and called_by[0] in errors and not is_translated(called_by)
    ]
    assert_none(found, REMEDY)


def test_a_sentence_for_people_is_translated_in_every_layer() -> None:
    found = [
        f"{place(path, line)}: {text[:60]}"
        for layer in LAYERS
        for path in python_files(f"letterhub/{layer}")
        if path.relative_to(ROOT / "letterhub").as_posix() not in NOT_TRANSLATED
        for line, text, called_by in literals(path)
        if SENTENCE.search(text) and "\n" not in text
        if not is_translated(called_by) and not any(map(NOT_FOR_PEOPLE.search, called_by))
    ]
    assert_none(found, REMEDY)


def test_what_is_translated_is_a_literal_with_named_values() -> None:
    found = [
        f"{place(path, node.lineno)}: {ast.unparse(node)[:60]}"
        for path in python_files()
        if path.name not in {"i18n.py", "gettext.py"}
        for node in all_nodes(path)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in TRANSLATORS
        for message in node.args[: 2 if "ngettext" in ast.unparse(node.func) else 1]
        if not (isinstance(message, ast.Constant) and isinstance(message.value, str))
    ]
    assert_none(
        found, "gettext finds literals only: no name, f-string or `+`; a value is `%(name)s`, and a keyword of the call"
    )


def test_nothing_is_translated_within_an_f_string() -> None:
    found = [
        f"{place(path, call.lineno)}: {ast.unparse(call)[:60]}"
        for path in python_files()
        for node in all_nodes(path)
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in TRANSLATORS
    ]
    assert_none(found, "give the sentence a name before the f-string: up to Python 3.11, Babel finds none within one")
