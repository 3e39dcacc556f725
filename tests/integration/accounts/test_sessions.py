"""Sessions end on the server, change with a role, use TLS alone; a public site requires a second factor."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.accounts.sessions import purge_sessions
from letterhub.commands.accounts.two_factor import disable_two_factor_by_email
from letterhub.config import Settings
from letterhub.domain.accounts.roles import Role
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import AuditEntry, LoginSession, Membership, Staff
from tests.integration.accounts.test_two_factor import code_of, with_class
from tests.support import factories
from tests.support.cast import OLIVE, OTTO, STRANGER
from tests.support.html_checks import text_of
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor
from tests.unit.operations.test_config import read

pytestmark = pytest.mark.shows("S14")
COOKIE = "__Host-letterhub"
RIVERS = "coalition-for-clean-rivers"


def cookie_of(visitor: Visitor) -> str:
    """Return the session cookie, as a thief could copy it from the browser's disk."""
    found = visitor.client.get_cookie(COOKIE, domain="letters.example.org")
    assert found is not None
    return found.value


def thief(app: Flask, cookie: str) -> Visitor:
    """Someone with a copied cookie."""
    visitor = Visitor(app, SITE)
    visitor.client.set_cookie(COOKIE, cookie, domain="letters.example.org", secure=True)
    return visitor


def keys() -> set[str]:
    end_read_transaction()
    return {row.key_hash for row in db.session.query(LoginSession)}


def membership(of: str) -> int:
    return db.session.query(Membership.id).join(Staff).filter(Staff.email == of).scalar()


@pytest.fixture
def olive(app: Flask, otto: Visitor) -> Visitor:
    """Olive, an owner, signed in."""
    factories.staff(OLIVE)
    visitor = Visitor(app, SITE)
    visitor.sign_in(OLIVE)
    return visitor


def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(app: Flask, otto: Visitor) -> None:
    copied = cookie_of(otto)
    assert thief(app, copied).open("/account").path == "/account"
    otto.open("/account").submit("Sign out")
    assert thief(app, copied).open("/account").path == "/sign-in"
    assert keys() == set()


def test_signing_in_gives_another_session_and_other_tokens_than_before(app: Flask) -> None:
    factories.staff(OTTO)
    visitor = Visitor(app, SITE)
    page = visitor.open("/sign-in?next=/account")
    planted = cookie_of(visitor)
    page.submit("Sign in", email=OTTO.email, password=OTTO.password)
    assert cookie_of(visitor) != planted
    assert thief(app, planted).open("/account").path == "/sign-in"
    page.submit("Sign in", status=400, email=OTTO.email, password=OTTO.password)  # with the token from before
    first = keys()
    visitor.open("/account").submit("Sign out")
    visitor.sign_in(OTTO)
    assert len(keys() | first) == 2


def test_only_a_hash_of_the_key_is_kept(otto: Visitor, app: Flask) -> None:
    with otto.client.session_transaction(base_url=SITE) as session:
        key = session["sign_in"]
    assert len(key) >= 43  # 256 bits
    assert key not in keys()
    assert all(len(one) == 64 for one in keys())


def test_another_role_takes_another_sign_in(app: Flask, otto: Visitor, olive: Visitor) -> None:
    before = cookie_of(otto)
    page = olive.visit("team.edit", coalition=RIVERS, membership_id=membership(OTTO.email))
    page.submit("Change role", role=str(Role.REVIEWER)).says("now has the role reviewer and has to sign in again.")
    assert otto.visit("team.index", coalition=RIVERS).path == "/sign-in"
    otto.sign_in(OTTO)
    assert cookie_of(otto) != before
    assert thief(app, before).open("/account").path == "/sign-in"
    assert olive.open("/account").path == "/account"


def test_joining_another_coalition_takes_another_sign_in(app: Flask, otto: Visitor) -> None:
    owner = factories.staff(STRANGER, of=factories.coalition("Quiet Skies Network"))
    assert owner.email == STRANGER.email
    stella = Visitor(app, SITE)
    stella.sign_in(STRANGER)
    page = stella.visit("team.index", coalition="quiet-skies-network")
    page.submit("Send invitation", email=OTTO.email, role="reviewer").says("on its way")
    number = db.session.query(Membership).filter_by(joined_at=None).one()
    token = app.extensions["links"].token("join", number.id, number.staff_id)
    otto.open(f"/join/{token}").submit("Join the team").says("Sign in to get started.")
    assert otto.open("/account").path == "/sign-in"


