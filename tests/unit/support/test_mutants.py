"""Mutants: one changed expression each, never of decorators, annotations, messages or formatted strings."""

from pathlib import Path

import pytest

from tests.mutation.mutants import mutants


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("return a < b", ["(a <= b)"]),
        ("return a is None and b", ["(a is None or b)", "(a is not None)"]),
        ("return not a", ["(a)"]),
        ("return a + b", ["(a - b)"]),
        ("return a + 'x'", []),
        ("return a if b else ''", ["('' if b else a)", "('changed')"]),
        ("if a:\n        return 1", ["(not a)", "(2)"]),
        ("a.append(b)", ["pass"]),
        ("log.warning('%s', a is b)", []),
        ("time.sleep(1)", []),
        ("lock_directory(a)", []),
        ("os.close(a)", []),
        ("return rows.limit(1).with_for_update(skip_locked=True)", []),
        ("return get(a, with_for_update=True)", []),
        ("return f'{a < b}'", []),
        ("raise ValueError(a < b)", []),
        ("return True", ["(False)"]),
    ],
)
def test_each_expression_is_changed_in_one_way(code: str, after: list[str], tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_text(f"@worn(1)\ndef function(a: Literal[1], b):\n    {code}\n", encoding="utf-8")
    found = list(mutants(file))
    assert [one.after for one in found] == after
    for one in found:
        compile(one.source, "code.py", "exec")
        assert one.source.replace(one.after, one.before, 1) == file.read_text(encoding="utf-8")


def test_defaults_of_fields_and_arguments_are_changed(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_text(
        "LIMIT = 1\n\n\nclass Facts:\n    count: int = 0\n\n    def shown(self, short=False): ...\n", encoding="utf-8"
    )
    assert [(str(one.before), one.after) for one in mutants(file)] == [("0", "(1)"), ("False", "(True)")]
