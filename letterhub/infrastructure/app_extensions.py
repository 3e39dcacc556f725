"""Settings and link signer of the current app."""

from flask import current_app

from letterhub.config import Settings
from letterhub.infrastructure.signed_links import LinkSigner


def current_settings() -> Settings:
    """Return the settings of the current app."""
    settings: Settings = current_app.extensions["settings"]
    return settings


def current_link_signer() -> LinkSigner:
    """Return the link signer of the current app."""
    signer: LinkSigner = current_app.extensions["links"]
    return signer
