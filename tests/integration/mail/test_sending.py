"""From the outbox to the mail server: sent, retried, given up, and never sent."""

import datetime as dt
import re
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import retry_mail, send_due_mail
from letterhub.config import Settings
from letterhub.domain.accounts.roles import Role
from letterhub.domain.line_validation import WORD_JOINER
from letterhub.domain.mail.outgoing_mail import CannotRetry, MailKind, MailState
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.infrastructure.signed_links import Purpose
from letterhub.mail.outbox import queue_mail
from letterhub.models import Membership, OutboxMessage, Signature
from tests.support import factories
from tests.support.cast import CLARA, OLIVE, OTHER_COALITION
from tests.support.servers.mail_server import Inbox


@pytest.fixture
def signature(app: Flask) -> Signature:
    return factories.signature(factories.open_letter(), state=SignatureState.PENDING)


@pytest.fixture
def line(signature: Signature) -> OutboxMessage:
    return posted(MailKind.CONFIRM, signature)


def posted(kind: MailKind, signature: Signature, **facts: object) -> OutboxMessage:
    line = queue_mail(kind, signature.email, facts, at=now(), letter_id=signature.letter_id, signature_id=signature.id)
    return factories.save(line)


def state_of(line: OutboxMessage) -> tuple[MailState, str]:
    db.session.refresh(line)
    return line.state, line.error


def test_a_confirmation_says_who_asked_what_prints_and_where_to_go(
    app: Flask, settings: Settings, line: OutboxMessage, postbox: Inbox
) -> None:
    assert send_due_mail(settings) == 1
    [mail] = postbox.mails
    assert mail.recipients == (CLARA.email,)
    assert mail.sender == "letters@letters.example.org"
    assert mail.message["Subject"] == "Confirm your signature: Clean rivers for everyone"
    text = " ".join(mail.text.split())
    assert text.startswith("Please confirm your signature on the open letter “Clean rivers for everyone”, hosted by Coalition")
    assert "    Example Alliance\n    Clara Example, Director\n" in mail.text
    assert "open the link and choose “We didn’t send this form”" in text
    assert "The link works until Wednesday, January 12, 2022, 12:00 p.m. Eastern." in text
    [link] = [row for row in mail.text.splitlines() if "/confirm/" in row]
    assert link.startswith("https://letters.example.org/confirm/")
    opened = app.extensions["links"].open(Purpose.CONFIRM, link.rpartition("/")[2])
    assert opened.subject == (line.signature_id, db.session.get_one(Signature, line.signature_id).revision_id)


def test_a_mail_is_a_letter_by_a_machine_to_one_person(settings: Settings, line: OutboxMessage, postbox: Inbox) -> None:
    send_due_mail(settings)
    message = postbox.mails[0].message
    assert message["Message-ID"] == line.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "Letterhub <letters@letters.example.org>"
    assert message["Date"].datetime == now()
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert all(len(row) <= 998 for row in message.as_bytes().splitlines())


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (MailKind.CONFIRM, SignatureState.PENDING),
        (MailKind.SIGNED, SignatureState.CONFIRMED),
        (MailKind.JOIN, None),
        (MailKind.RESET, None),
    ],
)
def test_every_link_leads_to_a_page(
    app: Flask, settings: Settings, postbox: Inbox, kind: MailKind, state: SignatureState | None
) -> None:
    if state:
        posted(kind, factories.signature(factories.open_letter(), state=state))
    else:
        factories.save(queue_mail(kind, OLIVE.email, invited_and_forgetful(), at=now()))
    assert send_due_mail(settings) == 1
    rows = [row for row in postbox.mails[0].text.splitlines() if row.startswith("https://letters.example.org/")]
    pages = [app.url_map.bind("").match(row.removeprefix("https://letters.example.org"))[0] for row in rows]
    assert pages[-1] in {"confirmation.detail", "own_signature.detail", "accept_invitation.accept", "security.reset_password"}


def invited_and_forgetful() -> dict[str, int]:
    """Return the data of a member who has an account and an open invitation."""
    olive = factories.staff(OLIVE)
    other = factories.coalition(OTHER_COALITION)
    invitation = Membership(staff_id=olive.id, coalition_id=other.id, role=Role.REVIEWER, invited_at=now())
    return {"staff_id": olive.id, "membership_id": factories.save(invitation).id}


def test_text_and_html_hold_the_same_link(settings: Settings, line: OutboxMessage, postbox: Inbox) -> None:
    send_due_mail(settings)
    html = postbox.mails[0].message.get_body(("html",)).get_content()
    [link] = [row for row in postbox.mails[0].text.splitlines() if "/confirm/" in row]
    assert f'href="{link}"' in html
    assert "Example Alliance</strong>" in html


