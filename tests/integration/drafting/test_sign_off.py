"""Lead organizations agree to a draft's text, are asked again when it changes, and sign by a press once it opened."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import Traveller

from letterhub.clock import now
from letterhub.commands.drafting.sign_offs import sign_off
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.purge import purge_expired_data
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.config import Settings
from letterhub.domain.drafting.sign_offs import CannotSignOff
from letterhub.domain.operations.retention import ErasableData
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import Base, db, end_read_transaction
from letterhub.models import Invitation, Letter, OutboxMessage, Signature, SignOff
from letterhub.queries.operations.retention import due_erasures
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
NIA = "nia@river-keepers.example"
TEXT = factories.TEXT
CHANGED = replace(TEXT, body=TEXT.body + "\n\nAnd we ask for one thing more.")
BUTTON = "We agree to this text"


@pytest.fixture
def draft(app: Flask) -> Letter:
    """A draft that could open."""
    return factories.draft()


def staff_page(by: Visitor, draft: Letter) -> Page:
    return by.visit("sign_offs.index", coalition=HOME, slug=draft.slug)


def ask(by: Visitor, draft: Letter, status: int = 200, **typed: str) -> Page:
    form = {"organization": "River Keepers", "person": "Nia Example", "title": "Director", "email": NIA, **typed}
    return staff_page(by, draft).submit("Ask for agreement", status=status, **form)


def newest_path(settings: Settings, postbox: Inbox, address: str = NIA) -> str:
    """Send all emails that are due; return the path of the link in the newest one to an address."""
    send_due_mail(settings)
    found = re.search(r"https?://[^/\s]+(/(?:sign-offs|invited)/\S+)", postbox.to(address)[-1].text)
    assert found, postbox.to(address)[-1].text
    return found[1]


def open_it(otto: Visitor, draft: Letter, status: int = 200) -> Page:
    page = otto.visit("signing_settings.edit", coalition=HOME, slug=draft.slug).submit("Open the letter")
    return page.submit("Open now", slug="clean-rivers", status=status)


@pytest.mark.shows("S6", "S7", "S9")
def test_a_lead_agrees_is_asked_again_and_signs_once_it_opened(
    otto: Visitor, visitor: Visitor, draft: Letter, settings: Settings, postbox: Inbox
) -> None:
    ask(otto, draft).says("River Keepers is asked by email.", "Not yet", "0 of 1 agree")
    path = newest_path(settings, postbox)
    visitor.open(path).says("Do you agree to this text?").submit(BUTTON, agreed=True).says("River Keepers agreed to this text")
    staff_page(otto, draft).says("1 of 1 agree", "Agreed Wednesday, January 5").never_says("Ask again")
    save_draft(draft.id, CHANGED, 1, staff_id=1, at=now())
    page = staff_page(otto, draft).says("0 of 1 agree", "Agreed to an earlier text", "And we ask for one thing more.")
    page.submit("Ask again: River Keepers").says("Asked again by email.")
    path = newest_path(settings, postbox)
    assert "The text has changed since you agreed." in postbox.to(NIA)[-1].text
    page = visitor.open(path).says("What has changed since you agreed", "And we ask for one thing more.")
    page.submit(BUTTON, agreed=True).says("agreed to this text", "Nothing is signed yet.")
    open_it(otto, draft).says("The letter is open.")
    assert not db.session.query(Signature).count()
    visitor.open(path).says("it has opened", "use the link in the email")
    invited = newest_path(settings, postbox)
    assert invited.startswith("/invited/")
    visitor.open(invited).says("River Keepers").submit("We sign", authorized=True, section=cast.CLARA.section)
    (signature,) = db.session.query(Signature)
    signed = signature.signatory
    assert (signed.organization, signed.signer_name, signed.lead) == ("River Keepers", "Nia Example", True)
    agreed = db.session.query(SignOff).one()
    assert (agreed.agreed_sha256, agreed.email) == (factories.revision_of(draft).sha256, "")
    assert {"sign-off requested", "signed off"} <= set(audit_actions())
    otto.visit("audit_log.letter", coalition=HOME, slug="clean-rivers").says("River Keepers agreed to the draft’s text.")


def test_a_lead_that_signs_under_another_name_is_no_lead(
    otto: Visitor, visitor: Visitor, draft: Letter, settings: Settings, postbox: Inbox
) -> None:
    ask(otto, draft)
    visitor.open(newest_path(settings, postbox)).submit(BUTTON, agreed=True)
    open_it(otto, draft)
    typed = {"organization": "Lake Keepers", "section": cast.CLARA.section}
    visitor.open(newest_path(settings, postbox)).submit("We sign", authorized=True, **typed)
    assert [(one.organization_name, one.lead) for one in db.session.query(Signature)] == [("Lake Keepers", False)]


def test_who_agreed_to_an_earlier_text_is_not_invited_by_it(
    otto: Visitor, visitor: Visitor, draft: Letter, settings: Settings, postbox: Inbox
) -> None:
    ask(otto, draft)
    visitor.open(newest_path(settings, postbox)).submit(BUTTON, agreed=True)
    save_draft(draft.id, CHANGED, 1, staff_id=1, at=now())
    open_it(otto, draft).says("The letter is open.")
    assert not db.session.query(Invitation).count()


@pytest.mark.shows("S6")
def test_nothing_is_agreed_without_the_ticked_box(
    otto: Visitor, visitor: Visitor, draft: Letter, settings: Settings, postbox: Inbox
) -> None:
    ask(otto, draft)
    path = newest_path(settings, postbox)
    visitor.open(path).submit(BUTTON, status=422).says("Check the box to confirm you’re authorized to agree.")
    assert db.session.query(SignOff).one().agreed_at is None


@pytest.mark.shows("S19")
def test_a_text_that_changed_while_it_was_read_is_not_agreed_to(
    otto: Visitor, visitor: Visitor, draft: Letter, settings: Settings, postbox: Inbox
) -> None:
    ask(otto, draft)
    page = visitor.open(newest_path(settings, postbox))
    save_draft(draft.id, CHANGED, 1, staff_id=1, at=now())
    page = page.submit(BUTTON, agreed=True, status=422).says("The text changed while you read it.")
    assert db.session.query(SignOff).one().agreed_at is None
    page.submit(BUTTON, agreed=True).says("agreed to this text")


@pytest.mark.shows("S29")
def test_a_withdrawn_request_and_an_expired_link_open_nothing(
    otto: Visitor, visitor: Visitor, draft: Letter, settings: Settings, postbox: Inbox, clock: Traveller
) -> None:
    ask(otto, draft)
    path = newest_path(settings, postbox)
    page = visitor.open(path, headers={"Sec-Fetch-Mode": "navigate"})
    headers = visitor.ask(path).headers
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "Set-Cookie" not in headers
    assert "noindex" in page.html
    assert db.session.query(SignOff).one().use_count == 1
    clock.shift(dt.timedelta(days=91))
    visitor.open(path, status=404)
    clock.shift(dt.timedelta(days=-91))
    staff_page(otto, draft).submit("Withdraw the request to River Keepers").says("its link no longer works")
    visitor.open(path, status=404)
    page.submit(BUTTON, agreed=True, status=404)
    clock.shift(dt.timedelta(seconds=1))
    ask(otto, draft)  # the new request, whose row may have the same number, has a link of its own
    visitor.open(path, status=404)


def test_a_letter_that_requires_all_leads_opens_with_them_alone(
    otto: Visitor, visitor: Visitor, draft: Letter, settings: Settings, postbox: Inbox
) -> None:
    page = otto.visit("signing_settings.edit", coalition=HOME, slug=draft.slug).submit("Open the letter")
    staff_page(otto, draft).submit("Save", required=True).says("Saved.")
    page.submit("Open now", slug="clean-rivers", status=422).says("No lead organization has been asked to agree yet")
    ask(otto, draft)
    settings_page = otto.visit("signing_settings.edit", coalition=HOME, slug=draft.slug)
    settings_page.says("Not every lead organization agrees to this text. Missing: River Keepers.")
    settings_page.says("Still needs the agreement of lead organizations.")
    visitor.open(newest_path(settings, postbox)).submit(BUTTON, agreed=True)
    open_it(otto, draft).says("The letter is open.")
    staff_page(otto, factories.save(db.session.get_one(Letter, draft.id))).never_says("Ask for agreement", "Withdraw")


def test_requests_are_limited(otto: Visitor, draft: Letter, settings: Settings, postbox: Inbox, clock: Traveller) -> None:
    page = ask(otto, draft).never_says("Ask again")
    ask(otto, draft, status=422, email=NIA.upper()).says("This mailbox has already been asked.")
    ask(otto, draft, status=422, email="no address", person="").says("Enter who decides", "This isn’t an email address.")
    clock.shift(dt.timedelta(days=1))
    page = staff_page(otto, draft)
    page.submit("Ask again: River Keepers").says("Asked again by email.")
    page.submit("Ask again: River Keepers").says("was asked within a day")
    send_due_mail(settings)
    assert len(postbox.to(NIA)) == 1  # the first email was replaced before it left


def text_of_all_tables() -> str:
    """Return all rows of all tables as one string."""
    end_read_transaction()
    return repr([db.session.execute(select(table)).all() for table in Base.metadata.sorted_tables])


def test_who_has_their_data_erased_is_forgotten_as_a_lead_too(
    otto: Visitor, visitor: Visitor, draft: Letter, settings: Settings, postbox: Inbox
) -> None:
    ask(otto, draft)
    visitor.open(newest_path(settings, postbox)).submit(BUTTON, agreed=True)
    open_it(otto, draft)
    visitor.open(newest_path(settings, postbox)).submit("We sign", authorized=True, section=cast.CLARA.section)
    other = factories.draft(CHANGED)
    ask(otto, other)
    ask(otto, other, email="lena@lakes.example", person="Lena Example")
    send_due_mail(settings)
    erase_on_request(db.session.query(Signature).one().id, now())
    left = text_of_all_tables()
    assert NIA not in left
    assert "Nia Example" not in left
    assert [one.agreed_sha256 != "" for one in db.session.query(SignOff).filter_by(letter_id=draft.id)] == [True]
    assert [one.person for one in db.session.query(SignOff).filter_by(letter_id=other.id)] == ["Lena Example"]
    assert "lena@lakes.example" in left
    staff_page(otto, factories.save(db.session.get_one(Letter, draft.id))).says("River Keepers")
    send_due_mail(settings)


def test_leads_are_forgotten_when_the_retention_of_addresses_ends(
    otto: Visitor, visitor: Visitor, draft: Letter, settings: Settings, postbox: Inbox, clock: Traveller
) -> None:
    ask(otto, draft)
    ask(otto, draft, email="lena@lakes.example", person="Lena Example")
    send_due_mail(settings)
    staff_page(otto, draft).submit("Withdraw the request to River Keepers")  # one of the two, whose email left
    open_it(otto, draft)
    letter = db.session.get_one(Letter, draft.id)
    for move in (LetterMove.CLOSE, LetterMove.DELIVER):
        letter.move(move, now())
    db.session.commit()
    kinds = (ErasableData.SIGN_OFFS, ErasableData.SIGN_OFF_EMAILS)
    assert [purge_expired_data(letter.id, kind, now()) for kind in kinds] == [0, 0]
    clock.shift(dt.timedelta(days=366))
    assert {one.data_kind: one.count for one in due_erasures(now())} == dict(zip(kinds, (1, 2), strict=True))
    assert [purge_expired_data(letter.id, kind, now()) for kind in kinds] == [1, 2]
    assert [purge_expired_data(letter.id, kind, now()) for kind in kinds] == [0, 0]
    emails = [(one.recipient, one.canonical_recipient) for one in db.session.query(OutboxMessage).filter_by(kind="sign-off")]
    assert not any("@" in f"{recipient}{mailbox}" for recipient, mailbox in emails)
    assert [(one.person, one.organization) for one in db.session.query(SignOff)] == [("", "River Keepers")]


def test_a_request_that_is_withdrawn_as_the_lead_agrees_ends_in_a_sentence(
    otto: Visitor, draft: Letter, settings: Settings
) -> None:
    ask(otto, draft)
    row = db.session.query(SignOff).one()
    sign_off_id, shown = row.id, ShownConsent(("River Keepers", "Nia Example"), "box", BUTTON, "en")
    staff_page(otto, draft).submit("Withdraw the request to River Keepers")
    with pytest.raises(CannotSignOff, match="This link no longer works"):
        sign_off(sign_off_id, "0" * 64, shown, now())
