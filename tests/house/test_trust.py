"""Each line of trust has tests that show it, and docs/trust.md says which."""

from tests.trust import LINES, NOT_BUILT, PAGE, page, shown


def test_every_line_is_shown_by_a_test_or_said_not_to_be_built() -> None:
    tests = shown()
    assert [line for line in LINES if not tests[line] and line not in NOT_BUILT] == []
    assert [line for line in NOT_BUILT if tests[line]] == []


def test_the_page_of_trust_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: .venv/bin/python -m tests.trust"
