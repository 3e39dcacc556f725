"""Two-factor sign-in on a site that requires it; an owner ends a member's sessions."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from letterhub.config import Settings
from letterhub.infrastructure.db import db
from letterhub.models import Membership, Staff
from tests.browser.watch import check_page
from tests.integration.accounts.test_two_factor import code_of
from tests.support import cast, factories
from tests.support.servers.database_copies import settings_for
from tests.support.servers.mail_server import Inbox

pytestmark = pytest.mark.shows("S14")


@pytest.fixture
def settings(database_url: str, tmp_path: Path, listener: socket.socket, postbox: Inbox) -> Settings:
    """Settings of a public site."""
    site = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return replace(settings_for(database_url, tmp_path, site, postbox.port), two_factor=True)


def test_olive_sets_up_her_second_step_before_anything_else_and_signs_otto_out(page: Page) -> None:
    factories.staff(cast.OLIVE)
    factories.staff(cast.OTTO)
    page.goto("/sign-in")
    page.get_by_label("Email").fill(cast.OLIVE.email)
    page.get_by_label("Password", exact=True).fill(cast.OLIVE.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This site requires two-step sign-in.")).to_be_visible()
    check_page(page, "second-step-asked")
    page.get_by_role("button", name="Set up").click()
    check_page(page, "second-step-picture")
    key = page.locator("code.authenticator-key").inner_text()
    page.get_by_label("Code from the app").fill("000000")
    page.get_by_role("button", name="Turn on two-step sign-in").click()
    check_page(page, "second-step-wrong")
    page.get_by_label("Code from the app").fill(code_of(key))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    otto = db.session.query(Membership.id).join(Staff).filter(Staff.email == cast.OTTO.email).scalar()
    page.goto(f"/staff/coalition-for-clean-rivers/team/{otto}")
    check_page(page, "member")
    page.get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_text("Otto Organizer has been signed out on every device.")).to_be_visible()
