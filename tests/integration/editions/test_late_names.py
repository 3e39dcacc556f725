"""A delivered letter still takes names: they are for its next edition, and what was delivered never changes."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain.letters.letter_document import LetterDocument
from letterhub.domain.states import LetterMove, LetterState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Edition, Letter
from letterhub.queries.editions.frozen_documents import frozen_document
from tests.support import cast, editions, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, fill_in, newest_link, signatures
from tests.support.text_changes import COALITION_SLUG
from tests.support.visitor import Page, Visitor

BUTTON = "Take names for the next edition"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter that Hiro signed, delivered after its deadline."""
    letter = factories.open_letter()
    factories.signature(letter, cast.HIRO)
    letter.move(LetterMove.CLOSE, now())
    letter.deadline_at = now() - dt.timedelta(hours=1)
    db.session.commit()
    editions.deliver_edition(letter)
    return letter


def settings_page(otto: Visitor, letter: Letter) -> Page:
    return otto.visit("signing_settings.edit", coalition=COALITION_SLUG, slug=letter.slug)


def first_edition() -> LetterDocument:
    """Return edition 1 as it was frozen."""
    end_read_transaction()
    return frozen_document(db.session.query(Edition).filter_by(number=1).one().id)


def test_the_form_opens_under_it_and_the_next_edition_takes_the_name(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    before = first_edition()
    visitor.open(f"/letters/{letter.slug}").never_says("Sign for your organization")
    settings_page(otto, letter).submit(BUTTON, late_date="2022-01-20").says("Taking names for the next edition")
    page = visitor.open(f"/letters/{letter.slug}").says("Still taking names for the next edition until", "shown as delivered")
    page.follow("Sign for your organization").says("Your name is for its next edition; the delivered one doesn’t change.")
    fill_in(visitor, letter)
    page = visitor.open(newest_link(settings, postbox)).says("Your name is for its next edition")
    page.submit("Sign for our organization", authorized=True).says("Your signature is confirmed", "for its next edition")
    late = signatures()[-1]
    otto.visit("signatures.detail", coalition=COALITION_SLUG, slug=letter.slug, signature_id=late.id).submit("Publish")
    visitor.open(f"/letters/{letter.slug}").never_says("Example Alliance")
    assert first_edition() == before
    settings_page(otto, letter).submit("Stop taking names").says("Delivered", BUTTON)
    editions.deliver_edition(letter)
    visitor.open(f"/letters/{letter.slug}").says("Example Alliance", "edition 2")
    assert first_edition() == before
    assert "late names taken" in audit_actions()


def test_its_text_stays_as_it_was_delivered(otto: Visitor, letter: Letter) -> None:
    settings_page(otto, letter).submit(BUTTON)
    otto.visit("editor.edit", coalition=COALITION_SLUG, slug=letter.slug).says("so its text can no longer be changed")


def test_a_deadline_that_has_passed_is_refused_and_one_ends_it(
    otto: Visitor, visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    page = settings_page(otto, letter).submit(BUTTON, status=422, late_date="2022-01-01").says("This time has passed.")
    page.submit(BUTTON, late_date="2022-01-07")
    clock.shift(dt.timedelta(days=3))
    visitor.open(f"/letters/{letter.slug}").never_says("Still taking names", "Sign for your organization")
    settings_page(otto, letter).says("Deadline passed").submit("Stop taking names")
    db.session.expire_all()
    assert db.session.get_one(Letter, letter.id).state is LetterState.DELIVERED


def test_only_a_delivered_letter_takes_late_names(otto: Visitor, letter: Letter) -> None:
    page = settings_page(otto, letter)
    page.submit(BUTTON)
    page.submit(BUTTON).says("This letter is open, so that isn’t possible now.")


def test_once_its_addresses_are_erased_it_takes_no_more(otto: Visitor, letter: Letter, clock: time_machine.Traveller) -> None:
    clock.shift(dt.timedelta(days=400))
    otto.sign_in(cast.OTTO)
    settings_page(otto, letter).submit(BUTTON).says("It takes no more names.")
