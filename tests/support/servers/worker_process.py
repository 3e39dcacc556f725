"""Worker processes for tests: started, observed and killed; and the emails they sent."""

import atexit
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sqlalchemy import func, select, update

from letterhub.cli import main
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
    """Wait until the condition holds; fail after TIMEOUT seconds."""
    until = time.monotonic() + TIMEOUT
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


class WorkerProcess(ForkServerProcess):
    """Worker in a process of its own, with the methods of `subprocess.Popen` that tests use."""

    def __init__(self, settings: Settings, log: Path | None) -> None:
        super().__init__()
        self.environment = {"PATH": os.environ["PATH"], **settings_environment(settings)}
        self.log = log
        if log:
            log.touch()  # tests read it before the process has started

    def run(self) -> None:
        """Run `letterhub worker` in the new process, with its log in the file."""
        os.environ.clear()
        os.environ.update(self.environment)
        if self.log:
            os.dup2(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), sys.stderr.fileno())
        try:
            main(["worker"])
        finally:
            atexit._run_exitfuncs()  # a process of multiprocessing skips them at its end

    def send_signal(self, number: int) -> None:
        """Send a signal to the worker."""
        os.kill(self.pid or 0, number)

    def wait(self, timeout: float) -> int | None:
        """Return the exit code, negative after a signal, or None if the worker still runs after so many seconds."""
        self.join(timeout)
        return self.exitcode

    def poll(self) -> int | None:
        """Return the exit code, or None while the worker runs."""
        return self.exitcode


@contextmanager
def run_worker(settings: Settings, log: Path | None = None) -> Iterator[WorkerProcess]:
    """Run a worker while the block lasts, then kill it; its log goes to a file, if one is given."""
    process = WorkerProcess(settings, log)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


@one_transaction
def expire_leases() -> None:
    """Expire the leases of workers that are gone."""
    db.session.execute(update(OutboxMessage).where(OutboxMessage.lease_until.is_not(None)).values(lease_until=now()))


def unsent_count() -> int:
    """Return the number of emails not sent yet."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(OutboxMessage).where(OutboxMessage.sent_at.is_(None))) or 0