@pytest.mark.shows("S5")
@pytest.mark.parametrize(
    "bad",
    [
        "\r\nBcc: all@example.org\r\n\r\nHi", "\nBcc: all@example.org", "\u2028Bcc: all@example.org", "\x85\x1b",
        " =?utf-8?q?a=0D=0ABcc:_all@example.org=0D=0A=0D=0AHi?= ", "=?utf-8?b?DQpCY2M6IGFAYi5jCg==?=",
    ],
)  # fmt: skip
def test_nothing_that_is_signed_reaches_a_header_of_its_own(
    settings: Settings, signature: Signature, postbox: Inbox, bad: str
) -> None:
    signature.move(SignatureMove.CONFIRM, now())
    signature.organization_name = f"Example{bad}Alliance"
    posted(MailKind.SIGNED, signature)
    assert send_due_mail(settings) == 1
    [mail] = postbox.mails
    assert mail.recipients == (CLARA.email,)
    assert mail.message["Bcc"] is None
    assert mail.message["Subject"].startswith("Your signature is confirmed: Example")
    assert not set(mail.message["Subject"]) & set("\r\n\x85\x1b\u2028")


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (MailKind.CONFIRM, SignatureState.PENDING), (MailKind.REMIND, SignatureState.PENDING),
        (MailKind.SIGNED, SignatureState.CONFIRMED), (MailKind.RESTORED, SignatureState.PUBLISHED),
        (MailKind.CORRECTED, SignatureState.PUBLISHED),
    ],
)  # fmt: skip
def test_nothing_that_a_stranger_typed_becomes_a_link_in_a_mail_program(
    app: Flask, settings: Settings, postbox: Inbox, kind: MailKind, state: SignatureState
) -> None:
    typed = {"organization_name": "Visit evil.org/x", "signer_name": "Eve.com at evil.co", "signer_title": "eve@evil.net"}
    signature = factories.signature(factories.open_letter(), state=state, **typed)
    facts = {"before": ["Was evil.org", "Eve.com"], "after": ["Is evil.org", "Eve.com"]} if kind is MailKind.CORRECTED else {}
    posted(kind, signature, **facts)
    assert send_due_mail(settings) == 1
    [mail] = postbox.mails
    html = mail.message.get_body(("html",)).get_content()
    for shown in (mail.text, html, mail.message["Subject"]):
        assert not re.search(r"(?i)evil\.(?:org|co|net)|eve\.com|eve@evil", shown), shown
    assert f"Evil.{WORD_JOINER}".casefold() in mail.text.casefold()


@pytest.mark.shows("S3")
def test_markup_in_a_name_stays_text(settings: Settings, signature: Signature, postbox: Inbox) -> None:
    signature.organization_name = "<img src=x onerror=alert(1)>"
    posted(MailKind.CONFIRM, signature)
    send_due_mail(settings)
    assert "<img" not in postbox.mails[0].message.get_body(("html",)).get_content()
    assert "    <img src=x onerror=alert(1)>" in postbox.mails[0].text


@pytest.mark.shows("R3")
@pytest.mark.parametrize("field", ["answer", "reply_to_recipient"])
def test_what_the_server_puts_off_comes_later_as_the_same_mail(
    settings: Settings, line: OutboxMessage, postbox: Inbox, clock: time_machine.Traveller, field: str
) -> None:
    setattr(postbox, field, "451 4.7.1 Greylisted, come back")
    assert send_due_mail(settings) == 0
    assert state_of(line) == (MailState.WAITING, "The mail server answered 451: 4.7.1 Greylisted, come back")
    setattr(postbox, field, Inbox.ACCEPTED)
    clock.shift(dt.timedelta(seconds=40))
    assert send_due_mail(settings) == 0
    clock.shift(dt.timedelta(seconds=40))
    assert send_due_mail(settings) == 1
    assert state_of(line) == (MailState.SENT, "")
    assert [mail.message["Message-ID"] for mail in postbox.mails] == [line.message_id]


@pytest.mark.shows("R3")
@pytest.mark.parametrize("field", ["answer", "reply_to_recipient"])
def test_what_the_server_never_takes_fails_with_its_words(
    settings: Settings, line: OutboxMessage, postbox: Inbox, clock: time_machine.Traveller, field: str
) -> None:
    setattr(postbox, field, "550 5.1.1 No such mailbox")
    assert send_due_mail(settings) == 0
    assert state_of(line) == (MailState.FAILED, "The mail server answered 550: 5.1.1 No such mailbox")
    setattr(postbox, field, Inbox.ACCEPTED)
    clock.shift(dt.timedelta(days=1))
    assert send_due_mail(settings) == 0


