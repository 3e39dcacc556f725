"""Unsubscribing: offered by each invitation and reminder, in one click, for all letters of the coalition."""

import datetime as dt
import re

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name, invite_past_signatories
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.invitations.invitation import CannotInvite, InvitationOutcome
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.outgoing_mail import UNSUBSCRIBABLE, MailKind
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import LIFETIMES, Purpose
from letterhub.mail.outbox import queue_mail
from letterhub.models import Letter, OutboxMessage, Staff, Unsubscription
from letterhub.queries.invitations.invitations import invitations_of
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox, ReceivedEmail
from tests.support.visitor import Visitor

ADDRESS = "ada@willow.example"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def invite(letter: Letter, name: str = "Willow Watch", email: str = ADDRESS) -> None:
    staff_id = db.session.query(Staff.id).filter_by(email=cast.OTTO.email).scalar() or factories.staff(cast.OTTO).id
    sender = InvitationContext(letter.id, staff_id, "staff-1", now())
    end_read_transaction()
    invite_by_name(sender, Signatory(name), email)


def unsubscribe_path(settings: Settings, postbox: Inbox, address: str = ADDRESS) -> str:
    """Return the path of the link in the header of the newest email to an address."""
    send_due_mail(settings)
    header = str(postbox.to(address)[-1].message["List-Unsubscribe"])
    assert re.fullmatch(rf"<{SITE}/unsubscribe/[\w.-]+>", header)
    return header.removeprefix(f"<{SITE}").removesuffix(">")


