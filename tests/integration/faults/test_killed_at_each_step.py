"""R2: `kill -9` at every step of signing, confirming, emailing, freezing, rendering, exporting, backing up and migrating.

Each operation runs once per step and is killed there; its effect is whole or absent, and the next run completes it.
An operation reports success after its last step only, so nothing reported is missing.
"""

import os
from collections import Counter
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, update

from letterhub.cli import main
from letterhub.clock import now
from letterhub.commands.editions.file_jobs import render_edition_file
from letterhub.commands.editions.freeze import freeze
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.sign import sign_letter
from letterhub.config import Settings
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.signatures.signing import AlreadyConfirmed, SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import Base, db, end_read_transaction, one_transaction
from letterhub.models import FTS5_TABLES, AuditEntry, Edition, EditionFile, OutboxMessage, Signature, SubmissionOrigin
from letterhub.queries.editions.next_edition import letter_version
from letterhub.queries.operations.health import audit_log_problems
from letterhub.queries.operations.migrations import current_migration, newest_migration
from tests.conftest import NOON
from tests.support import editions, factories
from tests.support.audit_backfill import backfill_audit_log
from tests.support.servers.command_line import run_letterhub, settings_environment
from tests.support.servers.kill_at_each_step import COMPLETE_RUNS, kill_at_each_step
from tests.support.servers.mail_server import Inbox
from tests.support.servers.worker_process import count_by_message_id, expire_leases, queue_emails, unsent_count

pytestmark = pytest.mark.shows("R2")

ENOUGH = 40  # rows, more than any operation has steps


def counted(rows: type[Signature] | type[OutboxMessage] | type[Edition] | type[SubmissionOrigin]) -> int:
    end_read_transaction()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def form_of(number: int) -> SigningRequest:
    """Return the form of a signer, to be sent again where the site did not respond."""
    line = Signatory(f"Alliance {number}", "Nia Example", "Director", website=f"https://a{number}.example")
    return SigningRequest(line, EmailAddress(f"n{number}@a{number}.example"), 1, form_token=f"form {number}")


def sign(letter_id: int, number: int) -> int:
    return sign_letter(letter_id, form_of(number), at=NOON)


def test_a_signature_is_whole_or_not_there_wherever_its_signing_was_killed(
    app: Flask, settings: Settings, postbox: Inbox
) -> None:
    letter_id = factories.open_letter().id
    db.session.remove()
    steps = kill_at_each_step(settings, partial(sign, letter_id))
    inserts = {"before INSERT INTO signature", "before INSERT INTO outbox_message"}
    assert inserts < set(steps)
    assert {"before UPDATE letter", "before COMMIT"} < set(steps)
    saved = COMPLETE_RUNS + steps_after_commit(steps)
    assert [counted(rows) for rows in (Signature, OutboxMessage, SubmissionOrigin)] == [saved] * 3
    people = range(len(steps) + COMPLETE_RUNS)
    for number in people:
        sign(letter_id, number)  # the same form again
    assert [counted(rows) for rows in (Signature, OutboxMessage, SubmissionOrigin)] == [len(people)] * 3
    send_due_mail(settings)
    assert Counter(mail.recipients for mail in postbox.mails) == {(form_of(number).email.typed,): 1 for number in people}


def confirm(numbers: list[int], number: int) -> None:
    confirm_signature(numbers[number], revision=1, at=NOON)


