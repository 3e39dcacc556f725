"""The site that a command works on: the app for this machine's settings, or the sentences that say what is wrong with them."""

import sys

import click
from flask import Flask

from letterhub.app import create_app
from letterhub.config import BadSettings, from_environment
from letterhub.queries.health import database_trouble


def site() -> Flask:
    """The app; ends the command with status 2 and a sentence for each setting that is bad, missing or unknown."""
    try:
        return create_app(from_environment())
    except BadSettings as bad:
        for sentence in bad.sentences:
            click.echo(sentence, err=True)
        sys.exit(2)


def ready_site() -> Flask:
    """The app, with a database that answers and is up to date; ends the command with status 1 and a sentence otherwise."""
    app = site()
    with app.app_context():
        trouble = database_trouble()
    if trouble:
        raise click.ClickException(trouble)
    return app
