"""Spoofed requests: forged Host and proxy headers, open redirects, cross-site forms."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from urllib.parse import quote, urljoin

import pytest
import time_machine
from flask import Flask, request
from werkzeug.routing import Rule

from letterhub.app import create_app
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import AuditEntry, Letter
from letterhub.web.access import Audience
from tests.integration.accounts.test_access import addresses, rules
from tests.integration.accounts.test_signing_in import ELSEWHERE, stays_on_site
from tests.integration.accounts.test_two_factor import code_of, set_up_second_factor
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE, DatabaseCopies
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Visitor

RIVERS = "coalition-for-clean-rivers"
LIES = {
    "X-Forwarded-Host": "evil.example", "Forwarded": "for=1.2.3.4;host=evil.example;proto=http", "X-Host": "evil.example",
    "X-Forwarded-Server": "evil.example", "X-Forwarded-Port": "8443", "X-Forwarded-Proto": "http",
    "X-Original-URL": "/evil", "X-Rewrite-URL": "/evil", "X-HTTP-Host-Override": "evil.example", "Origin": "https://evil.example",
}  # fmt: skip


@pytest.fixture
def database_url(sqlite_copies: DatabaseCopies) -> str:
    """SQLite database alone: it makes no difference here."""
    return sqlite_copies.fresh()


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter, with all of the cast on its staff."""
    for member in (cast.OLIVE, cast.OTTO, cast.SAM):
        factories.staff(member)
    return factories.open_letter()


