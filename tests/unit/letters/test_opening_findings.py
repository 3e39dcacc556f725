"""Findings on a draft before it opens, and the changes that mend them."""

import datetime as dt
from dataclasses import replace

import pytest

from letterhub.domain.letters.letter_document import Addressee, LetterText
from letterhub.domain.letters.opening_findings import Finding, find_mend, schedule_findings, text_findings
from tests.support import factories

TODAY = dt.date(2022, 1, 5)
NOON = dt.datetime(2022, 1, 5, 12, tzinfo=dt.UTC)
DATED = replace(factories.TEXT, date=TODAY)


def found(text: LetterText, *, both_kinds: bool = False) -> list[tuple[str, str]]:
    """Return field and first words of each finding."""
    return [(one.field, " ".join(one.sentence.split()[:4])) for one in text_findings(text, TODAY, both_kinds=both_kinds)]


SPANISH = (
    "Escribimos en nombre de las organizaciones que firman esta carta para pedir que el agua de los ríos de la región se cuide "
    "como un bien de todos, y que no se venda a una empresa que la ensucia por años."
)
FOUND = [
    (DATED, []),
    (replace(DATED, date=None), [("date", "No date is set:")]),
    (replace(DATED, date=None, date_words="Spring 2022"), []),
    (replace(DATED, date=TODAY - dt.timedelta(days=1)), [("date", "The date that the")]),
    (replace(DATED, date=TODAY - dt.timedelta(days=1), date_words="January 2022"), []),
    (replace(DATED, salutation="Dear [NAME]:"), [("salutation", "“[NAME]” looks like a")]),
    (replace(DATED, addressees=(Addressee("Mayor", ("[ADDRESS]",)),)), [("addressees", "“[ADDRESS]” looks like a")]),
    (replace(DATED, body="It was on [DATE]."), [("body", "“[DATE]” looks like a")]),
    (replace(DATED, body="As the 152 signatories, we ask."), [("body", "“152 signatories” won’t update")]),
    (replace(DATED, body=SPANISH), [("language", "The text reads like")]),
    (replace(DATED, body=SPANISH, language="es-MX"), []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_what_authors_should_look_at_is_found_and_blocks_nothing(text: LetterText, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected
    assert not any(one.blocks for one in text_findings(text, TODAY, both_kinds=False))


@pytest.mark.parametrize(
    ("opens_at", "deadline_at", "error", "expected"),
    [
        (NOON, None, "", ""),
        (NOON, NOON + dt.timedelta(days=1), "", ""),
        (NOON, NOON, "", "The deadline is before the time at which the letter is to open."),
        (NOON, NOON, "Add a closing.", "The letter didn’t open at the time you chose: Add a closing."),
    ],
)
def test_a_scheduled_opening_that_cannot_be_is_found(
    opens_at: dt.datetime, deadline_at: dt.datetime | None, error: str, expected: str
) -> None:
    assert schedule_findings(opens_at, deadline_at, error) == ((Finding("opens_date", expected),) if expected else ())


MENDED = [
    # what stands in the text, the passage, how the text reads afterward (None: only an author knows)
    ("As the 152 signatories, we ask.", "152", "As the {{count}} signatories, we ask."),
    ("We, the **147**\nundersigned groups, ask.", "147", "We, the **{{count}}**\nundersigned groups, ask."),
    ("The 147, undersigned groups ask.", "147", "The {{count}}, undersigned groups ask."),
    ("It costs $147. As the 147 signatories, we ask.", "147", "It costs $147. As the {{count}} signatories, we ask."),
    ("The Forty-Seven undersigned groups ask.", "Forty-Seven", "The {{count_in_words}} undersigned groups ask."),
    ("One hundred and two signatories ask.", "One hundred and two", "{{count_in_words}} signatories ask."),
    ("We, 1,204 national, state, and local groups, ask.", "1,204", "We, {{count}} national, state, and local groups, ask."),
    ("The 15 signatories are 15 signatories.", "15", "The {{count}} signatories are {{count}} signatories."),
    ("We, the [INSERT COUNT] undersigned, ask.", "[INSERT COUNT]", "We, the {{count}} undersigned, ask."),
    (r"We, the \[XX\] undersigned, ask.", "[XX]", "We, the {{count}} undersigned, ask."),
    ("We, [insert number of groups], ask.", "[insert number of groups]", "We, {{count}}, ask."),
    ("XX national groups met on January XX.", "XX", "{{count}} national groups met on January XX."),
    ("It was on [DATE] that it rained.", "[DATE]", None),
    ("It rained on January XX.", "January XX", None),
    ("It rained [add citation]. And more.", "[add citation]", "It rained. And more."),
    ("It [TBD: how] rained.", "[TBD: how]", "It rained."),
    ("One.\n\n[DATE]\n\nTwo.", "[DATE]", "One.\n\nTwo."),
    ("One.\n\n- a\n- [TBD]\n- b\n\nTwo.", "[TBD]", "One.\n\n- a\n- b\n\nTwo."),
    ("One.\n\n- a\n- [TBD]\n\nTwo.", "[TBD]", "One.\n\n- a\n\nTwo."),
    ("## [TITLE]\n\nOne.", "[TITLE]", "One."),
    ("See [link](https://river.example), not [link].", "[link]", None),
    (f"[insert {'a chart and ' * 6}more]", f"[insert {'a chart and ' * 6}"[:60], None),  # its end is not known
]  # fmt: skip


@pytest.mark.parametrize(("body", "passage", "expected"), MENDED)
def test_a_change_is_offered_where_it_is_certain_and_then_the_remark_is_gone(
    body: str, passage: str, expected: str | None
) -> None:
    mend = find_mend(replace(DATED, body=body), passage, both_kinds=False)
    assert (mend.body if mend else None) == expected
    if mend:
        assert (mend.replacement or "…") in f"{mend.excerpt}…"
        assert find_mend(replace(DATED, body=mend.body), passage, both_kinds=False) is None


@pytest.mark.parametrize(
    ("body", "passage", "replacement"),
    [
        ("We, the 147 undersigned organizations, ask.", "147", "{{organizations}}"),
        ("As the 147 signatories, we ask.", "147", "{{count}}"),
        ("We are XX groups.", "XX", "{{organizations}}"),
        ("We, the [COUNT] undersigned, ask.", "[COUNT]", "{{count}}"),
    ],
)
def test_where_individuals_sign_too_organizations_are_counted_apart(body: str, passage: str, replacement: str) -> None:
    mend = find_mend(replace(DATED, body=body), passage, both_kinds=True)
    assert mend is not None
    assert mend.replacement == replacement


def test_an_excerpt_is_short_and_on_one_line() -> None:
    body = f"{'Rivers run. ' * 40}\nAs the 152 signatories,\nwe ask. {'Rivers run. ' * 40}"
    mend = find_mend(replace(DATED, body=body), "152", both_kinds=False)
    assert mend is not None
    assert mend.excerpt == "…run. Rivers run. Rivers run. As the {{count}} signatories, we ask. Rivers run.…"
