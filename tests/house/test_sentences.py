"""No sentence adds a period to a name itself: “Otters, Inc.” has one. Use `gettext` or `ended`."""

import ast
import re

from tests.house.sources import all_nodes, assert_none, own_files, place, python_files

NAMES = re.compile(r"(?:^|[._])(?:name|organization|title|coalition|signed_as|called|signer_name|recipient)$")
FOR_OPERATORS = (
    "/cli/",
    "/intake/",
    "operations/restore.py",
    "operations/backup.py",
    "object_store.py",
    "commands/accounts/staff.py",
)
NAME_THEN_PERIOD = re.compile(
    r"\{\{[^{}|]*(?:name|organization|title|coalition|recipient)\s*\}\}(?:</\w+>|[”’\"])*\.(?:\s|<|$)"
)
TRANSLATED = re.compile(r"\{%-?\s*trans\b.*?\{%-?\s*endtrans", re.DOTALL)
REMEDY = "use gettext with the name as a value, or `ended(name)`"


def test_no_period_follows_a_name_in_a_formatted_string() -> None:
    found = [
        place(path, node.lineno)
        for path in python_files()
        if not any(part in path.as_posix() for part in FOR_OPERATORS)
        for node in all_nodes(path)
        if isinstance(node, ast.JoinedStr)
        for value, after in zip(node.values, node.values[1:], strict=False)
        if isinstance(value, ast.FormattedValue) and NAMES.search(ast.unparse(value.value))
        if isinstance(after, ast.Constant) and re.match(r"[”’\"]*\.(?:\s|$)", str(after.value))
    ]
    assert_none(found, REMEDY)


def test_no_period_follows_a_name_in_a_template() -> None:
    texts = {place(path): TRANSLATED.sub("", path.read_text(encoding="utf-8")) for path in own_files(".html", ".txt")}
    texts = {name: text for name, text in texts.items() if "/references/" not in name}  # stored fields are no template's
    assert_none((name for name, text in texts.items() if NAME_THEN_PERIOD.search(text)), REMEDY)
