"""Heartbeats: of workers, the queue and backups; and of problems, until they end."""

import datetime as dt
import logging

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from letterhub.domain.operations.heartbeat import FORGOTTEN, Sign, SitePart
from letterhub.infrastructure.db import db, even_in_a_reading_request, inserting, one_transaction
from letterhub.infrastructure.host import machine_mark
from letterhub.infrastructure.logs import told
from letterhub.models import Pulse
from letterhub.queries.operations.clock_offset import database_now, seconds_ahead
from letterhub.queries.operations.database_space import is_about_room

log = logging.getLogger(__name__)


@one_transaction
def give_sign(sign: Sign, name: str, machine: str, at: dt.datetime, ahead: float = 0.0) -> None:
    """Record a heartbeat by the database's clock, and delete outdated ones.

    `ahead` is how many seconds the machine's clock is ahead of the database's.
    """
    new = inserting(Pulse).values(sign=sign, name=name, machine=machine, since=at, at=at, ahead=ahead)
    now_so = {"at": at, "machine": machine, "ahead": ahead}
    db.session.execute(new.on_conflict_do_update(index_elements=["sign", "name"], set_=now_so))
    gone = (Pulse.sign != Sign.BACKUP, Pulse.at < at - FORGOTTEN)
    db.session.execute(delete(Pulse).where(*gone).execution_options(synchronize_session=False))


@one_transaction
def end_sign(sign: Sign, name: str) -> None:
    """Delete a heartbeat: the problem it reported is over."""
    db.session.execute(delete(Pulse).where(Pulse.sign == sign, Pulse.name == name))


def show_web(name: str) -> SitePart | None:
    """Record the heartbeat of a web process, the one write that a GET makes. Return the part that prevents writing, or None."""
    try:
        at, ahead = database_now(), seconds_ahead()
        with even_in_a_reading_request():
            give_sign(Sign.WEB, name, machine_mark(), at, ahead)
    except SQLAlchemyError as error:
        log.error("the database cannot be written: %s", told(error))
        return SitePart.DISK if is_about_room(error) else SitePart.DATABASE
    return None
