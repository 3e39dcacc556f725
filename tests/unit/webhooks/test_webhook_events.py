"""Events that follow from what one transaction did."""

from typing import TypeAlias

import pytest

from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import LetterState, SignatureState
from letterhub.domain.webhooks.events import letter_events, signature_events

S: TypeAlias = SignatureState
L: TypeAlias = LetterState


@pytest.mark.parametrize(
    ("before", "after", "is_confirmed_anew", "events"),
    [
        (S.PENDING, S.CONFIRMED, True, ["signature.confirmed"]),
        (S.PENDING, S.PUBLISHED, True, ["signature.confirmed", "signature.published"]),
        (S.EXPIRED, S.CONFIRMED, True, ["signature.confirmed"]),
        (None, S.CONFIRMED, True, ["signature.confirmed"]),
        (S.OUTDATED, S.PUBLISHED, True, ["signature.confirmed", "signature.published"]),
        (S.OUTDATED, S.CONFIRMED, False, []),
        (S.OUTDATED, S.PUBLISHED, False, ["signature.published"]),
        (S.CONFIRMED, S.PUBLISHED, False, ["signature.published"]),
        (S.PUBLISHED, S.PUBLISHED, False, []),
        (S.PUBLISHED, S.CONFIRMED, False, ["signature.unpublished"]),
        (S.PUBLISHED, S.DECLINED, False, ["signature.unpublished"]),
        (S.PUBLISHED, S.OUTDATED, False, ["signature.unpublished"]),
        (S.PUBLISHED, S.WITHDRAWN, False, ["signature.withdrawn"]),
        (S.CONFIRMED, S.WITHDRAWN, False, ["signature.withdrawn"]),
        (S.OUTDATED, S.WITHDRAWN, False, ["signature.withdrawn"]),
        (S.PENDING, S.WITHDRAWN, False, []),
        (S.DECLINED, S.WITHDRAWN, False, []),
        (S.PENDING, S.DECLINED, False, []),
        (S.PENDING, S.EXPIRED, False, []),
        (S.CONFIRMED, S.DECLINED, False, []),
        (S.DECLINED, S.CONFIRMED, False, []),
    ],
)
def test_events_of_a_signature(before: S | None, after: S, is_confirmed_anew: bool, events: list[str]) -> None:
    assert list(signature_events(before, after, Source.FORM, is_confirmed_anew=is_confirmed_anew)) == events


def test_names_that_staff_added_are_published_but_not_confirmed() -> None:
    assert signature_events(None, S.CONFIRMED, Source.IMPORT, is_confirmed_anew=True) == ()
    assert list(signature_events(S.CONFIRMED, S.PUBLISHED, Source.IMPORT, is_confirmed_anew=False)) == ["signature.published"]


@pytest.mark.parametrize(
    ("before", "after", "was_open", "is_open", "events"),
    [
        (L.DRAFT, L.OPEN, False, True, ["letter.opened"]),
        (L.CLOSED, L.OPEN, False, True, ["letter.opened"]),
        (L.DELIVERED, L.OPEN, False, True, ["letter.opened"]),
        (L.OPEN, L.OPEN, False, True, ["letter.opened"]),  # a later deadline
        (L.OPEN, L.OPEN, True, True, []),
        (L.OPEN, L.OPEN, True, False, ["letter.closed"]),  # an earlier deadline
        (L.OPEN, L.CLOSED, True, False, ["letter.closed"]),
        (L.OPEN, L.DELIVERED, True, False, ["letter.closed"]),
        (L.OPEN, L.CLOSED, False, False, []),  # told when the deadline passed
        (L.CLOSED, L.DELIVERED, False, False, []),
        (L.OPEN, L.WITHDRAWN, True, False, ["letter.withdrawn"]),
        (L.DELIVERED, L.WITHDRAWN, False, False, ["letter.withdrawn"]),
        (L.DRAFT, L.WITHDRAWN, False, False, []),
        (L.DRAFT, L.DRAFT, False, False, []),
    ],
)
def test_events_of_a_letter(before: L, after: L, was_open: bool, is_open: bool, events: list[str]) -> None:
    assert list(letter_events(before, after, was_open=was_open, is_open=is_open)) == events
