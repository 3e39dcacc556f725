"""A signed link opens only its own purpose, and only until it expires."""

import datetime as dt

import pytest
import time_machine

from letterhub.infrastructure.signed_links import LIFETIMES, ExpiredLink, InvalidLink, LinkSigner, Purpose

pytestmark = pytest.mark.shows("S7")
OLD, NEW = "old-key-" * 6, "new-key-" * 6
SIGNER = LinkSigner((OLD,))


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_gives_its_subject_back(purpose: Purpose) -> None:
    assert SIGNER.open(purpose, SIGNER.token(purpose, 12, 3)).subject == (12, 3)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_opens_no_page_of_another_purpose(purpose: Purpose) -> None:
    for other in set(Purpose) - {purpose}:
        with pytest.raises(InvalidLink):
            SIGNER.open(other, SIGNER.token(purpose, 12))


def test_a_changed_cut_or_invented_link_is_broken() -> None:
    token = SIGNER.token(Purpose.CONFIRM, 12)
    for wrong in (token[:-1], token[1:], "x" + token, "", "a.b.c", LinkSigner((NEW,)).token(Purpose.CONFIRM, 12)):
        with pytest.raises(InvalidLink):
            SIGNER.open(Purpose.CONFIRM, wrong)


def test_an_old_link_still_says_what_it_was_for() -> None:
    with time_machine.travel(dt.datetime(2022, 1, 1, tzinfo=dt.UTC), tick=False) as clock:
        token = SIGNER.token(Purpose.CONFIRM, 12, 3)
        clock.shift(LIFETIMES[Purpose.CONFIRM])
        assert SIGNER.open(Purpose.CONFIRM, token).subject == (12, 3)
        clock.shift(dt.timedelta(seconds=2))
        with pytest.raises(ExpiredLink) as late:
            SIGNER.open(Purpose.CONFIRM, token)
        assert late.value.opened.subject == (12, 3)


def test_a_fallback_key_keeps_old_links_alive_and_new_ones_take_the_new_key() -> None:
    both = LinkSigner((NEW, OLD))
    assert both.open(Purpose.CONFIRM, SIGNER.token(Purpose.CONFIRM, 12)).subject == (12,)
    assert LinkSigner((NEW,)).open(Purpose.CONFIRM, both.token(Purpose.CONFIRM, 12)).subject == (12,)


def test_a_token_carries_a_signature_of_at_least_128_bits() -> None:
    signature = SIGNER.token(Purpose.CONFIRM, 12).rpartition(".")[2]
    assert len(signature) * 6 >= 256


STARTED = dt.datetime(2022, 1, 5, 17, 0, 0, 123_456, tzinfo=dt.UTC)
LATER = STARTED + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("created_at", "made_at", "since", "meant"),
    [
        (STARTED, LATER, STARTED, True),
        (STARTED, LATER, LATER, False),
        (STARTED, LATER, STARTED + dt.timedelta(microseconds=1), False),
        (LATER, STARTED, LATER, True),  # the clock went back
        (None, LATER, STARTED, True),  # links without a creation time are older than anything made after a restore
        (None, STARTED, LATER, False),
        (None, STARTED, STARTED + dt.timedelta(minutes=4), True),
    ],
)
def test_a_link_opens_what_was_there_when_it_was_made(
    created_at: dt.datetime | None, made_at: dt.datetime, since: dt.datetime, meant: bool
) -> None:
    with time_machine.travel(made_at.replace(microsecond=0), tick=False):
        opened = SIGNER.open(Purpose.MANAGE, SIGNER.token(Purpose.MANAGE, 12, since=created_at))
    assert (opened.subject, opened.valid_since) == ((12,), created_at)
    if meant:
        opened.check_same_row(since)
    else:
        with pytest.raises(InvalidLink, match="no longer works"):
            opened.check_same_row(since)
