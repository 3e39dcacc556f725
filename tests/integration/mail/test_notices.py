"""Notices to staff: at once and in a digest, as each member chose, once each, and of nothing that is not theirs."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from letterhub.clock import now
from letterhub.commands.mail.notices import choose_notices, queue_digests, queue_notices
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.signatures.sign import withdraw_signature
from letterhub.config import Settings
from letterhub.domain.mail.notices import DEFAULT_CHOICES, NO_NOTICES, NoticeChoices, NoticeFrequency, NoticeTopic
from letterhub.domain.mail.outgoing_mail import MailKind, SuppressionReason
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.mail.outbox import queue_mail
from letterhub.models import (
    Edition,
    EditionFile,
    Letter,
    MailSuppression,
    Membership,
    NoticeSettings,
    OutboxMessage,
    Reply,
    SignatureAlert,
    Staff,
)
from letterhub.queries.mail.notice_items import Span, notice_items
from tests.support import cast, factories
from tests.support.database.query_plans import record_plans
from tests.support.editions import freeze_unrendered
from tests.support.html_forms import form_data, form_with_button
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
MINUTE = dt.timedelta(minutes=1)
PUBLISHED, CONFIRMED = SignatureState.PUBLISHED, SignatureState.CONFIRMED


def letter_with_notices(clock: time_machine.Traveller) -> Letter:
    """Return an open letter of a coalition with Sam on its team, whose notices have begun."""
    factories.staff(cast.SAM)
    letter = factories.open_letter(deadline_at=None)
    end_read_transaction()
    queue_notices(now())
    queue_digests(now())
    clock.shift(MINUTE)
    return letter


@pytest.fixture
def letter(app: Flask, clock: time_machine.Traveller) -> Letter:
    return letter_with_notices(clock)


def choose(choices: NoticeChoices, member: cast.Member = cast.SAM, hour: int = 9, zone: str = "UTC") -> None:
    staff_id = db.session.query(Staff.id).filter_by(email=member.email).scalar()
    membership_id = db.session.query(Membership.id).filter_by(staff_id=staff_id).scalar()
    end_read_transaction()
    choose_notices(staff_id, membership_id, choices, hour, zone, now())


def every_topic(frequency: NoticeFrequency) -> NoticeChoices:
    return dict.fromkeys(NoticeTopic, frequency)


def withdraw(letter: Letter, name: str) -> None:
    signature = factories.signature(letter, replace(cast.CLARA, organization=name, website=""), PUBLISHED, email="")
    end_read_transaction()
    withdraw_signature(signature.id, now())


def test_a_withdrawal_is_told_at_once_with_a_link(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    withdraw(letter, "Alliance 1")
    clock.shift(MINUTE)
    assert queue_notices(now()) == 1
    assert queue_notices(now()) == 0
    send_due_mail(settings)
    [mail] = postbox.to(cast.SAM.email)
    assert mail.message["Subject"] == "Withdrawn: Alliance 1"
    assert "withdrew the signature of Alliance 1 on “Clean rivers for everyone”" in mail.text
    assert f"/staff/{HOME}/letters/{letter.slug}/signatures/" in mail.text
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_at_once_is_bundled_during_a_flood(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    for minute in range(25):
        withdraw(letter, f"Alliance {minute}")
        clock.shift(MINUTE)
        queue_notices(now())
        send_due_mail(settings)
    clock.shift(MINUTE * 12)
    queue_notices(now())
    send_due_mail(settings)
    mails = postbox.to(cast.SAM.email)
    assert len(mails) == 4
    texts = " ".join(mail.text for mail in mails)
    assert [minute for minute in range(25) if texts.count(f"Alliance {minute} on") != 1] == []


def test_a_digest_leaves_once_a_day_at_its_hour_and_not_without_news(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    choose(DEFAULT_CHOICES, hour=9, zone="Asia/Tokyo")
    for signer in (cast.CLARA, cast.HIRO):
        factories.signature(letter, signer, CONFIRMED, confirmed_at=now())
    end_read_transaction()
    queue_notices(now() + MINUTE)
    clock.move_to(dt.datetime(2022, 1, 5, 23, 59, tzinfo=dt.UTC))
    assert queue_digests(now()) == 0
    clock.move_to(dt.datetime(2022, 1, 6, 0, 0, tzinfo=dt.UTC))
    assert (queue_digests(now()), queue_digests(now())) == (1, 0)
    send_due_mail(settings)
    [mail] = postbox.to(cast.SAM.email)
    assert mail.message["Subject"] == "Daily digest: Coalition for Clean Rivers"
    assert "2 new signatures" in mail.text
    assert "2 names wait for your review" in mail.text
    assert f"/letters/{letter.slug}/review" in mail.html
    clock.shift(dt.timedelta(days=1))
    assert queue_digests(now()) == 1
    assert send_due_mail(settings) == 0


def bounce(letter: Letter) -> None:
    row = queue_mail(MailKind.RESET, "x@example.org", at=now(), coalition_id=letter.coalition_id, letter_id=letter.id)
    row.fail(now(), "No such mailbox")
    factories.save(row)


def deadline_in(length: dt.timedelta) -> Callable[[Letter], None]:
    def move(letter: Letter) -> None:
        letter.deadline_at = now() + length
        factories.save(letter)

    return move


def edition_files(letter: Letter) -> None:
    factories.signature(letter, cast.CLARA, PUBLISHED, confirmed_at=now() - dt.timedelta(days=3))
    edition = freeze_unrendered(letter)
    for file in db.session.query(EditionFile).filter_by(edition_id=edition.id):
        file.finish(b"x", [], now())
        factories.save(file)


def disown(letter: Letter) -> None:
    signature = factories.signature(letter, cast.CLARA, confirmed_at=now() - dt.timedelta(days=3))
    facts = {"letter_id": letter.id, "signature_id": signature.id, "mailbox_hash": "x", "signer_name": "Clara"}
    factories.save(MailSuppression(**facts, reason=SuppressionReason.DISOWNED, suppressed_at=now()))


def reply(letter: Letter) -> None:
    factories.save(
        Reply(letter_id=letter.id, sender="Office of Example", received_on=now().date(), text="Noted.", recorded_at=now())
    )


EVENTS: dict[NoticeTopic, Callable[[Letter], object]] = {
    NoticeTopic.SIGNATURES: lambda letter: factories.signature(letter, cast.CLARA, PUBLISHED, confirmed_at=now()),
    NoticeTopic.WAITING: lambda letter: factories.signature(letter, cast.CLARA, CONFIRMED, confirmed_at=now()),
    NoticeTopic.CHANGES: lambda letter: withdraw(letter, "Alliance 1"),
    NoticeTopic.BOUNCES: bounce,
    NoticeTopic.ALERTS: disown,
    NoticeTopic.DEADLINE_TOMORROW: deadline_in(dt.timedelta(days=1)),
    NoticeTopic.DEADLINE_PASSED: deadline_in(dt.timedelta(0)),
    NoticeTopic.EDITION_READY: edition_files,
    NoticeTopic.REPLY: reply,
}


@pytest.mark.parametrize("topic", NoticeTopic)
def test_each_topic_is_told_to_its_own_coalition_alone_and_as_chosen(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox, topic: NoticeTopic
) -> None:
    factories.staff(cast.STRANGER, of=factories.coalition(cast.OTHER_COALITION))
    choose(NO_NOTICES | {topic: NoticeFrequency.AT_ONCE})
    choose(every_topic(NoticeFrequency.AT_ONCE), cast.STRANGER)
    EVENTS[topic](letter)
    end_read_transaction()
    clock.shift(MINUTE)
    assert queue_notices(now()) == 1
    send_due_mail(settings)
    assert postbox.to(cast.STRANGER.email) == []
    [mail] = postbox.to(cast.SAM.email)
    assert letter.slug in mail.text or topic in (NoticeTopic.BOUNCES, NoticeTopic.ALERTS)


def test_an_edition_with_a_file_that_is_not_finished_is_not_ready(letter: Letter) -> None:
    edition_files(letter)
    file = db.session.query(EditionFile).first()
    db.session.execute(update(EditionFile).where(EditionFile.id == file.id).values(state=JobState.RUNNING))
    assert notice_items(Span(now() - MINUTE, now()), [NoticeTopic.EDITION_READY]) == ()
    assert db.session.query(Edition).count() == 1


def test_what_is_dismissed_or_chosen_away_meanwhile_is_not_sent(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    withdraw(letter, "Alliance 1")
    clock.shift(MINUTE)
    queue_notices(now())
    choose(NO_NOTICES)
    assert send_due_mail(settings) == 0
    choose(DEFAULT_CHOICES)
    withdraw(letter, "Alliance 2")
    clock.shift(MINUTE * 20)
    queue_notices(now())
    for notice in db.session.query(SignatureAlert):
        notice.acknowledged_at = now()
    db.session.commit()
    assert send_due_mail(settings) == 0


def test_who_left_the_team_hears_of_nothing_and_their_choices_are_gone(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    withdraw(letter, "Alliance 1")
    clock.shift(MINUTE)
    queue_notices(now())
    db.session.delete(db.session.query(Membership).one())
    db.session.commit()
    assert db.session.query(NoticeSettings).count() == 0
    assert send_due_mail(settings) == 0
    assert "no longer on the team" in db.session.query(OutboxMessage).filter_by(kind=MailKind.NOTICE).one().error


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_confirmed_signatures_are_looked_up_by_letter_and_time(letter: Letter) -> None:
    factories.signature(letter, cast.CLARA, CONFIRMED, confirmed_at=now())
    end_read_transaction()
    with record_plans() as plans:
        notice_items(Span(now() - MINUTE, now()), [NoticeTopic.SIGNATURES, NoticeTopic.WAITING])
    [plan] = plans
    assert plan.count("SEARCH signature USING INDEX ix_signature_") + plan.count("SEARCH signature USING COVERING INDEX") == 2
    assert "SCAN signature" not in plan


def test_a_member_chooses_on_the_account_page(letter: Letter, visitor: Visitor) -> None:
    visitor.sign_in(cast.SAM)
    page = visitor.open("/account").follow("Choose notices").follow("Coalition for Clean Rivers")
    page.submit("Save notices", changes="never", alerts="daily", digest_hour="7", digest_zone="Asia/Tokyo").says("Saved.")
    row = db.session.query(NoticeSettings).join(Membership).join(Staff).filter(Staff.email == cast.SAM.email).one()
    assert (row.topics[NoticeTopic.CHANGES], row.digest_hour) == (NoticeFrequency.NEVER, 7)
    assert row.digest_at == dt.datetime(2022, 1, 5, 22, tzinfo=dt.UTC)
    sent = form_data(page.tree, *form_with_button(page.tree, "Save notices"), {}) | {"changes": ["hourly"]}
    visitor.open(page.path, status=422, method="POST", data=sent).says("Published names withdrawn, corrected or reported")
    visitor.open("/account/notices/another-coalition", status=404)


def test_one_click_of_the_mail_program_ends_all_notices_and_a_scanner_none(
    letter: Letter, clock: time_machine.Traveller, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    withdraw(letter, "Alliance 1")
    clock.shift(MINUTE)
    queue_notices(now())
    send_due_mail(settings)
    url = str(postbox.to(cast.SAM.email)[0].message["List-Unsubscribe"])[1:-1]
    path = url.partition("example.org")[2]
    visitor.open(path).submit("Stop all notices", status=422).says("Check the box if you’re sure.")
    assert db.session.query(NoticeSettings).one().topics == DEFAULT_CHOICES
    response = visitor.ask(path, method="POST", data={"List-Unsubscribe": "One-Click"})
    assert "You get no more notices" in response.get_data(as_text=True)
    db.session.expire_all()
    assert db.session.query(NoticeSettings).one().topics == NO_NOTICES
