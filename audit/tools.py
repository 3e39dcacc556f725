"""Bandit, the Nu HTML checker and sqlmap: how each is run, and which output is a finding. None if a tool is missing."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from audit.findings import HOME, Finding
from audit.pages import saved_pages
from audit.running import BIN, run_tool
from audit.site import LETTER, SITE, staff_session


def bandit() -> list[Finding] | None:
    """Return bandit's findings in our code, from "medium" on; ruff's rules of the same kind run with every commit."""
    if not (BIN / "bandit").exists():
        return None
    output = run_tool([str(BIN / "bandit"), "--quiet", "--format", "json", "-ll", "-r", "letterhub"], 300)
    results = json.loads(output[output.index("{") :])["results"]
    return [Finding("bandit", f"{one['test_id']} {one['issue_text']}", f"{one['filename']}") for one in results]


def vnu() -> list[Finding] | None:
    """Return the Nu HTML checker's findings on each page as it was sent."""
    jar = HOME / "vnu.jar"
    if not jar.exists() or not shutil.which("java") or not saved_pages():
        return None
    command = [
        "java",
        "-Xss1m",
        "-jar",
        str(jar),
        "--format",
        "json",
        "--stdout",
        "--exit-zero-always",
        *map(str, saved_pages()),
    ]
    messages = json.loads(run_tool(command, 600))["messages"]
    return [
        Finding("vnu", f"{one.get('subType') or one['type']}: {one['message']}", Path(one["url"]).stem.partition("-")[0])
        for one in messages
        if one["type"] != "info" or one.get("subType") == "warning"
    ]


def sqlmap() -> list[Finding] | None:
    """Return sqlmap's findings for forms and searches."""
    if not (BIN / "sqlmap").exists():
        return None
    cookie = f"letterhub={staff_session('owner').value}"
    staff_url = f"{SITE}/staff/open-shelves"
    targets = {
        "search of names": ["-u", f"{LETTER}?q=a&page=1", "-p", "q,page"],
        "sign": ["-u", f"{LETTER}/sign", "--data",
                 "csrf_token=x&organization=a&email=a@b.example&section=local&form_token=x&revision=1", "-p",
                 "organization,email,scope,once,revision",
                 "--csrf-token", "csrf_token", "--csrf-url", f"{LETTER}/sign"],
        "sign in": ["-u", f"{SITE}/sign-in", "--data", "csrf_token=x&email=a@b.example&password=abc&next=/",
                    "-p", "email,next", "--csrf-token", "csrf_token", "--csrf-url", f"{SITE}/sign-in"],
        "queue": ["-u", f"{staff_url}/letters/{LETTER.rpartition('/')[2]}/signatures?q=a&state=published&page=1",
                  "-p", "q,state,page", "--cookie", cookie],
        "mail": ["-u", f"{staff_url}/email?q=a&state=sent&older_than=5", "-p", "q,state,older_than", "--cookie", cookie],
    }  # fmt: skip
    return [finding for where, target in targets.items() for finding in _sqlmap_at(where, target)]


def _sqlmap_at(where: str, target: list[str]) -> Iterator[Finding]:
    command = [str(BIN / "sqlmap"), *target, "--batch", "--dbms", "sqlite", "--level", "2", "--risk", "1",
               "--technique", "BEU", "--threads", "1",
               "--timeout", "20", "--retries", "0", "--flush-session", "--disable-coloring", "--ignore-code", "400,422,429",
               "--output-dir", str(HOME / "sqlmap")]  # fmt: skip
    output = run_tool(command, 240)
    (HOME / f"sqlmap-{where.replace(' ', '-')}.log").write_text(output, encoding="utf-8")
    got = [
        row for row in output.splitlines() if "Payload: " in row or "is vulnerable" in row or "appears to be injectable" in row
    ]
    if got:
        yield Finding("sqlmap", got[0].strip(), where)
    elif "do not appear to be injectable" not in output:
        yield Finding("sqlmap", f"came to no end: {(output.strip().splitlines() or ['silent'])[-1][:200]}", where)
