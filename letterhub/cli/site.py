"""The site that a command works on: the app for this machine's settings, or the sentences that say what is wrong with them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from letterhub.app import at_work
from letterhub.config import BadSettings, from_environment
from letterhub.queries.health import database_trouble


@contextmanager
def site() -> Iterator[Flask]:
    """The app; ends the command with status 2 and a sentence for each setting that is bad, missing or unknown."""
    try:
        settings = from_environment()
    except BadSettings as bad:
        for sentence in bad.sentences:
            click.echo(sentence, err=True)
        sys.exit(2)
    with at_work(settings) as app:
        yield app


@contextmanager
def ready_site() -> Iterator[Flask]:
    """The app, with a database that answers and is up to date; ends the command with status 1 and a sentence otherwise."""
    with site() as app:
        if trouble := database_trouble():
            raise click.ClickException(trouble)
        yield app
