"""The second half of an organizer's weeks: 40 names in ten days on the chart, a change to which one objects, delivery to three
recipients, the press page before and after its hour, a late name on edition 2, the recipient's reply, and the next round.

All of it in the dark scheme, in which axe finds nothing either; tests of each page look at it in the light.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.commands.editions.file_jobs import render_edition_file
from letterhub.commands.letters.lifecycle import close_letter
from letterhub.config import Settings
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Edition, Letter
from letterhub.queries.editions.editions import edition_files_to_render
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link
from tests.support.text_changes import NEW_BODY, make_signers, save_draft_body

HOME = "/staff/coalition-for-clean-rivers"
STAFF = f"{HOME}/letters/clean-rivers-for-everyone"
PUBLIC = "/letters/clean-rivers-for-everyone"
DAY = dt.timedelta(days=1)
EASTERN = ZoneInfo("America/New_York")
RECIPIENTS = {
    "The White House": "letters@whitehouse.example",
    "The Speaker of the House": "speaker@house.example",
    "The Clerk of the Senate": "clerk@senate.example",
}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Clock of the site, which goes on from wherever the test moves it; the browser keeps its own."""
    with time_machine.travel(dt.datetime.now(dt.UTC) - 10 * DAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def letter(site: str, clock: time_machine.Traveller) -> Letter:
    """An open letter to which four organizations a day came, for ten days."""
    factories.staff(cast.OTTO)
    letter = factories.open_letter(deadline_at=None)
    for number, signer in enumerate(make_signers(40)):
        factories.signature(letter, signer)
        if number % 4 == 3:
            clock.shift(DAY)
    return letter


def test_from_the_chart_to_the_next_round(
    page: Page, letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox,
    run_worker: Callable[[], None],
) -> None:  # fmt: skip
    page.emulate_media(color_scheme="dark")
    sign_in(page, cast.OTTO)
    progress = read_the_chart(page)
    change_the_text(page, letter, clock, settings, postbox, run_worker)
    deliver(page, letter, postbox, run_worker)
    release(page, clock)
    take_a_late_name(page, letter)
    hear_back(page, postbox, run_worker)
    page.goto(progress)
    expect(page.get_by_text("40", exact=True).first).to_be_visible()
    check_page(page, "dark-progress")
    copy(page)
    look_at_what_is_left(page)


def read_the_chart(page: Page) -> str:
    """See 40 signatures on the chart and in its table; return the path of a progress page for the board."""
    page.goto(f"{STAFF}/overview")
    expect(page.locator(".chart-wide")).to_contain_text("40")
    page.get_by_text("The same as a table").click()
    days = page.get_by_role("table").first.get_by_role("row")
    shown = [row.split("\t") for row in days.all_inner_texts()]
    assert sum(int(row[1]) for row in shown if row[1].isdigit()) == 40, shown
    check_page(page, "dark-overview")
    page.get_by_role("link", name="Share the progress with leads or a board").click()
    page.get_by_label("For whom").fill("Board")
    page.get_by_role("button", name="Make a link").click()
    return urlsplit(page.get_by_role("link", name="/progress/").get_attribute("href") or "").path


def change_the_text(
    page: Page, letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox,
    run_worker: Callable[[], None],
) -> None:  # fmt: skip
    """Change what the letter says with “object by noon”: one signatory objects, the others stay."""
    save_draft_body(letter, NEW_BODY)
    noon = (dt.datetime.now(EASTERN) + 2 * DAY).replace(hour=12, minute=0, second=0, microsecond=0)
    page.goto(f"{STAFF}/write")
    page.get_by_role("link", name="Compare and publish").click()
    page.get_by_role("radio", name="A substantive change").check()
    page.get_by_role("radio", name="Keep signatories unless they object").check()
    page.get_by_label("Last day to reply").fill(f"{noon:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill("12:00")
    page.get_by_label("Reason").fill("The agency set a date.")
    check_page(page, "dark-change")
    page.get_by_role("button", name="Publish the change").click()
    expect(page.get_by_text("40 signatories are asked to reply by")).to_be_visible()
    run_worker()
    page.goto(f"{STAFF}/change-replies")
    check_page(page, "dark-change-replies")
    page.goto(newest_link(settings, postbox, "nia@a7.example"))
    check_page(page, "dark-object-or-confirm")
    page.get_by_text("We object: take the name off").click()
    page.get_by_role("checkbox", name="Withdraw the signature").check()
    page.get_by_role("button", name="Withdraw the signature").click()
    page.goto(PUBLIC)
    expect(page.get_by_role("heading", name="Not yet confirmed for the new version")).to_be_visible()
    check_page(page, "dark-awaited-names")
    clock.move_to(noon + dt.timedelta(minutes=1))
    run_worker()
    page.goto(PUBLIC)
    expect(page.get_by_text("39 organizations have signed")).to_be_visible()


def deliver(page: Page, letter: Letter, postbox: Inbox, run_worker: Callable[[], None]) -> None:
    """Check the letter against a recipient's rules, freeze an edition, and email it to three recipients."""
    end_read_transaction()
    close_letter(letter.id, actor="staff-1", at=now())
    page.goto(f"{STAFF}/editions/freeze")
    page.get_by_text("Check this letter against the rules of its recipients").click()
    page.get_by_label("The White House").check()
    page.get_by_role("button", name="Check", exact=True).click()
    check_page(page, "dark-freeze-checked")
    page.get_by_role("button", name="Freeze this edition with 39 names").click()
    expect(page.get_by_role("progressbar", name="PDF")).to_be_visible()
    while files := edition_files_to_render(now()):  # the manifest comes after the others
        assert all(map(render_edition_file, files))
    page.goto(f"{STAFF}/editions")
    page.get_by_role("link", name="Email edition 1").click()
    page.get_by_role("button", name="Add recipients").click()
    for number, (name, address) in enumerate(RECIPIENTS.items(), start=1):
        row = page.get_by_role("group", name=f"Recipient {number}", exact=True)
        row.get_by_label("Name").fill(name)
        row.get_by_label("Email address").fill(address)
    page.get_by_label("Cover note").fill("Dear {{recipient}},\n\nplease read **this**.")
    check_page(page, "dark-email-edition")
    page.get_by_role("button", name="Preview the email").click()
    check_page(page, "dark-email-preview")
    page.get_by_role("button", name="Send to 3 recipients").click()
    expect(page.get_by_text("3 emails are on their way.")).to_be_visible()
    run_worker()
    for name, address in RECIPIENTS.items():
        [email] = postbox.to(address)
        assert f"Dear {name}," in email.text
    page.goto(PUBLIC)
    for name in RECIPIENTS:
        expect(page.get_by_text(f"Delivered to {name}")).to_be_visible()


def release(page: Page, clock: time_machine.Traveller) -> None:
    """Prepare the press page under embargo: a secret link reads it before its hour, everyone after."""
    page.goto(f"{STAFF}/press")
    page.get_by_label("Statement").fill("We **ask** for clean water.")
    page.get_by_role("button", name="Save the press page").click()
    hour = (dt.datetime.now(EASTERN) + DAY).replace(hour=9, minute=0, second=0, microsecond=0)
    page.get_by_label("Day").fill(f"{hour:%Y-%m-%d}")
    page.get_by_label("Time").fill("09:00")
    page.get_by_role("button", name="Set the hour").click()
    page.get_by_role("link", name="Secret links").click()
    page.get_by_label("For whom").fill("The Daily Example")
    page.get_by_role("button", name="Make a link").click()
    page.goto(page.get_by_role("status").get_by_role("link").get_attribute("href") or "")
    expect(page.get_by_role("note")).to_contain_text("Under embargo until")
    check_page(page, "dark-press-embargo")
    assert status_of(page, f"{PUBLIC}/press") == 404
    clock.move_to(hour + dt.timedelta(seconds=1))
    assert status_of(page, f"{PUBLIC}/press") == 200
    expect(page.get_by_text("for clean water")).to_be_visible()
    check_page(page, "dark-press-page")


def status_of(page: Page, path: str) -> int:
    """Open a path and return the status of its response."""
    response = page.goto(path)
    assert response
    return response.status


def take_a_late_name(page: Page, letter: Letter) -> None:
    """Keep the form open under the delivered letter, and freeze edition 2 with who came."""
    page.goto(f"{STAFF}/settings")
    page.get_by_role("button", name="Take names for the next edition").click()
    page.goto(PUBLIC)
    expect(page.get_by_text("Still taking names for the next edition")).to_be_visible()
    end_read_transaction()
    factories.signature(db.session.get_one(Letter, letter.id), cast.HIRO)
    page.goto(f"{STAFF}/editions/freeze")
    page.get_by_role("button", name="Freeze this edition with 40 names").click()
    end_read_transaction()
    assert db.session.query(Edition.number).order_by(Edition.number).all() == [(1,), (2,)]


def hear_back(page: Page, postbox: Inbox, run_worker: Callable[[], None]) -> None:
    """Publish the recipient's reply and email it, once, to everyone who has signed."""
    postbox.empty()
    page.goto(f"{STAFF}/replies")
    page.get_by_role("link", name="Record a reply").click()
    page.get_by_label("From").fill("The White House")
    page.get_by_label("Received on").fill(f"{now():%Y-%m-%d}")
    page.get_by_label("Text of the reply").fill("We will act by spring.")
    page.get_by_role("button", name="Publish the reply").click()
    page.get_by_role("link", name="Email it to the signatories").click()
    check_page(page, "dark-email-reply")
    page.get_by_role("button", name="Email 40 signatories").click()
    for _again in range(2):
        run_worker()
    mailed = [mail.recipients[0] for mail in postbox.mails if "We will act by spring." in mail.text]
    assert len(mailed) == len(set(mailed)) == 40
    assert "nia@a7.example" not in mailed
    page.goto(PUBLIC)
    expect(page.get_by_text("We will act by spring.")).to_be_visible()


def copy(page: Page) -> None:
    """Copy the letter for the next round."""
    page.goto(f"{HOME}/")
    page.get_by_role("link", name="Copy Clean rivers").click()
    page.get_by_label("Title of the copy").fill("Clean rivers, the second round")
    check_page(page, "dark-copy")
    page.get_by_role("button", name="Create copy").click()
    expect(page.get_by_text("This is the copy, a draft.")).to_be_visible()


def look_at_what_is_left(page: Page) -> None:
    """Open the pages of a letter that was delivered and answered."""
    addresses = [f"{STAFF}/{name}" for name in ("release", "press", "replies", "messages", "editions", "questions", "news")]
    addresses += [f"{HOME}/{name}" for name in ("", "recipients", "recipients/new", "deleted-drafts")]
    for address in (*addresses, PUBLIC, f"{PUBLIC}/history", "/c/coalition-for-clean-rivers", "/editions"):
        assert status_of(page, address) == 200, address
        check_page(page, f"dark-{address.strip('/').replace('/', '-')}")
