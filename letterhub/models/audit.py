"""Tables of the audit log, append-only with a hash chain, and of verification reports."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.audit.log import GENESIS_HASH
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import Base, append_only
from letterhub.models.operations import Job


class AuditChain(Base):
    """Hash chain of a letter ("letter-7"), a coalition ("coalition-1") or the site ("site"), with its length and last hash."""

    __tablename__ = "audit_chain"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    length: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(String(64), default=GENESIS_HASH)


@append_only("entry {row.number} of the record is written and stays")
class AuditEntry(Base):
    """Audit log entry. `actor` is a reference such as "staff-3", "signatory-12", "worker" or "operator", so that no hash
    depends on a person."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("chain_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    chain_id: Mapped[int] = mapped_column(ForeignKey("audit_chain.id"))
    number: Mapped[int]
    at: Mapped[dt.datetime]
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60), default="", index=True)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    def facts(self) -> Mapping[str, Any]:
        """Return the hashed fields."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "actor": self.actor,
            "action": self.action,
            "subject": self.subject,
            "before": self.before,
            "after": self.after,
        }


class Report(Job):
    """Report as PDF, and the job that renders it."""

    __tablename__ = "report"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    with_addresses: Mapped[bool] = mapped_column(default=False)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    def finish(self, content: bytes) -> None:
        """Store the result."""
        self.content, self.state, self.error, self.lease_until = content, JobState.DONE, "", None
