"""Archived letters: they leave the working list, and stay public."""

import datetime as dt
from dataclasses import replace

import pytest

from letterhub.clock import now
from letterhub.commands.archive.archived_letters import archive_letter
from letterhub.commands.letters.lifecycle import reopen_letter
from letterhub.domain.states import LetterState, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter
from tests.support import cast, factories
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"


def letters_of(visitor: Visitor, **query: str) -> Page:
    """Open the dashboard."""
    return visitor.visit("dashboard.index", coalition=HOME, **query)


def test_an_archived_letter_leaves_the_working_list_and_stays_public(otto: Visitor) -> None:
    letter = factories.closed_letter()
    letters_of(otto).says("Clean rivers for everyone").never_says("Working list")
    settings = otto.visit("signing_settings.edit", coalition=HOME, slug=letter.slug)
    page = settings.submit("Archive this letter").says("“Clean rivers for everyone” is archived.")
    page.says("No letters to work on. All others are archived.")
    page = page.follow("Archived 1").says("Archived letters", "Clean rivers for everyone")
    otto.open(f"/letters/{letter.slug}").says("Clean rivers for everyone")
    otto.open(f"/c/{HOME}").says("Clean rivers for everyone")
    page = otto.visit("signing_settings.edit", coalition=HOME, slug=letter.slug)
    page.submit("Return to the list of letters").says("back in the list of letters").never_says("This letter is archived")
    letters_of(otto).says("Clean rivers for everyone")
    letters_of(otto, show="archived").says("No archived letters.")
    otto.visit("audit_log.letter", coalition=HOME, slug=letter.slug).says(
        "Otto Organizer archived the letter.", "Otto Organizer returned the letter to the working list."
    )


def test_archived_letters_are_searched_and_their_waiting_names_are_not_counted(otto: Visitor) -> None:
    letter = factories.closed_letter()
    archive_letter(letter.id, actor="staff-1", at=now())
    letters_of(otto, show="archived", q="rivers").says("Clean rivers for everyone").submit("Search", q="x").says(
        "No letter has “x” in its title."
    )
    letters_of(otto, q="rivers").says("No letter has “rivers” in its title.")


def test_names_that_come_in_after_their_letter_was_archived_are_counted(otto: Visitor) -> None:
    letter = factories.closed_letter()
    factories.signature(letter, replace(cast.CLARA, organization="Before"), SignatureState.CONFIRMED)
    archive_letter(letter.id, actor="staff-1", at=now())
    letters_of(otto).never_says("waits for review")
    late = factories.signature(letter, replace(cast.CLARA, organization="Late Alliance", website=""), SignatureState.CONFIRMED)
    late.confirmed_at = now() + dt.timedelta(minutes=1)
    db.session.commit()
    page = letters_of(otto).says("1 name waits for review")
    page.follow("1 of them came in after its letter was archived.").says("Archived letters", "Clean rivers for everyone")


@pytest.mark.parametrize("state", LetterState)
def test_letters_at_work_are_not_archived(otto: Visitor, state: LetterState) -> None:
    letter = factories.open_letter()
    letter.state, letter.closed_at, letter.delivered_at, letter.withdrawn_at = state, now(), now(), now()
    db.session.commit()
    may = state in (LetterState.CLOSED, LetterState.DELIVERED, LetterState.WITHDRAWN)
    page = otto.visit("signing_settings.edit", coalition=HOME, slug=letter.slug)
    assert ("Archive this letter" in page.text) is may
    archived = page.submit("Archive this letter") if may else None
    assert (archived is not None) is (db.session.query(Letter.archived_at).scalar() is not None)


def test_a_letter_that_is_reopened_is_back_at_work(otto: Visitor) -> None:
    letter = factories.closed_letter()
    archive_letter(letter.id, actor="staff-1", at=now())
    reopen_letter(letter.id, actor="staff-1", at=now())
    letters_of(otto).says("Clean rivers for everyone")
