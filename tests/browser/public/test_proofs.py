"""A browser computes a proof of work while a form is filled in; without scripts, a signature waits for review."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from letterhub.infrastructure.db import db
from letterhub.models import Letter, SubmissionOrigin
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.signing_steps import confirm_link, only_signature

LETTER_PAGES = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"


@pytest.fixture
def letter(site: str) -> Letter:
    """An open letter that asks for proofs of work."""
    factories.staff(cast.SAM)
    factories.staff(cast.OTTO)
    return factories.open_letter(requires_proof_of_work=True)


def fill_in(page: Page, letter: Letter) -> None:
    page.goto(f"/letters/{letter.slug}/sign")
    page.get_by_label("Organization", exact=True).fill(cast.CLARA.organization)
    page.get_by_label("Website").fill("alliance.example")
    page.get_by_label("Your name").fill(cast.CLARA.name)
    page.get_by_label("Your title").fill(cast.CLARA.title)
    page.get_by_label("Email").fill(cast.CLARA.email)
    page.get_by_label("National", exact=True).check()
    page.get_by_role("checkbox").check()


def proven() -> list[bool]:
    db.session.rollback()
    return list(db.session.scalars(select(SubmissionOrigin.has_proof_of_work)))


def test_the_work_is_done_while_clara_types_and_stops_nothing(page: Page, letter: Letter) -> None:
    fill_in(page, letter)  # fields accept text whether or not the worker is done
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email", timeout=60_000)
    assert proven() == [True]


def test_who_is_quicker_than_the_work_is_told_to_wait_a_moment(page: Page, letter: Letter) -> None:
    page.route("**/proof-worker.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    fill_in(page, letter)
    page.clock.install()
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_text("One moment: your browser is finishing")).to_be_visible()
    check_page(page, "sign-proving")
    page.clock.fast_forward(16_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    assert proven() == [False]


def test_without_scripts_one_signs_and_waits_for_staff(chromium: Browser, site: str, page: Page, letter: Letter) -> None:
    with chromium.new_context(base_url=site, java_script_enabled=False) as context:
        bare = context.new_page()
        fill_in(bare, letter)
        expect(bare.get_by_text("You can sign without JavaScript")).to_be_visible()
        bare.get_by_role("button", name="Send me the link").click()
        expect(bare.get_by_role("heading", level=1)).to_have_text("Check your email")
        assert proven() == [False]
        bare.goto(confirm_link(only_signature()))
        bare.get_by_role("checkbox", name="I am authorized").first.check()
        bare.get_by_role("button", name="Sign for our organization").click()
        expect(bare.get_by_text("will review it before it appears")).to_be_visible()
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    expect(page.get_by_text("no spam check", exact=True)).to_be_visible()
    check_page(page, "review-no-proof")


def test_the_setting_is_good_to_look_at(page: Page, letter: Letter) -> None:
    sign_in(page, cast.OTTO)
    page.goto(f"{LETTER_PAGES}/settings")
    expect(page.get_by_role("checkbox", name="Slow down bots")).to_be_checked()
    check_page(page, "settings-proof")
