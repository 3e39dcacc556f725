"""Substantive changes that are taken back, and typos that are corrected meanwhile: nobody waits, and nobody is lost."""

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
from letterhub.queries.changes.changes import changes_by_number
from tests.support import factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link
from tests.support.text_changes import (
    COALITION_SLUG,
    CONFIRM,
    KEEP,
    NEW_BODY,
    NEWER_BODY,
    TYPO,
    add_signatures,
    publish_body,
    publish_change,
    reconfirm_link,
    replies,
    settle,
    signature_states,
    undo_change,
)
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("S19")
DAY = dt.timedelta(days=1)
SURE = {"authorized": True}


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


def test_the_change_before_it_is_the_one_that_counts_again(
    visitor: Visitor, otto: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    signed = add_signatures(letter, 3)
    publish_change(letter, settings, CONFIRM)
    visitor.open(newest_link(settings, postbox, signed[0].email)).submit("Sign the new text", **SURE)
    clock.shift(4 * DAY)
    settle()
    publish_change(letter, settings, KEEP, body=NEWER_BODY)
    undo_change(letter)
    page = visitor.visit("letters.detail", slug=letter.slug).says("one has confirmed this one.")
    page.never_says("asked to confirm")
    here = {"coalition": COALITION_SLUG, "slug": letter.slug}
    otto.visit("change_replies.index", **here).says(
        "Version 2 keeps only those who confirm by", "The deadline has passed, and the list follows this rule.", "3 names."
    ).never_says("was taken back")
    late = reconfirm_link(signed[1])
    visitor.open(late).submit("Sign the new text", **SURE)  # late, and welcome
    otto.visit("change_replies.index", **here, state="confirmed").says("2 names.", "Alliance 02")
    table = otto.ask(f"/staff/{COALITION_SLUG}/letters/{letter.slug}/signatures/csv").get_data().decode()
    assert [line.count("not-confirmed") for line in table.splitlines()[1:]] == [0, 0, 1]


def test_who_did_not_object_to_the_change_before_is_still_said(
    visitor: Visitor, otto: Visitor, letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    add_signatures(letter, 2)
    publish_change(letter, settings, KEEP)
    clock.shift(4 * DAY)
    settle()
    publish_change(letter, settings, CONFIRM, body=NEWER_BODY)
    undo_change(letter)
    visitor.visit("letters.detail", slug=letter.slug).says("2 did not object to it.")
    otto.visit("signatures.index", coalition=COALITION_SLUG, slug=letter.slug).says("didn’t object to version 2")


def test_the_notice_that_it_replaced_runs_again_until_its_own_deadline(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    signed = add_signatures(letter, 3)
    publish_change(letter, settings, KEEP)
    visitor.open(newest_link(settings, postbox, signed[0].email)).submit("Sign the new text", **SURE)
    clock.shift(DAY)
    publish_change(letter, settings, CONFIRM, body=NEWER_BODY)
    undo_change(letter)
    assert signature_states(letter) == ["published", "outdated", "outdated"]
    visitor.open(newest_link(settings, postbox, signed[1].email)).says(
        "You signed version 1; this is version 2.", "If you object, take it off by Saturday, January 8, 2022"
    ).submit("Withdraw the signature", sure=True)
    clock.shift(3 * DAY)
    settle()
    assert signature_states(letter) == ["published", "withdrawn", "published"]
    counts = changes_by_number(letter.id)[2][1]
    assert (counts["confirmed"], counts["objected"], counts["not-objected"], counts["ended"]) == (1, 1, 1, 0)


def test_a_notice_whose_deadline_is_too_near_does_not_run_again(
    letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    add_signatures(letter, 1)
    publish_change(letter, settings, KEEP)
    clock.shift(2.8 * DAY)
    publish_change(letter, settings, CONFIRM, body=NEWER_BODY)
    undo_change(letter)
    clock.shift(4 * DAY)
    assert (settle(), signature_states(letter)) == (0, ["outdated"])


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