def test_an_invitation_offers_one_click_in_its_header_and_a_link_in_its_text(
    letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    invite(letter)
    path = unsubscribe_path(settings, postbox)
    [mail] = postbox.mails
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"To unsubscribe from emails like this one: {SITE}{path}" in mail.text
    assert f'href="{SITE}{path}"' in mail.html


def test_the_header_stays_on_one_line_in_the_bytes_that_the_server_gets(
    letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    invite(letter)
    path = unsubscribe_path(settings, postbox)
    assert f"List-Unsubscribe: <{SITE}{path}>\r\n".encode() in postbox.mails[0].raw


def test_one_click_of_the_mail_program_needs_no_session_and_counts_at_once(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    invite(letter)
    path = unsubscribe_path(settings, postbox)
    response = visitor.ask(path, method="POST", data=ONE_CLICK)
    assert response.status_code == 200
    assert "You’re unsubscribed" in response.get_data(as_text=True)
    assert "Set-Cookie" not in response.headers
    assert visitor.ask(path, method="POST", data=ONE_CLICK).status_code == 200
    assert db.session.query(Unsubscription).count() == 1
    assert [one.outcome for one in invitations_of(letter.id)] == [InvitationOutcome.DECLINED]


@pytest.mark.shows("S6")
def test_a_scanner_that_opens_the_link_and_presses_the_button_unsubscribes_nobody(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    invite(letter)
    path = unsubscribe_path(settings, postbox)
    page = visitor.open(path)
    for _ in range(2):
        page.submit("Unsubscribe", status=422).says("Check the box if you’re sure.")
    assert visitor.ask(path, method="HEAD").status_code == 200
    assert db.session.query(Unsubscription).count() == 0


def test_a_person_unsubscribes_by_box_and_button_and_subscribes_again_by_an_email_to_the_mailbox(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    invite(letter)
    ended = visitor.open(unsubscribe_path(settings, postbox)).submit("Unsubscribe", sure=True)
    ended.says("You’re unsubscribed", "won’t send you any more invitations")
    for address in (ADDRESS.upper(), ADDRESS):
        ended.submit("Email me a link", email=address).says("If this is the mailbox that unsubscribed, we emailed it a link.")
    send_due_mail(settings)
    [_invitation, mail] = postbox.mails
    assert mail.message["Subject"] == "Get emails of Coalition for Clean Rivers again"
    page = visitor.open(subscribe_path(mail))
    page.submit("Subscribe again", status=422).says("Check the box")
    assert db.session.query(Unsubscription).count() == 1
    page.submit("Subscribe again", sure=True).says("You’re subscribed")
    assert db.session.query(Unsubscription).count() == 0
    clock.shift(LIFETIMES[Purpose.SUBSCRIBE] + dt.timedelta(seconds=1))
    visitor.open(subscribe_path(mail), status=404).says("This link has expired.")


def subscribe_path(mail: ReceivedEmail) -> str:
    return next(word for word in mail.text.split() if "/subscribe/" in word).removeprefix(SITE)


def test_whoever_holds_a_forwarded_link_subscribes_nobody_and_floods_nobody(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    invite(letter)
    path = unsubscribe_path(settings, postbox)
    asked = {"email": "mallory@elsewhere.example"}
    assert visitor.ask(f"{path}/subscribe", method="POST", data=asked).status_code == 200
    visitor.ask(path, method="POST", data=ONE_CLICK)
    visitor.ask(path, method="POST", data={"sure": "y", "choice": "subscribe"})
    shown = {visitor.ask(f"{path}/subscribe", method="POST", data=one).get_data() for one in (asked, {"email": ADDRESS})}
    assert len(shown) == 1, "the answer does not tell which mailbox it is"
    assert visitor.ask(path.replace("unsubscribe", "subscribe")).status_code == 404
    for days, mails in ((0, 2), (1, 3)):
        clock.shift(dt.timedelta(days=days, seconds=days))
        visitor.ask(f"{path}/subscribe", method="POST", data={"email": ADDRESS})
        send_due_mail(settings)
        assert (len(postbox.mails), db.session.query(Unsubscription).count()) == (mails, 1)


def test_mail_that_waits_is_not_sent_and_no_letter_of_the_coalition_invites_again(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    invite(letter)
    path = unsubscribe_path(settings, postbox)
    other = factories.open_letter(factories.replace(factories.TEXT, title="Quiet rivers"), deadline_at=None)
    invite(other)
    visitor.ask(path, method="POST", data=ONE_CLICK)
    assert send_due_mail(settings) == 0
    db.session.expire_all()
    waiting = db.session.query(OutboxMessage).order_by(OutboxMessage.id.desc()).first()
    assert waiting.cancelled_at
    assert "unsubscribed from the coalition" in waiting.error
    third = factories.open_letter(factories.replace(factories.TEXT, title="Deep rivers"), deadline_at=None)
    with pytest.raises(CannotInvite):
        invite(third, "Willow Watchers", "ADA@willow.example")
    entry = factories.signature(other, cast.CLARA, email=ADDRESS)
    end_read_transaction()
    assert invite_past_signatories(InvitationContext(third.id, 1, "staff-1", now()), [entry.id]) == 0


def test_another_coalition_still_invites_the_mailbox(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    invite(letter)
    visitor.ask(unsubscribe_path(settings, postbox), method="POST", data=ONE_CLICK)
    elsewhere = factories.open_letter(
        factories.replace(factories.TEXT, title="Deep rivers"), of=factories.coalition(cast.OTHER_COALITION), deadline_at=None
    )
    invite(elsewhere)
    assert send_due_mail(settings) == 1


def test_a_link_that_was_tampered_with_or_made_for_something_else_is_refused(
    app: Flask, letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    invite(letter)
    path = unsubscribe_path(settings, postbox)
    token = path.rpartition("/")[2]
    for broken in (token[:-3] + "abc", token[1:], "x", f"{token}.{token}"):
        assert visitor.ask(f"/unsubscribe/{broken}", method="POST", data=ONE_CLICK).status_code == 404
    assert visitor.ask(f"/invited/{token}").status_code == 404
    assert db.session.query(Unsubscription).count() == 0


def test_a_reminder_to_confirm_is_not_sent_to_an_unsubscribed_mailbox_and_a_confirmation_is(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    signature = factories.signature(letter, cast.CLARA, state=SignatureState.PENDING)
    about = {"coalition_id": letter.coalition_id, "letter_id": letter.id, "signature_id": signature.id}
    factories.save(queue_mail(MailKind.REMIND, signature.email, at=now(), **about))
    visitor.ask(unsubscribe_path(settings, postbox, signature.email), method="POST", data=ONE_CLICK)
    for kind in (MailKind.REMIND, MailKind.CONFIRM):
        factories.save(queue_mail(kind, signature.email, at=now(), **about))
    assert send_due_mail(settings) == 1
    assert [mail.message["List-Unsubscribe"] is None for mail in postbox.to(signature.email)] == [False, True]


def test_kinds_that_answer_what_somebody_did_offer_no_unsubscribing() -> None:
    assert {MailKind.CONFIRM, MailKind.SIGNED, MailKind.RECONFIRM, MailKind.RESET}.isdisjoint(UNSUBSCRIBABLE)
