"""Run every tool against a local demo, print new findings, and exit with 1 if there are any."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from audit import pages, tools
from audit.findings import HERE, HOME, Finding, NotChecked, split_findings
from audit.site import demo
from audit.wapiti import wapiti

CHECKS: dict[str, Callable[[], Sequence[Finding | NotChecked] | None]] = {
    "bandit": tools.bandit,
    "axe": pages.check_pages,
    "vnu": tools.vnu,
    "sqlmap": tools.sqlmap,
    "wapiti": wapiti,  # last: it presses every button
}


def main(wanted: list[str]) -> int:
    """Run the checks named in `wanted`, or all; return 0 if nothing is new."""
    subprocess.run([str(HERE / "fetch")], check=True)
    findings: list[Finding] = []
    left_out: list[NotChecked] = []
    with demo():
        for name, check in CHECKS.items():
            if wanted and name not in wanted:
                continue
            print(f"letterhub: {name} …", flush=True)
            started, found = time.monotonic(), check()
            if found is None:
                left_out.append(NotChecked(name, "NOT RUN: it is not here, or has no pages that axe was shown"))
                continue
            findings += (one for one in found if isinstance(one, Finding))
            left_out += (one for one in found if isinstance(one, NotChecked))
            count = sum(isinstance(one, Finding) for one in set(found))
            print(f"letterhub: {name} found {count} in {time.monotonic() - started:.0f} s", flush=True)
    return _write_report(findings, left_out)


def _write_report(findings: list[Finding], left_out: list[NotChecked]) -> int:
    new, old = split_findings(findings)
    lines = [f"{one.tool}: {one.what} ({one.where})" for one in new]
    known = [f"accepted: {one.tool}: {one.what} ({one.where}): {why}" for one, why in old]
    missed = [f"LEFT OUT: {one.tool}: {one.what}" for one in left_out]
    (HOME / "report.txt").write_text("\n".join([*lines, "", *missed, "", *known, ""]), encoding="utf-8")
    print("\n".join([*missed, *lines]))
    print(f"letterhub: {len(new)} new, {len(old)} known and accepted; all of it is in {HOME / 'report.txt'}")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
