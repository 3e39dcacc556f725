"""Bootstrap for commands: the app for this machine's settings, error messages about them, and the check that a port is free."""

import errno
import logging
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from letterhub.app import site_context
from letterhub.config import InvalidSettings, Settings, settings_from_environment
from letterhub.domain.errors import UserFacingError
from letterhub.infrastructure.monitoring import configure_logging
from letterhub.queries.operations.health import database_problem, database_server_problem

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0  # seconds between two attempts to reach the database
LOG_SECONDS = 60.0  # seconds between two log lines while waiting
TERMINATED = 128 + signal.SIGTERM

log = logging.getLogger(__name__)


@contextmanager
def app_or_exit() -> Iterator[Flask]:
    """Yield the app; exit with status 2 and a sentence for each setting that is invalid, missing or unknown.

    A UserFacingError in the block exits with status 1 and its sentence.
    """
    try:
        settings = settings_from_environment()
    except InvalidSettings as error:
        for sentence in error.sentences:
            click.echo(sentence, err=True)
        sys.exit(2)
    for name in settings.ignored_variables:
        click.echo(f"{name} is ignored: this version does not know it, and LETTERHUB_IGNORE_UNKNOWN_SETTINGS is on.", err=True)
    with site_context(settings) as app:
        try:
            yield app
        except UserFacingError as refusal:
            raise click.ClickException(str(refusal)) from refusal


@contextmanager
def ready_app_or_exit(*, wait: bool = False) -> Iterator[Flask]:
    """Yield the app with an available, migrated database; exit with status 1 and a sentence otherwise.

    With `wait`, wait for a database server that is not up yet.
    """
    with app_or_exit() as app:
        if wait:
            wait_for_database(app.extensions["settings"])
        if problem := database_problem():
            raise click.ClickException(problem)
        yield app


def wait_for_database(settings: Settings) -> None:
    """Wait until the database server is up, however long that takes: after a boot it may start last. SIGTERM ends it."""
    problem = database_server_problem()
    if not problem:
        return
    configure_logging(settings.log_format)
    # process 1 of a container has no default handler for SIGTERM
    handler_before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    started, logged_at, pause = time.monotonic(), float("-inf"), FIRST_PAUSE
    while problem:
        if time.monotonic() - logged_at >= LOG_SECONDS:
            logged_at = time.monotonic()
            log.warning("%s Waiting until it answers.", problem)
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
        problem = database_server_problem()
    signal.signal(signal.SIGTERM, handler_before)
    log.warning("The database answers, after %.0f seconds.", time.monotonic() - started)


def port_problem(host: str, port: int) -> str:
    """Return why a port cannot be listened on, as a sentence; "" if it can."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            return f"Something else is already listening on port {port}."
        return f"Cannot listen on {host}, port {port}: {problem.strerror or problem}."
    return ""


def alternative_port(port: int) -> int:
    """Return another unprivileged port to try."""
    return port + 10 if 1024 <= port + 10 <= 65535 else 8010
