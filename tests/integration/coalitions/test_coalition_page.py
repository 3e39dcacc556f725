"""A coalition's public page: its letters by state, and its address, which an owner can change."""

import datetime as dt
import re
from dataclasses import replace

import pytest

from letterhub.clock import now
from letterhub.commands.accounts.staff import change_slug, found_coalition
from letterhub.domain.accounts.roles import CoalitionExists
from letterhub.domain.states import LetterMove, LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, FormerSlug
from tests.support import cast, factories
from tests.support.editions import deliver_edition
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
PAGE = f"/c/{HOME}"


def letter_titled(title: str, state: LetterState, of: Coalition | None = None) -> None:
    """Save a letter of this title in a state."""
    letter = factories.open_letter(replace(factories.TEXT, title=title), of)
    letter.state, letter.closed_at = state, now() if state is LetterState.CLOSED else None
    letter.delivered_at = now() if state is LetterState.DELIVERED else None
    db.session.commit()


def test_the_page_lists_open_closed_and_delivered_letters_of_its_coalition_alone(visitor: Visitor) -> None:
    factories.coalition(contact_email="hello@example.org", accent="#7a1f2b")
    for state in LetterState:
        letter_titled(f"Letter that is {state}", state)
    letter_titled("Of somebody else", LetterState.OPEN, factories.coalition("Other Alliance"))
    page = visitor.open(PAGE).says("Open for signatures 1", "Closed, not delivered yet 1", "Delivered 1")
    page.says("12 River Street", "hello@example.org")
    page.never_says("Letter that is draft", "Letter that is withdrawn", "Of somebody else")
    assert "/accents/7a1f2b.css" in page.html
    assert page.response.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=1")
    assert "Set-Cookie" not in page.response.headers
    page.follow("Letter that is delivered").follow("Coalition for Clean Rivers").says("Letter that is open")
    visitor.open("/c/nobody", status=404)


@pytest.mark.shows("S29")
def test_a_coalition_without_public_letters_is_not_revealed(visitor: Visitor, olive: Visitor) -> None:
    home = factories.draft().coalition_id
    change_slug(home, "clean-rivers", actor="operator", at=now())
    unknown = visitor.open("/c/nobody", status=404)
    for slug in (HOME, "clean-rivers"):
        assert visitor.open(f"/c/{slug}", status=404).text == unknown.text
    branding = olive.visit("branding.edit", coalition="clean-rivers")
    branding.says("Once your first letter opens, your open, closed and delivered letters are listed at")
    factories.open_letter(replace(factories.TEXT, title="Withdrawn"), db.session.get_one(Coalition, home)).move(
        LetterMove.WITHDRAW, now()
    )
    db.session.commit()
    visitor.open("/c/clean-rivers").says("No letters can be signed or read here now.")
    olive.visit("branding.edit", coalition="clean-rivers").says("Your open, closed and delivered letters are listed at")


def test_a_former_address_of_another_coalition_is_never_taken_from_it(olive: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    other = factories.coalition("Older Alliance")
    change_slug(other.id, "other-alliance", actor="operator", at=now())
    monkeypatch.setattr("letterhub.commands.accounts.staff.check_slug", lambda *_: None)  # it left in between
    change_slug(factories.coalition().id, "older-alliance", actor="operator", at=now())
    former = {row.slug: row.coalition_id for row in db.session.query(FormerSlug)}
    assert former["older-alliance"] == other.id


def test_a_delivered_letter_counts_the_names_of_its_edition(visitor: Visitor) -> None:
    letter = factories.closed_letter()
    deliver_edition(letter)
    letter.move(LetterMove.TAKE_LATE_NAMES, now())
    letter.deadline_at = now() - dt.timedelta(minutes=1)
    db.session.commit()
    factories.signature(letter, cast.Signer("Late Alliance", "https://late.example", "Lena Late", "Chair", "lena@late.example"))
    visitor.open(PAGE).says("2 signatories", "delivered to")


def test_long_lists_are_searched_by_title_and_paged(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("letterhub.queries.letters.public_lists.PAGE_SIZE", 2)
    monkeypatch.setattr("letterhub.web.public.letters.coalition.PAGE_SIZE", 2)
    for title in ("Ponds", "Lakes", "Wells"):
        letter_titled(title, LetterState.OPEN)
    page = visitor.open(PAGE).says("Open for signatures 3", "Page 1")
    page.follow("Next").says("Page 2", "Ponds").never_says("Wells")
    page.submit("Search", q="LAKE").says("Lakes", "Open for signatures 1").never_says("Ponds", "Page 1")
    visitor.open(f"{PAGE}?q=desert").says("No letter has “desert” in its title.")
    visitor.open(f"{PAGE}?page=99").says("Page 2")


def test_an_owner_changes_the_address_and_former_ones_lead_to_it(visitor: Visitor, olive: Visitor) -> None:
    factories.open_letter()
    page = olive.visit("branding.edit", coalition=HOME).says("Public page", f"/c/{HOME}")
    page = page.submit("Change the web address", slug="clean-rivers").says("The former address leads to the new one.")
    assert page.path == "/staff/clean-rivers/branding"
    answer = visitor.ask(f"{PAGE}?page=1")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/c/clean-rivers")
    olive.open(f"/staff/{HOME}/?q=rivers&coalition=x").says("Clean rivers for everyone")
    olive.visit("audit_log.coalition", coalition="clean-rivers").says("changed the web address of the coalition’s pages.")
    olive.visit("branding.edit", coalition="clean-rivers").submit("Change the web address", slug=HOME)  # and back
    assert visitor.ask("/c/clean-rivers").headers["Location"] == PAGE
    visitor.open(PAGE).says("Clean rivers for everyone")


def test_a_form_that_was_open_while_the_address_changed_is_sent_on(otto: Visitor, olive: Visitor) -> None:
    token = re.findall('name="csrf_token" value="([^"]+)"', otto.visit("branding.edit", coalition=HOME).html)[0]
    olive.visit("branding.edit", coalition=HOME).submit("Change the web address", slug="clean-rivers")
    answer = otto.ask(f"/staff/{HOME}/branding?x=1", method="POST", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (308, "/staff/clean-rivers/branding?x=1")


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("", "Use lowercase letters"),
        ("new", "Use lowercase letters"),
        ("Clean Rivers", "Use lowercase letters"),
        ("other-alliance", "There is already a coalition at the address other-alliance."),
        ("older-alliance", "There is already a coalition at the address older-alliance."),
    ],
)
def test_an_address_that_is_malformed_reserved_or_taken_is_refused(olive: Visitor, slug: str, sentence: str) -> None:
    other = factories.coalition("Older Alliance")
    change_slug(other.id, "other-alliance", actor="operator", at=now())
    page = olive.visit("branding.edit", coalition=HOME).submit("Change the web address", status=422, slug=slug)
    page.says(sentence)
    with pytest.raises(CoalitionExists):
        found_coalition("Older Alliance", "", now())


@pytest.mark.shows("S16")
def test_only_owners_change_the_address_and_strangers_learn_nothing_from_a_former_one(otto: Visitor) -> None:
    other = factories.coalition("Other Alliance")
    change_slug(other.id, "renamed", actor="operator", at=now())
    otto.visit("branding.edit", coalition=HOME).says("An owner of the team can change").never_says("Change the web address")
    otto.open(f"/staff/{HOME}/branding/address", method="POST", status=400)
    for slug in ("other-alliance", "renamed"):
        otto.open(f"/staff/{slug}/", status=404)
