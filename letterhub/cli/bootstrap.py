"""Bootstrap for commands: the app for this machine's settings, or error messages about them."""

import logging
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click
from flask import Flask

from letterhub.app import at_work
from letterhub.config import BadSettings, Settings, from_environment
from letterhub.infrastructure.logs import set_up_log
from letterhub.queries.operations.health import database_trouble, server_trouble

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0  # seconds between two attempts to reach the database
SAY_AGAIN = 60.0  # seconds between two log lines while waiting
TERMINATED = 128 + signal.SIGTERM

log = logging.getLogger(__name__)


@contextmanager
def site() -> Iterator[Flask]:
    """Yield the app; exit with status 2 and a sentence for each setting that is invalid, missing or unknown."""
    try:
        settings = from_environment()
    except BadSettings as bad:
        for sentence in bad.sentences:
            click.echo(sentence, err=True)
        sys.exit(2)
    for name in settings.ignored:
        click.echo(
            f"{name} is ignored: this version does not know it, and LETTERHUB_IGNORE_UNKNOWN_SETTINGS says yes.", err=True
        )
    with at_work(settings) as app:
        yield app


@contextmanager
def ready_site(*, wait: bool = False) -> Iterator[Flask]:
    """Yield the app with an available, migrated database; exit with status 1 and a sentence otherwise.

    With `wait`, wait for a database server that is not up yet.
    """
    with site() as app:
        if wait:
            wait_for_database(app.extensions["settings"])
        if trouble := database_trouble():
            raise click.ClickException(trouble)
        yield app


def wait_for_database(settings: Settings) -> None:
    """Wait until the database server is up, however long that takes: after a boot it may start last. SIGTERM ends it."""
    trouble = server_trouble()
    if not trouble:
        return
    set_up_log(settings.log_format)
    before = signal.signal(signal.SIGTERM, _end)  # process 1 of a container has no default handler for it
    begun, said, pause = time.monotonic(), float("-inf"), FIRST_PAUSE
    while trouble:
        if time.monotonic() - said >= SAY_AGAIN:
            said = time.monotonic()
            log.warning("%s Waiting until it answers.", trouble)
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
        trouble = server_trouble()
    signal.signal(signal.SIGTERM, before)
    log.warning("The database answers, after %.0f seconds.", time.monotonic() - begun)


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(TERMINATED)