def test_a_confirmation_is_whole_or_not_there_wherever_it_was_killed(app: Flask, settings: Settings, postbox: Inbox) -> None:
    letter_id = factories.open_letter().id
    backfill_audit_log()
    numbers = [sign(letter_id, number) for number in range(ENOUGH)]
    send_due_mail(settings)
    postbox.empty()
    db.session.remove()
    steps = kill_at_each_step(settings, partial(confirm, numbers))
    assert {"before UPDATE signature", "before INSERT INTO audit_entry", "before INSERT INTO outbox_message"} < set(steps)
    touched = numbers[: len(steps) + COMPLETE_RUNS]
    results = {number: reconfirm_signature(number) for number in touched}
    assert list(results.values()) == [True] * COMPLETE_RUNS + [
        *[False] * (len(steps) - steps_after_commit(steps)),
        *[True] * steps_after_commit(steps),
    ]
    states = select(Signature.state).where(Signature.id.in_(touched))
    assert Counter(db.session.scalars(states)) == {SignatureState.CONFIRMED: len(touched)}
    acts = Counter(db.session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "confirmed")))
    assert acts == {f"signature-{number}": 1 for number in touched}
    assert audit_log_problems() == {}
    send_due_mail(settings)
    assert Counter(mail.recipients for mail in postbox.mails) == {(form_of(n).email.typed,): 1 for n in range(len(touched))}


def steps_after_commit(steps: list[str]) -> int:
    """Return the number of steps after which the signature was saved already."""
    return len(steps) - 1 - steps.index("before COMMIT")


def reconfirm_signature(number: int) -> bool:
    """Confirm the signature; return whether it was confirmed already."""
    try:
        confirm_signature(number, revision=1, at=NOON)
    except AlreadyConfirmed:
        return True
    return False


def send(settings: Settings, number: int) -> None:
    send_due_mail(settings, going=iter([True, False]).__next__)  # one email


def test_every_mail_arrives_wherever_its_worker_was_killed(app: Flask, settings: Settings, postbox: Inbox) -> None:
    ids = queue_emails(factories.signature(factories.open_letter()).id, ENOUGH)
    db.session.remove()
    steps = kill_at_each_step(settings, partial(send, settings))
    assert {"after the answer to RCPT", "in the middle of the message", "after the answer to the whole message"} < set(steps)
    expire_leases()
    while send_due_mail(settings):
        pass
    assert unsent_count() == 0
    twice = [number for number, times in count_by_message_id(postbox).items() if times == 2]
    assert set(count_by_message_id(postbox)) == ids
    taken = steps.index("after the answer to the whole message")
    assert len(twice) == steps.index("after COMMIT", taken) - taken
    assert max(count_by_message_id(postbox).values()) <= 2


def freeze_it(letter_id: int, shown: str, number: int) -> int:
    return freeze(letter_id, shown, actor="staff-1", staff_id=None, at=NOON)


def test_an_edition_is_whole_or_not_there_wherever_its_freezing_was_killed(app: Flask, settings: Settings) -> None:
    letter = factories.open_letter()
    factories.signature(letter)
    backfill_audit_log()
    letter_id, shown = letter.id, letter_version(letter.id)
    db.session.remove()
    steps = kill_at_each_step(settings, partial(freeze_it, letter_id, shown))
    assert {"before INSERT INTO edition", "before INSERT INTO edition_file", "before INSERT INTO audit_entry"} < set(steps)
    frozen = COMPLETE_RUNS + steps[::-1].index("before COMMIT")  # the last one; the first settles a change
    assert freeze_it(letter_id, shown, 0) == frozen + 1
    end_read_transaction()
    assert list(db.session.scalars(select(Edition.number).order_by(Edition.number))) == list(range(1, frozen + 2))
    files = select(EditionFile.edition_id, func.count()).group_by(EditionFile.edition_id)
    assert {count for _, count in db.session.execute(files)} == {len(FileFormat)}
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "frozen")) == frozen + 1
    assert audit_log_problems() == {}


def draw(numbers: list[int], number: int) -> bool:
    return render_edition_file(numbers[number])


