"""`letterhub serve`: the production server."""

import click
from granian import Granian
from granian.constants import Interfaces

from letterhub.cli.site import ready_site
from letterhub.config import ROOT

THREADS = 4  # a process


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="How many processes.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site, until Ctrl-C.

    Put a proxy with TLS in front of it, and set LETTERHUB_TRUSTED_PROXIES to 1. Mail leaves only while a `letterhub worker`
    runs beside it. Requests are not logged here: addresses of links hold secrets.
    """
    with ready_site() as app:
        public_url = app.extensions["settings"].public_url
    click.echo(f"{public_url} is served at {host}, port {port}.", err=True)
    Granian(
        "wsgi:app", address=host, port=port, workers=workers, interface=Interfaces.WSGI, working_dir=ROOT,
        blocking_threads=THREADS, respawn_failed_workers=True, log_access=False, websockets=False,
    ).serve()  # fmt: skip
