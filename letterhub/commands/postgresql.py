"""PostgreSQL's own programs, on the site's database: told its address without the password, which goes by environment."""

import subprocess
from pathlib import Path
from shutil import which

from letterhub.db import db
from letterhub.domain.refusals import Refused


class NoProgram(Refused):
    """A program of PostgreSQL that is not installed, or that failed; its words are in the sentence."""


def address() -> str:
    """Where the database is, for `--dbname`: as the settings say, without the password, which lists of processes would show."""
    return db.engine.url.set(drivername="postgresql", password=None).render_as_string()


def command(name: str, *words: str | Path) -> list[str]:
    """The command line of a program. Raises NoProgram where it is not installed."""
    program = which(name)
    if program is None:
        raise NoProgram(f"{name} is not installed: on Debian, apt-get install postgresql-client.")
    return [program, *map(str, words)]


def environment() -> dict[str, str]:
    """What such a program is told beside its words."""
    password = db.engine.url.password
    return {"PGPASSWORD": password} if password else {}


def run(name: str, *words: str | Path) -> str:
    """Runs a program to its end and gives what it says. Raises NoProgram where it fails."""
    done = subprocess.run(  # noqa: S603
        command(name, *words), env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoProgram(f"{name} says: {done.stderr.strip()}")
    return done.stdout
