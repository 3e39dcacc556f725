"""Throughput of the outbox in mails per second, by number of workers: `.venv/bin/python -m bench.machines.mails`."""

import sys
import tempfile
import time
from pathlib import Path

from bench.machines.__main__ import open_letter
from bench.machines.processes import Machine, MissingProgram, free_port, mail_server, postgresql, redis, shared_settings
from letterhub.app import site_context
from letterhub.clock import now
from letterhub.config import parse_settings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import Letter, Signature
from tests.support import factories

MAIL_COUNT = 1_000
WORKER_COUNTS = (1, 2, 4)


def queue_mails(settings: dict[str, str], folder: Path) -> None:
    """Queue the mails, all due now."""
    with site_context(parse_settings({**settings, "LETTERHUB_DATA_DIR": str(folder / "posting")})):
        signature = db.session.query(Signature).first() or factories.signature(db.session.query(Letter).first())
        for number in range(MAIL_COUNT):
            queue_mail(MailKind.SIGNED, f"nia@o{number}.example", at=now(), signature_id=signature.id)
        db.session.commit()


def measure_rate(settings: dict[str, str], folder: Path, mails: Path, workers: int) -> float:
    """Return the mails per second, from the first sent to the last."""
    machines = [Machine(f"worker-{workers}-{number}", ["worker"], settings, folder) for number in range(workers)]
    queue_mails(settings, folder)
    before = len(mails.read_text().splitlines())
    for each in machines:
        each.start()
    try:
        first = 0.0
        while (left := len(mails.read_text().splitlines()) - before) < MAIL_COUNT:
            first = first or (time.monotonic() if left else 0.0)
            time.sleep(0.1)
        return MAIL_COUNT / (time.monotonic() - first)
    finally:
        for each in machines:
            each.kill()


def main() -> int:
    """Print a row for each number of workers."""
    with tempfile.TemporaryDirectory(prefix="letterhub-mails-") as passing:
        folder, mail_port = Path(passing), free_port()
        mails = folder / "mails"
        try:
            with postgresql() as database, redis(folder) as queue, mail_server(mail_port, mails):
                settings = shared_settings(database, queue, mail_port, free_port())
                Machine("migration", ["migrate"], settings, folder).run()
                open_letter(settings, folder, people=0)
                for workers in WORKER_COUNTS:
                    print(
                        f"{workers} workers: {measure_rate(settings, folder, mails, workers):6.1f} mails a second", flush=True
                    )
        except MissingProgram as missing:
            print(missing, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
