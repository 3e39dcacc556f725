"""Tables of operations: render jobs, heartbeats, metrics, claims of hourly runs, and invitations to found a coalition."""

import datetime as dt
from typing import Any

from sqlalchemy import Double, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.operations.coalition_invitations import InvitationEnded, InvitationState, invitation_state
from letterhub.domain.operations.readiness import HeartbeatKind
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import Base


class Heartbeat(Base):
    """Heartbeat of a sender: since when, and last at, by the database's clock.

    `machine_id` is an anonymous machine id, `seconds_ahead` by how many seconds its clock is ahead of the database's.
    """

    __tablename__ = "heartbeat"
    __table_args__ = (UniqueConstraint("kind", "sender"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[HeartbeatKind]
    sender: Mapped[str] = mapped_column(String(40), default="")
    machine_id: Mapped[str] = mapped_column(String(12), default="")
    since: Mapped[dt.datetime]
    at: Mapped[dt.datetime]
    seconds_ahead: Mapped[float] = mapped_column(Double, default=0.0)


class Job(Base):
    """Job and its result. A running job past `lease_until` counts as lost and is run again."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(1000), default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    requested_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]

    def is_due(self, at: dt.datetime) -> bool:
        """Return whether a worker should run the job: it is waiting, or runs and its lease has expired."""
        if self.state is JobState.RUNNING:
            return self.lease_until is None or self.lease_until <= at
        return self.state is JobState.WAITING

    def start_attempt(self, lease_until: dt.datetime) -> None:
        """Start an attempt, leased until `lease_until`."""
        self.state, self.attempts, self.lease_until = JobState.RUNNING, self.attempts + 1, lease_until

    def release_lease(self) -> None:
        """Release the lease on shutdown: it waits for another worker, and this attempt does not count."""
        self.state, self.attempts, self.lease_until = JobState.WAITING, self.attempts - 1, None

    def retry_at(self, lease_until: dt.datetime) -> None:
        """Retry at `lease_until` after an error; this attempt counts."""
        self.lease_until = lease_until

    def fail(self, sentence: str, at: dt.datetime) -> None:  # noqa: ARG002 - a file of an edition keeps when
        """Mark it as failed."""
        self.state, self.error, self.lease_until = JobState.FAILED, sentence[:1000], None


class LongJob(Job):
    """Job with progress: `progress` in percent, and `warnings` about what could not be rendered fully."""

    __abstract__ = True

    progress: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[list[Any]] = mapped_column(default=list)

    def start_attempt(self, lease_until: dt.datetime) -> None:
        """Start an attempt from the beginning, leased until `lease_until`."""
        super().start_attempt(lease_until)
        self.progress = 0

    def report_progress(self, percent: int, lease_until: dt.datetime) -> None:
        """Report progress and extend the lease."""
        self.progress, self.lease_until = percent, lease_until

    def release_lease(self) -> None:
        """Release the lease on shutdown: the partial result is lost, and this attempt does not count."""
        super().release_lease()
        self.progress = 0


class Metric(Base):
    """Metric value. `labels` are JSON: an endpoint, a command, a reason, a job, and never anything that someone typed."""

    __tablename__ = "metric"
    __table_args__ = (UniqueConstraint("name", "labels"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    labels: Mapped[str] = mapped_column(String(255))
    value: Mapped[float] = mapped_column(Double)


class ScheduledRun(Base):
    """Last hour in which a scheduled run of this name was claimed."""

    __tablename__ = "scheduled_run"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    hour: Mapped[dt.datetime]


class CoalitionInvitation(Base):
    """Invitation to found a coalition, by its link. `invited_at` is when it was last mailed, `name` the coalition's name as the
    operator entered it; `invited_by_id` is None for the command line."""

    __tablename__ = "coalition_invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[dt.datetime]
    invited_at: Mapped[dt.datetime] = mapped_column(index=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    accepted_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    coalition_id: Mapped[int | None] = mapped_column(ForeignKey("coalition.id", ondelete="SET NULL"))

    def state_at(self, at: dt.datetime) -> InvitationState:
        """Return its state at a moment."""
        return invitation_state(self.invited_at, self.accepted_at, self.revoked_at, at)

    def check_open(self) -> None:
        """Raise InvitationEnded if it was accepted or revoked."""
        if self.accepted_at is not None or self.revoked_at is not None:
            raise InvitationEnded(accepted=self.accepted_at is not None)

    def send_again(self, at: dt.datetime) -> None:
        """Let its lifetime begin anew. Raises InvitationEnded."""
        self.check_open()
        self.invited_at = at

    def revoke(self, at: dt.datetime) -> None:
        """Revoke it. Raises InvitationEnded."""
        self.check_open()
        self.revoked_at = at

    def accept(self, coalition_id: int, at: dt.datetime) -> None:
        """Accept it, for the coalition that was founded by it. Raises InvitationEnded."""
        self.check_open()
        self.accepted_at, self.coalition_id = at, coalition_id
