"""PostgreSQL's own programs, connected to the site's database just as the app is; the password goes by environment."""

import subprocess
from pathlib import Path
from shutil import which

from psycopg.conninfo import make_conninfo

from letterhub.config import libpq_environment
from letterhub.connections import libpq_parameters
from letterhub.db import db
from letterhub.domain.refusals import Refused


class NoProgram(Refused):
    """A program of PostgreSQL that is not installed, or that failed; its words are in the sentence."""


def address() -> str:
    """Return the connection string for `--dbname`, without the password, which lists of processes would show."""
    given = libpq_parameters(db.engine.url)
    return make_conninfo(**{name: value for name, value in given.items() if name != "password"})


def command(name: str, *words: str | Path) -> list[str]:
    """The command line of a program. Raises NoProgram where it is not installed."""
    program = which(name)
    if program is None:
        raise NoProgram(f"{name} is not installed: on Debian, apt-get install postgresql-client.")
    return [program, *map(str, words)]


def environment() -> dict[str, str]:
    """Return the environment of such a program: libpq's own variables, which the app's driver reads too, and the password."""
    password = libpq_parameters(db.engine.url).get("password")
    return libpq_environment() | ({"PGPASSWORD": str(password)} if password else {})


def run(name: str, *words: str | Path) -> str:
    """Runs a program to its end and gives what it says. Raises NoProgram where it fails."""
    done = subprocess.run(  # noqa: S603
        command(name, *words), env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoProgram(f"{name} says: {done.stderr.strip()}")
    return done.stdout
