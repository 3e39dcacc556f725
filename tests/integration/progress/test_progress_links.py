"""Progress page behind a secret link: numbers alone, for whoever has the link, until it ends."""

import datetime as dt
from collections.abc import Mapping

import pytest
from flask import Flask
from time_machine import Traveller

from letterhub.clock import now
from letterhub.domain.letters.letter_document import LetterText, SignatoryOrder
from letterhub.domain.links.secret_links import LinkKind
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Letter, Partner, SecretLink
from tests.support import cast, factories
from tests.support.signing_steps import audit_actions
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.shows("S7")
HOME = "coalition-for-clean-rivers"
BROWSER = {"Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with a name."""
    letter = factories.open_letter(deadline_at=now() + dt.timedelta(days=30))
    factories.signature(letter, cast.CLARA)
    return letter


def links_page(by: Visitor, letter: Letter) -> Page:
    return by.visit("secret_links.index", coalition=HOME, slug=letter.slug, kind="progress")


def make_link(by: Visitor, letter: Letter, label: str = "Board", lifetime: str = "quarter") -> str:
    """Make a link as staff; return its path."""
    page = links_page(by, letter).submit("Make a link", label=label, lifetime=lifetime)
    addresses = [anchor.get("href", "") for anchor in page.tree.iter("a")]
    (address,) = [address for address in addresses if "/progress/" in address]
    return address.partition("letters.example.org")[2]


def stored_link() -> SecretLink:
    end_read_transaction()
    return db.session.query(SecretLink).one()


def test_a_link_opens_numbers_and_names_nobody(otto: Visitor, visitor: Visitor, letter: Letter) -> None:
    factories.save(Partner(letter_id=letter.id, name="Ada Partner", source="ada", created_at=now()))
    path = make_link(otto, letter)
    page = visitor.open(path).says("1 signature", "Clean rivers for everyone", "Eastern", "National", "Directly")
    page.never_says("Clara", cast.CLARA.organization, "alliance.example", "Ada Partner", "Illinois", "Board", "noon@")
    headers = visitor.ask(path).headers
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "Set-Cookie" not in headers
    assert "noindex" in page.html


def test_states_are_shown_where_the_letter_prints_locations(otto: Visitor, visitor: Visitor) -> None:
    text = LetterText(title="Clean air", body="Text", order=SignatoryOrder.LOCATION)
    letter = factories.open_letter(text)
    factories.signature(letter, cast.CLARA)
    visitor.open(make_link(otto, letter)).says("By state", "Illinois")


def test_only_the_hash_is_stored_and_the_link_is_shown_once(otto: Visitor, letter: Letter) -> None:
    token = make_link(otto, letter).rpartition("/")[2]
    link = stored_link()
    assert len(token) >= 43
    assert (link.label, len(link.token_hash)) == ("Board", 64)
    assert token not in str([getattr(link, column.key) for column in SecretLink.__table__.columns])
    links_page(otto, letter).says("Board", "Never").never_says(token)


def test_visits_of_browsers_are_counted(otto: Visitor, visitor: Visitor, letter: Letter) -> None:
    path = make_link(otto, letter)
    for headers in (BROWSER, {}, BROWSER):
        visitor.open(path, headers=headers)
    visitor.ask(path, method="HEAD", headers=BROWSER)
    links_page(otto, letter).says("2 Wednesday, January 5, 2022, 12:00 p.m. Eastern")


@pytest.mark.parametrize(("lifetime", "days"), [("month", 30), ("quarter", 90), ("year", 365), ("until-revoked", None)])
def test_a_link_ends_when_staff_chose(
    otto: Visitor, visitor: Visitor, letter: Letter, clock: Traveller, lifetime: str, days: int | None
) -> None:
    path, made_at = make_link(otto, letter, lifetime=lifetime), now()
    clock.move_to(made_at + dt.timedelta(days=days or 4_000) - dt.timedelta(seconds=1))
    visitor.open(path)
    if days:
        clock.shift(dt.timedelta(seconds=1))
        visitor.open(path, status=404)


def test_a_revoked_link_opens_nothing_and_both_acts_are_logged(otto: Visitor, visitor: Visitor, letter: Letter) -> None:
    path = make_link(otto, letter)
    page = links_page(otto, letter).submit("Revoke the link of Board")
    page.says("The link no longer works.", "Revoked January 5, 2022").never_says("Revoke the link of Board")
    visitor.open(path, status=404, headers=BROWSER)
    assert stored_link().use_count == 0
    assert {"progress link created", "progress link revoked"} <= set(audit_actions())
    otto.visit("audit_log.letter", coalition=HOME, slug=letter.slug).says("created a link to the progress page.")


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "a" * 4_000])
def test_another_word_opens_nothing(visitor: Visitor, letter: Letter, token: str) -> None:
    assert visitor.ask(f"/progress/{token}").status_code in (400, 404)


def test_before_a_letter_opens_its_page_tells_nothing(otto: Visitor, visitor: Visitor) -> None:
    draft = factories.draft(deadline_at=None)
    visitor.open(make_link(otto, draft)).says("The letter isn’t open yet.").never_says(draft.slug, "Clean rivers")


def test_a_letter_has_twenty_links_at_most(otto: Visitor, letter: Letter) -> None:
    facts = {"letter_id": letter.id, "kind": LinkKind.PROGRESS, "created_at": now(), "use_count": 0}
    rows = [SecretLink(label="Board", token_hash=str(number), **facts) for number in range(20)]
    rows += [SecretLink(label="Old", token_hash="old", revoked_at=now(), **facts)]
    db.session.add_all(rows)
    db.session.commit()
    page = links_page(otto, letter).submit("Make a link", status=422, label="Leads")
    page.says("20 links work already. Revoke one that nobody needs.")


@pytest.mark.parametrize("entered", [{"label": " "}, {"label": "a" * 121}])
def test_a_bad_entry_gets_a_sentence(otto: Visitor, letter: Letter, entered: Mapping[str, str]) -> None:
    links_page(otto, letter).submit("Make a link", status=422, **entered)
    assert db.session.query(SecretLink).count() == 0


def test_a_reviewer_makes_no_links(sam: Visitor, letter: Letter) -> None:
    sam.visit("overview.detail", coalition=HOME, slug=letter.slug).never_says("Share the progress")
    sam.visit("secret_links.index", coalition=HOME, slug=letter.slug, kind="progress", status=403)
