"""Render jobs that are due, for any job table."""

import datetime as dt

from sqlalchemy import ColumnElement, and_, or_, select

from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db
from letterhub.models import Job


def due_job_ids(table: type[Job], at: dt.datetime, *conditions: ColumnElement[bool]) -> tuple[int, ...]:
    """Return the ids of jobs that are waiting or whose lease has expired and that meet all conditions, oldest first."""
    lease_expired = and_(table.state == JobState.RUNNING, table.lease_until <= at)
    query = select(table.id).where(or_(table.state == JobState.WAITING, lease_expired), *conditions)
    return tuple(db.session.scalars(query.order_by(table.requested_at, table.id)))
