"""Command `letterhub serve`: runs the production server."""

import json
import logging
import os
import sys

import click

from letterhub.cli.bootstrap import port_problem, ready_app_or_exit
from letterhub.config import Settings
from letterhub.infrastructure.monitoring import configure_logging
from letterhub.web.concurrency_limits import THREADS

log = logging.getLogger(__name__)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Number of processes.")
@click.option("--with-worker", is_flag=True, help="Send email and render files in each process, instead of `letterhub worker`.")
def serve(host: str, port: int, workers: int, with_worker: bool) -> None:
    """Run the web server until Ctrl-C.

    Put a proxy with TLS in front of it, and set LETTERHUB_TRUSTED_PROXIES to 1. Email is sent only while a `letterhub worker`
    runs beside it. A small site needs one process for both: `letterhub serve --workers 1 --with-worker`. The log lists
    requests that changed something, failed or were slow, and never their addresses: those of links hold secrets.
    """
    with ready_app_or_exit(wait=True) as app:
        settings: Settings = app.extensions["settings"]
    if problem := port_problem(host, port):
        raise click.ClickException(f"{problem} Choose another with --port, or stop the program that uses it.")
    configure_logging(settings.log_format)
    log.info("%s is served at %s, port %s", settings.public_url, host, port)
    server_options = {
        "target": f"letterhub.{'wsgi_with_worker' if with_worker else 'wsgi'}:app",
        "address": host, "port": port, "workers": workers, "blocking_threads": THREADS,
        "respawn_failed_workers": True, "log_access": False, "websockets": False,
        "log_format": settings.log_format,
    }  # fmt: skip
    os.execv(sys.executable, [sys.executable, "-m", "letterhub.infrastructure.server", json.dumps(server_options)])  # noqa: S606  # frees what we read
