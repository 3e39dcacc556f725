"""Things that wait under a letter, in their order."""

import datetime as dt
from dataclasses import replace

import pytest

from letterhub.domain.letters.next_step import LetterProgress
from letterhub.domain.letters.opening_rules import Requirement
from letterhub.domain.progress.waiting import WaitingFacts, WaitingKind, waiting_items
from letterhub.domain.states import LetterState

NOW = dt.datetime(2022, 1, 5, 17, 0, tzinfo=dt.UTC)
HOURS = dt.timedelta(hours=1)


def facts(state: LetterState, *, review: int = 0, published: int = 0, editions: int = 0, **more: object) -> WaitingFacts:
    deadline_at = more.pop("deadline_at", None)
    progress = LetterProgress(state, deadline_at, review, published, editions)  # type: ignore[arg-type]
    return WaitingFacts(progress, **more)  # type: ignore[arg-type]


OPEN = facts(LetterState.OPEN, published=5, deadline_at=NOW + 200 * HOURS)
MAIL = {"bounced": 2, "due_reminders": 3, "outdated_count": 1, "pending_count": 4}


@pytest.mark.parametrize(
    ("given", "kinds", "first"),
    [
        (facts(LetterState.DRAFT, missing=[Requirement("placeholder", "")]), ["text"], "Still needs a known placeholder."),
        (facts(LetterState.DRAFT), ["opening"], "Ready to open for signatures."),
        (facts(LetterState.DRAFT, opening_error="No text."), ["opening", "opening"],
         "The letter did not open at its hour: No text."),
        (facts(LetterState.DRAFT, **MAIL), ["opening"], "Ready to open for signatures."),
        (OPEN, [], ""),
        (replace(OPEN, failed_mail=1, **MAIL), ["failed-mail", "bounces", "reminders", "outdated", "unconfirmed"],
         "1 email could not be sent. Correct its address, or send it again."),
        (facts(LetterState.DELIVERED, editions=1, failed_mail=2), ["failed-mail"],
         "2 emails could not be sent. Correct their addresses, or send them again."),
        (replace(OPEN, **MAIL), ["bounces", "reminders", "outdated", "unconfirmed"],
         "2 invitations could not be delivered. Correct their addresses, or call."),
        (facts(LetterState.OPEN, review=2, **MAIL), ["review", "bounces", "reminders", "outdated", "unconfirmed"],
         "2 names wait for review."),
        (facts(LetterState.OPEN, review=1, deadline_at=NOW - HOURS), ["review"],
         "1 name waits for review; the deadline has passed."),
        (facts(LetterState.OPEN, deadline_at=NOW - HOURS, **MAIL), ["deadline", "outdated", "unconfirmed"],
         "The deadline has passed. Close the letter, or extend the deadline."),
        (replace(OPEN, awaited_count=3, replies_until=NOW, outdated_count=1), ["change", "outdated"],
         "3 signatories have not replied to the change of the text."),
        (facts(LetterState.CLOSED, published=3, awaited_count=1, replies_until=NOW + HOURS), ["edition", "change"],
         "Freeze an edition to deliver."),
        (replace(OPEN, awaited_count=3, replies_until=NOW - HOURS), [], ""),
        (facts(LetterState.OPEN, deadline_at=NOW + 72 * HOURS), ["deadline"],
         "The deadline is near. Extend it now if you need more time."),
        (facts(LetterState.OPEN, deadline_at=NOW + 73 * HOURS), [], ""),
        (facts(LetterState.CLOSED, published=3), ["edition"], "Freeze an edition to deliver."),
        (facts(LetterState.CLOSED, published=3, editions=1), ["edition"], "Hand over the edition, then record its delivery."),
        (facts(LetterState.CLOSED, published=3, review=1, **MAIL), ["review", "outdated", "unconfirmed"],
         "1 name waits for review."),
        (facts(LetterState.DELIVERED, published=3, editions=1, pending_count=3), [], ""),
        (facts(LetterState.DELIVERED, review=1, editions=1), ["review"], "1 name waits for review."),
        (facts(LetterState.WITHDRAWN, review=1, **MAIL), [], ""),
    ],
)  # fmt: skip
def test_the_most_urgent_comes_first(given: WaitingFacts, kinds: list[str], first: str) -> None:
    items = waiting_items(given, NOW)
    assert [item.kind for item in items] == kinds
    assert (items[0].sentence if items else "") == first


def test_it_says_since_when_the_oldest_waits() -> None:
    given = facts(LetterState.OPEN, review=2, pending_count=1, oldest_in_review=NOW - 5 * HOURS, oldest_pending=NOW - 9 * HOURS)
    assert {item.kind: item.since for item in waiting_items(given, NOW)} == {
        WaitingKind.REVIEW: NOW - 5 * HOURS, WaitingKind.UNCONFIRMED: NOW - 9 * HOURS,
    }  # fmt: skip


def test_it_says_when_outcomes_were_counted_that_are_not_of_now() -> None:
    given = replace(OPEN, bounced=1, due_reminders=1, failed_mail=1, outcomes_at=NOW - HOURS / 60)
    assert [item.counted_at for item in waiting_items(given, NOW)] == [None, NOW - HOURS / 60, NOW - HOURS / 60]
    assert [item.counted_at for item in waiting_items(replace(given, outcomes_at=NOW), NOW)] == [None] * 3
