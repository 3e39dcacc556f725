"""Lookup of a letter by its URL."""

from flask import abort

from letterhub.queries.accounts.staff import Desk
from letterhub.queries.letters.header import Room, room_of


def enter(desk: Desk, slug: str) -> Room:
    """Return the header of the coalition's letter. Aborts with 404 if there is none."""
    room = room_of(desk.coalition_id, slug)
    if room is None:
        abort(404)
    return room
