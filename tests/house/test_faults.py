"""docs/faults.md and the tests that inject each fault: all that it names exist, and all tests of these files are named."""

import ast
import re

from letterhub.paths import ROOT
from tests.house.sources import assert_none

TESTS = ROOT / "tests" / "integration"


def test_the_table_of_faults_names_all_tests_of_its_files() -> None:
    named = set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")))
    files = {file for file, _ in named}
    assert_none([file for file in sorted(files) if not any(TESTS.rglob(file))], "docs/faults.md: correct the name of the file")
    there = {
        (file, node.name)
        for file in files
        for node in ast.parse(next(TESTS.rglob(file)).read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    assert_none(sorted(named - there), "docs/faults.md: remove the test, or correct its name")
    assert_none(sorted(there - named), "docs/faults.md: name the test beside the others of its file")
