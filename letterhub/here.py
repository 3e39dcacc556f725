"""What the app that runs was made with: its settings, and the signer of its links."""

from flask import current_app

from letterhub.config import Settings
from letterhub.links import LinkSigner


def settings_here() -> Settings:
    """The settings of the app that runs."""
    settings: Settings = current_app.extensions["settings"]
    return settings


def links_here() -> LinkSigner:
    """The signer of the links of the app that runs."""
    signer: LinkSigner = current_app.extensions["links"]
    return signer
