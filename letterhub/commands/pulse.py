"""Gives signs of life: that a worker is there, that the queue moves, that a backup was made; and of trouble, until it ends."""

import datetime as dt
import logging

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from letterhub.db import db, even_in_a_reading_request, inserting, one_transaction
from letterhub.domain.pulse import FORGOTTEN, Sign, SitePart
from letterhub.logs import told
from letterhub.machine import machine_mark
from letterhub.models import Pulse
from letterhub.queries.clocks import database_now, seconds_ahead
from letterhub.queries.room import is_about_room

log = logging.getLogger(__name__)


@one_transaction
def give_sign(sign: Sign, name: str, machine: str, at: dt.datetime, ahead: float = 0.0) -> None:
    """Keeps that something lives at this moment by the database's clock; nothing is kept of what is long gone.

    `ahead` is by how many seconds the clock of the machine is ahead of the database's.
    """
    new = inserting(Pulse).values(sign=sign, name=name, machine=machine, since=at, at=at, ahead=ahead)
    now_so = {"at": at, "machine": machine, "ahead": ahead}
    db.session.execute(new.on_conflict_do_update(index_elements=["sign", "name"], set_=now_so))
    gone = (Pulse.sign != Sign.BACKUP, Pulse.at < at - FORGOTTEN)
    db.session.execute(delete(Pulse).where(*gone).execution_options(synchronize_session=False))


@one_transaction
def end_sign(sign: Sign, name: str) -> None:
    """Forgets a sign of trouble: it is over."""
    db.session.execute(delete(Pulse).where(Pulse.sign == sign, Pulse.name == name))


def show_web(name: str) -> SitePart | None:
    """Gives the sign of a web process: the one write that a GET makes. Returns what keeps it from writing; None for nothing."""
    try:
        at, ahead = database_now(), seconds_ahead()
        with even_in_a_reading_request():
            give_sign(Sign.WEB, name, machine_mark(), at, ahead)
    except SQLAlchemyError as error:
        log.error("the database cannot be written: %s", told(error))
        return SitePart.DISK if is_about_room(error) else SitePart.DATABASE
    return None
