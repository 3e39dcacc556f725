"""Where mails lead: every address begins with PUBLIC_URL and nothing else, whatever a request claimed its host to be."""

import datetime as dt

from letterhub.domain.editions import Format
from letterhub.here import links_here, settings_here
from letterhub.links import Purpose

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
    """A link for one purpose and one subject, which is there `since` that moment. It is made now, and stored nowhere."""
    return site(PLACES[purpose].format(token=links_here().token(purpose, *subject, since=since)))


def reset_link(token: str) -> str:
    """The link to the page where a new password is chosen."""
    return site(f"/reset/{token}")


def letter_address(slug: str) -> str:
    """Where everyone reads a letter."""
    return site(f"/letters/{slug}")


def history_address(slug: str) -> str:
    """Where everyone reads what changed in a letter."""
    return site(f"/letters/{slug}/history")


def edition_address(public_id: str) -> str:
    """Where everyone checks what an edition is."""
    return site(f"/editions/{public_id}")


def file_address(public_id: str, form: Format) -> str:
    """Where everyone finds a file of a delivered edition."""
    return site(f"/editions/{public_id}/{form}")


def site(path: str = "") -> str:
    """An address of this site."""
    return f"{settings_here().public_url}{path}"
