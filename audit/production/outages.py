"""Outages of each part: pages, `/readyz`, mails and logs during it, and after."""

import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from audit.production.people import UnexpectedPage
from audit.production.stage import (
    RunContext,
    UnexpectedResult,
    format_duration,
    is_listening,
    read_logs,
    signer_fields,
    wait_until,
)
from audit.production.story import OWNER, PASSWORD, totp_code

WEB, WORKER, MIGRATE, BACKUP = (f"letterhub-{name}.service" for name in ("web", "worker", "migrate", "backup"))


def boot_without_database(stage: RunContext) -> None:
    """Boot the machine with PostgreSQL 20 seconds after everything else."""
    for name in (WEB, WORKER, MIGRATE):
        stage.services.stop(name)
    stage.servers.postgresql("stop")
    booting = [threading.Thread(target=stage.services.start, args=(name,), daemon=True) for name in (WEB, WORKER)]
    for one in booting:
        one.start()
    time.sleep(20)
    page, word = stage.visitor().open("/sign-in"), stage.ready()
    stage.servers.postgresql("start")
    took = wait_until(lambda: stage.ready() == "ready", 120)
    shown = f"{page.status}, “{_heading(page.html)}”; /readyz: {word}"
    stage.add(
        "the database starts 20 s after the site",
        shown,
        f"ready {format_duration(took)}",
        fine=took is not None and page.status == 502,
    )


def kill_database(stage: RunContext) -> None:
    """Kill PostgreSQL under a running site."""
    stage.servers.postgresql("kill")
    page, word = stage.visitor().open(f"/letters/{stage.letter}/sign"), stage.ready()
    stage.servers.postgresql("start")
    took = wait_until(lambda: stage.ready() == "ready", 90)
    fine = took is not None and word == "database" and page.status == 503
    stage.add(
        "PostgreSQL is killed",
        f"{page.status}, “{_heading(page.html)}”; /readyz: {word}",
        f"ready {format_duration(took)}",
        fine=fine,
    )


def stop_redis(stage: RunContext) -> None:
    """Stop Redis for 80 seconds: mail leaves all the same, and after a minute `/readyz` names it."""
    stage.servers.redis("stop")
    with _sign_during(stage, 11) as address:
        mailed = wait_until(lambda: bool(stage.mailbox.to(address)), 60)
    alarmed = wait_until(lambda: stage.ready() == "redis", 120)
    word = stage.ready()
    stage.servers.redis("start")
    took = wait_until(lambda: stage.ready() == "ready", 100)
    shown = f"the mail left {format_duration(mailed)}; /readyz: {word}, {format_duration(alarmed)}"
    stage.add("Redis is away", shown, f"ready {format_duration(took)}", fine=None not in (mailed, alarmed, took))


def stop_mail_server(stage: RunContext) -> None:
    """Stop the mail server for 12 seconds, in which four people sign."""
    stage.mailbox.close()
    started = time.monotonic()
    four = [21, 22, 23, 24]
    signing = [threading.Thread(target=stage.sign, args=(number,)) for number in four]
    for one in signing:
        one.start()
    for one in signing:
        one.join()
    time.sleep(max(0.0, 12 - (time.monotonic() - started)))
    stage.mailbox.open()
    came = wait_until(lambda: all(stage.mailbox.to(str(signer_fields(number)["email"])) for number in four), 90)
    count = sum(bool(stage.mailbox.to(str(signer_fields(number)["email"]))) for number in four)
    stage.add(
        "the mail server is away for 12 s",
        "four people were asked to look for a mail",
        f"{count} of 4 came {format_duration(came)}",
        fine=came is not None,
    )


def fill_disk(stage: RunContext) -> None:
    """Fill PostgreSQL's disk."""
    filler = stage.chroot.path("var/lib/postgresql/filler")
    subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=64k"], check=False, capture_output=True)
    page = _sign_until_refused(stage)
    took = wait_until(lambda: stage.ready() == "disk", 60)
    word = stage.ready()
    reading = stage.visitor().open(f"/letters/{stage.letter}").status
    filler.unlink()
    if not is_listening(5432):
        stage.servers.postgresql("start")
    back = wait_until(lambda: stage.ready() == "ready", 120)
    shown = f"signing: {page}; reading: {reading}; /readyz: {word}, {format_duration(took)}"
    stage.add("PostgreSQL’s disk is full", shown, f"ready {format_duration(back)}", fine=took is not None and back is not None)


