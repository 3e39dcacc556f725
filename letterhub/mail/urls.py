"""Absolute URLs for emails. They always begin with PUBLIC_URL, never with the Host header of a request."""

import datetime as dt

from letterhub.domain.editions.edition import FileFormat
from letterhub.infrastructure.app_extensions import current_link_signer, current_settings
from letterhub.infrastructure.signed_links import Purpose

PATHS = {
    Purpose.CONFIRM: "/confirm/{token}",
    Purpose.MANAGE: "/signatures/{token}",
    Purpose.RECONFIRM: "/reconfirm/{token}",
    Purpose.RENEW_CONSENT: "/renew-consent/{token}",
    Purpose.ANSWER: "/answer/{token}",
    Purpose.INVITED: "/invited/{token}",
    Purpose.JOIN: "/join/{token}",
}


def signed_url(purpose: Purpose, *subject: int, since: dt.datetime) -> str:
    """Return a signed link for one purpose and subject, whose lifetime begins at `since`. It is made on demand and never
    stored.
    """
    return site_url(PATHS[purpose].format(token=current_link_signer().token(purpose, *subject, since=since)))


def password_reset_url(token: str) -> str:
    """Return the URL of the page that sets a new password."""
    return site_url(f"/reset-password/{token}")


def letter_url(slug: str) -> str:
    """Return the URL of a letter's public page."""
    return site_url(f"/letters/{slug}")


def history_url(slug: str) -> str:
    """Return the URL of a letter's public history."""
    return site_url(f"/letters/{slug}/history")


def edition_url(public_id: str) -> str:
    """Return the URL of an edition's public verification page."""
    return site_url(f"/editions/{public_id}")


def edition_file_url(public_id: str, form: FileFormat) -> str:
    """Return the URL of a file of a delivered edition."""
    return site_url(f"/editions/{public_id}/{form}")


def site_url(path: str = "") -> str:
    """Return an absolute URL of this site."""
    return f"{current_settings().public_url}{path}"
