"""Staff learn of a site that does not work: owners on the dashboard, everyone on the status page, with the time since when."""

import datetime as dt

import pytest
from flask import Flask
from time_machine import Traveller

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.heartbeat import record_heartbeat
from letterhub.commands.signatures.sign import disown_signature
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import ALERT_THRESHOLD, MailKind
from letterhub.domain.operations.readiness import HeartbeatKind
from letterhub.domain.states import SignatureState
from letterhub.mail.outbox import queue_mail
from letterhub.models import Letter
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
SILENT = "worker isn’t running"
HELD = "its queue isn’t moving"
STUCK = "Email is stuck"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def letter(app: Flask) -> Letter:
    for member in (cast.OLIVE, cast.SAM):
        factories.staff(member)
    return factories.open_letter(deadline_at=None)


@pytest.fixture
def olive(visitor: Visitor, letter: Letter) -> Visitor:
    """Olive, an owner, signed in."""
    visitor.sign_in(cast.OLIVE)
    return visitor


def alive(*signs: HeartbeatKind) -> None:
    for sign in signs:
        record_heartbeat(sign, "one", "a1b2c3d4e5f6", now())


def desk(by: Visitor) -> Page:
    return by.visit("dashboard.index", coalition=HOME)


def alerts(by: Visitor) -> Page:
    return by.visit("alerts.index", coalition=HOME)


def test_a_site_that_moves_warns_of_nothing(olive: Visitor) -> None:
    alive(HeartbeatKind.WORKER, HeartbeatKind.QUEUE)
    desk(olive).never_says(SILENT, HELD, STUCK)
    alerts(olive).says(
        "Nothing needs your attention right now.",
        "Worker Running Last seen",
        "No email is overdue.",
        "None of your coalition’s emails failed.",
    )


def test_owners_hear_of_a_worker_that_is_silent_on_their_desk(olive: Visitor, app: Flask, clock: Traveller) -> None:
    alive(HeartbeatKind.WORKER, HeartbeatKind.QUEUE)
    clock.shift(20 * MINUTE)
    page = desk(olive).says(SILENT, "Nothing is lost, and people can still sign.")
    page.follow("See details").says("Worker Stalled Last seen 20 minutes ago.")
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    desk(sam).never_says(SILENT)
    alerts(sam).says(SILENT)


def test_owners_see_how_old_the_last_backup_is_and_what_is_not_ready(olive: Visitor, app: Flask, clock: Traveller) -> None:
    alive(HeartbeatKind.WORKER, HeartbeatKind.QUEUE)
    desk(olive).says("This site has no backup yet.")
    alive(HeartbeatKind.BACKUP)
    clock.shift(dt.timedelta(hours=5))
    alive(HeartbeatKind.WORKER, HeartbeatKind.QUEUE)
    desk(olive).says("Last backup of this site: 5 hours ago.").never_says("This site hasn’t been backed up for two days.")
    clock.shift(dt.timedelta(days=2))
    for _ in range(9):
        alive(
            HeartbeatKind.WORKER,
            HeartbeatKind.QUEUE,
            HeartbeatKind.REDIS_AWAY,
            HeartbeatKind.FILES_AWAY,
            HeartbeatKind.DISK_FULL,
        )
        clock.shift(dt.timedelta(seconds=10))
    warnings = (
        "This site hasn’t been backed up for two days.",
        "Redis server isn’t responding",
        "File storage isn’t responding",
        "A disk of this site",
    )
    desk(olive).says(*warnings)
    alerts(olive).says(*warnings, "Redis Needs attention Since 1 minute ago.", "Backup Too old Last backup 2 days ago.")
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    desk(sam).never_says("Last backup of this site", "Redis")


def test_a_worker_that_was_never_there_and_a_queue_that_stands_are_told_apart(olive: Visitor) -> None:
    alerts(olive).says("Worker Stalled Never seen.")
    alive(HeartbeatKind.WORKER)
    alerts(olive).says(HELD, "Queue Stalled Never seen.").never_says(SILENT)


@pytest.mark.shows("R3")
def test_mail_that_does_not_leave_is_an_alert_and_mail_that_failed_is_counted(
    olive: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: Traveller
) -> None:
    signature = factories.signature(letter)
    facts = {"signature_id": signature.id, "letter_id": letter.id, "coalition_id": letter.coalition_id}
    factories.save(queue_mail(MailKind.SIGNED, cast.CLARA.email, at=now(), **facts))
    postbox.answer = "550 no"
    send_due_mail(settings)
    factories.save(queue_mail(MailKind.SIGNED, cast.CLARA.email, at=now(), **facts))
    clock.shift(30 * MINUTE)
    alive(HeartbeatKind.WORKER, HeartbeatKind.QUEUE)
    desk(olive).says(STUCK)
    page = alerts(olive).says(STUCK, "Email Stalled The oldest email was due 30 minutes ago.")
    page.follow("One of your coalition’s emails failed").says("550: no")


def test_floods_are_told_there_too_and_only_to_their_coalition(olive: Visitor, app: Flask, letter: Letter) -> None:
    alive(HeartbeatKind.WORKER, HeartbeatKind.QUEUE)
    factories.signature(letter, state=SignatureState.PENDING, from_flood=True)
    alerts(olive).says("is getting suspicious signatures")
    factories.staff(cast.STRANGER, of=factories.coalition(cast.OTHER_COALITION))
    stella = Visitor(app, SITE)
    stella.sign_in(cast.STRANGER)
    stella.visit("alerts.index", coalition="quiet-skies-network").never_says("flooded", letter.slug)


@pytest.mark.shows("S28")
def test_a_forger_who_disowns_raises_no_alert_about_anothers_domain(olive: Visitor, letter: Letter) -> None:
    for number in range(ALERT_THRESHOLD):
        by = cast.Signer(
            f"Example Alliance {number}", "https://alliance.example", "Eve", "Director", f"eve{number}@evil.example"
        )
        pending = factories.signature(letter, by, SignatureState.PENDING)
        disown_signature(pending.id, now())
    pending = factories.signature(letter, cast.FREE_MAIL_SIGNER, SignatureState.PENDING)
    disown_signature(pending.id, now())
    page = desk(olive).says(f"people who read email at evil.example disowned {ALERT_THRESHOLD} signatures from that domain")
    page.says("Someone who reads email at evil.example said", "Someone who reads the mailbox entered in the form")
    page.never_says("alliance.example", "mail at gmail.com", "mail there said")
