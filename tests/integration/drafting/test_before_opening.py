"""Page before a letter opens: what stands against it, buttons that mend the text, and how it looks on a phone and on paper."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from flask import Flask
from time_machine import Traveller

from letterhub.clock import now
from letterhub.commands.letters.pdf_previews import render_preview
from letterhub.commands.letters.scheduled_openings import open_at_its_hour
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter
from letterhub.queries.letters.pdf_previews import previews_to_render
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
UNFINISHED = replace(
    factories.TEXT,
    date=dt.date(2022, 1, 3),
    body="We, the 152 undersigned organizations, ask you.\n\n[add a chart]\n\nSee [our site](ftp://river.example). On [DATE] "
    "it rained.",
)


@pytest.fixture
def draft(app: Flask) -> Letter:
    """A draft that could open, with much to look at."""
    return factories.draft(UNFINISHED)


def opening(by: Visitor, draft: Letter) -> Page:
    return by.visit("opening.index", coalition=HOME, slug=draft.slug)


def saved(draft: Letter) -> tuple[str, int]:
    """Return the draft's text and version as the database has them now."""
    db.session.expire_all()
    row = db.session.get_one(Draft, draft.id)
    return row.text["body"], row.version


def test_each_finding_leads_to_its_field_and_some_are_mended_by_a_button(otto: Visitor, draft: Letter) -> None:
    page = opening(otto, draft).says("5 things to look at", "if that is what you want").never_says("The letter can’t open")
    page.says("ftp://river.example", "It would read: “We, the {{count}} undersigned organizations, ask…”")
    note = "“[DATE]” looks like a note to the authors. It would be printed as it stands."
    for sentence in ("The date that the letter prints has passed.", note):
        page.follow(sentence).says("Saved at")
    page.submit("Replace “152” with {{count}}").says(
        "Changed and saved: “We, the {{count}} undersigned organizations, ask…”", "4 things to look at"
    )
    assert saved(draft) == (UNFINISHED.body.replace("152", "{{count}}"), 2)
    page.submit("Replace “152” with {{count}}").says("This was changed already.")  # by a double click
    page.submit("Remove “[add a chart]”").says("saved this letter after you opened it")  # from the page of version 1
    assert saved(draft)[1] == 2
    opening(otto, draft).submit("Remove “[add a chart]”").says("3 things to look at").submit("Open now").says(
        "The letter is open"
    )
    otto.open("/letters/clean-rivers-for-everyone").never_says("add a chart", "152")


def test_it_says_what_signatories_will_meet(otto: Visitor) -> None:
    draft = factories.draft(who_may_sign="both", optional_fields=["location"])
    here = {"coalition": HOME, "slug": draft.slug}
    otto.visit("translations.index", **here).submit("Add translation", language="es")
    otto.visit("draft_comments.index", **here).submit("Add comment", text="Is this right?")
    otto.visit("invitations.index", **here).submit("Send invitation", organization="Willow Watch", email="ada@willow.example")
    page = opening(otto, draft).says(
        "Both", "City and state", "One invitation is sent when the letter opens.", "English, Español"
    )
    page.says("The translation into Español isn’t complete.", "One comment is open.", "It has no deadline.", "None.")
    page.follow("The translation into Español isn’t complete.").says("Translation: Spanish")
    page.follow("One comment is open.").says("Is this right?")


def test_the_draft_alone_can_be_looked_at_on_a_phone(otto: Visitor, draft: Letter) -> None:
    page = opening(otto, draft).follow("Open this on a page of its own")
    page.says("152 undersigned organizations").never_says("Settings", "Sign out")
    page.follow("Before it opens").says("What signatories will meet")


def test_its_pages_are_prepared_from_there_and_told_until_the_text_changes(otto: Visitor, draft: Letter) -> None:
    opening(otto, draft).submit("Prepare the pages as PDF").follow("Before it opens").says("The pages are being prepared.")
    (preview_id,) = previews_to_render(now())
    assert render_preview(preview_id)
    page = opening(otto, draft).says("One page, US Letter.").never_says("Prepare the pages")
    link = next(one.get("href") for one in page.tree.iter("a") if re.search(r"/pdf$", one.get("href", "")))
    assert otto.ask(link).mimetype == "application/pdf"
    page.submit("Replace “152” with {{count}}").says("Prepare the pages as PDF").never_says("One page, US Letter.")


def test_a_letter_that_needs_its_leads_stays_a_draft_at_its_hour_and_staff_are_told(
    otto: Visitor, clock: Traveller, settings: Settings, postbox: Inbox
) -> None:
    draft = factories.draft(deadline_at=None)
    here = {"coalition": HOME, "slug": draft.slug}
    asked = otto.visit("sign_offs.index", **here).submit(
        "Ask for agreement", organization="River Keepers", person="Nia Example", email="nia@river-keepers.example"
    )
    asked.submit("Save", required=True)
    page = opening(otto, draft).says("The letter opens only when all of them agree.", "River Keepers: Not yet")
    page.says("It can’t open now: one thing above is missing.").never_says("Open now")
    page.submit("Open at this time", opens_date="2022-01-11", opens_time="09:00").says("The letter opens Tuesday")
    clock.move_to(dt.datetime(2022, 1, 11, 14, tzinfo=dt.UTC))
    assert not open_at_its_hour(draft.id, now())
    db.session.expire_all()
    assert db.session.get_one(Letter, draft.id).state is LetterState.DRAFT
    send_due_mail(settings)
    (mail,) = postbox.to(cast.OTTO.email)
    assert mail.message["Subject"] == "The letter did not open: Clean rivers for everyone"
    assert "Missing: River Keepers." in mail.text
    opening(otto, draft).says("The letter didn’t open at the time you chose: Not every lead organization agrees")
