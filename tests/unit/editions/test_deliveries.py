"""Deliveries: the times that can be recorded, the version of errata that a form shows, and delays of emails to many."""

import datetime as dt
from collections.abc import Callable

import pytest

from letterhub.domain.editions.deliveries import (
    COPIES_PER_SECOND,
    UNDO_PERIOD,
    UNPACED_COPIES,
    CannotDeliver,
    DeliveryMethod,
    DeliveryRequest,
    bulk_mail_delay,
    can_be_undone,
    check_delivery_time,
    check_errata_version,
)
from letterhub.domain.editions.edition import Erratum, RemovalReason, errata_version

NOON = dt.datetime(2022, 1, 5, 17, tzinfo=dt.UTC)
SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
WITHDREW = Erratum("River Group", RemovalReason.WITHDREW, None)
TAKEN_OFF = Erratum("River Group", RemovalReason.TAKEN_OFF, None)


def refused_field(check: Callable[..., None], *values: object) -> str:
    """Return the form field for which a check refuses these values; "" if it accepts them."""
    try:
        check(*values)
    except CannotDeliver as refusal:
        return refusal.field
    return ""


@pytest.mark.parametrize(
    ("frozen", "delivered", "field"),
    [
        (NOON, NOON, ""),
        (NOON + 30 * SECOND, NOON, ""),  # a form has no seconds
        (NOON + 30 * SECOND, NOON - SECOND, "day"),
        (NOON, NOON - MINUTE, "day"),
        (NOON, NOON + 2 * MINUTE, ""),
        (NOON, NOON + 2 * MINUTE + SECOND, "day"),
    ],
)
def test_a_delivery_is_after_the_freeze_and_not_in_the_future(frozen: dt.datetime, delivered: dt.datetime, field: str) -> None:
    request = DeliveryRequest(("The President",), DeliveryMethod.HAND, delivered, "America/New_York")
    assert refused_field(check_delivery_time, request, frozen, NOON + 2 * MINUTE) == field


@pytest.mark.parametrize(
    ("undone", "at", "possible"),
    [
        (None, NOON + UNDO_PERIOD, True),
        (None, NOON + UNDO_PERIOD + SECOND, False),
        (NOON + MINUTE, NOON + MINUTE, False),
    ],
)
def test_a_recent_delivery_is_undone_once(undone: dt.datetime | None, at: dt.datetime, possible: bool) -> None:
    assert can_be_undone(NOON, undone, at) is possible


@pytest.mark.parametrize("text_changed", [False, True])
@pytest.mark.parametrize("errata", [[], [WITHDREW], [TAKEN_OFF], [WITHDREW, TAKEN_OFF]])
def test_errata_have_a_version_of_their_own_and_none_has_none(errata: list[Erratum], text_changed: bool) -> None:
    version = errata_version(errata, text_changed=text_changed)
    assert bool(version) is bool(errata or text_changed)
    others = {errata_version(one, text_changed=text_changed) for one in ([], [WITHDREW], [TAKEN_OFF]) if one != errata}
    assert version not in others | {errata_version(errata, text_changed=not text_changed)}


@pytest.mark.parametrize(
    ("displayed", "current", "refused"),
    [("", "", False), ("a", "", False), ("a", "a", False), ("", "a", True), ("b", "a", True)],
)
def test_only_displayed_errata_are_confirmed(displayed: str, current: str, refused: bool) -> None:
    assert refused_field(check_errata_version, displayed, current) == ("errata_version" if refused else "")


@pytest.mark.parametrize(
    ("position", "delay"),
    [
        (0, 0 * SECOND),
        (UNPACED_COPIES - 1, 0 * SECOND),
        (UNPACED_COPIES, SECOND / COPIES_PER_SECOND),
        (UNPACED_COPIES + 3, 4 * SECOND / COPIES_PER_SECOND),
    ],
)
def test_the_first_emails_of_many_leave_at_once_and_the_others_in_turn(position: int, delay: dt.timedelta) -> None:
    assert bulk_mail_delay(position, 1_000, size=1) == delay
