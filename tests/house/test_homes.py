"""Rules about the one place of some code, and about forbidden words."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house.sources import all_nodes, assert_none, own_files, place, python_files, syntax_tree

LIBRARY_WORDS = {  # Flask-Security asks for its own vocabulary
    "letterhub/web/flask_security.py",
    "letterhub/web/flask_security_two_factor.py",
    "letterhub/models/accounts.py",
}
FORBIDDEN_WORDS = {"user", "users", "org", "orgs", "petition", "petitions", "doc", "docs"}
WHOLE_DATABASE = ("back_up", "restore_backup", "init_migrations", "migrate_to_newest", "delete_orphans")
"""Commands on the whole database or on the object store, past the session's transactions."""


@pytest.mark.parametrize(
    ("what", "home"),
    [
        (r"\.commit\(", "letterhub/infrastructure/db.py"),
        (r"\.rollback\(", "letterhub/infrastructure/db.py"),
        (r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.time\(", "letterhub/clock.py"),
        (r"\bos\.(environ|getenv)\b|\bimport environ\b", "letterhub/config.py"),
        (r"current_app\.extensions\[", "letterhub/infrastructure/object_store.py letterhub/infrastructure/signed_links.py"),
        (r"^\s*(import|from) smtplib\b", "letterhub/mail/smtp.py"),
        (
            r"\bunicodedata\.normalize\b|from unicodedata ",
            "letterhub/domain/unicode.py letterhub/web/passwords.py",
        ),
        (
            r"^\s*(import|from) weasyprint\b",
            (
                "letterhub/rendering/pdf/worker.py letterhub/rendering/pdf/typesetting/page_layout.py "
                "letterhub/rendering/pdf/typesetting/weasyprint_paragraphs.py "
                "letterhub/rendering/pdf/typesetting/paragraph_text.py"
            ),
        ),
    ],
    ids=["commit", "rollback", "now", "environ", "extensions", "smtplib", "normalize", "weasyprint"],
)
def test_what_reaches_outside_has_one_home(what: str, home: str) -> None:
    users = {place(path) for path in python_files() if _matches_code(path, what)}
    assert_none(sorted(users - set(home.split())), f"call a function of {home} instead; only that may use {what}")
    assert_none(sorted(set(home.split()) - users), f"this home no longer uses {what}: correct the table in this test")


def _matches_code(path: Path, what: str) -> bool:
    return bool(re.search(what, _code(path), re.MULTILINE))


@cache
def _code(path: Path) -> str:
    """Return the code of a file, without comments, docstrings and other strings."""
    return ast.unparse(_WithoutStrings().visit(ast.parse(path.read_text(encoding="utf-8"))))


class _WithoutStrings(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return ast.Tuple([part.value for part in node.values if isinstance(part, ast.FormattedValue)], ast.Load())


def test_nothing_is_imported_inside_a_function() -> None:
    functions = ((path, node) for path in own_files(".py") for node in all_nodes(path) if isinstance(node, ast.FunctionDef))
    inside = [
        (path, part) for path, node in functions for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom)
    ]
    assert_none(
        (place(path, part.lineno) for path, part in inside),
        "import at the top of the file; letterhub/rendering/subprocesses.py defers a heavy library",
    )


def test_nothing_is_named_by_a_word_that_is_not_ours() -> None:
    named = ((path, line, name) for path in python_files() if place(path) not in LIBRARY_WORDS for line, name in _names(path))
    wrong = [f"{place(path, line)}: {name}" for path, line, name in named if FORBIDDEN_WORDS & set(_words(name))]
    assert_none(wrong, "say staff or signer for user, organization for org, letter for petition, letter or file for doc")


def test_a_class_name_stands_for_one_thing() -> None:
    named = ((path, node) for path in python_files() for node in syntax_tree(path).body)
    classes = [(node.name, place(path)) for path, node in named if isinstance(node, ast.ClassDef)]
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for name, home in classes:
        homes[name].append(home)
    shared = [f"{name}: {', '.join(where)}" for name, where in homes.items() if len(where) > 1]
    assert_none(shared, "rename all but one of these classes")


def _names(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every name that a file defines: classes, functions, arguments, variables."""
    for node in all_nodes(path):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def _words(name: str) -> list[str]:
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).casefold()
    return plain.replace("user_facing", "facing").split("_")  # a user-facing error is the field's term


def test_queries_never_write() -> None:
    writing = re.compile(r"session\.(add|add_all|delete|merge|flush|bulk_\w+)\(|\b(insert|update|delete)\(|one_transaction")
    writers = [place(path) for path in python_files("letterhub/queries") if writing.search(_code(path))]
    assert_none(writers, "move what writes into letterhub/commands")


def test_a_command_never_calls_a_command() -> None:
    files = python_files("letterhub/commands")
    commands = {(path.stem, command.name) for path in files for command in _commands(path)}
    calls = (
        (path, node)
        for path in files
        for command in _commands(path)
        for node in ast.walk(command)
        if isinstance(node, ast.Call)
    )
    nested = [place(path, node.lineno) for path, node in calls if _calls_one_of(commands, node.func)]
    assert_none(nested, "move the shared steps into a function without @one_transaction, and call that from both commands")
    assert commands, "`_commands` in this test finds no command: correct it"


def test_public_functions_of_command_modules_are_commands() -> None:
    files = [path for path in python_files("letterhub/commands") if not path.name.startswith("_")]
    shared = [
        place(path, function.lineno)
        for path in files
        for function in syntax_tree(path).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        if function.name not in WHOLE_DATABASE and not _runs_a_transaction(function, path)
    ]
    assert_none(shared, "move a shared step into a private module of its feature (_name.py), and what only reads into queries")


def test_shared_steps_run_no_transaction_of_their_own() -> None:
    """Except the steps of render jobs, which end the attempt of a render job between the job's transactions."""
    steps = (
        path for path in python_files("letterhub/commands") if path.name.startswith("_") and path.name != "_render_jobs.py"
    )
    assert_none(
        [place(path, one.lineno) for path in steps for one in _commands(path)], "drop @one_transaction: its caller has it"
    )


def _runs_a_transaction(function: ast.FunctionDef, path: Path) -> bool:
    """Return whether a function is a transaction, or runs some of its module with slow work between them."""
    functions = {node.name: node for node in syntax_tree(path).body if isinstance(node, ast.FunctionDef)}
    commands, reached, new = {one.name for one in _commands(path)}, set[str](), {function.name}
    while new:
        reached |= new
        names = {getattr(node, "id", "") for name in new for node in ast.walk(functions[name])}
        new = (names & functions.keys()) - reached
    return bool(commands & reached)


def _commands(path: Path) -> Iterator[ast.FunctionDef]:
    for node in syntax_tree(path).body:
        if isinstance(node, ast.FunctionDef) and any(
            getattr(worn, "id", "") == "one_transaction" for worn in node.decorator_list
        ):
            yield node


def _calls_one_of(commands: set[tuple[str, str]], called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):  # module.command(…); a row's method may have a command's name
        return (getattr(called.value, "id", ""), called.attr) in commands
    return getattr(called, "id", "") in {name for _, name in commands}


def test_no_sentence_shouts() -> None:
    shouts = (
        (path, node)
        for path in python_files()
        for node in all_nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    loud = [place(path, node.lineno) for path, node in shouts if re.search(r"[a-z]!(\s|$)", node.value)]
    assert_none(loud, "end the sentence with a period")


def test_numbers_of_a_request_are_those_that_a_column_holds() -> None:
    any_number = re.compile(r"request\.(args|form)\.get(list)?\([^)]*\bint\)")
    unbounded = [place(path) for path in python_files("letterhub/web") if any_number.search(_code(path))]
    assert_none(unbounded, "write type=whole_number instead of int, which takes numbers that no column holds")
