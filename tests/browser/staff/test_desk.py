"""The dashboard and the Settings tab on a phone and on a desktop, in every state of a letter."""

import datetime as dt
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.commands.operations.heartbeat import record_heartbeat
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.operations.readiness import HeartbeatKind
from letterhub.domain.states import LetterMove, SignatureState
from tests.browser.staff.test_writing import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories

LONG = "Clean rivers for everyone, from the mountains to the sea, this year and in all the years to come"
HOME = "/staff/coalition-for-clean-rivers"


@pytest.fixture
def otto(page: Page) -> Page:
    """An organizer's browser."""
    factories.staff(cast.OTTO)
    sign_in(page, cast.OTTO)
    return page


def titled(title: str) -> LetterText:
    return replace(factories.TEXT, title=title)


def test_a_desk_with_letters_in_every_state(otto: Page) -> None:
    letter = factories.open_letter(titled(LONG))
    factories.signature(letter, cast.CLARA)
    factories.signature(letter, cast.HIRO, SignatureState.CONFIRMED)
    factories.draft(LetterText(title="A draft", body=""))
    passed = factories.open_letter(titled("Quiet skies"), deadline_at=now() - dt.timedelta(hours=1))
    for title, moves in {"Delivered": [LetterMove.CLOSE, LetterMove.DELIVER], "Withdrawn": [LetterMove.WITHDRAW]}.items():
        ended = factories.open_letter(titled(title))
        for move in moves:
            ended.move(move, now())
        factories.save(ended)
    otto.goto(f"{HOME}/")
    expect(otto.get_by_role("row", name=passed.slug.replace("-", " "))).to_contain_text("Deadline passed")
    check_page(otto, "desk")


def test_an_empty_desk_and_a_first_letter(otto: Page) -> None:
    otto.goto(f"{HOME}/")
    check_page(otto, "desk-empty")
    otto.get_by_role("link", name="Write a letter").click()
    check_page(otto, "desk-begin")
    otto.get_by_label("Title").fill("Clean rivers")
    otto.get_by_role("button", name="Create draft").click()
    otto.get_by_role("link", name="Settings").click()
    check_page(otto, "settings-missing")
    otto.get_by_role("link", name="Write the text of the letter.").click()
    expect(otto.get_by_label("Text", exact=True)).to_be_in_viewport()


def test_a_letter_on_its_way(otto: Page) -> None:
    unfinished = "We, the 152 undersigned organizations, ask for clean water.\n\n[add a chart]\n\nOn [DATE] it rained."
    letter = factories.draft(replace(factories.TEXT, body=unfinished), deadline_at=now() + dt.timedelta(days=2))
    otto.goto(f"{HOME}/letters/{letter.slug}/settings")
    check_page(otto, "settings-draft")
    otto.get_by_role("button", name="Open the letter").click()
    check_page(otto, "before-opening")
    otto.get_by_role("button", name="Replace “152” with {{count}}").click()
    expect(otto.get_by_role("status").filter(has_text="Changed and saved")).to_be_visible()
    otto.get_by_role("link", name="Open this on a page of its own").click()
    check_page(otto, "before-opening-sheet")
    otto.go_back()
    otto.get_by_role("button", name="Open now").click()
    check_page(otto, "settings-open")
    otto.get_by_role("button", name="Close the letter").click()
    check_page(otto, "settings-closed")
    otto.get_by_role("link", name="Withdraw this letter").click()
    check_page(otto, "settings-withdraw")


def test_terms_that_were_typed_are_not_lost_by_a_look_at_another_tab(otto: Page) -> None:
    letter = factories.draft()
    dialogs: list[str] = []
    otto.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.dismiss()))
    otto.goto(f"{HOME}/letters/{letter.slug}/settings")
    otto.get_by_label("Last day").fill("2037-01-07")
    otto.get_by_role("link", name="Write", exact=True).click()
    expect(otto.get_by_label("Last day")).to_have_value("2037-01-07")
    assert dialogs == ["beforeunload"]
    otto.get_by_label("Grace period").press("Enter")
    expect(otto.get_by_text("Saved.")).to_be_visible()
    otto.get_by_label("Both").check()
    otto.get_by_role("button", name="Open the letter").click()
    otto.get_by_role("button", name="Open now").click()
    expect(otto.get_by_text("The letter is open. Anyone can read and sign it now.")).to_be_visible()
    expect(otto.get_by_label("Both")).to_be_checked()
    otto.get_by_role("link", name="Write", exact=True).click()
    expect(otto.get_by_label("Text", exact=True)).to_be_visible()
    assert dialogs == ["beforeunload"]


def test_a_site_that_stands_still(page: Page) -> None:
    factories.staff(cast.OLIVE)
    factories.open_letter(titled(LONG))
    record_heartbeat(HeartbeatKind.WORKER, "one", "a1b2c3d4e5f6", now() - dt.timedelta(minutes=20))
    for minutes in (3, 0):
        record_heartbeat(HeartbeatKind.REDIS_AWAY, "two", "a1b2c3d4e5f6", now() - dt.timedelta(minutes=minutes))
    sign_in(page, cast.OLIVE)
    page.goto(f"{HOME}/")
    expect(page.get_by_text("isn’t running")).to_be_visible()
    check_page(page, "desk-silent")
    expect(page.get_by_text("This site has no backup yet.")).to_be_visible()
    page.get_by_role("link", name="See details").click()
    expect(page.get_by_role("row", name="Redis Needs attention")).to_contain_text("Since 3 minutes ago")
    expect(page.get_by_role("row", name="Worker Stalled")).to_contain_text("20 minutes ago")
    check_page(page, "alarms")