def test_the_next_worker_finishes_a_file_wherever_the_first_was_killed(app: Flask, settings: Settings) -> None:
    letter = factories.open_letter()
    factories.signature(letter)
    backfill_audit_log()
    for _ in range(ENOUGH // 2):
        editions.freeze_unrendered(letter)
    numbers = list(db.session.scalars(select(EditionFile.id).where(EditionFile.format == FileFormat.CSV)))
    db.session.remove()
    steps = kill_at_each_step(settings, partial(draw, numbers))
    assert {"before UPDATE edition_file", "before INSERT INTO audit_entry"} < set(steps)
    half = select(EditionFile).where((EditionFile.content.is_(None)) == (EditionFile.state == JobState.DONE))
    assert db.session.scalars(half).all() == []
    leases_run_out()
    touched = numbers[: len(steps) + COMPLETE_RUNS]
    for number in touched:
        render_edition_file(number)
    end_read_transaction()
    drawn = db.session.scalars(select(EditionFile).where(EditionFile.id.in_(touched))).all()
    assert {file.state for file in drawn} == {JobState.DONE}
    assert {file.sha256 for file in drawn} == {sha256(file.content or b"").hexdigest() for file in drawn}
    exported = select(AuditEntry.subject).where(AuditEntry.action == "exported")
    assert set(Counter(db.session.scalars(exported)).values()) == {1}
    assert audit_log_problems() == {}


@one_transaction
def leases_run_out() -> None:
    db.session.execute(update(EditionFile).where(EditionFile.lease_until.is_not(None)).values(lease_until=now()))


def run(environment: Mapping[str, str], words: list[str], number: int) -> None:
    os.environ.update(environment)
    main([word.replace("NUMBER", str(number)) for word in words], standalone_mode=False)


def test_an_exported_file_is_the_old_or_the_new_one_wherever_its_writing_was_killed(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    factories.signature(factories.open_letter())
    db.session.remove()
    folder = tmp_path / "out"
    folder.mkdir()
    whole = folder / "letter-0.csv"
    words = ["export", "clean-rivers-for-everyone", "--current", "--format", "csv", "--out", f"{folder}/letter-NUMBER.csv"]
    for number in range(COMPLETE_RUNS, ENOUGH):
        (folder / f"letter-{number}.csv").write_text("last year's")
    steps = kill_at_each_step(settings, partial(run, settings_environment(settings), words), str(folder))
    assert {"before open", "before rename"} < set(steps)
    found = {(folder / f"letter-{number}.csv").read_bytes() for number in range(len(steps) + COMPLETE_RUNS)}
    assert found == {whole.read_bytes(), b"last year's"}


def test_a_killed_backup_leaves_none_and_is_in_nobodys_way(app: Flask, settings: Settings, tmp_path: Path) -> None:
    factories.signature(factories.open_letter())
    db.session.remove()
    folder = tmp_path / "files"
    folder.mkdir()
    act = partial(run, settings_environment(settings), ["backup", f"{folder}/NUMBER"])
    steps = kill_at_each_step(settings, act, str(folder))
    assert "before rename" in steps
    for number in range(COMPLETE_RUNS, len(steps) + COMPLETE_RUNS):
        if not (folder / str(number)).exists():
            assert run_letterhub(settings, "backup", str(folder / str(number))).exit_code == 0
    sizes = {(folder / str(number)).stat().st_size for number in range(len(steps) + COMPLETE_RUNS)}
    assert max(sizes) - min(sizes) < 200  # PostgreSQL's backups contain their time


def migrate_down_and_up(number: int) -> None:
    """Drop all tables and create them again, from wherever the previous run was killed."""
    found = set(inspect(db.engine).get_table_names()) - {"alembic_version", *FTS5_TABLES}
    assert (current_migration(), found) in [("", set()), (newest_migration(), set(Base.metadata.tables))]
    migrate_to_newest()
    flask_migrate.downgrade(revision="base")
    migrate_to_newest()


def test_a_killed_migration_leaves_the_tables_as_they_were(app: Flask, settings: Settings) -> None:
    db.session.remove()
    steps = kill_at_each_step(settings, migrate_down_and_up, most=6)
    assert {"before CREATE TABLE signature", "before DROP TABLE signature", "before COMMIT"} < set(steps)
    migrate_down_and_up(0)
    assert current_migration() == newest_migration()
