"""Olive adds a passkey in a browser with an authenticator, signs in by it, and removes it."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from letterhub.config import Settings
from tests.browser.signed_in import sign_in
from tests.browser.watch import PageMonitor, check_page
from tests.support import cast, factories
from tests.support.servers.database_copies import settings_for
from tests.support.servers.mail_server import Inbox

pytestmark = pytest.mark.shows("S30")


@pytest.fixture
def settings(database_url: str, tmp_path: Path, listener: socket.socket, postbox: Inbox) -> Settings:
    """Settings of a site with a name: passkeys belong to none that is an address in numbers."""
    site = f"http://localhost:{listener.getsockname()[1]}"
    return replace(settings_for(database_url, tmp_path, site, postbox.port), two_factor=False)


@pytest.fixture
def authenticator(page: Page) -> CDPSession:
    """The browser's virtual authenticator, which knows its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    return session


def test_olive_signs_in_by_a_passkey(page: Page, authenticator: CDPSession) -> None:
    factories.staff(cast.OLIVE)
    sign_in(page, cast.OLIVE)
    page.goto("/account")
    check_page(page, "account-without-passkeys")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("Olive’s phone")
    check_page(page, "passkey-add")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("Passkey added.")).to_be_visible()
    check_page(page, "account-with-passkey")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("The same phone")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("This device already has a passkey for your account.")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    check_page(page, "sign-in-with-passkeys")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    page.goto("/account")
    expect(page.get_by_text("last used")).to_be_visible()
    page.get_by_role("link", name="Olive’s phone").click()
    check_page(page, "passkey")
    page.get_by_role("link", name="Remove passkey").click()
    check_page(page, "passkey-remove")
    page.get_by_role("button", name="Remove passkey").click()
    expect(page.get_by_text("The passkey was removed")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This site doesn’t know this passkey.")).to_be_visible()


@pytest.fixture
def plain_page(chromium: Browser, site: str) -> Iterator[Page]:
    """Browser page without JavaScript."""
    with chromium.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        watch = PageMonitor(page, site)
        yield page
        assert watch.complaints == []


def test_without_javascript_the_password_stays(plain_page: Page) -> None:
    factories.staff(cast.OLIVE)
    plain_page.goto("/sign-in")
    expect(plain_page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    sign_in(plain_page, cast.OLIVE)
