"""Runs every tool against a demo on this machine, says what is new, and ends with 1 where something is."""

import subprocess
import sys
from collections.abc import Callable

from audit import pages, tools
from audit.findings import HERE, HOME, Finding, split
from audit.site import demo

CHECKS: dict[str, Callable[[], list[Finding] | None]] = {
    "bandit": tools.bandit,
    "axe": pages.look,
    "vnu": tools.vnu,
    "sqlmap": tools.sqlmap,
    "wapiti": tools.wapiti,  # last: it presses every button
}


def main(wanted: list[str]) -> int:
    """The status: 0 where nothing is new. `wanted` names the checks to run; all of them where it names none."""
    subprocess.run([str(HERE / "fetch")], check=True)
    findings: list[Finding] = []
    skipped = []
    with demo():
        for name, check in CHECKS.items():
            if wanted and name not in wanted:
                continue
            print(f"letterhub: {name} …", flush=True)
            found = check()
            if found is None:
                skipped.append(name)
                continue
            print(f"letterhub: {name} found {len(set(found))}", flush=True)
            findings += found
    return _said(findings, skipped)


def _said(findings: list[Finding], skipped: list[str]) -> int:
    new, old = split(findings)
    lines = [f"{one.tool}: {one.what} ({one.where})" for one in new]
    known = [f"accepted: {one.tool}: {one.what} ({one.where}): {why}" for one, why in old]
    (HOME / "report.txt").write_text("\n".join([*lines, "", *known, ""]), encoding="utf-8")
    print("\n".join(lines))
    for name in skipped:
        print(f"NOT RUN: {name} is not here.")
    print(f"letterhub: {len(new)} new, {len(old)} known and accepted; all of it is in {HOME / 'report.txt'}")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
