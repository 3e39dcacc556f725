"""Absolute URLs for emails. They always begin with PUBLIC_URL, never with the Host header of a request."""

import datetime as dt

from letterhub.domain.editions.edition import Format
from letterhub.infrastructure.current import links_here, settings_here
from letterhub.infrastructure.links import Purpose

PLACES = {
    Purpose.CONFIRM: "/confirm/{token}",
    Purpose.MANAGE: "/signatures/{token}",
    Purpose.AGAIN: "/again/{token}",
    Purpose.STILL: "/still/{token}",
    Purpose.ANSWER: "/answer/{token}",
    Purpose.INVITED: "/invited/{token}",
    Purpose.JOIN: "/join/{token}",
}


def link(purpose: Purpose, *subject: int, since: dt.datetime) -> str:
    """Return a signed link for one purpose and subject, whose lifetime begins at `since`. It is made on demand and never
    stored.
    """
    return site(PLACES[purpose].format(token=links_here().token(purpose, *subject, since=since)))


def reset_link(token: str) -> str:
    """Return the URL of the page that sets a new password."""
    return site(f"/reset/{token}")


def letter_address(slug: str) -> str:
    """Return the URL of a letter's public page."""
    return site(f"/letters/{slug}")


def history_address(slug: str) -> str:
    """Return the URL of a letter's public history."""
    return site(f"/letters/{slug}/history")


def edition_address(public_id: str) -> str:
    """Return the URL of an edition's public verification page."""
    return site(f"/editions/{public_id}")


def file_address(public_id: str, form: Format) -> str:
    """Return the URL of a file of a delivered edition."""
    return site(f"/editions/{public_id}/{form}")


def site(path: str = "") -> str:
    """Return an absolute URL of this site."""
    return f"{settings_here().public_url}{path}"
