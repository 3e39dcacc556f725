"""Pages of a substantive change: the choice before publishing, the replies for staff, the public list, and the tables."""

import csv
import datetime as dt
import io

import pytest
import time_machine
from flask import Flask
from python_calamine import CalamineWorkbook

from letterhub.config import Settings
from letterhub.domain.signatures.signing import Source
from letterhub.infrastructure.db import db
from letterhub.models import Letter, TextChangeNotice
from tests.support import factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link
from tests.support.text_changes import CONFIRM, KEEP, NEW_BODY, add_signatures, publish_change, save_draft_body, settle
from tests.support.visitor import Visitor

DAY = dt.timedelta(days=1)
HERE = {"coalition": "coalition-for-clean-rivers"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    """The open letter."""
    return factories.open_letter()


def test_the_organizer_chooses_beforehand_and_reads_whom_each_rule_concerns(otto: Visitor, letter: Letter) -> None:
    signed = add_signatures(letter, 5)
    signed[3].source, signed[4].email = Source.IMPORT, ""
    db.session.commit()
    save_draft_body(letter, NEW_BODY)
    page = otto.visit("revisions.compare", slug=letter.slug, **HERE)
    page.says(
        "All 5 signatories are emailed the changes", "Keep signatories unless they object",
        "3 signatories stay under the new text if the email arrives", "One has no email address: the name comes off.",
        "One never confirmed by email, so silence says nothing", "Only those who confirm stay",
        "All 5 names come off the letter at the deadline unless",
    )  # fmt: skip
    typed = {"kind": "substance", "reason": "The agency set a date.", "rule": "keep"}
    page = page.submit("Publish the change", status=422, deadline_date="2022-01-05", deadline_time="13:00", **typed)
    page.says("Give signatories at least 12 hours from now.", "The agency set a date.")
    page = page.submit("Publish the change", deadline_date="2022-01-07", deadline_time="12:00")
    page.says("5 signatories are asked to reply by Friday, January 7, 2022, 12:00 p.m. Eastern.", "keeps signatories unless")
    notice = db.session.query(TextChangeNotice).one()
    assert (notice.rule, notice.deadline_zone) == (KEEP, "America/New_York")
    assert notice.deadline_at == dt.datetime(2022, 1, 7, 17, tzinfo=dt.UTC)


def test_staff_see_who_replied_how_and_extend_the_deadline(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signed = add_signatures(letter, 3)
    otto.visit("change_replies.index", slug=letter.slug, **HERE).says("Signatories haven’t been asked about a change.")
    publish_change(letter, settings, KEEP)
    visitor.open(newest_link(settings, postbox, signed[0].email)).submit("Sign the new text", authorized=True)
    visitor.open(newest_link(settings, postbox, signed[1].email)).submit("Withdraw the signature", sure=True)
    page = otto.visit("overview.detail", slug=letter.slug, **HERE)
    page = page.says("1 signatory has not replied to the change of the text. Replies count until").follow("See replies")
    assert page.path.endswith("/change-replies")
    page = otto.visit("change_replies.index", slug=letter.slug, **HERE)
    page.says(
        "Alliance 01", "Alliance 02", "Alliance 03", "Objected, taken off", "Waiting for a reply", "Version 1", "3 names."
    )
    page.never_says("The notice hasn’t reached")
    otto.visit("change_replies.index", slug=letter.slug, state="objected", **HERE).says("One name.", "Alliance 02").never_says(
        "Alliance 01", "Alliance 03"
    )
    otto.visit("change_replies.index", slug=letter.slug, q="Alliance 03", **HERE).says("One name.", "Alliance 03")
    otto.visit("change_replies.index", slug=letter.slug, q="nobody", **HERE).says("No names match this search.")
    page = page.submit("Extend the deadline", status=422, deadline_date="2022-01-06").says("Choose a later one.")
    page = page.submit("Extend the deadline", deadline_date="2022-01-10", deadline_time="09:30")
    page.says("Signatories can reply until Monday, January 10, 2022, 9:30 a.m. Eastern.")
    otto.visit("signatures.index", slug=letter.slug, **HERE).says("Awaiting confirmation of version 2", "See the replies")


def test_a_reviewer_sees_the_replies_and_moves_nothing(sam: Visitor, letter: Letter, settings: Settings) -> None:
    add_signatures(letter, 1)
    publish_change(letter, settings, KEEP)
    sam.visit("change_replies.index", slug=letter.slug, **HERE).says("Alliance 01").never_says("Extend the deadline")


def test_the_tables_say_who_agreed_to_which_version_and_how(
    sam: Visitor, letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    add_signatures(letter, 2)
    publish_change(letter, settings, KEEP)
    path = f"/staff/coalition-for-clean-rivers/letters/{letter.slug}/signatures"
    columns = ("status", "signed_version", "asked_version", "reply", "notice_sent")

    def table() -> list[tuple[str, ...]]:
        content = sam.ask(f"{path}/csv").get_data().decode("utf-8-sig")
        return [tuple(row[column] for column in columns) for row in csv.DictReader(io.StringIO(content))]

    assert table() == [("outdated", "1", "2", "waiting", "")] * 2
    clock.shift(4 * DAY)
    settle()
    assert table() == [("published", "1", "2", "not-objected", "2022-01-05 17:00 UTC")] * 2
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(sam.ask(f"{path}/xlsx").get_data())).get_sheet_by_index(0).to_python()
    assert [dict(zip(sheet[0], row, strict=True))["reply"] for row in sheet[1:]] == ["not-objected"] * 2
    page = sam.visit("signatures.index", slug=letter.slug, **HERE).says("didn’t object to version 2")
    page.follow("Alliance 01").says("Signed version 1. Did not object to version 2 by", "after the notice that was emailed on")


def test_names_that_are_asked_have_pages_of_their_own(visitor: Visitor, letter: Letter, settings: Settings) -> None:
    visitor.visit("awaited_names.index", slug=letter.slug).says("Nobody is asked to confirm anything now.")
    add_signatures(letter, 3)
    publish_change(letter, settings, CONFIRM)
    visitor.visit("awaited_names.index", slug=letter.slug).says(
        "Signed version 1, asked to confirm version 2 by Saturday, January 8, 2022, 12:00 p.m. Eastern", "Alliance 01",
        "Those who don’t confirm come off the letter.",
    )  # fmt: skip
    visitor.visit("awaited_names.index", slug=letter.slug, page=9).says("Alliance 01")


def test_a_name_without_an_address_is_not_said_to_be_asked(visitor: Visitor, letter: Letter, settings: Settings) -> None:
    _asked, by_phone = add_signatures(letter, 2)
    by_phone.email = ""
    db.session.commit()
    publish_change(letter, settings, CONFIRM)
    page = visitor.visit("letters.detail", slug=letter.slug).says("2 haven’t confirmed it yet")
    text = page.text.partition("Signed version 1, asked to confirm version 2 by")[2]
    asked, _heading, unasked = text.partition("Signed version 1, could not be asked about version 2")
    assert [("Alliance 01" in part, "Alliance 02" in part) for part in (asked, unasked)] == [(True, False), (False, True)]