def test_an_owner_signs_a_member_out_everywhere_and_the_record_says_so(app: Flask, otto: Visitor, olive: Visitor) -> None:
    copied = cookie_of(otto)
    page = olive.visit("team.edit", coalition=RIVERS, membership_id=membership(OTTO.email))
    page.submit("Sign out everywhere").says("Otto Organizer has been signed out on every device.")
    assert otto.open("/account").path == thief(app, copied).open("/account").path == "/sign-in"
    assert db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first().action == "signed out everywhere"
    olive.visit("audit_log.coalition", coalition=RIVERS).says("Olive Owner signed Otto Organizer out everywhere.")


def test_the_operators_way_in_for_a_lost_phone_ends_every_session(app: Flask, otto: Visitor) -> None:
    disable_two_factor_by_email(OTTO.email)
    assert otto.open("/account").path == "/sign-in"
    assert keys() == set()


def test_a_session_ends_after_thirty_days_and_is_erased(otto: Visitor, clock: time_machine.Traveller) -> None:
    clock.shift(dt.timedelta(days=29))
    assert otto.open("/account").path == "/account"
    clock.shift(dt.timedelta(days=1))
    assert otto.open("/account").path == "/sign-in"
    purge_sessions(now())
    assert keys() == set()


def test_cookies_go_to_this_host_over_tls_alone_and_no_script_reads_them(otto: Visitor) -> None:
    for name in (COOKIE, "__Host-letterhub-device"):
        cookie = otto.client.get_cookie(name, domain="letters.example.org")
        assert cookie is not None
        assert (cookie.secure, cookie.http_only, cookie.same_site, cookie.path) == (True, True, "Lax", "/")
        assert cookie.origin_only
    answer = otto.ask("/account")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.fixture
def strict(settings: Settings, clock: time_machine.Traveller) -> Iterator[Flask]:
    """A public site."""
    app = create_app(replace(settings, two_factor=True))
    with app.app_context():
        yield app
        db.session.remove()


def after_password(visitor: Visitor) -> Page:
    return visitor.open("/sign-in?next=/account").submit("Sign in", email=OTTO.email, password=OTTO.password)


def set_up(visitor: Visitor) -> tuple[Page, str]:
    """Set up Otto's second factor; return the page after it, and the key in the authenticator app."""
    page = after_password(visitor).says("This site requires two-step sign-in.").submit("Set up")
    key = text_of(with_class(page, "authenticator-key"))
    return page.submit("Turn on two-step sign-in", code=code_of(key)), key


def test_on_a_public_site_a_password_alone_leads_to_the_second_step_and_nowhere_else(strict: Flask) -> None:
    factories.staff(OTTO)
    visitor = Visitor(strict, SITE)
    after_password(visitor)
    for address in ("/account", "/staff/", f"/staff/{RIVERS}/", f"/staff/{RIVERS}/team"):
        assert visitor.open(address).path == "/sign-in"
    page, key = set_up(visitor)
    page.says("You have no recovery codes yet.")
    assert visitor.open(f"/staff/{RIVERS}/").path == f"/staff/{RIVERS}/"
    assert db.session.query(Staff).one().tf_totp_secret != key


def test_a_wrong_first_code_lets_nobody_in_and_can_be_tried_again(strict: Flask) -> None:
    factories.staff(OTTO)
    page = after_password(Visitor(strict, SITE)).submit("Set up")
    key = text_of(with_class(page, "authenticator-key"))
    page = page.submit("Turn on two-step sign-in", code="000000").says("This code is wrong or has expired.")
    page.says("Start over with a new QR code").never_says("Ask whoever runs this site")
    assert page.submit("Sign in", code=code_of(key)).visitor.open("/account").path == "/account"


def test_on_a_public_site_nobody_turns_the_second_step_off(strict: Flask) -> None:
    factories.staff(OTTO)
    visitor = Visitor(strict, SITE)
    set_up(visitor)
    page = visitor.open("/account").follow("Move to another device").never_says("Turn off")
    token = next(field.get("value") for field in page.tree.iter("input") if field.get("name") == "csrf_token")
    visitor.ask("/account/two-step-sign-in", method="POST", data={"csrf_token": token, "setup": "disable"})
    end_read_transaction()
    assert db.session.query(Staff).one().tf_primary_method == "authenticator"


def test_a_session_without_a_second_step_is_none_on_a_public_site(strict: Flask) -> None:
    factories.staff(OTTO)
    visitor = Visitor(strict, SITE)
    set_up(visitor)
    staff = db.session.query(Staff).one()
    staff.tf_primary_method = None
    factories.save(staff)
    assert visitor.open("/account").path == "/sign-in"


@pytest.mark.parametrize(
    ("site", "asked"),
    [
        ("https://letters.example.org", True),
        ("http://127.0.0.1:8000", False),
        ("https://localhost", False),
    ],
)
def test_the_address_of_the_site_decides_and_no_setting(site: str, asked: bool, tmp_path: Path) -> None:
    assert read(tmp_path, PUBLIC_URL=site).two_factor is asked
