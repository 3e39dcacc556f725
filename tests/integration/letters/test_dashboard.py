"""A coalition's dashboard: its letters with their counts, and the next steps."""

import datetime as dt
from dataclasses import replace

import pytest
from flask import Flask
from time_machine import Traveller

from letterhub.clock import now
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from tests.support import cast, factories
from tests.support.database_statements import record_statements
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"


@pytest.fixture
def otto(visitor: Visitor) -> Visitor:
    """An organizer, signed in."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    return visitor


def desk(by: Visitor, **query: str) -> Page:
    return by.visit("dashboard.index", coalition=HOME, **query)


def signer(number: int) -> cast.Signer:
    return replace(cast.CLARA, organization=f"Alliance {number}", email=f"clara@alliance{number}.example", website="")


def test_an_empty_desk_says_what_comes_next(otto: Visitor) -> None:
    page = desk(otto).says("No letters yet.")
    assert page.follow("Write a letter").heading == "Write a letter"


def test_each_letter_tells_how_it_stands(otto: Visitor, clock: Traveller) -> None:
    letter = factories.open_letter()
    for number, state in enumerate(
        [SignatureState.PUBLISHED, SignatureState.CONFIRMED, SignatureState.CONFIRMED, SignatureState.PENDING]
    ):
        factories.signature(letter, signer(number), SignatureState(state))
    factories.draft(LetterText(title="A draft", body="Text."))
    clock.shift(dt.timedelta(hours=2))
    page = desk(otto).says("2 names wait for review.", "Friday, January 7, 2022, 12:00 p.m. Eastern", "2 hours ago")
    page.says("A draft Still needs an addressee, a salutation and a closing. Draft 0 0 None")
    clock.shift(dt.timedelta(days=3))
    desk(otto).says("2 names wait for review; the deadline has passed.", "Deadline passed")


def test_a_letter_is_found_by_a_part_of_its_title(otto: Visitor) -> None:
    for title in ("Clean rivers", "Quiet skies", "100% clean_air", "Énergie pour tous"):
        factories.draft(LetterText(title=title, body=""))
    desk(otto, q="RIVERS").says("Clean rivers").never_says("Quiet skies")
    desk(otto, q="0% clean_").says("100% clean_air").never_says("Clean rivers")
    for written in ("Énergie", "énergie", "ÉNERGIE POUR"):
        desk(otto, q=written).says("Énergie pour tous")
    desk(otto, q="%").never_says("Quiet skies")
    desk(otto, q="nothing like it").says("No letter has “nothing like it” in its title.")


def test_many_letters_come_in_pages(otto: Visitor) -> None:
    for number in range(27):
        factories.draft(LetterText(title=f"Letter number {number}", body=""))
    page = desk(otto).says("Page 1 of 2", "Letter number 26").never_says("Letter number 1<")
    page.follow("Next").says("Page 2 of 2", "Letter number 0", "Letter number 1").never_says("Letter number 26")
    desk(otto, page="99").says("Page 2 of 2")
    desk(otto, page="-3").says("Page 1 of 2")


def test_a_desk_asks_as_much_of_the_database_for_twenty_letters_as_for_two(otto: Visitor) -> None:
    def fill(count: int) -> int:
        for number in range(count):
            letter = factories.open_letter(replace(factories.TEXT, title=f"Letter {number} of {count}"))
            factories.signature(letter, signer(number), SignatureState.CONFIRMED)
        with record_statements() as statements:
            desk(otto)
        return len(statements)

    assert fill(2) == fill(18)


def test_another_coalitions_letters_are_not_here(otto: Visitor) -> None:
    factories.draft(LetterText(title="A quiet secret", body=""), of=factories.coalition(cast.OTHER_COALITION))
    desk(otto).never_says("A quiet secret")
    otto.visit("dashboard.index", coalition="quiet-skies-network", status=404)


def test_a_reviewer_finds_no_way_to_write(visitor: Visitor) -> None:
    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    desk(visitor).never_says("Write a letter")
    visitor.visit("dashboard.new_letter", coalition=HOME, status=403)


def test_whoever_works_at_one_desk_is_led_there(otto: Visitor) -> None:
    assert otto.open("/staff/").path == f"/staff/{HOME}/"


def test_whoever_works_at_several_desks_or_none_is_told(visitor: Visitor, app: Flask) -> None:
    factories.staff(cast.OTTO)
    membership = db.session.query(factories.Membership).one()
    other = factories.coalition(cast.OTHER_COALITION)
    second = factories.Membership(
        staff_id=membership.staff_id, coalition_id=other.id, role=membership.role, invited_at=now(), joined_at=now()
    )
    factories.save(second)
    visitor.sign_in(cast.OTTO)
    page = visitor.open("/staff/").says(cast.COALITION, cast.OTHER_COALITION)
    assert page.follow(cast.OTHER_COALITION).path == "/staff/quiet-skies-network/"
    db.session.query(factories.Membership).delete()
    db.session.commit()
    visitor.open("/staff/").says("You’re not on any coalition’s staff.")
