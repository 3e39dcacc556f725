"""A failed backup or check emails the operator, whatever else is down, and exits with a nonzero status."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from time_machine import Traveller

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.operations.heartbeat import record_heartbeat
from letterhub.config import Settings
from letterhub.domain.operations.readiness import HeartbeatKind
from letterhub.jobs.runner import create_queue
from letterhub.jobs.tasks import WorkerTasks
from tests.support import factories
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.mail_server import Inbox
from tests.support.servers.shared_engines import share_engines

OLU = "olu@example.org"
AWAY = "postgresql://letters:a-password-of-theirs@127.0.0.1:1/letters"


def test_a_backup_that_fails_mails_the_operator(app: Flask, settings: Settings, postbox: Inbox, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("an earlier one")
    failed = run_letterhub(settings, "backup", str(tmp_path / "there"), LETTERHUB_OPERATOR_EMAIL=OLU)
    assert failed.exit_code == 1
    (mail,) = postbox.to(OLU)
    assert mail.message["Subject"] == "Letterhub at letters.example.org: the backup failed"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert "already exists. Name a new file" in mail.message.get_content()
    assert run_letterhub(settings, "backup", str(tmp_path / "there")).exit_code == 1
    assert len(postbox.mails) == 1  # nobody is emailed without the setting
    assert run_letterhub(settings, "backup", str(tmp_path / "new"), LETTERHUB_OPERATOR_EMAIL=OLU).exit_code == 0
    assert len(postbox.mails) == 1  # nor after a success


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_without_its_database_mails_the_operator_and_no_secret(
    settings: Settings, postbox: Inbox, tmp_path: Path
) -> None:
    backup = str(tmp_path / "backup")
    failed = run_letterhub(settings, "backup", backup, LETTERHUB_OPERATOR_EMAIL=OLU, LETTERHUB_DATABASE_URL=AWAY)
    assert failed.exit_code == 1
    (mail,) = postbox.to(OLU)
    assert "The database cannot be reached" in mail.message.get_content()
    assert "a-password-of-theirs" not in mail.message.as_string() + failed.output


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_fault_that_nobody_foresaw_mails_the_operator_too(
    app: Flask, settings: Settings, postbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letterhub.cli.backup.back_up", lambda _file: 1 / 0)
    assert run_letterhub(settings, "backup", str(tmp_path / "backup"), LETTERHUB_OPERATOR_EMAIL=OLU).exit_code == 1
    assert "ZeroDivisionError" in postbox.to(OLU)[0].message.get_content()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_check_that_fails_mails_the_operator_where_that_is_asked(app: Flask, settings: Settings, postbox: Inbox) -> None:
    assert run_letterhub(settings, "check", "--production", LETTERHUB_OPERATOR_EMAIL=OLU).exit_code == 1
    assert postbox.mails == []
    result = run_letterhub(settings, "check", "--production", "--mail-operator", LETTERHUB_OPERATOR_EMAIL=OLU)
    assert result.exit_code == 1
    (mail,) = postbox.to(OLU)
    text = " ".join(mail.message.get_content().split())
    assert mail.message["Subject"] == "Letterhub at letters.example.org: a check failed"
    assert "Backup: none has ever been made." in text
    assert "Worker: none has ever been seen" in text
    assert "Database: " not in text  # passed checks are left out


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_not_ready_is_mailed_once_a_day(app: Flask, settings: Settings, postbox: Inbox, clock: Traveller) -> None:
    factories.open_letter(deadline_at=None)
    with_operator = replace(settings, operator_email=OLU)
    with share_engines():
        mailed = create_app(with_operator)
    huey = create_queue(with_operator)
    tasks = WorkerTasks(mailed, huey, going=lambda: True, threads=2)

    def an_hour_passes() -> None:
        clock.shift(dt.timedelta(hours=1))
        for sign in (HeartbeatKind.WORKER, HeartbeatKind.QUEUE):
            record_heartbeat(sign, "one", "a1b2c3d4e5f6", now())
        with mailed.app_context():
            tasks._tell_operator()

    for _ in range(48):
        an_hour_passes()
    assert postbox.mails == []
    for _ in range(26):  # two days without a backup have passed, and two more begin
        an_hour_passes()
    assert [mail.message["Subject"] for mail in postbox.to(OLU)] == ["Letterhub at letters.example.org: not ready: backup"] * 2
    huey.storage.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_operator_who_cannot_be_mailed_is_told_on_the_terminal(settings: Settings, tmp_path: Path) -> None:
    away = replace(settings, mail_server=replace(settings.mail_server, port=1)) if settings.mail_server else settings
    failed = run_letterhub(away, "backup", str(tmp_path / "backup"), LETTERHUB_OPERATOR_EMAIL=OLU, LETTERHUB_DATABASE_URL=AWAY)
    assert failed.exit_code == 1
    assert "The operator could not be emailed: The mail server at 127.0.0.1, port 1 can’t be reached" in failed.output
