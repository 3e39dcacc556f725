"""Command `letterhub setup`: makes a Debian or Ubuntu server run Letterhub as services of systemd."""

import os

import click

from letterhub.paths import ROOT


@click.command()
def setup() -> None:
    """Make this server run Letterhub as services of systemd, or set them up again after an upgrade; for root.

    It makes the user letterhub with the folder /var/lib/letterhub, the command /usr/local/bin/letterhub, the units, and the
    settings in /etc/letterhub/letterhub.env, which are kept if they are there. Letterhub has to be in /srv/letterhub/.venv.
    """
    os.execv("/bin/sh", ["sh", str(ROOT / "deploy" / "setup")])  # noqa: S606 - our own script, without input
