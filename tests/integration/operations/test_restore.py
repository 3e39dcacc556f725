"""R5: a backup taken while people sign restores the same letter to the last byte."""

import hashlib
import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, text

from letterhub.app import site_context
from letterhub.commands.operations import restore
from letterhub.commands.operations.backup import back_up
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.sign import sign_letter
from letterhub.config import Settings
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import AuditChain, AuditEntry, Edition, EditionFile, Letter, OutboxMessage, Revision, Signature
from letterhub.paths import ROOT
from letterhub.queries.operations.health import audit_log_problems
from letterhub.queries.operations.migrations import current_migration, known_migrations, newest_migration
from tests.conftest import NOON
from tests.support import editions, factories
from tests.support.audit_backfill import backfill_audit_log
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.database_copies import settings_for
from tests.support.servers.kill_at_each_step import TIMEOUT
from tests.support.servers.processes import PROCESSES
from tests.support.servers.worker_process import wait_until

pytestmark = pytest.mark.shows("R5")

Make = Callable[[str], str]


@pytest.fixture
def make_empty(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Make:
    """Create another database of the same kind, without a table."""

    def made(name: str) -> str:
        if database_url.startswith("sqlite"):
            return f"sqlite:///{tmp_path}/{name}.db"
        server = request.getfixturevalue("postgresql_copies").server
        server.copy("template1", name)
        return str(server.url(name))

    return made


@pytest.fixture
def letter_id(app: Flask) -> int:
    """A letter with names in every state and two editions, one of them with files."""
    letter = factories.open_letter()
    number: int = letter.id
    for state in SignatureState:
        factories.signature(letter, organization_name=f"Alliance {state}", website="", state=state)
    editions.freeze_edition(letter)
    editions.freeze_unrendered(letter)
    backfill_audit_log()
    for one in range(5):
        sign(number, -one)
    return number


def sign(letter_id: int, number: int) -> None:
    """Sign and confirm: a signature, two emails, an audit log entry."""
    line = Signatory(f"Alliance of {number}", "Nia Example", "Director", website=f"https://a{number}.example")
    made = sign_letter(letter_id, SigningRequest(line, EmailAddress(f"n{number}@a{number}.example"), 1), at=NOON)
    confirm_signature(made, revision=1, at=NOON)


def sign_until_stopped(there: Connection, url: str, folder: Path, letter_id: int) -> None:
    """Sign until stopped; send the number of signatures after each."""
    with site_context(settings_for(url, folder)):
        for number in itertools.count(1):
            sign(letter_id, number)
            there.send(number)
            if there.poll():
                return


def restorable_state() -> dict[str, list[tuple[Any, ...]]]:
    """Return what must be restored: letters, texts, names, editions with the hashes of their files, emails, the audit log."""
    end_read_transaction()
    asked = {
        "letters": select(Letter.id, Letter.slug, Letter.state),
        "texts": select(Revision.id, Revision.number, Revision.sha256),
        "names": select(Signature.id, Signature.state, Signature.organization_name, Signature.email, Signature.confirmed_at),
        "editions": select(Edition.id, Edition.number, Edition.public_id, Edition.sha256),
        "mails": select(OutboxMessage.id, OutboxMessage.kind, OutboxMessage.message_id),
        "record": select(AuditEntry.id, AuditEntry.chain_id, AuditEntry.number, AuditEntry.hash),
        "chains": select(AuditChain.id, AuditChain.name, AuditChain.length, AuditChain.head),
    }
    found = {what: [tuple(row) for row in db.session.execute(rows.order_by(text("1")))] for what, rows in asked.items()}
    files = db.session.execute(select(EditionFile.id, EditionFile.sha256, EditionFile.content).order_by(EditionFile.id))
    found["files"] = [(one, sha256, hashlib.sha256(content or b"").hexdigest()) for one, sha256, content in files]
    end_read_transaction()
    return found


def portrait_of(url: str, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    with site_context(settings_for(url, folder)):
        assert audit_log_problems() == {}
        return restorable_state()


def restored(settings: Settings, url: str, *words: str) -> Result:
    return run_letterhub(settings, "restore", *words, LETTERHUB_DATABASE_URL=url)


@pytest.fixture
def writer(settings: Settings, letter_id: int) -> Iterator[Callable[[], int]]:
    """A process that signs continuously; returns the number of signatures so far."""
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=sign_until_stopped, args=(there, settings.database_url, settings.data_dir, letter_id))
    db.session.remove()
    process.start()
    count = 0

    def counted() -> int:
        nonlocal count
        while here.poll():
            count = here.recv()
        return count

    try:
        yield counted
    finally:
        here.send("stop")
        process.join(TIMEOUT)
        process.kill()


def test_a_backup_taken_while_people_sign_is_one_moment_of_the_letter(
    app: Flask, settings: Settings, letter_id: int, writer: Callable[[], int], make_empty: Make, tmp_path: Path
) -> None:
    wait_until(lambda: writer() > 2)
    before, known = restorable_state(), writer()
    backup = tmp_path / "backup"
    assert run_letterhub(settings, "backup", str(backup)).exit_code == 0
    wait_until(lambda: writer() > known + 2)  # signing goes on
    after = restorable_state()
    other = make_empty("other")
    result = restored(settings, other, str(backup))
    assert result.exit_code == 0, result.output
    found = portrait_of(other, tmp_path)
    assert result.stdout.startswith(f"1 letters, {len(found['names'])} signatures, 2 editions, ")
    for what in ("letters", "texts", "editions", "files"):
        assert found[what] == before[what]
    for what in ("mails", "record"):
        assert after[what][: len(found[what])] == found[what] >= before[what]
    with site_context(settings_for(other, tmp_path)):
        acts = db.session.scalar(select(func.count()).where(AuditEntry.action == "confirmed"))
        thanks = db.session.scalar(select(func.count()).where(OutboxMessage.kind == MailKind.SIGNED))
        names = db.session.scalar(
            select(func.count()).where(Signature.email.like("n%@a%.example"), Signature.confirmed_at == NOON)
        )
        assert acts == thanks == names
        sign(letter_id, 100_000)  # and it goes on from there
        assert audit_log_problems() == {}


def test_a_drill_brings_a_lost_letter_back_as_it_was(app: Flask, settings: Settings, letter_id: int, tmp_path: Path) -> None:
    was, backup = restorable_state(), tmp_path / "backup"
    assert run_letterhub(settings, "backup", str(backup)).exit_code == 0
    sign(letter_id, 1)
    db.session.execute(text("UPDATE audit_entry SET action = 'rewritten'"))
    db.session.execute(text("DELETE FROM outbox_message"))
    db.session.commit()
    db.session.remove()
    refused = restored(settings, settings.database_url, str(backup))
    assert (refused.exit_code, "The database contains a letter." in refused.stderr) == (1, True)
    assert restorable_state()["mails"] == []
    result = restored(settings, settings.database_url, str(backup), "--replace")
    assert (result.exit_code, "Its audit log is intact." in result.stdout) == (0, True), result.output
    assert restorable_state() == was
    assert "ok  Audit log" in run_letterhub(settings, "check").stdout


def test_a_backup_of_an_older_version_is_migrated(
    app: Flask, settings: Settings, letter_id: int, make_empty: Make, tmp_path: Path, newer_version: None
) -> None:
    was, backup = restorable_state(), tmp_path / "backup"
    assert run_letterhub(settings, "backup", str(backup)).exit_code == 0  # as an operator makes one before migrating
    other = make_empty("other")
    result = restored(settings, other, str(backup))
    assert result.exit_code == 0, result.output
    assert "The database is at 9999; the backup was at 00" in result.stdout
    assert portrait_of(other, tmp_path) == was


@pytest.fixture
def newer_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Yield a version of Letterhub with one migration more than this one."""
    shutil.copytree(ROOT / "migrations", tmp_path / "migrations")
    (tmp_path / "migrations" / "versions" / "one_more.py").write_text(
        MORE.replace("NEWEST", newest_migration()), encoding="utf-8"
    )
    for module in ("letterhub.commands.operations.migrate", "letterhub.queries.operations.migrations"):
        monkeypatch.setattr(f"{module}.ROOT", tmp_path)
    for cached in (known_migrations, newest_migration):
        cached.cache_clear()
    yield
    for cached in (known_migrations, newest_migration):
        cached.cache_clear()


MORE = '''"""One column more."""
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "NEWEST"


def upgrade() -> None:
    op.add_column("coalition", sa.Column("motto", sa.String(80), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("coalition", "motto")
'''


def test_what_is_no_good_backup_touches_nothing(app: Flask, settings: Settings, letter_id: int, tmp_path: Path) -> None:
    was, backup = restorable_state(), tmp_path / "backup"
    back_up(backup)
    whole = backup.read_bytes()
    newer = tmp_path / "newer"
    db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.commit()
    back_up(newer)
    db.session.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": newest_migration()})
    db.session.commit()
    sqlite = settings.database_url.startswith("sqlite")
    bad = {
        "half": (whole[: len(whole) // 2], "damaged" if sqlite else "cannot be read"),
        "text": (b"a letter", "was not made by letterhub backup"),
        "other": (b"PGDMP" if sqlite else b"SQLite format 3\0", "but this site uses"),
    }
    for name, (content, sentence) in bad.items():
        (tmp_path / name).write_bytes(content)
        result = restored(settings, settings.database_url, str(tmp_path / name), "--replace")
        assert (result.exit_code, sentence in result.stderr) == (1, True), result.output
    result = restored(settings, settings.database_url, str(newer), "--replace")
    assert (result.exit_code, "is from a newer Letterhub (9999)" in result.stderr) == (1, True), result.output
    result = restored(settings, settings.database_url, str(tmp_path / "nowhere"), "--replace")
    assert (result.exit_code, "there is no file" in " ".join(result.stderr.split())) == (2, True), result.output
    assert (restorable_state(), current_migration()) == (was, newest_migration())


def test_what_was_changed_in_a_backup_is_told(app: Flask, settings: Settings, letter_id: int, tmp_path: Path) -> None:
    db.session.execute(text("UPDATE audit_entry SET action = 'rewritten' WHERE number = 2"))
    file = db.session.scalars(select(EditionFile.id).where(EditionFile.content.is_not(None)).limit(1)).one()
    db.session.execute(text("UPDATE edition_file SET content = :other WHERE id = :file"), {"other": b"else", "file": file})
    db.session.commit()
    back_up(tmp_path / "backup")
    result = restored(settings, settings.database_url, str(tmp_path / "backup"), "--replace")
    assert result.exit_code == 1
    assert "Entry 2 was changed after it was written." in result.stderr
    assert "clean-rivers-for-everyone-edition-1" in result.stderr


def test_a_database_that_someone_holds_stays_as_it_was(
    app: Flask, settings: Settings, letter_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    was, sqlite = restorable_state(), settings.database_url.startswith("sqlite")
    back_up(tmp_path / "backup")
    monkeypatch.setattr(restore, "BUSY_MILLISECONDS", 200)
    db.session.remove()
    with closing(db.engine.raw_connection()) as someone:
        someone.cursor().execute("BEGIN IMMEDIATE" if sqlite else "LOCK TABLE letter IN ACCESS SHARE MODE")
        result = restored(settings, settings.database_url, str(tmp_path / "backup"), "--replace")
        someone.rollback()
    assert (result.exit_code, ("database is locked" if sqlite else "lock timeout") in result.stderr) == (1, True), result.output
    assert restorable_state() == was
