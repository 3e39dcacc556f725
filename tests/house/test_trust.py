"""Each trust guarantee has tests listed in docs/trust.md, and each command with an actor writes to the audit log (S20)."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.sources import all_nodes, assert_none, python_files
from tests.support.trust import GUARANTEES, NOT_BUILT, PAGE, guarantee_tests, render_page


def test_every_line_is_shown_by_a_test_or_said_not_to_be_built() -> None:
    tests = guarantee_tests()
    unshown = [line for line in GUARANTEES if not tests[line] and line not in NOT_BUILT]
    assert_none(
        unshown, 'wear `@pytest.mark.shows("…")` on a test that shows it, or name it in NOT_BUILT of tests/support/trust.py'
    )
    assert_none(
        [line for line in NOT_BUILT if tests[line]], "remove it from NOT_BUILT of tests/support/trust.py: a test shows it"
    )


def test_the_page_of_trust_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(), "run: .venv/bin/python -m tests.support.trust"


Function = tuple[str, str]  # its module, its name


def functions() -> dict[Function, ast.FunctionDef]:
    """Return every function of the commands and of the models, by module and name."""
    files = [*python_files("letterhub/commands"), *python_files("letterhub/models")]
    return {(path.stem, node.name): node for path in files for node in all_nodes(path) if isinstance(node, ast.FunctionDef)}


def audit_writers(known: dict[Function, ast.FunctionDef]) -> set[str]:
    """Return the names of functions that write to the audit log, directly or by a call."""
    found = {"append_audit_entry"}
    while more := {name for (_, name), node in known.items() if name not in found and found & set(called_names(node))}:
        found |= more
    return found


def called_names(node: ast.FunctionDef) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            yield getattr(part.func, "id", "") or getattr(part.func, "attr", "")


@pytest.mark.shows("S20")
def test_whatever_a_named_person_does_is_written_into_the_record() -> None:
    known = functions()
    telling = audit_writers(known)
    acts = {path.stem for path in python_files("letterhub/commands")}
    named = [one for one, node in known.items() if one[0] in acts and _has_actor(node) and not one[1].startswith("_")]
    unlogged = [f"{module}.{name}" for module, name in named if name not in telling]
    assert_none(unlogged, "call `append_audit_entry` in the command, so that the actor's action is in the audit log")
    assert len(named) > 20, "`_has_actor` in this test finds too few commands with an actor: correct it"


def _has_actor(node: ast.FunctionDef) -> bool:
    return "actor" in {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
