"""Docstrings open with what a thing is or does, and speak of no program as of a person."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import assert_none, place, python_files, syntax_tree

FOLDERS = ("letterhub", "tests", "bench")
OPENINGS = re.compile(r"\s*(What|Who|Whether|Where|How|Which|Whose|Whom|Why)\b")
PRONOUNS = re.compile(r"\b(she|hers?|herself|he|his|him|himself)\b", re.IGNORECASE)
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each docstring, also of those below constants and fields."""
    for node in ast.walk(syntax_tree(path)):
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
