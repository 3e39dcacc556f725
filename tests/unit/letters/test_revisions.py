"""Kinds of changes to a signed text, the signatures that still count under each, and the time limit for undoing one."""

import datetime as dt

import pytest

from letterhub.domain.changes.replies import ChangeTerms, SilenceRule
from letterhub.domain.editions.diff import diff_texts
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.revisions import (
    CannotRevertChange,
    ChangeKind,
    ChangeNotDescribed,
    RevisionConflict,
    TextChange,
    check_change_description,
    check_revert,
    check_still_current,
    counts_from,
)
from letterhub.domain.signatures.consent import can_ask_again, check_days, stale_before
from letterhub.domain.states import LetterState

FIRST, UNSIGNED, TYPO = ChangeKind.FIRST, ChangeKind.UNSIGNED, ChangeKind.TYPO
SUBSTANCE, TAKEN_BACK = ChangeKind.SUBSTANCE, ChangeKind.REVERTED
NOW = dt.datetime(2022, 1, 31, tzinfo=dt.UTC)
TERMS = ChangeTerms(SilenceRule.KEEP, NOW, "UTC")


@pytest.mark.parametrize(
    ("kind", "reason", "field"),
    [
        (TYPO, "A slip.", ""),
        (SUBSTANCE, "x" * 500, ""),
        (TYPO, " ", "reason"),
        (SUBSTANCE, "x" * 501, "reason"),
        (FIRST, "A slip.", "kind"),
        (UNSIGNED, "A slip.", "kind"),
        (TAKEN_BACK, "A slip.", "kind"),
    ],
)
def test_a_change_of_a_signed_text_has_a_name_and_a_reason(kind: ChangeKind, reason: str, field: str) -> None:
    if not field:
        check_change_description(TextChange(kind, reason, TERMS))
        return
    with pytest.raises(ChangeNotDescribed) as refusal:
        check_change_description(TextChange(kind, reason, TERMS))
    assert refusal.value.field == field


def test_a_change_of_substance_says_what_silence_means() -> None:
    with pytest.raises(ChangeNotDescribed) as refusal:
        check_change_description(TextChange(SUBSTANCE, "The agency set a date."))
    assert refusal.value.field == "rule"


@pytest.mark.parametrize(("kind", "first"), [(TYPO, 2), (SUBSTANCE, 5), (UNSIGNED, 5), (TAKEN_BACK, 2)])
def test_signatures_count_from_where_the_text_last_meant_something_else(kind: ChangeKind, first: int) -> None:
    assert counts_from(kind, 5, 2) == first


@pytest.mark.parametrize(
    ("state", "kind", "held", "allowed"),
    [
        (LetterState.OPEN, SUBSTANCE, False, True),
        (LetterState.CLOSED, SUBSTANCE, False, True),
        (LetterState.OPEN, SUBSTANCE, True, False),
        (LetterState.DELIVERED, SUBSTANCE, False, False),
        (LetterState.WITHDRAWN, SUBSTANCE, False, False),
        (LetterState.OPEN, FIRST, False, False),
        (LetterState.OPEN, UNSIGNED, False, False),
    ],
)
def test_a_change_of_substance_is_taken_back_until_somebody_holds_it(
    state: LetterState, kind: ChangeKind, held: bool, allowed: bool
) -> None:
    if allowed:
        check_revert(state, kind, held)
        return
    with pytest.raises(CannotRevertChange):
        check_revert(state, kind, held)


def test_nobody_publishes_over_a_text_that_was_not_compared() -> None:
    check_still_current(3, 3)
    with pytest.raises(RevisionConflict):
        check_still_current(3, 4)


def days_ago(*days: int) -> list[dt.datetime]:
    return [NOW - dt.timedelta(days=one) for one in days]


@pytest.mark.parametrize(
    ("requested_at", "may"),
    [((), True), ((7,), True), ((6,), False), ((0,), False), ((30, 14), True), ((30, 2), False), ((40, 30, 20), False)],
)
def test_nobody_is_asked_twice_a_week_or_four_times(requested_at: tuple[int, ...], may: bool) -> None:
    assert can_ask_again(days_ago(*requested_at), NOW) is may


@pytest.mark.parametrize(("days", "makes_sense"), [(0, False), (1, True), (3650, True), (3651, False), (-1, False)])
def test_consent_is_old_after_a_number_of_days_that_makes_sense(days: int, makes_sense: bool) -> None:
    if makes_sense:
        check_days(days)
        assert stale_before(days, NOW) == NOW - dt.timedelta(days=days)
        return
    with pytest.raises(UserFacingError, match="Choose a number of days"):
        check_days(days)


@pytest.mark.parametrize(
    ("before", "after", "woven"),
    [
        ("Clean water now", "Clean water now", [("unchanged", "Clean water now")]),
        (
            "Clean water now",
            "Clean air now",
            [("unchanged", "Clean "), ("removed", "water "), ("added", "air "), ("unchanged", "now")],
        ),
        ("Water now", "Water", [("unchanged", "Water"), ("removed", "now")]),
        ("Water", "Water now", [("unchanged", "Water "), ("added", "now")]),
        ("Water", "Air", [("removed", "Water"), ("added", "Air")]),
        ("", "Air", [("added", "Air")]),
        ("Water", "", [("removed", "Water")]),
    ],
)
def test_two_versions_of_a_passage_are_woven_into_one(before: str, after: str, woven: list[tuple[str, str]]) -> None:
    (passage,) = diff_texts([before], [after])
    assert [(str(kind), text) for kind, text in passage.inline_diff] == woven
