"""The tools: how each is called, for how long at most, and what of its words is a finding. None where it is not here."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from audit.findings import HERE, HOME, Finding
from audit.pages import sent
from audit.site import LETTER, ROLES, SITE, signed_in

BIN = HOME / "venv" / "bin"
MODULES = "cookieflags,crlf,csp,csrf,exec,file,http_headers,methods,permanentxss,redirect,shellshock,sql,timesql,upload,xss"
"""All that need no server of others, and look for what there is: no LDAP."""
LEAVING = ("/sign-out", "/account", "/sign-out-everywhere", "/remove", "/withdraw")
SCAN, ATTACK = 60, 15  # seconds for each role, and for each module


def _run(command: list[str], within: int) -> str:
    """What a tool says, on both its channels; what it had said by then where it takes longer."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(["nice", *command], cwd=HERE.parent, **pipes) as process:  # type: ignore[call-overload]
        try:
            told, _ = process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            process.kill()
            told, _ = process.communicate()
    return str(told.decode(errors="replace"))


def bandit() -> list[Finding] | None:
    """What bandit takes for unsafe in our code, from "medium" on; ruff's rules of the same kind run with every commit."""
    if not (BIN / "bandit").exists():
        return None
    told = _run([str(BIN / "bandit"), "--quiet", "--format", "json", "-ll", "-r", "letterhub", "wsgi.py"], 300)
    results = json.loads(told[told.index("{") :])["results"]
    return [Finding("bandit", f"{one['test_id']} {one['issue_text']}", f"{one['filename']}") for one in results]


def vnu() -> list[Finding] | None:
    """What the Nu HTML checker says of each page as it was sent."""
    jar = HOME / "vnu.jar"
    if not jar.exists() or not shutil.which("java") or not sent():
        return None
    command = ["java", "-Xss1m", "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always", *map(str, sent())]
    messages = json.loads(_run(command, 600))["messages"]
    return [
        Finding("vnu", f"{one.get('subType') or one['type']}: {one['message']}", Path(one["url"]).stem.partition("-")[0])
        for one in messages
        if one["type"] != "info" or one.get("subType") == "warning"
    ]


def wapiti() -> list[Finding] | None:
    """What wapiti gets through with, as a stranger and as each role."""
    if not (BIN / "wapiti").exists():
        return None
    return [finding for role in ("stranger", *ROLES) for finding in _wapiti_as(role)]


def _wapiti_as(role: str) -> Iterator[Finding]:
    told = HOME / f"wapiti-{role}.json"
    told.unlink(missing_ok=True)
    command = [
        str(BIN / "wapiti"), "-u", f"{SITE}/" if role == "stranger" else f"{SITE}/desk/", "--scope", "domain", "-m", MODULES,
        "--flush-session", "--store-session", str(HOME / f"wapiti-{role}"), "--max-scan-time", str(SCAN),
        "--max-attack-time", str(ATTACK), "--tasks", "2", "--max-parameters", "60", "--no-bugreport", "-v", "0", "-f", "json",
        "-o", str(told),
    ]  # fmt: skip
    for place in LEAVING:
        command += ["-x", f"{SITE}*{place}*"]
    if role != "stranger":
        command += ["-c", str(_cookies(role))]
    (HOME / f"wapiti-{role}.log").write_text(_run(command, SCAN + ATTACK * 40), encoding="utf-8")
    if not told.exists():
        yield Finding("wapiti", "said nothing", role)
        return
    report = json.loads(told.read_text(encoding="utf-8"))
    for part in ("vulnerabilities", "anomalies"):
        for kind, found in report[part].items():
            yield from (Finding("wapiti", f"{kind}: {one['info']}", f"{role}: {one['method']} {one['path']}") for one in found)


def _cookies(role: str) -> Path:
    """A session as wapiti reads it."""
    session, file = signed_in(role), HOME / f"cookies-{role}.json"
    cookie = {"version": 0, "value": session.value, "port": None, "expires": None, "secure": False}
    file.write_text(json.dumps({"127.0.0.1": {"/": {session.name: cookie}}}), encoding="utf-8")
    return file


def sqlmap() -> list[Finding] | None:
    """What sqlmap gets out of the database by forms and searches."""
    if not (BIN / "sqlmap").exists():
        return None
    cookie = f"letterhub={signed_in('owner').value}"
    room = f"{SITE}/desk/open-shelves"
    targets = {
        "search of names": ["-u", f"{LETTER}?q=a&page=1", "-p", "q,page"],
        "sign": ["-u", f"{LETTER}/sign", "--data",
                 "csrf_token=x&organization=a&email=a@b.example&scope=local&once=x&revision=1", "-p",
                 "organization,email,scope,once,revision",
                 "--csrf-token", "csrf_token", "--csrf-url", f"{LETTER}/sign"],
        "sign in": ["-u", f"{SITE}/sign-in", "--data", "csrf_token=x&email=a@b.example&password=abc&next=/",
                    "-p", "email,next", "--csrf-token", "csrf_token", "--csrf-url", f"{SITE}/sign-in"],
        "queue": ["-u", f"{room}/letters/{LETTER.rpartition('/')[2]}/names?q=a&state=published&page=1", "-p", "q,state,page",
                  "--cookie", cookie],
        "mail": ["-u", f"{room}/mail?q=a&state=sent&older_than=5", "-p", "q,state,older_than", "--cookie", cookie],
    }  # fmt: skip
    return [finding for where, target in targets.items() for finding in _sqlmap_at(where, target)]


def _sqlmap_at(where: str, target: list[str]) -> Iterator[Finding]:
    command = [str(BIN / "sqlmap"), *target, "--batch", "--dbms", "sqlite", "--level", "2", "--risk", "1",
               "--technique", "BEU", "--threads", "1",
               "--timeout", "20", "--retries", "0", "--flush-session", "--disable-coloring", "--ignore-code", "400,422,429",
               "--output-dir", str(HOME / "sqlmap")]  # fmt: skip
    told = _run(command, 240)
    (HOME / f"sqlmap-{where.replace(' ', '-')}.log").write_text(told, encoding="utf-8")
    got = [
        row for row in told.splitlines() if "Payload: " in row or "is vulnerable" in row or "appears to be injectable" in row
    ]
    if got:
        yield Finding("sqlmap", got[0].strip(), where)
    elif "do not appear to be injectable" not in told:
        yield Finding("sqlmap", f"came to no end: {(told.strip().splitlines() or ['silent'])[-1][:200]}", where)
