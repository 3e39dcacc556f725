"""Command `letterhub worker`: sends mail and renders files in the background."""

import click

from letterhub.cli.bootstrap import ready_app_or_exit
from letterhub.config import Settings
from letterhub.infrastructure.monitoring import configure_logging
from letterhub.infrastructure.telemetry import start_telemetry
from letterhub.jobs.runner import THREADS, run


@click.command()
@click.option("--threads", default=THREADS, show_default=True, type=click.IntRange(1, 16), help="Number of jobs at once.")
def worker(threads: int) -> None:
    """Send email and render files in the background until Ctrl-C.

    Run one beside `letterhub serve`, or several: they share the work. On SIGTERM or Ctrl-C a worker finishes the email that
    it has in hand and gives back the file that it is making, for another to begin at once. One that is killed loses nothing:
    another does its work again within a few minutes.
    """
    with ready_app_or_exit(wait=True) as app:
        settings: Settings = app.extensions["settings"]
        configure_logging(settings.log_format)
        start_telemetry(settings.sentry_dsn, settings.otlp_endpoint, settings.host)
        run(app, threads)
