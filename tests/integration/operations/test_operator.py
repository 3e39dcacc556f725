"""Commands of an operator: check, migrate, back up, inspect the outbox."""

import socket
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db, end_read_transaction, one_transaction
from letterhub.mail.outbox import queue_mail
from letterhub.models import OutboxMessage, append_audit_entry
from tests.support import factories
from tests.support.audit_backfill import backfill_audit_log
from tests.support.cast import CLARA, COALITION
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.postgres_server import PostgresServer

COMMANDS = (
    ["serve"],
    ["worker"],
    ["migrate"],
    ["check"],
    ["backup", "copy"],
    ["outbox", "list"],
    ["outbox", "retry", "1"],
    ["files", "check"],
)


@pytest.mark.shows("S18")
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_stops_at_bad_settings_with_a_sentence_for_each(settings: Settings, words: list[str]) -> None:
    changes = {"LETTERHUB_SECRET_KEY": "short", "LETTERHUB_MAIL_FROM": "nobody", "LETTERHUB_COLOUR": "blue"}
    ended = run_letterhub(settings, *words, **changes)
    assert ended.exit_code == 2
    assert ended.stdout == ""
    names = {sentence.split()[0] for sentence in ended.stderr.splitlines()}
    assert names == {"LETTERHUB_SECRET_KEY", "LETTERHUB_MAIL_FROM", "LETTERHUB_COLOUR"}


@pytest.mark.parametrize("words", [words for words in COMMANDS if words[0] not in ("migrate", "restore")], ids=" ".join)
def test_every_command_needs_the_tables_of_this_version(settings: Settings, tmp_path: Path, words: list[str]) -> None:
    ended = run_letterhub(settings, *words, LETTERHUB_DATABASE_URL=f"sqlite:///{tmp_path}/empty.db")
    assert ended.exit_code == 1
    assert "The database has no tables yet. Create them with: letterhub migrate" in ended.output


def test_migrate_makes_the_tables_and_may_run_again(settings: Settings, tmp_path: Path) -> None:
    empty = f"sqlite:///{tmp_path}/empty.db"
    for _ in range(2):
        ended = run_letterhub(settings, "migrate", LETTERHUB_DATABASE_URL=empty)
        assert (ended.exit_code, ended.stdout.startswith("The database is at ")) == (0, True)


def test_check_says_that_everything_is_in_order(app: Flask, settings: Settings) -> None:
    factories.open_letter()
    backfill_audit_log()
    ended = run_letterhub(settings, "check")
    assert ended.exit_code == 0, ended.output
    lines = ended.stdout.splitlines()
    assert [line[:4] for line in lines] == ["ok  "] * 11
    assert "a site at https://letters.example.org" in lines[0]
    assert "Latin, Greek, Cyrillic, Arabic, Hebrew, Devanagari" in lines[9]
    assert lines[10] == "ok  Telemetry: off: no error and no span leaves this site"


def test_check_names_what_is_not_in_order(app: Flask, settings: Settings) -> None:
    @one_transaction
    def write_down() -> None:
        append_audit_entry(db.session(), "coalition-1", "operator", "created", at=now(), after={"name": COALITION})

    write_down()
    db.session.execute(text("UPDATE audit_entry SET actor = 'nobody'"))
    db.session.commit()
    ended = run_letterhub(settings, "check", LETTERHUB_MAIL_URL="smtp://127.0.0.1:1")
    assert ended.exit_code == 1
    assert "NO  Audit log: coalition-1: Entry 1 was changed after it was written." in ended.stdout
    assert "NO  Mail server: The mail server at 127.0.0.1, port 1 can’t be reached: Connection refused." in ended.stdout
    assert "Error: failed: Audit log, Mail server" in ended.stderr


def test_check_survives_a_database_that_is_away(settings: Settings) -> None:
    ended = run_letterhub(settings, "check", LETTERHUB_DATABASE_URL="postgresql://127.0.0.1:1/letters")
    assert ended.exit_code == 1
    assert "NO  Database: The database cannot be reached: " in ended.stdout
    assert "ok  Mail server" in ended.stdout


def test_a_port_that_something_listens_at_is_not_shared_with_it(app: Flask, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = run_letterhub(settings, "serve", "--port", str(port))
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"Something else is already listening on port {port}. Choose another with --port" in result.stderr


def test_a_host_that_is_not_this_machine_is_named(app: Flask, settings: Settings) -> None:
    result = run_letterhub(settings, "serve", "--host", "192.0.2.1", "--port", "8999")
    assert (result.exit_code, "Cannot listen on 192.0.2.1, port 8999" in result.stderr) == (1, True)


@pytest.mark.shows("R5")
def test_a_backup_restores_to_an_equal_letter(
    app: Flask, settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    factories.signature(factories.open_letter())
    backup = tmp_path / "backup"
    ended = run_letterhub(settings, "backup", str(backup))
    assert ended.exit_code == 0, ended.output
    assert backup.stat().st_mode & 0o077 == 0
    names = "SELECT organization_name, signer_name FROM signature"
    if settings.database_url.startswith("sqlite"):
        with closing(sqlite3.connect(backup)) as copy:
            restored = copy.execute(names).fetchall()
    else:
        server: PostgresServer = request.getfixturevalue("postgresql_copies").server
        server.copy("template1", "restored")
        url = server.url("restored").replace("+psycopg", "")
        subprocess.run(["pg_restore", "--no-owner", f"--dbname={url}", backup], check=True)
        restored = [
            tuple(line.split("|"))
            for line in subprocess.check_output(["psql", "-AXt", "-c", names, url], text=True).splitlines()
        ]
    assert restored == [(CLARA.organization, CLARA.name)]


def test_a_backup_overwrites_nothing_and_leaves_nothing_half_written(app: Flask, settings: Settings, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    backup.write_text("last year's")
    ended = run_letterhub(settings, "backup", str(backup))
    assert (ended.exit_code, backup.read_text()) == (1, "last year's")
    assert "already exists" in ended.stderr
    ended = run_letterhub(settings, "backup", str(tmp_path / "no" / "such" / "folder"))
    assert ended.exit_code == 1
    assert "cannot be written: No such file or directory." in ended.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if "backup" in path.name) == ["backup"]


def test_failed_mails_are_listed_and_tried_again(app: Flask, settings: Settings) -> None:
    line = queue_mail(MailKind.CONFIRM, CLARA.email, at=now())
    line.fail(now(), "The mail server answered 550: no")
    number = factories.save(line).id
    listed = run_letterhub(settings, "outbox", "list", "--state", "failed", "--to", "CLARA")
    assert listed.stdout.rstrip().split("\t")[2:] == ["confirm", "failed", CLARA.email, "The mail server answered 550: no"]
    assert run_letterhub(settings, "outbox", "retry", str(number)).stdout == f"{number}\t{CLARA.email}\n"
    end_read_transaction()
    assert db.session.get_one(OutboxMessage, number).failed_at is None
    again = run_letterhub(settings, "outbox", "retry", str(number))
    assert (again.exit_code, "nothing to retry" in again.stderr) == (1, True)


@pytest.mark.shows("S18")
def test_the_demo_key_starts_no_site(settings: Settings) -> None:
    ended = run_letterhub(settings, "check", LETTERHUB_SECRET_KEY="demo-secret-key-that-is-refused-outside-of-the-demo")
    assert ended.exit_code == 2
    assert "LETTERHUB_SECRET_KEY is a default or trivial key." in ended.stderr
