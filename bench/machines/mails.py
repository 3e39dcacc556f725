"""Throughput of the outbox in mails per second, by number of workers: `.venv/bin/python -m bench.machines.mails`."""

import sys
import tempfile
import time
from pathlib import Path

from bench.machines.__main__ import open_letter
from bench.machines.processes import Machine, Missing, free_port, mail_server, postgresql, redis, settings_of
from letterhub.app import at_work
from letterhub.clock import now
from letterhub.config import settings_from
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import post
from letterhub.models import Letter, Signature
from tests.support import factories

MAILS = 1_000
WORKERS = (1, 2, 4)


def post_all(settings: dict[str, str], folder: Path) -> None:
    """Queue the mails, all due now."""
    with at_work(settings_from({**settings, "LETTERHUB_DATA_DIR": str(folder / "posting")})):
        signature = db.session.query(Signature).first() or factories.signature(db.session.query(Letter).first())
        for number in range(MAILS):
            post(MailKind.SIGNED, f"nia@o{number}.example", at=now(), signature_id=signature.id)
        db.session.commit()


def rate(settings: dict[str, str], folder: Path, mails: Path, workers: int) -> float:
    """Return the mails per second, from the first sent to the last."""
    machines = [Machine(f"worker-{workers}-{number}", ["worker"], settings, folder) for number in range(workers)]
    post_all(settings, folder)
    before = len(mails.read_text().splitlines())
    for each in machines:
        each.start()
    try:
        first = 0.0
        while (left := len(mails.read_text().splitlines()) - before) < MAILS:
            first = first or (time.monotonic() if left else 0.0)
            time.sleep(0.1)
        return MAILS / (time.monotonic() - first)
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
                settings = settings_of(database, queue, mail_port, free_port())
                Machine("migration", ["migrate"], settings, folder).run()
                open_letter(settings, folder)
                for workers in WORKERS:
                    print(f"{workers} workers: {rate(settings, folder, mails, workers):6.1f} mails a second", flush=True)
        except Missing as missing:
            print(missing, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
