"""An owner links an account to an identity provider, signs in by it, lets the coalition open by it only, and unlinks.

The provider is npm's `oidc-provider`, with pages, keys and checks of its own.
"""

import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from letterhub.config import Settings
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page, save_picture
from tests.support import cast, factories
from tests.support.missing import skip_missing
from tests.support.servers.database_copies import settings_for
from tests.support.servers.mail_server import Inbox
from tests.support.servers.oidc_provider import NpmProvider, run_npm_provider

pytestmark = pytest.mark.shows("S30")
RIVERS = "/staff/coalition-for-clean-rivers"


@pytest.fixture
def provider(listener: socket.socket, tmp_path: Path) -> Iterator[NpmProvider]:
    """A provider who knows Olive."""
    if not shutil.which("npm"):
        skip_missing("npm is not installed: on Debian, apt-get install npm.")
    people = {"olive": {"email": cast.OLIVE.email, "email_verified": True, "name": "Olive at the provider"}}
    with run_npm_provider(tmp_path, people, f"http://127.0.0.1:{listener.getsockname()[1]}") as running:
        yield running


@pytest.fixture
def settings(database_url: str, tmp_path: Path, listener: socket.socket, postbox: Inbox, provider: NpmProvider) -> Settings:
    """Settings of a site that trusts that provider."""
    site = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return replace(settings_for(database_url, tmp_path, site, postbox.port), identity_provider=provider.settings())


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """Browser page that may also leave for the provider, and no further."""
    with chromium.new_context(base_url=site, reduced_motion="reduce") as context:
        context.route(lambda url: not url.startswith("http://127.0.0.1:"), lambda route: route.abort())
        page, errors = context.new_page(), list[str]()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
        yield page
        assert errors == []


def sign_in_there(page: Page) -> None:
    """Sign in and consent on the provider's pages, which know the browser from then on and send it back at once."""
    page.get_by_placeholder("Enter any login").fill("olive")
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def test_olive_lets_her_coalition_open_by_its_provider_only(page: Page) -> None:
    factories.staff(cast.OLIVE)
    factories.staff(cast.SAM)
    sign_in(page, cast.OLIVE)
    page.goto(f"{RIVERS}/team/sign-in")
    check_page(page, "provider-only-unlinked")
    page.get_by_role("link", name="Link it first").click()
    check_page(page, "provider-link")
    page.get_by_role("link", name="Continue to Rivers SSO").click()
    sign_in_there(page)
    expect(page.get_by_text("Your account is linked.")).to_be_visible()
    check_page(page, "account-linked")
    page.goto(f"{RIVERS}/team")
    check_page(page, "team-with-provider")
    page.get_by_role("link", name="Change how the team signs in").click()
    page.get_by_label("Only people on the team who sign in with Rivers SSO").check()
    check_page(page, "provider-only")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Coalition for Clean Rivers opens with Rivers SSO only")).to_be_visible()
    check_page(page, "provider-needed")
    page.get_by_role("link", name="Sign in with Rivers SSO").click()
    expect(page.get_by_text("These pages open to people who sign in with Rivers SSO only.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    check_page(page, "sign-in-with-provider")
    page.get_by_role("link", name="Sign in with Rivers SSO").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto(f"{RIVERS}/team/sign-in")
    page.get_by_label("Everyone on the team, however they sign in").check()
    page.get_by_role("button", name="Save").click()
    page.goto("/account")
    page.get_by_role("link", name="Unlink").click()
    check_page(page, "provider-unlink")
    page.get_by_role("button", name="Unlink", exact=True).click()
    expect(page.get_by_text("Your account is no longer linked to Rivers SSO.")).to_be_visible()


def test_without_javascript_a_button_leads_back(chromium: Browser, site: str) -> None:
    factories.staff(cast.OLIVE)
    with chromium.new_context(base_url=site, java_script_enabled=False) as context:
        context.route(lambda url: not url.startswith("http://127.0.0.1:"), lambda route: route.abort())
        page = context.new_page()
        sign_in(page, cast.OLIVE)
        page.goto("/account/provider")
        page.get_by_role("link", name="Continue to Rivers SSO").click()
        sign_in_there(page)
        save_picture(page, "provider-callback")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("Your account is linked.")).to_be_visible()
