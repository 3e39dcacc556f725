"""Set Letterhub up as `docs/operations.md` says, in a bare Debian, and test it: `python -m audit.production`.

Takes root, debootstrap and some ten minutes; packages come from the registries that this machine is set up for. All processes
are in a network namespace of their own: no port of this machine is used, and they end with it. The status is 1 if the page was
wrong.
"""

import argparse
import http.client
import subprocess
import sys
import threading
import time
from pathlib import Path

from audit.production import chroot, guide, outages, story
from audit.production.chroot import Chroot, ChrootUnavailable
from audit.production.people import HOST, UnexpectedPage
from audit.production.servers import Servers
from audit.production.stage import (
    CERTIFICATE,
    MAIL_PORT,
    Mailbox,
    ResultRow,
    RunContext,
    UnexpectedResult,
    format_duration,
    wait_until,
)
from audit.production.units import ServiceManager

SETTINGS = "/etc/letterhub/letterhub.env"
FILLED_IN_SETTINGS = {
    "LETTERHUB_MAIL_URL": f"smtp://127.0.0.1:{MAIL_PORT}",
    "LETTERHUB_OPERATOR_EMAIL": story.OWNER,
}
SUITES = ("trixie", "bookworm")
INSIDE = "--inside"
OTHER_SERVICES = ("postgresql", "redis-server", "nginx")
SMALL_DISK = "size=400m,mode=0755"


