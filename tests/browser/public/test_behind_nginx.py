"""The site behind the nginx of `deploy/`, over TLS: public pages are cached, forms reach the app, sessions stay private."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask
from playwright.sync_api import APIRequestContext, Browser, BrowserContext, expect

from letterhub.config import Settings
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.browser.signed_in import sign_in
from tests.support import cast, factories
from tests.support.missing import skip_missing
from tests.support.servers import nginx_server as nginx
from tests.support.servers.database_copies import settings_for
from tests.support.servers.mail_server import Inbox

FORM = {"Organization": "Alliance 7", "Your name": "Nia Example", "Your title": "Director", "Email": "n@seven.example"}


@pytest.fixture
def nginx_port() -> int:
    """Free port for nginx."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def settings(database_url: str, tmp_path: Path, nginx_port: int, postbox: Inbox) -> Settings:
    """Settings of a site that is public on that port, over TLS."""
    made = settings_for(database_url, tmp_path, f"https://127.0.0.1:{nginx_port}", postbox.port)
    return replace(made, trusted_proxies=1)


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that one organization has signed."""
    letter = factories.open_letter(deadline_at=None)
    factories.signature(letter, state=SignatureState.PUBLISHED)
    return letter


@pytest.fixture
def visitors(
    chromium: Browser, site: str, letter: Letter, tmp_path: Path, nginx_port: int, listener: socket.socket
) -> Iterator[BrowserContext]:
    """Browser in front of nginx, and the site behind it."""
    program = nginx.server_program() or skip_missing("nginx is not installed: on Debian, apt-get install nginx-light.")
    folder = tmp_path / "nginx"
    folder.mkdir()
    with (
        nginx.run_nginx(program, folder, nginx_port, [listener.getsockname()[1]]),
        chromium.new_context(base_url=site, ignore_https_errors=True) as context,
    ):
        yield context


def cache_status(ask: APIRequestContext, address: str) -> str:
    """Return nginx's cache status of the page."""
    return ask.get(address).headers["x-cache"]


def test_a_public_page_is_kept_and_a_change_is_seen_soon(visitors: BrowserContext, letter: Letter) -> None:
    address = f"/letters/{letter.slug}"
    first = visitors.request.get(address)
    assert (first.status, first.headers["x-cache"], first.headers.get("set-cookie")) == (200, "MISS", None)
    assert cache_status(visitors.request, address) in ("HIT", "STALE", "UPDATING")
    factories.signature(letter, organization_name="Quiet Skies Network", state=SignatureState.PUBLISHED)
    time.sleep(4)  # nginx counts whole seconds: one cached, one while it revalidates
    assert "Quiet Skies Network" in visitors.request.get(address).text()  # for the first visitor


def test_a_form_reaches_us_as_it_was_sent(visitors: BrowserContext, letter: Letter) -> None:
    page = visitors.new_page()
    page.goto(f"/letters/{letter.slug}/sign")
    for label, value in FORM.items():
        page.get_by_label(label, exact=label == "Organization").first.fill(value)
    page.get_by_label("National", exact=True).check()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    db.session.rollback()
    assert [one.organization_name for one in db.session.query(Signature).filter_by(state=SignatureState.PENDING)] == [
        "Alliance 7"
    ]


@pytest.mark.shows("S8")
def test_a_redirect_stays_at_the_port_that_was_asked(visitors: BrowserContext, site: str) -> None:
    answer = visitors.request.get("/staff", max_redirects=0)
    assert (answer.status, urljoin(f"{site}/staff", answer.headers["location"])) == (308, f"{site}/staff/")


def test_a_session_is_kept_from_everyone_else(visitors: BrowserContext, chromium: Browser, site: str) -> None:
    factories.staff(cast.SAM)
    page = visitors.new_page()
    sign_in(page, cast.SAM)
    assert all(one["name"].startswith("__Host-") and one["secure"] and one["httpOnly"] for one in visitors.cookies())
    assert visitors.cookies()
    for address in ("/account", "/staff/coalition-for-clean-rivers/", "/sign-in"):
        assert [cache_status(visitors.request, address) for _ in range(2)] == ["MISS", "MISS"], address
    with chromium.new_context(base_url=site, ignore_https_errors=True) as stranger:
        assert "Sign in" in stranger.request.get("/account").text()


def test_a_script_is_compressed_on_its_way_and_a_page_with_a_secret_never(visitors: BrowserContext, letter: Letter) -> None:
    script = visitors.request.get("/static/js/proof.js")
    assert (script.headers.get("content-encoding"), script.headers.get("vary")) == ("gzip", "Accept-Encoding")
    form = visitors.request.get(f"/letters/{letter.slug}/sign")
    assert (form.status, form.headers.get("content-encoding")) == (200, None)
