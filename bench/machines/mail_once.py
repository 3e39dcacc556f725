"""Invitations and digests through the outbox while a worker is killed: each arrives once, none at an unsubscribed mailbox.

`.venv/bin/python -m bench.machines.mail_once [COUNT]` sends COUNT (20,000) emails with two workers, kills one of them (-9)
after a third, and starts it again. An email in hand when its worker was killed may arrive twice, under one Message-ID.
"""

import datetime as dt
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.machines.processes import Machine, MissingProgram, free_port, mail_server, postgresql, redis, shared_settings
from letterhub.app import site_context
from letterhub.clock import now
from letterhub.commands.mail.notices import queue_digests
from letterhub.commands.mail.unsubscriptions import unsubscribe
from letterhub.config import parse_settings
from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.serialization import signatory_to_facts
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.notices import DEFAULT_CHOICES
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import hash_recipient
from letterhub.mail.outbox import queue_mail
from letterhub.models import Invitation, Membership, NoticeSettings, Staff
from tests.support import factories

MAIL_COUNT = 20_000
UNSUBSCRIBED_SHARE = 20  # one of so many invited mailboxes
THREADS = 2  # of each worker, which may have an email in hand


def queue_everything(settings: dict[str, str], folder: Path, count: int) -> tuple[set[str], set[str]]:
    """Queue an invitation and a digest in turn; return the recipients, and those that unsubscribed after that."""
    with site_context(parse_settings({**settings, "LETTERHUB_DATA_DIR": str(folder / "posting")})):
        letter = factories.open_letter(deadline_at=None)
        signature = factories.signature(letter, state=SignatureState.CONFIRMED)
        signature.confirmed_at = now() - dt.timedelta(hours=1)
        factories.save(signature)
        invited = [f"ada@o{number}.example" for number in range(count // 2)]
        for number, email in enumerate(invited):
            line = signatory_to_facts(Signatory(f"Watch {number}"))
            row = Invitation(letter_id=letter.id, line=line, name_key=f"watch {number}", invited_at=now(), email="")
            row.set_email(email, letter.coalition_id)
            db.session.add(row)
            db.session.flush()
            facts = {"invitation_id": row.id}
            queue_mail(MailKind.INVITE, email, facts, at=now(), coalition_id=letter.coalition_id, letter_id=letter.id)
        members = [f"nia@team{number}.example" for number in range(count - len(invited))]
        today = now()
        for number, email in enumerate(members):
            _add_member(letter.coalition_id, number, email, today)
        db.session.commit()
        left = set(invited[::UNSUBSCRIBED_SHARE])
        coalition_id = letter.coalition_id
        end_read_transaction()
        for email in left:
            unsubscribe(coalition_id, hash_recipient(coalition_id, EmailAddress(email)), now())
        while queue_digests(now()):
            pass
    return {*invited, *members} - left, left


def _add_member(coalition_id: int, number: int, email: str, today: dt.datetime) -> None:
    """Add a member of the team whose digest is due."""
    staff = Staff(name=f"Member {number}", email=email, fs_uniquifier=f"member-{number}", created_at=now())
    db.session.add(staff)
    db.session.flush()
    member = Membership(staff_id=staff.id, coalition_id=coalition_id, role=Role.REVIEWER, invited_at=now(), joined_at=now())
    db.session.add(member)
    db.session.flush()
    choices = {str(topic): str(frequency) for topic, frequency in DEFAULT_CHOICES.items()}
    times = {"digest_at": today, "digest_since": today - dt.timedelta(days=1)}  # as after the digests of yesterday
    db.session.add(NoticeSettings(membership_id=member.id, choices=choices, digest_hour=9, digest_zone="UTC", **times))


def send_everything(settings: dict[str, str], folder: Path, mails: Path, expected: int) -> float:
    """Send with two workers, one of which is killed after a third and started again; return the seconds."""
    workers = [Machine(f"worker-{number}", ["worker"], settings, folder) for number in range(2)]
    started = time.monotonic()
    for each in workers:
        each.start()
    try:
        _wait_for(mails, expected // 3)
        workers[0].kill()
        print(f"killed a worker (-9) after {_count(mails)} emails", flush=True)
        workers[0].start()
        _wait_for(mails, expected)
        time.sleep(5)  # for what should not come
        return time.monotonic() - started
    finally:
        for each in workers:
            each.kill()


def _count(mails: Path) -> int:
    return len({line.split("\t")[0] for line in mails.read_text().splitlines()})


def _wait_for(mails: Path, count: int) -> None:
    """Wait until so many recipients have an email."""
    while _count(mails) < count:
        time.sleep(1)


def main(count: int) -> int:
    """Print what arrived; return 1 if anything is missing, came too often, or came to an unsubscribed mailbox."""
    with tempfile.TemporaryDirectory(prefix="letterhub-once-") as passing:
        folder, mail_port = Path(passing), free_port()
        mails = folder / "mails"
        try:
            with postgresql() as database, redis(folder) as queue, mail_server(mail_port, mails):
                settings = shared_settings(database, queue, mail_port, free_port())
                Machine("migration", ["migrate"], settings, folder).run()
                recipients, left = queue_everything(settings, folder, count)
                seconds = send_everything(settings, folder, mails, len(recipients))
        except MissingProgram as missing:
            print(missing)
            return 1
        arrived = Counter(line.split("\t")[0] for line in mails.read_text().splitlines())
        twice = sum(number > 1 for number in arrived.values())
        wrong = [recipient for recipient in left if arrived[recipient]]
        missing_count = len(recipients - set(arrived))
        print(f"{len(recipients)} recipients in {seconds:.0f} s: {missing_count} without email, {twice} with two,", end=" ")
        print(f"{len(wrong)} that had unsubscribed")
        return int(bool(missing_count or wrong or twice > THREADS))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MAIL_COUNT))
