"""The weeks before the first signature: a draft with 25 names and 60 invitations opens by itself; one of those invited signs
on a phone, one unsubscribes, the others are reminded, and staff read the digest. Each journey's taps and fields are counted."""

import datetime as dt
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from playwright.sync_api import FilePayload, Page, expect

from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Letter
from tests.browser.effort import EffortCounter
from tests.browser.signed_in import sign_in
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox, ReceivedEmail
from tests.support.workbooks import xlsx

LETTER_PAGES = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"
EMAIL = b"From: Ada <ada@willow.example>\r\nDate: Mon, 3 Jan 2022 10:00:00 +0000\r\nSubject: Yes\r\n\r\nWe sign.\r\n"
NAMES = [["Organization", "Signer", "Title"], *([f"Alliance {n:02}", f"Nia Example {n:02}", "Chair"] for n in range(24))]
CONTACTS = [
    ["Partner group", "Who", "Role", "Email", "Level"],
    *([f"Friends of River {n:02}", f"Rio Example {n:02}", "Director", f"rio@river{n:02}.example", "local"] for n in range(60)),
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
EASTERN = ZoneInfo("America/New_York")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Clock of the site, which goes on from wherever the test moves it; the browser keeps its own."""
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=True) as traveller:
        yield traveller


@pytest.fixture
def draft(site: str) -> Letter:
    """A draft that is ready to open."""
    factories.staff(cast.OTTO)
    return factories.draft(deadline_at=None)


@pytest.fixture
def effort(page: Page) -> EffortCounter:
    """Counter of taps and fields."""
    return EffortCounter(page.context)


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def link_in(email: ReceivedEmail, part: str) -> str:
    """Return the path of a link in an email."""
    return urlsplit(next(word for word in email.text.split() if part in word)).path


def test_from_two_spreadsheets_and_an_email_to_the_digest(
    page: Page, effort: EffortCounter, draft: Letter, clock: time_machine.Traveller, run_worker: Callable[[], None],
    postbox: Inbox,
) -> None:  # fmt: skip
    letter_id = draft.id
    opening = (dt.datetime.now(EASTERN) + dt.timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    deadline = opening + dt.timedelta(days=9, hours=8)
    sign_in(page, cast.OTTO)
    start_with_25_names(page, effort, run_worker)
    invite_60_contacts(page, effort)
    write_own_words(page)
    plan_the_opening(page, opening, deadline)
    choose_the_digest(page)
    run_worker()
    assert postbox.mails == []
    clock.move_to(opening)
    run_worker()
    end_read_transaction()
    letter = db.session.get_one(Letter, letter_id)
    assert (letter.state, letter.published_count) == (LetterState.OPEN, 25)
    end_read_transaction()
    invited = [mail for mail in postbox.mails if "/invited/" in mail.text]
    assert len(invited) == 60
    assert invited[0].message["Subject"] == "Friends of River 00, will you join us?"
    assert "Dear Rio Example 00," in invited[0].text
    page.set_viewport_size(PHONE)
    sign_on_a_phone(page, effort, invited[0])
    unsubscribe(page, invited[1])
    page.set_viewport_size(DESKTOP)
    page.goto(f"{LETTER_PAGES}/invitations")
    for count in ("60 asked", "1 signed, waiting for review", "1 asked not to be invited", "58 no answer yet"):
        expect(page.get_by_role("link", name=count, exact=True)).to_be_visible()
    postbox.empty()
    clock.move_to(opening + dt.timedelta(days=1, minutes=1))
    run_worker()
    [digest] = [mail for mail in postbox.to(cast.OTTO.email) if mail.message["Subject"].startswith("Daily digest")]
    assert "One new signature" in digest.text
    clock.move_to(deadline - dt.timedelta(days=2))
    run_worker()
    reminded = {mail.recipients[0] for mail in postbox.mails if "Reminder" in mail.message["Subject"]}
    assert reminded == {f"rio@river{n:02}.example" for n in range(2, 60)}


def start_with_25_names(page: Page, effort: EffortCounter, run_worker: Callable[[], None]) -> None:
    """Import 24 names, add one by hand with the email that says yes, and publish them."""
    page.goto(f"{LETTER_PAGES}/import")
    page.get_by_label("File", exact=True).set_input_files(file("names.xlsx", xlsx(NAMES)))
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Import 24 names").click()
    run_worker()
    page.goto(f"{LETTER_PAGES}/signatures/new")
    effort.start()
    page.get_by_label("Organization").fill("Willow Watch")
    page.get_by_label("Signer").fill("Ada Example")
    page.get_by_label("How they said yes").select_option("email")
    page.get_by_label("When").fill("2022-01-03")
    page.get_by_text("Proof and details").click()
    page.get_by_label("Email, scan or other proof").set_input_files(file("yes.eml", EMAIL))
    page.get_by_role("button", name="Add this name").click()
    expect(page.get_by_text("Willow Watch was added and waits for review.")).to_be_visible()
    assert effort.fields == 5
    page.goto(f"{LETTER_PAGES}/review")
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Publish 25 names").click()
    doubts, published = page.get_by_role("heading", name="in doubt"), page.get_by_role("status")
    expect(doubts.or_(published)).to_be_visible()
    if doubts.is_visible():
        page.get_by_role("button", name="Publish all 25 names").click()
    expect(published).to_have_text("Published 25 names.")


def invite_60_contacts(page: Page, effort: EffortCounter) -> None:
    """Invite everyone of a spreadsheet, two of whose headings are not known."""
    page.goto(f"{LETTER_PAGES}/invitations")
    effort.start()
    page.get_by_role("link", name="Choose a file, or paste a list").click()
    page.get_by_label("File", exact=True).set_input_files(file("contacts.xlsx", xlsx(CONTACTS)))
    page.get_by_role("button", name="Preview").click()
    page.get_by_label("Partner group", exact=True).select_option("organization")
    page.get_by_label("Who", exact=True).select_option("signer_name")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Invite 60 organizations").click()
    expect(page.get_by_text("60 organizations will be invited by email when the letter opens.")).to_be_visible()
    assert (effort.taps, effort.fields) == (4, 3)


def write_own_words(page: Page) -> None:
    """Write the invitation in the coalition's own words."""
    page.goto(f"{LETTER_PAGES}/emails/invitation")
    page.get_by_label("Subject").fill("{{organization}}, will you join us?")
    page.get_by_label("Text").fill("Dear {{name|colleague}},\n\n**Please** sign by {{deadline|the end of the month}}.")
    page.get_by_role("button", name="Save words").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")


def plan_the_opening(page: Page, opening: dt.datetime, deadline: dt.datetime) -> None:
    """Have the letter open by itself, with a reminder two days before its deadline."""
    page.goto(f"{LETTER_PAGES}/settings")
    page.get_by_label("Last day").fill(f"{deadline:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).first.fill(f"{deadline:%H:%M}")
    page.get_by_role("button", name="Open the letter").click()
    page.get_by_label("Day", exact=True).fill(f"{opening:%Y-%m-%d}")
    page.get_by_role("button", name="Open at this time").click()
    expect(page.get_by_text("The letter opens ")).to_contain_text("9:00 a.m. Eastern")
    page.goto(f"{LETTER_PAGES}/invitations/reminders")
    page.get_by_role("button", name="Plan reminder").click()
    expect(page.get_by_role("status")).to_have_text("The reminder is planned.")


def choose_the_digest(page: Page) -> None:
    """Have everything told in one email a day, at nine."""
    page.goto("/account/notices")
    page.get_by_role("link", name="Coalition for Clean Rivers").click()
    page.get_by_role("group", name="New signatures").get_by_label("In the daily digest").check()
    page.get_by_role("button", name="Save notices").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")


def sign_on_a_phone(page: Page, effort: EffortCounter, email: ReceivedEmail) -> None:
    """Sign by the link in an invitation: one tap in the email, one on the box, one on the button."""
    effort.start()
    page.goto(link_in(email, "/invited/"))
    page.get_by_role("checkbox", name="I am authorized to sign this letter").check()
    page.get_by_role("button", name="We sign").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your signature is confirmed")
    taps_in_email = 1
    assert (taps_in_email + effort.taps, effort.fields) == (3, 0)


def unsubscribe(page: Page, email: ReceivedEmail) -> None:
    """Ask for no more emails by the link at the foot of an invitation."""
    page.goto(link_in(email, "/unsubscribe/"))
    page.get_by_label("I don’t want these emails.").check()
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re unsubscribed")
