"""Changes of substance that are taken back, and typos that are corrected meanwhile: nobody waits, and nobody is lost."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.letters.lifecycle import withdraw_letter
from letterhub.config import Settings
from letterhub.domain.letters.revisions import CannotRevertChange
from letterhub.models import Letter
from letterhub.queries.audit.consistency import inconsistencies
from tests.support import factories
from tests.support.text_changes import (
    CONFIRM,
    KEEP,
    NEW_BODY,
    NEWER_BODY,
    TYPO,
    add_signatures,
    publish_body,
    publish_change,
    replies,
    settle,
    signature_states,
    undo_change,
)

pytestmark = pytest.mark.shows("S19")
DAY = dt.timedelta(days=1)


@pytest.fixture
def letter(app: Flask) -> Letter:
    """The open letter."""
    return factories.open_letter()


def test_a_change_is_not_taken_back_once_its_rule_was_applied(
    letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    add_signatures(letter, 1)
    publish_change(letter, settings, CONFIRM)
    clock.shift(4 * DAY)
    settle()
    with pytest.raises(CannotRevertChange, match="The deadline for replies has passed"):
        undo_change(letter)


def test_a_change_that_is_taken_back_waits_for_nobody(
    letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    add_signatures(letter, 2)
    publish_change(letter, settings, CONFIRM)
    undo_change(letter)
    clock.shift(4 * DAY)
    assert (settle(), replies(), signature_states(letter)) == (0, ["ended"] * 2, ["published"] * 2)


def test_a_typo_meanwhile_changes_nothing_about_it(letter: Letter, settings: Settings, clock: time_machine.Traveller) -> None:
    add_signatures(letter, 2)
    publish_change(letter, settings, KEEP)
    publish_body(letter, TYPO, NEW_BODY.replace("Clean", "CLEAN"))
    clock.shift(4 * DAY)
    settle()
    assert signature_states(letter) == ["published"] * 2


def test_whoever_stayed_by_silence_returns_when_a_later_change_is_taken_back(
    letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    add_signatures(letter, 2)
    publish_change(letter, settings, KEEP)
    clock.shift(4 * DAY)
    settle()
    publish_change(letter, settings, CONFIRM, body=NEWER_BODY)
    undo_change(letter)
    assert signature_states(letter) == ["published", "published"]
    assert list(inconsistencies()) == []


def test_silence_brings_nobody_back_to_a_letter_that_was_withdrawn(
    letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    add_signatures(letter, 2)
    publish_change(letter, settings, KEEP)
    withdraw_letter(letter.id, actor="staff-1", at=now())
    clock.shift(4 * DAY)
    settle()
    assert replies() == ["ended"] * 2
    assert "published" not in signature_states(letter)
