"""Worker processes for tests: started, observed and killed; and the emails they sent."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import func, select, update

from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import queue_mail
from letterhub.models import OutboxMessage
from tests.support.cast import CLARA
from tests.support.servers.command_line import settings_environment
from tests.support.servers.mail_server import Inbox

TIMEOUT = 120  # seconds before a hanging worker is given up


def queue_emails(signature_id: int, count: int) -> set[str]:
    """Add so many emails to the outbox, all due now; return their Message-IDs."""
    lines = [queue_mail(MailKind.SIGNED, CLARA.email, at=now(), signature_id=signature_id) for _ in range(count)]
    db.session.commit()
    return {line.message_id for line in lines}


def count_by_message_id(postbox: Inbox) -> Counter[str]:
    """Return the number of times each Message-ID arrived."""
    return Counter(mail.message["Message-ID"] for mail in postbox.mails)


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait until the condition holds; fail after PATIENCE seconds."""
    until = time.monotonic() + TIMEOUT
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


@contextmanager
def run_worker(settings: Settings, log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker as a process of its own, as an operator starts it; its log goes to a file, if one is given."""
    command = [sys.executable, "-c", "from letterhub.cli import main; main()", "worker"]
    environment = {"PATH": os.environ["PATH"], **settings_environment(settings)}
    with (
        log.open("wb") if log else nullcontext() as place,
        subprocess.Popen(command, env=environment, stderr=place) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


@one_transaction
def expire_leases() -> None:
    """Expire the leases of workers that are gone."""
    db.session.execute(update(OutboxMessage).where(OutboxMessage.lease_until.is_not(None)).values(lease_until=now()))


def unsent_count() -> int:
    """Return the number of emails not sent yet."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(OutboxMessage).where(OutboxMessage.sent_at.is_(None))) or 0