def _sign_until_refused(stage: RunContext) -> str:
    """Sign until the disk has no space for one more; return what the page says then."""
    for number in range(31, 41):
        page = stage.sign(number)
        if page.status >= 500:
            return f"{page.status}, “{_heading(page.html)}”"
    return f"{page.status}, still taken"


def stop_web(stage: RunContext) -> None:
    """Stop the site behind nginx, and follow a link from a mail."""
    secret = "a-token-that-nobody-else-may-read"
    stage.visitor().open(f"/letters/{stage.letter}")
    stage.services.stop(WEB)
    page = stage.visitor().open(f"/confirm/{secret}")
    posted = stage.visitor().ask(f"/confirm/{secret}", b"authorized=y")
    letter_page = stage.visitor().open(f"/letters/{stage.letter}")
    stage.services.start(WEB)
    took = wait_until(lambda: stage.ready() == "ready", 60)
    leaked = secret in read_logs(stage.servers.log_files()) + stage.services.journal(WEB)
    shown = f"{page.status} and {posted.status}, “{_heading(page.html)}”; the letter itself: {letter_page.status}"
    shown += "; THE LINK IS IN A LOG" if leaked else "; the link is in no log"
    fine = not leaked and (page.status, posted.status, letter_page.status) == (502, 502, 200) and took is not None
    stage.add("the site is down behind nginx", shown, f"ready {format_duration(took)}", fine=fine)


def set_clock_ahead(stage: RunContext, key: str) -> None:
    """Set the clock of the web machine 3 minutes ahead of the database's and of the worker's."""
    stage.services.stop(WEB)
    stage.services.before[WEB] = ["faketime", "-f", "+180s"]
    stage.services.start(WEB)
    wait_until(stage.healthy, 60)
    took = wait_until(lambda: stage.ready() == "clock", 30)
    word = stage.ready()
    page = (
        stage.visitor()
        .open("/sign-in")
        .submit("Sign in", email=OWNER, password=PASSWORD)
        .submit("Sign in", code=totp_code(key))
    )
    refused = "a right code is refused" if "/sign-in" in page.address else "a right code is taken"
    stage.services.stop(WEB)
    del stage.services.before[WEB]
    stage.services.start(WEB)
    back = wait_until(lambda: stage.ready() == "ready", 60)
    stage.add(
        "the site’s clock is 3 minutes ahead",
        f"/readyz: {word}; {refused}",
        f"ready {format_duration(back)}",
        fine=None not in (took, back),
    )


def fail_backup(stage: RunContext) -> None:
    """Run the nightly backup without a database."""
    before = len(stage.mailbox.to(OWNER))
    stage.servers.postgresql("stop")
    try:
        stage.services.start(BACKUP)
        ended = "the unit ended well"
    except subprocess.CalledProcessError:
        ended = "the unit failed"
    mailed_after = wait_until(lambda: len(stage.mailbox.to(OWNER)) > before, 30)
    stage.servers.postgresql("start")
    wait_until(lambda: stage.ready() == "ready", 90)
    try:
        stage.services.start(BACKUP)
        after = "the next one was made"
    except subprocess.CalledProcessError as trouble:
        after = f"the next one failed: {str(trouble.output)[-200:]}"
    subject = str(stage.mailbox.to(OWNER)[-1]["Subject"]) if mailed_after is not None else "none"
    stage.add(
        "a backup fails", f"{ended}; mail to the operator: {subject}", after, fine=mailed_after is not None and "made" in after
    )


def kill_web_and_worker(stage: RunContext) -> None:
    """Kill web and worker at once."""
    for name in (WEB, WORKER):
        service = stage.services.running[name]
        if service.process is None:
            raise UnexpectedResult(f"{name} does not run")
        service.process.send_signal(signal.SIGKILL)
    took = wait_until(lambda: stage.healthy() and stage.ready() == "ready", 90)
    stage.add(
        "site and worker are killed (-9)",
        "started again by their units",
        f"ready {format_duration(took)}",
        fine=took is not None,
    )


@contextmanager
def _sign_during(stage: RunContext, number: int) -> Iterator[str]:
    page = stage.sign(number)
    if page.status != 200:
        raise UnexpectedPage(f"signing answers {page.status}: {page.text[:300]}")
    yield str(signer_fields(number)["email"])


def _heading(html: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    return " ".join(found[1].split()) if found else ""


OUTAGES: tuple[Callable[[RunContext], None], ...] = (
    boot_without_database,
    kill_database,
    stop_redis,
    stop_mail_server,
    stop_web,
    fail_backup,
    kill_web_and_worker,
    fill_disk,
)
