"""Runner for PostgreSQL's own programs, with the app's connection settings; the password is passed by environment."""

import subprocess
from pathlib import Path
from shutil import which

from psycopg.conninfo import make_conninfo

from letterhub.config import libpq_environment
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.infrastructure.connections import libpq_parameters
from letterhub.infrastructure.db import db


class ProgramFailed(UserFacingError):
    """Raised when a PostgreSQL program is not installed or failed; its output is in the message."""


def connection_string() -> str:
    """Return the connection string for `--dbname`, without the password, which lists of processes would show."""
    parameters = libpq_parameters(db.engine.url)
    return make_conninfo(**{name: value for name, value in parameters.items() if name != "password"})


def command_line(name: str, *arguments: str | Path) -> list[str]:
    """Return the command line of a program. Raises ProgramFailed if it is not installed."""
    program = which(name)
    if program is None:
        raise ProgramFailed(_("%(program)s is not installed. On Debian: apt-get install postgresql-client", program=name))
    return [program, *map(str, arguments)]


def program_environment() -> dict[str, str]:
    """Return the environment for a program: libpq's variables, which the app's driver reads too, and the password."""
    password = libpq_parameters(db.engine.url).get("password")
    return libpq_environment() | ({"PGPASSWORD": str(password)} if password else {})


def run_program(name: str, *arguments: str | Path) -> str:
    """Run a program and return its output. Raises ProgramFailed if it fails."""
    process = subprocess.run(  # noqa: S603
        command_line(name, *arguments), env=program_environment(), capture_output=True, text=True, check=False
    )
    if process.returncode:
        raise ProgramFailed(_("%(program)s says: %(message)s", program=name, message=process.stderr.strip()))
    return process.stdout
