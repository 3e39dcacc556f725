"""Consistency: no page contradicts another, or another part of itself, about a letter's state."""

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.models import Letter
from tests.support import cast, editions, factories
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
LETTER_VALUES = {"coalition": HOME, "slug": "clean-rivers-for-everyone"}


@pytest.fixture
def otto(app: Flask) -> Visitor:
    """An organizer, signed in."""
    factories.staff(cast.OTTO)
    visitor = Visitor(app, SITE)
    visitor.sign_in(cast.OTTO)
    return visitor


def delivered(*moves: LetterMove) -> Letter:
    """Return a delivered letter with a name still in the queue."""
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    factories.signature(letter, cast.HIRO, SignatureState.CONFIRMED)
    for move in moves:
        letter.move(move, now())
    return factories.save(letter)  # type: ignore[no-any-return]


def classes(page: Page, link: str) -> str | None:
    """Return the CSS classes of a link."""
    return next(one.get("class") for one in page.tree.iter("a") if "".join(one.itertext()) == link)


def test_the_desk_counts_every_name_that_its_table_tells_of(otto: Visitor) -> None:
    delivered(LetterMove.CLOSE, LetterMove.DELIVER)
    page = otto.visit("dashboard.index", coalition=HOME).says("1 name waits for review.", "Delivered 1 1")
    page.never_says("No names are waiting for review.")
    otto.visit("review.index", **LETTER_VALUES).says("1 name waits for review.")


def test_nothing_waits_under_a_letter_that_was_withdrawn(otto: Visitor) -> None:
    delivered(LetterMove.WITHDRAW)
    otto.visit("dashboard.index", coalition=HOME).says("No names are waiting for review.", "Withdrawn 1 –")


def test_a_queue_that_nobody_ever_came_to_thanks_nobody(otto: Visitor) -> None:
    letter = factories.draft()
    otto.visit("review.index", **LETTER_VALUES).says("The letter is not open yet, so nobody has signed it.").never_says(
        "Thank you"
    )
    letter = factories.open_letter(factories.replace(factories.TEXT, title="Quiet rivers"))
    page = otto.visit("review.index", coalition=HOME, slug=letter.slug)
    page.says("No names are waiting for review.", "0 names are published.").never_says("Thank you")


def test_invitations_of_a_coalitions_first_letter_speak_of_no_other(otto: Visitor) -> None:
    first = factories.open_letter()
    otto.visit("invitations.index", **LETTER_VALUES).says(
        "Once organizations have signed another of your letters, you can invite them here."
    )
    factories.signature(first, cast.CLARA)
    second = factories.open_letter(factories.replace(factories.TEXT, title="Quiet rivers"))
    factories.signature(second, cast.CLARA)
    otto.visit("invitations.index", **LETTER_VALUES).says("Every organization that signed your other letters is on this one")


def test_an_edition_of_an_open_letter_says_why_it_is_not_delivered(otto: Visitor) -> None:
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    editions.freeze_edition(letter)
    page = otto.visit("editions.index", **LETTER_VALUES).never_says("Email edition 1")
    page = page.says("To deliver an edition, close it first").follow("Close the letter")
    page.submit("Close the letter")
    otto.visit("editions.index", **LETTER_VALUES).says("Email edition 1").never_says("The letter is still open")


def test_only_the_newest_edition_offers_itself_for_delivery(otto: Visitor) -> None:
    letter = factories.closed_letter()
    editions.freeze_edition(letter)
    assert classes(otto.visit("editions.index", **LETTER_VALUES), "Email edition 1") == "button button-small"
    editions.freeze_edition(letter)
    page = otto.visit("editions.index", **LETTER_VALUES)
    assert (classes(page, "Email edition 2"), classes(page, "Email edition 1")) == ("button button-small", None)
    editions.deliver_edition(letter)
    page = otto.visit("editions.index", **LETTER_VALUES)
    assert [classes(page, f"Email edition {number}") for number in (3, 2, 1)] == [
        "button button-small button-second", None, None,
    ]  # fmt: skip
    page.follow("Email edition 1").says("Edition 3 is newer.")
