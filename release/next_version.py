"""`make version VERSION=0.1.0`: the unreleased changes of CHANGELOG.md become those of a version, dated today."""

import datetime as dt
import sys

from release import CannotRelease, name_version


def main(wanted: str) -> None:
    try:
        name_version(wanted, dt.datetime.now(tz=dt.UTC).date())
    except CannotRelease as problem:
        sys.exit(f"version: {problem}")
    print(f"version: {wanted} is in pyproject.toml and CHANGELOG.md. Read its changes, commit both, then: make release")


main(" ".join(sys.argv[1:]))
