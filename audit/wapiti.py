"""Wapiti, as a stranger and as each role: it crawls by itself, then attacks each kind of URL and form once.

See docs/design/testing.md.
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from audit.findings import HOME, Finding, NotChecked
from audit.pages import checked_urls, url_pattern
from audit.running import BIN, run_tool
from audit.site import ROLES, SITE, Session, anonymous_session, is_signed_in, staff_session

MODULES = "cookieflags,crlf,csp,csrf,exec,file,http_headers,methods,permanentxss,redirect,shellshock,sql,timesql,upload,xss"
"""Modules that need no external server, and test for what we use: no LDAP."""
EXCLUDED_PATHS = ("/sign-out", "/account", "/remove", "/withdraw", "/static/", "/demo/")
SCAN_SECONDS, ATTACK_SECONDS, END_SECONDS = 90, 15, 60  # seconds: to crawl, for each module, and to end by itself
SEEN_REQUESTS = """SELECT path_id, method, path, (SELECT group_concat(name) FROM (
    SELECT name FROM params WHERE params.path_id = paths.path_id ORDER BY name
)) FROM paths WHERE headers IS NOT NULL ORDER BY path_id"""
MODULE_TIMEOUT = re.compile(r"Max attack time was reached for module (\w+)")


def wapiti() -> list[Finding | NotChecked] | None:
    """Return wapiti's findings, and what its time did not suffice for. It starts from the pages that axe checked."""
    roles = ("stranger", *reversed(ROLES))  # least privilege first: what an owner closes is closed for all
    if not (BIN / "wapiti").exists() or not all(map(checked_urls, roles)):
        return None
    left_out = NotChecked("wapiti", f"no module of it was sent to addresses with {', '.join(EXCLUDED_PATHS)}")
    return [left_out, *(one for role in roles for one in _attack_as(role))]


def _attack_as(role: str) -> Iterator[Finding | NotChecked]:
    store, report = HOME / f"wapiti-{role}", HOME / f"wapiti-{role}.json"
    for old in (*store.glob("*"), report):
        old.unlink(missing_ok=True)
    session = anonymous_session() if role == "stranger" else staff_session(role)
    common = [str(BIN / "wapiti"), "-u", f"{SITE}/", "--scope", "domain", "--store-session", str(store), "--no-bugreport",
              "-v", "1", "-f", "json", "-o", str(report), "--tasks", "2", "-c", str(_write_cookies(role, session))]  # fmt: skip
    looking = ["-m", "", "-d", "1", "--max-scan-time", str(SCAN_SECONDS)]
    for address in checked_urls(role):
        looking += ["-s", address]
    for place in EXCLUDED_PATHS:
        looking += ["-x", f"{SITE}*{place}*"]
    output = run_tool([*common, *looking], SCAN_SECONDS + END_SECONDS)
    found, kinds = remove_duplicates(store)
    attack = ["-m", MODULES, "--skip-crawl", "--max-attack-time", str(ATTACK_SECONDS), "--max-parameters", "60"]
    report.unlink(missing_ok=True)
    output += run_tool([*common, *attack], ATTACK_SECONDS * len(MODULES.split(",")) + END_SECONDS)
    (HOME / f"wapiti-{role}.log").write_text(output, encoding="utf-8")
    yield NotChecked("wapiti", f"{role}: attacks one of each kind, {kinds} of the {found} addresses and forms that it met")
    yield from _not_attacked(role, store, output, kinds)
    if role != "stranger" and not is_signed_in(session):
        yield Finding("wapiti", "was signed out on its way", role)
    yield from _parse_report(role, report)


def remove_duplicates(store: Path) -> tuple[int, int]:
    """Remove duplicates of one kind from wapiti's list; return how many it met, and how many stay.

    Organizations, signatures and letters have forms of their own, thousands of one kind, which took all its time before.
    """
    with closing(sqlite3.connect(next(store.glob("*.db")))) as database:
        rows = database.execute(SEEN_REQUESTS)
        met = [(number, (method, _kind(path), names)) for number, method, path, names in rows]
        kinds = {kind: number for number, kind in reversed(met)}
        database.execute("CREATE TEMP TABLE stays (path_id)")
        database.executemany("INSERT INTO stays VALUES (?)", [(number,) for number in kinds.values()])
        for table in ("params", "paths"):
            database.execute(f"DELETE FROM {table} WHERE path_id NOT IN (SELECT path_id FROM stays)")
        database.commit()
    return len(met), len(kinds)


def _kind(path: str) -> str:
    return re.sub(r"/letters/(?!new\b)[^/?]+", "/letters/x", url_pattern(path))


def _not_attacked(role: str, store: Path, output: str, kinds: int) -> Iterator[NotChecked]:
    with closing(sqlite3.connect(next(store.glob("*.db")))) as database:
        tried = Counter(dict(database.execute("SELECT module, count(*) FROM attack_logs GROUP BY module").fetchall()))
    for module in MODULE_TIMEOUT.findall(output):
        yield NotChecked(
            "wapiti", f"{role}: {module} was through with {tried[module]} of {kinds} when its {ATTACK_SECONDS} s were over"
        )


def _parse_report(role: str, report: Path) -> Iterator[Finding]:
    if not report.exists():
        yield Finding("wapiti", "came to no end", role)
        return
    results = json.loads(report.read_text(encoding="utf-8"))
    for part in ("vulnerabilities", "anomalies"):
        for kind, found in results[part].items():
            yield from (Finding("wapiti", f"{kind}: {one['info']}", f"{role}: {one['method']} {one['path']}") for one in found)


def _write_cookies(role: str, session: Session) -> Path:
    """Write a session as a cookie file for wapiti; return its path."""
    file = HOME / f"cookies-{role}.json"
    cookie = {"version": 0, "value": session.value, "port": None, "expires": None, "secure": False}
    file.write_text(json.dumps({"127.0.0.1": {"/": {session.name: cookie}}}), encoding="utf-8")
    return file
