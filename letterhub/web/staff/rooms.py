"""The door of a letter's room: the letter at this address in this coalition, or no such page."""

from flask import abort

from letterhub.queries.rooms import Room, room_of
from letterhub.queries.staff import Desk


def enter(desk: Desk, slug: str) -> Room:
    """The room of the coalition's letter; ends the request with 404 where it has none."""
    room = room_of(desk.coalition_id, slug)
    if room is None:
        abort(404)
    return room