def main() -> int:
    """Return 0 if everything was as the documentation says."""
    parser = argparse.ArgumentParser(prog="python -m audit.production")
    parser.add_argument("--debian", choices=SUITES, default=SUITES[0], help="which Debian (trixie is 13, bookworm is 12)")
    parser.add_argument("--again", action="store_true", help="take the chroot of the last run, and pull the last commit there")
    parser.add_argument(INSIDE, dest="inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        return run_inside(Chroot(chroot.CHROOTS_FOLDER / "chroot"))
    try:
        chroot.check_chroot_support()
        if arguments.again:
            chroot.last_chroot()
        if status := _in_namespaces(["--mount", "--pid"], "upgrading" if arguments.again else "installing", arguments.debian):
            return status
        return _in_namespaces(["--mount", "--pid", "--net"], INSIDE)
    except ChrootUnavailable as reason:
        print(f"letterhub: not run: {reason}.")
        return 0


def _in_namespaces(kinds: list[str], *words: str) -> int:
    """Run this module again in namespaces of its own (mounts, processes, network), and return the status."""
    command = ["unshare", *kinds, "--fork", "--kill-child", sys.executable, "-m", "audit.production", *words]
    return subprocess.run(command, check=False, cwd=guide.GUIDE.parents[1]).returncode


def install(suite: str) -> int:
    """Make a new chroot, with the packages of the guide's first chapter."""
    here = chroot.new_chroot(suite)
    here.mount()
    started = time.monotonic()
    output = here.type(guide.commands("packages", chroot.REPOSITORY_COPY))
    here.type("apt-get install -y faketime openssl")  # needed by this audit: another clock, a certificate
    version = here.read("/etc/debian_version").strip()
    print(f"letterhub: Debian {version}, {output.splitlines()[-1]}, {time.monotonic() - started:.0f} s", flush=True)
    return 0


def upgrade() -> int:
    """Upgrade the last run's chroot to the last commit: pulled and set up again, as `docs/upgrading.md` says."""
    here = Chroot(chroot.CHROOTS_FOLDER / "chroot")
    here.mount()
    here.type("git -C /srv/letterhub fetch -q origin pulled && git -C /srv/letterhub reset -q --hard FETCH_HEAD")
    print(here.type("/srv/letterhub/deploy/setup"), flush=True)
    return 0


def run_inside(here: Chroot) -> int:
    """Run inside of the namespaces: set up, used, backed up, restored, and each part's failure."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    here.mount()
    here.path("etc/hosts").write_text(f"127.0.0.1 localhost {HOST}\n")
    _small_disk(here)
    stage = _make_stage(here)
    try:
        _set_up(stage)
        owner, key = story.accept_owner_invitation(stage)
        stage.letter = story.open_letter(stage, owner)
        stage.sign(1)
        story.confirm_signature(stage, story.SIGNER)
        _backup_under_load(stage)
        for outage in outages.OUTAGES:
            outage(stage)
        outages.set_clock_ahead(stage, key)
        made = story.deliver_edition(stage, owner)
        stage.add(
            "from the form to the delivered PDF, over TLS", "form, mail, link, review, edition, delivery", made, fine=True
        )
        _restore(stage)
        checked = here.type(guide.commands("check", ""))
        stage.add("letterhub check --production", "", _verdict(checked), fine=" NO" not in f" {checked}")
    except subprocess.CalledProcessError as trouble:
        stage.add(
            " ".join(map(str, trouble.cmd))[-300:], f"ended with {trouble.returncode}", str(trouble.output)[-1000:], fine=False
        )
    except (UnexpectedResult, UnexpectedPage, AssertionError, OSError) as trouble:
        stage.add("the run ended", "", f"{type(trouble).__name__}: {trouble}", fine=False)
    finally:
        print("\n".join(_table(stage.rows)))
    return 0 if all(row.fine for row in stage.rows) else 1


def _small_disk(here: Chroot) -> None:
    """Move PostgreSQL's data to a disk of its own, which can be filled."""
    data, installed = here.path("var/lib/postgresql"), here.path("var/lib/postgresql.installed")
    if not installed.exists():
        data.rename(installed)
    data.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", SMALL_DISK, "tmpfs", data], check=True)
    subprocess.run(["cp", "-a", f"{installed}/.", data], check=True)


def _make_stage(here: Chroot) -> RunContext:
    mailbox, servers = Mailbox(), Servers(here)
    for verb in (servers.postgresql, servers.redis, servers.nginx):
        verb("start")  # as Debian does when it installs them
    services = ServiceManager(here, {"postgresql": servers.postgresql, "redis-server": servers.redis, "nginx": servers.nginx})
    mailbox.open()
    wait_until(lambda: _site_responds(here), 30)
    return RunContext(here, mailbox, servers, services)


def _site_responds(here: Chroot) -> bool:
    return "accepting" in here.run("runuser", "-u", "postgres", "--", "pg_isready", check=False)


def _set_up(stage: RunContext) -> None:
    """Run every command of the page up to the running site."""
    here = stage.chroot
    run = {name: guide.commands(name, "") for name in guide.blocks()}
    _unreadable_python(stage)
    here.type(run["database"])
    here.type(run["peer"])
    settings = here.read(SETTINGS)
    for name, value in FILLED_IN_SETTINGS.items():
        settings += f"{name}={value}\n"
    here.path(SETTINGS).write_text(settings)
    by_socket = here.type("letterhub migrate").strip().splitlines()[-1]
    stage.add("PostgreSQL by its socket (peer)", "", by_socket, fine=True)
    here.type(run["scram"])
    here.type(run["redis"])
    check_output = here.type(run["tables"])
    stage.add("PostgreSQL with a password (scram), Redis", "", _verdict(check_output), fine=True)
    challenges = _certificate(stage)
    nginx_output = here.type(run["nginx"]).strip().splitlines()[-1]
    challenges.append(_challenge())
    fine = challenges == ["answered"] * 2
    stage.add(
        "nginx takes the shipped file, and answers certbot before and after",
        here.run("nginx", "-v").strip(),
        nginx_output,
        fine=fine,
    )
    here.type(run["start"])
    took = wait_until(lambda: stage.ready() == "ready", 90)
    timers = ", ".join(sorted(stage.services.timers))
    stage.add(
        "the units start",
        f"timers: {timers}",
        f"ready {format_duration(took)}",
        fine=took is not None and len(stage.services.timers) == 2,
    )


def _unreadable_python(stage: RunContext) -> None:
    """Run setup with a Python in root's own folder, as pyenv installs it, which the services could not start."""
    theirs = "/root/.pyenv/bin/python3"
    stage.chroot.type(f"install -d -m 0700 /root /root/.pyenv/bin; cp $(readlink -f /usr/bin/python3) {theirs}")
    output = stage.chroot.type(f"PYTHON={theirs} /srv/letterhub/deploy/setup 2>&1 || echo refused").strip()
    stage.add("deploy/setup with a Python that only root can read", "", output, fine=output.endswith("refused"))


def _certificate(stage: RunContext) -> list[str]:
    """Make our own certificate in place of certbot's; return the answer to its challenge."""
    challenge = "/var/www/html/.well-known/acme-challenge"
    stage.chroot.run("install", "-d", challenge)
    stage.chroot.path(f"{challenge}/asked").write_text("answered")
    answers = [_challenge()]
    folder = str(Path(CERTIFICATE).parent)
    stage.chroot.type(
        f"install -d {folder}; openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN={HOST} "
        f"-addext subjectAltName=DNS:{HOST} -keyout {folder}/privkey.pem -out {CERTIFICATE} 2>/dev/null"
    )
    return answers


def _challenge() -> str:
    """Return the response to a certificate authority's challenge."""
    line = http.client.HTTPConnection("127.0.0.1", 80, timeout=20)
    line.request("GET", "/.well-known/acme-challenge/asked", headers={"Host": HOST})
    return line.getresponse().read().decode()


def _backup_under_load(stage: RunContext) -> None:
    """Back up while people sign, and restore into a new database: nothing acknowledged before is missing or inconsistent."""
    signed: list[int] = []

    def crowd(first: int) -> None:
        signed.extend(number for number in range(first, first + 12) if stage.sign(number).status == 200)

    crowds = [threading.Thread(target=crowd, args=(first,)) for first in (100, 120, 140, 160)]
    for one in crowds:
        one.start()
    wait_until(lambda: len(signed) >= 12, 60)
    before = _names(stage, "letterhub")
    stage.chroot.type(guide.commands("backup", ""))
    after_backup = len(signed)
    for one in crowds:
        one.join()
    output = stage.chroot.type(guide.commands("drill", ""))
    restored, live = _names(stage, "drill"), _names(stage, "letterhub")
    fine = before <= restored <= live and len(signed) == 48
    shown = f"{len(before)} names before it, {after_backup} forms sent when it was made, {len(signed)} in all"
    stage.add(
        "a backup while people sign, into a new database", shown, f"{len(restored)} names, {output.splitlines()[0]}", fine=fine
    )
    stage.chroot.type(guide.commands("drilled", ""))


def _names(stage: RunContext, database: str) -> set[str]:
    return set(stage.sql(database, "SELECT id || ' ' || organization_name FROM signature").splitlines())


def _restore(stage: RunContext) -> None:
    """Restore the newest backup in place of the database; all tables equal those of before."""
    stage.services.stop(outages.WORKER)
    stage.chroot.type(guide.commands("backup", ""))
    before = _table_contents(stage)
    stage.chroot.type(guide.commands("restore", ""))
    after = _table_contents(stage)
    differ = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    took = wait_until(lambda: stage.ready() == "ready", 90)
    shown = f"{len(before)} tables, of which differ: {', '.join(differ) or 'none'}"
    stage.add("restore --replace of the newest backup", shown, f"ready {format_duration(took)}", fine=took is not None)


def _table_contents(stage: RunContext) -> dict[str, str]:
    tables = stage.sql("letterhub", "SELECT tablename FROM pg_tables WHERE schemaname = 'public'").splitlines()
    query = "SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
    return {table: stage.sql("letterhub", query.format(table)) for table in tables}


def _verdict(output: str) -> str:
    statuses = [line[:2] for line in output.splitlines() if line[:3] in ("ok ", "NO ", "?? ")]
    no = [line for line in output.splitlines() if line.startswith("NO ")]
    return f"{statuses.count('ok')} ok, {statuses.count('??')} unknown, {len(no)} NO{'' if not no else ': ' + '; '.join(no)}"


def _table(rows: list[ResultRow]) -> list[str]:
    lines = [
        f"| {'' if row.fine else '**NOT AS DOCUMENTED** '}{row.what} | {row.meanwhile} | {row.afterwards} |" for row in rows
    ]
    return ["", "| what | meanwhile | afterwards |", "|---|---|---|", *lines]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["installing", suite]:
            sys.exit(install(suite))
        case ["upgrading", _]:
            sys.exit(upgrade())
        case _:
            sys.exit(main())
