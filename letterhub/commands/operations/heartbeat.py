"""Heartbeats: of workers, the queue and backups; and of problems, until they end."""

import datetime as dt
import logging

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from letterhub.domain.operations.readiness import HEARTBEAT_RETENTION, LASTING_KINDS, HeartbeatKind, SitePart
from letterhub.infrastructure.db import commands_allowed, db, insert_into, one_transaction
from letterhub.infrastructure.machine import machine_id
from letterhub.infrastructure.monitoring import describe_error
from letterhub.models import Heartbeat
from letterhub.queries.operations.health import database_now, is_disk_error, seconds_ahead

log = logging.getLogger(__name__)


@one_transaction
def record_heartbeat(kind: HeartbeatKind, sender: str, machine_id: str, at: dt.datetime, seconds_ahead: float = 0.0) -> None:
    """Record a heartbeat by the database's clock, and delete outdated ones.

    `seconds_ahead` is how many seconds the machine's clock is ahead of the database's.
    """
    statement = insert_into(Heartbeat).values(
        kind=kind, sender=sender, machine_id=machine_id, since=at, at=at, seconds_ahead=seconds_ahead
    )
    values = {"at": at, "machine_id": machine_id, "seconds_ahead": seconds_ahead}
    db.session.execute(statement.on_conflict_do_update(index_elements=["kind", "sender"], set_=values))
    expired = (Heartbeat.kind.not_in(LASTING_KINDS), Heartbeat.at < at - HEARTBEAT_RETENTION)
    db.session.execute(delete(Heartbeat).where(*expired).execution_options(synchronize_session=False))


@one_transaction
def delete_heartbeat(kind: HeartbeatKind, sender: str) -> None:
    """Delete a heartbeat: the problem it reported is over."""
    db.session.execute(delete(Heartbeat).where(Heartbeat.kind == kind, Heartbeat.sender == sender))


@one_transaction
def record_audit_log_check(at: dt.datetime, *, is_intact: bool) -> None:
    """Record that the whole audit log was checked; since when it is broken stays until a check finds it intact."""
    kind = HeartbeatKind.AUDIT_LOG if is_intact else HeartbeatKind.AUDIT_LOG_BROKEN
    statement = insert_into(Heartbeat).values(kind=kind, sender="", machine_id=machine_id(), since=at, at=at, seconds_ahead=0.0)
    db.session.execute(statement.on_conflict_do_update(index_elements=["kind", "sender"], set_={"at": at}))
    if is_intact:
        db.session.execute(delete(Heartbeat).where(Heartbeat.kind == HeartbeatKind.AUDIT_LOG_BROKEN))


def record_web_heartbeat(sender: str) -> SitePart | None:
    """Record the heartbeat of a web process, a write that a GET makes. Return the part that prevents writing, or None."""
    try:
        at, ahead = database_now(), seconds_ahead()
        with commands_allowed():
            record_heartbeat(HeartbeatKind.WEB, sender, machine_id(), at, ahead)
    except SQLAlchemyError as error:
        log.error("the database cannot be written: %s", describe_error(error))
        return SitePart.DISK if is_disk_error(error) else SitePart.DATABASE
    return None
