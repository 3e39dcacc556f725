"""Docstrings open with what a thing is or does, and speak of no program as of a person."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import all_nodes, assert_none, place, python_files

FOLDERS = ("letterhub", "tests", "bench")
OPENINGS = re.compile(r"\s*(What|Who|Whether|Where|How|Which|Whose|Whom|Why|When)(ever|soever)?\b")
PRONOUNS = re.compile(r"\b(she|hers?|herself|he|his|him|himself)\b", re.IGNORECASE)
QUOTED_NAME = re.compile(r"(?<!`)`([a-z_][a-z0-9_]*(?:\.[A-Za-z_]\w*)*)`(?!`)")
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each docstring, also of those below constants and fields."""
    for node in all_nodes(path):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else []:
            match statement:
                case ast.Expr(ast.Constant(str(text))):
                    yield statement.lineno, text


def test_docstrings_open_with_what_a_thing_is_or_does() -> None:
    riddles = [
        f"{place(path, line)}: {found[1]} …"
        for folder in FOLDERS
        for path in python_files(folder)
        for line, text in docstrings(path)
        if (found := OPENINGS.match(text))
    ]
    remedy = "open a function's docstring with a verb (“Return whether …”, “Send …”), and others with a noun (“Table of …”)"
    assert_none(riddles, remedy)


def test_docstrings_name_what_exists() -> None:
    """A name with an underscore in backquotes is one of its module; a dotted one ends in a name of the project."""
    paths = [path for folder in FOLDERS for path in python_files(folder)]
    by_module = {path: names_of(path) for path in paths}
    everywhere = {name for names in by_module.values() for name in names} | {path.stem for path in paths}
    unknown = [
        f"{place(path, line)}: `{name}`"
        for path in paths
        for line, text in docstrings(path)
        for name in QUOTED_NAME.findall(text)
        if ("." in name and name.rpartition(".")[2] not in everywhere)
        or ("_" in name and "." not in name and name not in by_module[path])
    ]
    assert_none(unknown, "write the present name, with its module (`places.own_key`) if it is another module's")


def names_of(path: Path) -> set[str]:
    """Return all names in a module: variables, attributes, parameters, functions, classes, imports, keys."""
    found: set[str] = set()
    for node in all_nodes(path):
        match node:
            case ast.Name(name) | ast.Attribute(_, name) | ast.arg(name) | ast.keyword(str(name)) | ast.Constant(str(name)):
                found.add(name)
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
                found.add(name)
            case ast.alias(name, other):
                found |= {*(other or name).split(".")}
    return found


def test_docstrings_use_no_pronoun_of_a_person() -> None:
    persons = [
        f"{place(path, line)}: {found[0]}"
        for folder in FOLDERS
        for path in python_files(folder)
        for line, text in docstrings(path)
        if (found := PRONOUNS.search(QUOTED.sub("", text)))
    ]
    assert_none(
        persons, "say “the signer”, “the organizer”, “staff” or “they” of people, “the caller” or “the client” of programs"
    )