@pytest.mark.shows("S8")
def test_s8_mails_to_staff_lead_to_this_site_whatever_a_request_claims(
    app: Flask, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    visitor = Visitor(app, SITE)
    page = visitor.open("/reset-password", headers=LIES)
    headers = LIES | {"Referer": f"{SITE}/reset-password"}
    visitor.ask("/reset-password", method="POST", data=_typed(page, email=cast.SAM.email), headers=headers)
    visitor.sign_in(cast.OLIVE)
    team = visitor.visit("team.index", coalition=RIVERS)
    typed = _typed(team, email="nadia@rivers.example", role="reviewer")
    visitor.ask(f"/staff/{RIVERS}/team", method="POST", data=typed, headers=LIES)
    send_due_mail(settings)
    for address, place in ((cast.SAM.email, "/reset-password/"), ("nadia@rivers.example", "/join/")):
        (mail,) = postbox.to(address)
        html = mail.message.get_body(("html",))
        assert html is not None
        for text in (mail.text, html.get_content()):
            assert f"{SITE}{place}" in text
            assert "evil" not in text


def _typed(page: object, **typed: str) -> dict[str, str]:
    """Return the data of a form: its hidden fields, and typed values."""
    fields = page.tree.iter("input")  # type: ignore[attr-defined]
    return {field.get("name", ""): field.get("value", "") for field in fields if field.get("type") == "hidden"} | typed


@pytest.mark.shows("S8")
@pytest.mark.parametrize("host", ["letters.example.org:8443", "letters.example.org:443"])
def test_s8_a_port_changes_no_address(visitor: Visitor, letter: Letter, host: str) -> None:
    html = visitor.ask(f"/letters/{letter.slug}", headers={"Host": host}).get_data(as_text=True)
    assert f'content="{SITE}/letters/{letter.slug}"' in html
    assert ":8443" not in html


HOSTS = (
    "", "evil.example", "127.0.0.1", "localhost", "letters.example.org.", "a.letters.example.org", "[::1]",
    "letters.example.org,evil.example", "letters.example.org evil.example", "letters.example.org/evil",
    r"letters.example.org\evil",
)  # fmt: skip


@pytest.mark.shows("S8")
def test_s8_another_host_is_answered_on_no_page(visitor: Visitor, letter: Letter) -> None:
    for address, host in product(("/", f"/letters/{letter.slug}", "/sign-in", "/no-such-page"), HOSTS):
        answer = visitor.ask(address, headers={"Host": host})
        assert answer.status_code == 400, (address, host)
        assert letter.slug not in answer.get_data(as_text=True)


@contextmanager
def site_behind_proxies(settings: Settings, proxies: int) -> Iterator[tuple[Flask, list[str | None]]]:
    """Return a site behind so many proxies, and the client addresses that it derives."""
    app, addresses = create_app(replace(settings, trusted_proxies=proxies)), []
    app.before_request(lambda: addresses.append(request.remote_addr))
    with app.app_context():
        yield app, addresses
        db.session.remove()


@pytest.mark.shows("S8")
@pytest.mark.parametrize(
    ("proxies", "taken"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7"), (3, "192.0.2.1"), (4, "127.0.0.1")]
)
def test_s8_a_visitor_is_who_the_proxies_that_are_trusted_say(settings: Settings, proxies: int, taken: str) -> None:
    with site_behind_proxies(settings, proxies) as (app, addresses):
        chain = "192.0.2.1, 198.51.100.7, 203.0.113.9"
        lies = {"X-Forwarded-For": chain, "X-Real-IP": "192.0.2.66", "Forwarded": "for=192.0.2.66"}
        Visitor(app, SITE).ask("/", headers=lies)
        assert addresses == [taken]


@pytest.mark.shows("S12")
def test_s12_after_the_second_step_and_a_repeated_password_one_stays_on_this_site(
    app: Flask, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    key, led = set_up_second_factor(visitor), {}
    for number, tried in enumerate(one for one in ELSEWHERE if "\0" not in one):
        clock.shift(dt.timedelta(minutes=1))
        one, there = Visitor(app, SITE), f"?next={quote(tried)}"
        page = one.open("/sign-in").submit("Sign in", email=cast.OLIVE.email, password=cast.OLIVE.password)
        answer = one.ask(f"/sign-in/code{there}", method="POST", data=_typed(page, code=code_of(key), next=tried))
        led["code", tried] = answer.headers["Location"]
        if number % 3 == 0:
            address = f"/account/confirm-password{there}"
            typed = _typed(one.open(address), password=cast.OLIVE.password) | {"next": tried}
            led["again", tried] = one.ask(address, method="POST", data=typed).headers.get("Location", "")
    assert {tried: address for tried, address in led.items() if not stays_on_site(urljoin("/sign-in/code", address))} == {}


@pytest.mark.shows("S12")
@pytest.mark.parametrize("tried", ["//[", "/\\[", "////[", "/\u200b/[", "//a\u2100b.example", "/" + "a" * 2000])
def test_s12_an_address_that_cannot_be_read_leads_nowhere_and_spends_no_code(
    app: Flask, visitor: Visitor, clock: time_machine.Traveller, tried: str
) -> None:
    key, there = set_up_second_factor(visitor), f"?next={quote(tried)}"
    page = visitor.open(f"/account/confirm-password{there}")
    assert page.submit("Continue", password=cast.OLIVE.password, next=tried).path == "/account"
    clock.shift(dt.timedelta(minutes=1))
    one = Visitor(app, SITE)
    page = one.open(f"/sign-in{there}").submit("Sign in", email=cast.OLIVE.email, password=cast.OLIVE.password, next=tried)
    typed = _typed(page, code=code_of(key), next=tried)
    assert one.open(f"/sign-in/code{there}", method="POST", data=typed).path == f"/staff/{RIVERS}/"


@pytest.mark.shows("S13")
def test_s13_no_post_is_taken_without_the_token_of_its_page(app: Flask, letter: Letter) -> None:
    visitor = Visitor(app, SITE)
    visitor.sign_in(cast.OLIVE)
    before = db.session.query(AuditEntry).count()
    taken, tries = {}, 0
    for rule in app.url_map.iter_rules():
        wrong = {400, 404} if _holds_secret(app, rule) else {400}
        if rule.rule == "/editions":
            wrong = {422}  # the page that compares a file with any edition has no cookie, and changes nothing
        if getattr(app.view_functions[rule.endpoint], "entry", None) is Audience.TOKEN:
            wrong = {401}  # programs send their own token, and no session counts for one
        for _, path in (one for one in addresses(app, rule, RIVERS, letter.slug) if one[0] == "POST"):
            tries += 1
            if (status := visitor.ask(path, method="POST").status_code) not in wrong:
                taken[path] = status
    assert taken == {}
    assert tries > 60
    end_read_transaction()
    assert db.session.query(AuditEntry).count() == before
    assert visitor.open("/account").path == "/account"


def _holds_secret(app: Flask, rule: Rule) -> bool:
    """Return whether the URL itself holds the form's secret: such pages set no cookie, and a wrong one is a 404."""
    return getattr(app.view_functions[rule.endpoint], "entry", None) is Audience.LINK_HOLDER or rule.rule.startswith(
        "/editions/"
    )


@pytest.mark.shows("S3", "S13")
def test_s13_every_answer_forbids_frames_and_all_that_is_not_our_own(app: Flask, letter: Letter) -> None:
    visitor = Visitor(app, SITE)
    visitor.sign_in(cast.OLIVE)
    urls = [one for rule in app.url_map.iter_rules() for one in addresses(app, rule, RIVERS, letter.slug)]
    for path in (*(path for method, path in urls if method == "GET"), "/no-such-page", "/letters/%00"):
        answer = visitor.ask(path)
        policy = answer.headers["Content-Security-Policy"]
        policies = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        assert [policies[one] for one in ("frame-ancestors", "default-src", "base-uri")] == ["'none'"] * 3, path
        assert "unsafe" not in policy, path
        assert (answer.headers["X-Frame-Options"], answer.headers["X-Content-Type-Options"]) == ("DENY", "nosniff"), path


@pytest.mark.shows("S13")
def test_s13_what_everyone_may_keep_sets_no_cookie_even_for_who_has_one(app: Flask, letter: Letter) -> None:
    known = Visitor(app, SITE)
    known.sign_in(cast.OLIVE)
    public = [rule for rule in rules(app) if app.view_functions[rule.endpoint].entry is Audience.EVERYONE]  # type: ignore[attr-defined]
    shared = 0
    for rule in public:
        for method, path in addresses(app, rule, RIVERS, letter.slug):
            for visitor in (known, Visitor(app, SITE)):
                answer = visitor.ask(path, method=method)
                if answer.cache_control.public:
                    shared += 1
                    assert "Set-Cookie" not in answer.headers, path
                    assert "Cookie" not in answer.headers.get("Vary", ""), path
    assert shared >= 4