@pytest.mark.shows("R3")
def test_a_refused_mail_does_not_hold_up_those_behind_it(settings: Settings, line: OutboxMessage, postbox: Inbox) -> None:
    line.parameters = {}
    line.kind = MailKind.CORRECTED  # without its data it cannot be rendered
    db.session.get_one(Signature, line.signature_id).move(SignatureMove.CONFIRM, now())
    behind = posted(MailKind.SIGNED, db.session.get_one(Signature, line.signature_id))
    assert send_due_mail(settings) == 1
    assert [mail.message["Message-ID"] for mail in postbox.mails] == [behind.message_id]
    assert state_of(line) == (MailState.WAITING, "This email could not be composed. The worker’s log says why.")


@pytest.mark.shows("R3")
def test_mail_waits_while_the_server_is_away_and_leaves_when_it_is_back(
    settings: Settings, line: OutboxMessage, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    away = replace(settings, mail_server=replace(settings.mail_server, port=1))
    for _ in range(20):
        assert send_due_mail(away) == 0
        clock.shift(dt.timedelta(minutes=6))
    assert state_of(line) == (MailState.WAITING, "The mail server at 127.0.0.1, port 1 can’t be reached: Connection refused.")
    assert send_due_mail(settings) == 1
    assert [mail.message["Message-ID"] for mail in postbox.mails] == [line.message_id]


def test_a_mail_is_given_up_after_three_days_until_someone_asks_for_another_try(
    settings: Settings, line: OutboxMessage, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    postbox.answer = "451 not now"
    clock.shift(dt.timedelta(days=3))
    send_due_mail(settings)
    assert state_of(line) == (MailState.FAILED, "The mail server answered 451: not now")
    postbox.answer = Inbox.ACCEPTED
    assert retry_mail(line.id, None, now()) == CLARA.email
    assert send_due_mail(settings) == 1
    with pytest.raises(CannotRetry):
        retry_mail(line.id, None, now())


@pytest.mark.parametrize(
    ("kind", "move", "why"),
    [
        (MailKind.CONFIRM, SignatureMove.WITHDRAW, "Not sent: the signature is withdrawn and needs no confirmation."),
        (MailKind.CONFIRM, SignatureMove.EXPIRE, "Not sent: the signature is expired and needs no confirmation."),
        (MailKind.CONFIRM, SignatureMove.CONFIRM, "Not sent: the signature is waiting for review and needs no confirmation."),
        (MailKind.SIGNED, SignatureMove.WITHDRAW, "Not sent: the signature is withdrawn."),
    ],
)
def test_a_mail_whose_occasion_has_passed_is_not_sent(
    settings: Settings,
    signature: Signature,
    postbox: Inbox,
    clock: time_machine.Traveller,
    kind: MailKind,
    move: SignatureMove,
    why: str,
) -> None:
    line = posted(kind, signature)
    clock.shift(dt.timedelta(seconds=5))
    signature.move(move, now())
    factories.save(signature)
    assert send_due_mail(settings) == 0
    assert state_of(line) == (MailState.CANCELLED, why)
    assert postbox.mails == []


def test_an_expired_signature_gets_the_new_link_that_it_asks_for(
    settings: Settings, signature: Signature, postbox: Inbox
) -> None:
    signature.move(SignatureMove.EXPIRE, now())
    posted(MailKind.CONFIRM, signature)
    assert send_due_mail(settings) == 1


def test_a_change_that_is_undone_sends_nothing(settings: Settings, signature: Signature, postbox: Inbox) -> None:
    @one_transaction
    def sign_and_fall() -> None:
        queue_mail(MailKind.CONFIRM, signature.email, at=now(), signature_id=signature.id)
        raise RuntimeError("the pen broke")

    with pytest.raises(RuntimeError, match="the pen broke"):
        sign_and_fall()
    assert send_due_mail(settings) == 0


def test_staff_get_a_link_to_choose_a_new_password(app: Flask, settings: Settings, postbox: Inbox) -> None:
    factories.staff(OLIVE)
    factories.save(queue_mail(MailKind.RESET, OLIVE.email, at=now()))
    assert send_due_mail(settings) == 1
    assert "https://letters.example.org/reset-password/" in postbox.to(OLIVE.email)[0].text


def test_a_correction_shows_before_and_after(settings: Settings, signature: Signature, postbox: Inbox) -> None:
    signature.move(SignatureMove.CONFIRM, now())
    posted(
        MailKind.CORRECTED, signature, before=["Exampel Alliance", ""], after=["Example Alliance", "Clara Example, Director"]
    )
    assert send_due_mail(settings) == 1
    text = postbox.mails[0].text
    assert text.index("    Exampel Alliance\n") < text.index("Now:") < text.index("    Example Alliance\n")
