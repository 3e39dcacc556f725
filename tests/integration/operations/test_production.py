"""`letterhub check --production` refuses each unsafe setup with its remedy, and passes a safe one."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import dns.flags
import dns.message
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest
from flask import Flask
from time_machine import Traveller

from letterhub.cli import _production_checks as production
from letterhub.cli._production_checks import CHECKS, CheckFailed, CheckImpossible, ProductionOptions
from letterhub.clock import now
from letterhub.commands.operations.heartbeat import record_heartbeat
from letterhub.config import MailServer, Settings
from letterhub.domain.operations.readiness import HeartbeatKind
from letterhub.infrastructure import machine
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.machine import FolderInfo, machine_id
from letterhub.mail import dns as sender_dns
from letterhub.models import SubmissionOrigin
from letterhub.web.monitoring import WARN_AFTER, WARNING, ProxyWatch
from tests.support import cast, factories
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.dns_server import run_dns_server
from tests.support.servers.mail_server import Inbox

Zone = dict[str, list[str]]
SAFE: Mapping[str, list[str]] = {
    "letters.example.org": ["google-site-verification=x", "v=spf1 mx -all"],
    "_dmarc.example.org": ["v=DMARC1; p=quarantine"],
    "main._domainkey.letters.example.org": ["v=DKIM1; k=rsa; p=MIGfMA0"],
}


@pytest.fixture
def dns_records(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zone]:
    """A local DNS server with these TXT records and no others."""
    records: Zone = dict(SAFE)
    with run_dns_server(records) as resolver:
        monkeypatch.setattr(sender_dns, "system_resolver", lambda: resolver)
        yield records


@pytest.fixture
def safe_setup(app: Flask, settings: Settings) -> Settings:
    """A safe setup."""
    settings.data_dir.chmod(0o700)
    for sign in (HeartbeatKind.WORKER, HeartbeatKind.QUEUE, HeartbeatKind.BACKUP):
        record_heartbeat(sign, "", machine_id(), now())
    return replace(settings, trusted_proxies=1)


def refusal(check: str, settings: Settings, **options: object) -> str:
    with pytest.raises(CheckFailed) as refused:
        CHECKS[check](settings, replace(ProductionOptions(), **options))
    return str(refused.value)


def test_a_safe_set_up_passes_and_says_what_it_saw(
    safe_setup: Settings, dns_records: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(production, "MIN_FREE_BYTES", 0)
    monkeypatch.setattr(production, "MIN_FREE_SHARE", 0.0)
    environment = {"LETTERHUB_TRUSTED_PROXIES": "1", "LETTERHUB_OPERATOR_EMAIL": "olu@example.org"}
    ended = run_letterhub(safe_setup, "check", "--production", "--dkim", "main", **environment)
    assert ended.exit_code == 0, ended.output
    statuses = {line[4:].partition(":")[0]: line[:3] for line in ended.stdout.splitlines()}
    assert [status for name, status in statuses.items() if name in CHECKS] == ["ok "] * len(CHECKS)
    assert "ok  Worker: 1 running" in ended.stdout


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_test_mail_tells_what_the_mail_server_and_the_dns_say(settings: Settings, postbox: Inbox, dns_records: Zone) -> None:
    words = ["mail", "test", "Iris <iris@example.org>", "--dkim", "main"]
    sent = run_letterhub(settings, *words)
    assert sent.exit_code == 0, sent.output
    assert [mail.message["Subject"] for mail in postbox.to("iris@example.org")] == ["Letterhub at letters.example.org: a test"]
    assert "ok  Email: The mail server answered 250: kept" in sent.stdout
    assert "ok  SPF: v=spf1 mx -all" in sent.stdout
    dns_records.clear()
    postbox.answer = "554 5.7.1 we take no tests"
    refused = run_letterhub(settings, *words)
    assert "NO  Email: The mail server answered 554: 5.7.1 we take no tests" in refused.stdout
    assert (refused.exit_code, refused.stderr) == (1, "Error: failed: Email, SPF, DKIM, DMARC\n")
    assert run_letterhub(settings, "mail", "test", "iris").exit_code == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unsafe_one_is_refused_and_each_reason_is_named(app: Flask, settings: Settings, dns_records: Zone) -> None:
    settings.data_dir.chmod(0o755)
    dns_records.clear()
    ended = run_letterhub(settings, "check", "--production")
    assert ended.exit_code == 1
    named = ended.stderr.partition("failed: ")[2].strip().split(", ")
    assert [name for name in named if name != "Disk"] == ["Proxy", "SPF", "DMARC", "Data folder", "Worker", "Backup"]
    assert "?? DKIM: your mail server chooses the name of the key." in ended.stdout.replace("??  ", "?? ")


def test_forms_that_all_come_from_the_proxy_are_noticed(safe_setup: Settings) -> None:
    letter = factories.open_letter()
    for number in range(20):
        signature = factories.signature(
            letter, cast.CLARA, organization_name=f"Alliance {number}", email=f"x@a{number}.example"
        )
        facts = {"network_hash": "the-proxy", "mail_domain": f"a{number}.example", "started_at": now()}
        factories.save(SubmissionOrigin(signature_id=signature.id, letter_id=letter.id, **facts))
    assert "20 forms came within a week from one address" in refusal("Visitors' addresses", safe_setup)
    db.session.get_one(SubmissionOrigin, signature.id).network_hash = "another"
    db.session.commit()
    CHECKS["Visitors' addresses"](safe_setup, ProductionOptions())


def test_the_log_says_so_too_and_once(caplog: pytest.LogCaptureFixture) -> None:
    watch = ProxyWatch()
    for number in range(3 * WARN_AFTER):
        watch.record("127.0.0.1", 1.0 + number)
    assert [record.getMessage() for record in caplog.records] == [WARNING % (WARN_AFTER, "127.0.0.1")]
    watch = ProxyWatch()
    for number in range(3 * WARN_AFTER):
        watch.record("198.51.100.7" if number % 50 else "127.0.0.1", 1.0 + number)
        watch.record(f"10.0.0.{number % 7}", 1.0 + number)
    assert len(caplog.records) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_a_database_the_rest_is_told_all_the_same(settings: Settings, dns_records: Zone, tmp_path: Path) -> None:
    ended = run_letterhub(settings, "check", "--production", LETTERHUB_DATABASE_URL=f"sqlite:///{tmp_path}/empty.db")
    assert ended.exit_code == 1
    assert "??  Worker: cannot be checked without the database" in ended.stdout
    assert "NO  Proxy: " in ended.stdout


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("check", "changes", "expected", "mend"),
    [
        ("Address", {"public_url": "http://127.0.0.1:8000"}, "only this machine can reach", "deploy/nginx"),
        ("Webhooks", {"webhooks_to_loopback": True}, "lets owners of coalitions call services", "out of the environment"),
        ("Demo", {"demo": True}, "lets everyone read every email", "out of the environment"),
        ("Proxy", {"trusted_proxies": 0}, "all visitors count as one", "1 for nginx or Caddy"),
        ("Mail login", {"mail_server": None}, "there is no mail server", "smtps://name:password@host"),
        ("Mail login", {"mail_server": MailServer("mail.example.org", 25, tls=False)}, "no password", "smtps://name:password@host"),
    ],
)  # fmt: skip
def test_settings_that_are_unsafe_are_refused(
    safe_setup: Settings, check: str, changes: dict[str, object], expected: str, mend: str
) -> None:
    CHECKS[check](safe_setup, ProductionOptions())
    sentence = refusal(check, replace(safe_setup, **changes))
    assert [words for words in (expected, mend) if words not in sentence] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("check", "folder", "expected"),
    [
        ("Database's place", {"kind": "nfs4"}, "network disk (nfs4)"),
        ("Database's place", {"kind": "fuse.sshfs"}, "LETTERHUB_DATABASE_URL to a PostgreSQL"),
        ("Data folder", {"mode": 0o750}, "chmod 700"),
        ("Data folder", {"is_ours": False}, "belongs to someone else"),
        ("Disk", {"free": 1024**2}, "Make room"),
        ("Disk", {"free": 40 * 1024**3, "size": 1024**4}, "40.0 GiB of 1024.0 free"),
    ],
)
def test_folders_that_are_unsafe_are_refused(
    safe_setup: Settings, monkeypatch: pytest.MonkeyPatch, check: str, folder: dict[str, object], expected: str
) -> None:
    fine = FolderInfo(kind="ext4", mode=0o700, is_ours=True, free=50 * 1024**3, size=100 * 1024**3)
    monkeypatch.setattr(production, "folder_info", lambda _path: fine)
    CHECKS[check](safe_setup, ProductionOptions())
    monkeypatch.setattr(production, "folder_info", lambda _path: replace(fine, **folder))
    assert expected in refusal(check, safe_setup)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_several_machines_share_is_refused(safe_setup: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    record_heartbeat(HeartbeatKind.WORKER, "another", "0123456789ab", now())
    assert "workers on 1 other machines share this SQLite file" in refusal("Database's place", safe_setup)
    postgresql = replace(safe_setup, database_url="postgresql+psycopg://db.example.org/letters")
    assert CHECKS["Database's place"](postgresql, ProductionOptions()).startswith("PostgreSQL")
    monkeypatch.setattr(machine, "BOOT", Path("/no/such/file"))
    assert len(machine_id()) == 12


def test_the_clock_of_the_database_is_compared(safe_setup: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for ahead, expected in ((7.0, "7 seconds ahead of"), (-19.0, "19 seconds behind")):
        monkeypatch.setattr(production, "seconds_ahead", lambda ahead=ahead: ahead)
        assert expected in refusal("Clock", safe_setup)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_clock_of_postgresql_is_read(safe_setup: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    CHECKS["Clock"](safe_setup, ProductionOptions())
    monkeypatch.undo()  # the tests' clock is frozen in 2022, and the server's is not
    assert "This machine’s clock is " in refusal("Clock", safe_setup)
    assert "seconds behind the database’s" in refusal("Clock", safe_setup)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_workers_and_backups_that_are_long_ago_are_refused(safe_setup: Settings, clock: Traveller) -> None:
    clock.shift(dt.timedelta(days=3))
    assert "none has been seen since 2022-01-05 17:00 UTC" in refusal("Worker", safe_setup)
    assert "the last was made on 2022-01-05" in refusal("Backup", safe_setup)
    assert CHECKS["Backup"](safe_setup, ProductionOptions(backup_days=7)) == "the last one is from 2022-01-05 17:00 UTC"


def test_a_backup_is_noted_and_one_of_another_tool_too(app: Flask, settings: Settings, tmp_path: Path) -> None:
    assert "none has ever been made" in refusal("Backup", settings)
    assert run_letterhub(settings, "backup", str(tmp_path / "backup")).exit_code == 0
    end_read_transaction()
    CHECKS["Backup"](settings, ProductionOptions())
    db.session.remove()
    assert run_letterhub(settings, "backup", "--made-elsewhere").exit_code == 0
    for words in ([], [str(tmp_path / "again"), "--made-elsewhere"]):
        assert run_letterhub(settings, "backup", *words).exit_code == 2


def test_staff_without_a_second_step_are_counted(safe_setup: Settings) -> None:
    member = factories.staff(cast.OLIVE)
    factories.staff(cast.SAM)
    assert "2 members of staff can sign in but have set up no second step yet" in refusal("Second step", safe_setup)
    member.tf_primary_method = "authenticator"
    db.session.commit()
    sentence = refusal("Second step", safe_setup)
    assert sentence.startswith("one member of staff")
    assert "@" not in sentence


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("check", "name", "texts", "expected"),
    [
        ("SPF", "letters.example.org", [], "has no SPF record"),
        ("SPF", "letters.example.org", ["v=spf1 -all", "v=spf1 mx -all"], "has 2 SPF records"),
        ("SPF", "letters.example.org", ["v=spf1 +all"], "the whole world"),
        ("SPF", "letters.example.org", ["v=spf10 mx"], "has no SPF record"),
        ("DKIM", "main._domainkey.letters.example.org", [], "shows no key"),
        ("DKIM", "main._domainkey.letters.example.org", ["v=DKIM1; p="], "shows no key"),
        ("DMARC", "_dmarc.example.org", [], "has no DMARC record"),
    ],
)
def test_what_the_dns_does_not_say_is_told_with_a_record_to_publish(
    safe_setup: Settings, dns_records: Zone, check: str, name: str, texts: list[str], expected: str
) -> None:
    CHECKS[check](safe_setup, ProductionOptions(dkim="main"))
    dns_records[name] = texts
    assert expected in refusal(check, safe_setup, dkim="main")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("check", ["SPF", "DKIM", "DMARC"])
def test_where_there_is_no_dns_nothing_is_said_of_it(safe_setup: Settings, check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> dns.resolver.Resolver:
        here = dns.resolver.Resolver(configure=False)
        here.nameservers = []
        return here

    monkeypatch.setattr(sender_dns, "system_resolver", nowhere)
    with pytest.raises(CheckImpossible, match="the DNS cannot be asked: no DNS server responds"):
        CHECKS[check](safe_setup, ProductionOptions(dkim="main"))


@pytest.mark.shows("S18")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_settings_that_are_ignored_are_told_by_every_command_and_are_not_in_order(app: Flask, settings: Settings) -> None:
    assert run_letterhub(settings, "check", LETTERHUB_NEWER_ONE="5").exit_code == 2
    result = run_letterhub(settings, "check", "--production", LETTERHUB_NEWER_ONE="5", LETTERHUB_IGNORE_UNKNOWN_SETTINGS="yes")
    assert "LETTERHUB_NEWER_ONE is ignored: this version does not know it" in result.stderr
    assert "NO  Known settings: this version does not know LETTERHUB_NEWER_ONE" in result.stdout
