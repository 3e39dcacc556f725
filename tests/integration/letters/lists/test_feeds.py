"""Atom feeds, the sitemap and the other files that programs look for."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from lxml import etree

from letterhub.clock import now
from letterhub.domain.states import LetterMove, LetterState, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Letter
from letterhub.paths import STATIC
from tests.support import editions, factories
from tests.support.cast import CLARA, HIRO
from tests.support.database_statements import record_statements
from tests.support.visitor import Visitor

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read_feed(visitor: Visitor, address: str) -> etree._Element:
    response = visitor.ask(address)
    assert (response.status_code, response.mimetype) == (200, "application/atom+xml")
    assert "s-maxage=1" in response.headers["Cache-Control"]
    feed = etree.fromstring(response.data)
    assert feed.findtext(f"{ATOM}id").endswith(address)
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == feed.findtext(f"{ATOM}id")
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        assert dt.datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    return feed


def titles(visitor: Visitor, address: str) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in read_feed(visitor, address).iter(f"{ATOM}entry")]


def test_a_feed_tells_of_openings_and_deliveries_newest_first(visitor: Visitor) -> None:
    factories.open_letter(replace(factories.TEXT, title="Open <b>&amp;</b> new"))
    delivered = factories.closed_letter()
    editions.deliver_edition(delivered)
    feed = read_feed(visitor, "/feed.atom")
    entries = {entry.findtext(f"{ATOM}summary"): entry for entry in feed.iter(f"{ATOM}entry")}
    of_delivery = entries[f"This letter was delivered to {delivered.delivered_to}."]
    assert of_delivery.find(f"{ATOM}link").get("href").endswith(f"/letters/{delivered.slug}")
    times = [entry.findtext(f"{ATOM}updated") for entry in feed.iter(f"{ATOM}entry")]
    assert times == sorted(times, reverse=True)
    assert sorted(titles(visitor, "/feed.atom")) == sorted([factories.TEXT.title] * 2 + ["Open <b>&amp;</b> new"])


def test_a_feed_names_the_language_of_its_sentences_and_of_each_title(visitor: Visitor) -> None:
    factories.open_letter(replace(factories.TEXT, language="es"))
    (entry,) = read_feed(visitor, "/feed.atom?lang=de").iter(f"{ATOM}entry")
    summary = entry.find(f"{ATOM}summary")
    assert summary.text.startswith("Dieser Brief")
    assert (entry.get(LANG), summary.get(LANG)) == ("es", "de")


@pytest.mark.parametrize("state", [LetterState.DRAFT, LetterState.WITHDRAWN])
def test_a_letter_that_is_not_public_is_in_no_feed_and_not_in_the_sitemap(visitor: Visitor, state: LetterState) -> None:
    letter = factories.open_letter(replace(factories.TEXT, title="Not public"))
    letter.state = state
    db.session.commit()
    assert titles(visitor, "/feed.atom") == []
    assert letter.slug not in visitor.ask("/sitemap.xml").text


def test_a_feed_of_a_coalition_has_its_letters_alone(visitor: Visitor) -> None:
    other = factories.coalition("Other Coalition")
    factories.open_letter(replace(factories.TEXT, title="Ours"))
    factories.open_letter(replace(factories.TEXT, title="Theirs"), of=other)
    assert titles(visitor, f"/c/{other.slug}/feed.atom") == ["Theirs"]
    assert visitor.ask("/c/no-such-coalition/feed.atom").status_code == 404


def test_a_feed_of_a_letter_has_published_names_and_no_more_of_them(visitor: Visitor) -> None:
    letter = factories.open_letter()
    factories.signature(letter, CLARA, state=SignatureState.PUBLISHED)
    factories.signature(letter, HIRO, state=SignatureState.CONFIRMED)
    assert titles(visitor, f"/letters/{letter.slug}/feed.atom") == [CLARA.organization]
    xml = visitor.ask(f"/letters/{letter.slug}/feed.atom").text
    assert not [word for word in (CLARA.name, CLARA.title, CLARA.email, HIRO.organization) if word in xml]


def test_a_delivered_letter_has_the_names_of_its_edition_and_a_withdrawn_one_none(
    visitor: Visitor, clock: time_machine.Traveller
) -> None:
    letter = factories.open_letter()
    name = factories.signature(letter, CLARA, state=SignatureState.PUBLISHED)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    edition = editions.freeze_edition(letter)
    clock.shift(dt.timedelta(hours=1))
    factories.signature(letter, HIRO, state=SignatureState.PUBLISHED)  # not in the edition, but before its delivery
    clock.shift(dt.timedelta(hours=1))
    editions.record_delivery(edition)
    name.set_line(replace(name.signatory, organization="Corrected since"))
    db.session.commit()
    assert titles(visitor, f"/letters/{letter.slug}/feed.atom") == [CLARA.organization]
    letter.state = LetterState.WITHDRAWN
    db.session.commit()
    assert titles(visitor, f"/letters/{letter.slug}/feed.atom") == []


def test_pages_name_their_feeds(visitor: Visitor) -> None:
    letter = factories.open_letter()
    coalition = db.session.get_one(Coalition, letter.coalition_id)
    for page in ("/", f"/c/{coalition.slug}", f"/letters/{letter.slug}"):
        tree = visitor.open(page).tree
        feed = next(link.get("href") for link in tree.iter("link") if link.get("type") == "application/atom+xml")
        read_feed(visitor, feed)


def test_the_sitemap_has_the_pages_that_anyone_may_find(visitor: Visitor) -> None:
    letter = factories.open_letter()
    coalition = db.session.get_one(Coalition, letter.coalition_id)
    factories.coalition("Nothing public yet")
    sitemap = etree.fromstring(visitor.ask("/sitemap.xml").data)
    addresses = [element.text for element in sitemap.iter("{*}loc")]
    assert [address.partition("//")[2].partition("/")[2] for address in addresses] == [
        "", "editions", "help", "privacy", "accessibility", f"c/{coalition.slug}", f"letters/{letter.slug}",
    ]  # fmt: skip
    robots = visitor.ask("/robots.txt").text
    assert f"Sitemap: {addresses[0]}sitemap.xml" in robots
    assert "Disallow: /staff/" in robots


def test_feeds_and_sitemap_ask_few_things(visitor: Visitor) -> None:
    letters = [factories.open_letter(replace(factories.TEXT, title=f"Letter {number}")) for number in range(3)]
    for address, most in (("/feed.atom", 2), (f"/letters/{letters[0].slug}/feed.atom", 3), ("/sitemap.xml", 2)):
        with record_statements() as statements:
            visitor.ask(address)
        assert len(statements) <= most, statements


def test_security_txt_names_the_mailbox_that_the_operator_gave(app: Flask, visitor: Visitor) -> None:
    assert visitor.ask("/.well-known/security.txt").status_code == 404
    site = app.extensions["settings"]
    app.extensions["settings"] = replace(site, security_email="safety@example.org")
    try:
        lines = visitor.ask("/.well-known/security.txt").text.splitlines()
    finally:
        app.extensions["settings"] = site
    assert lines[0] == "Contact: mailto:safety@example.org"
    assert now() < dt.datetime.fromisoformat(lines[1].removeprefix("Expires: ")) < now() + dt.timedelta(days=365)


def test_browsers_that_look_for_an_icon_find_one(visitor: Visitor) -> None:
    assert visitor.ask("/favicon.ico").data.startswith(b"\0\0\1\0")


def test_pages_name_the_manifest_whose_icon_and_colors_are_the_sites(visitor: Visitor) -> None:
    response = visitor.ask(visitor.open("/").tree.find(".//link[@rel='manifest']").get("href"))
    assert response.mimetype == "application/manifest+json"
    manifest = response.json
    assert visitor.ask(manifest["icons"][0]["src"]).mimetype == manifest["icons"][0]["type"]
    assert f"--ground: {manifest['theme_color']};" in (STATIC / "css" / "tokens.css").read_text()
    assert "manifest-src 'self'" in response.headers["Content-Security-Policy"]


def test_a_letter_that_nobody_has_signed_has_an_empty_feed(visitor: Visitor) -> None:
    letter: Letter = factories.open_letter()
    assert titles(visitor, f"/letters/{letter.slug}/feed.atom") == []
