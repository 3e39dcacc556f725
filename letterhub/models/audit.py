"""Tables of the audit log, append-only with a hash chain, and of verification reports."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.domain.audit.log import GENESIS_HASH, entry_hash
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import Base, append_only
from letterhub.models.operations import Job


class AuditChain(Base):
    """Hash chain of a letter ("letter-7") or coalition ("coalition-1"), with its length and last hash."""

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
    subject: Mapped[str] = mapped_column(String(60), default="")
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


_LOCK_CHAIN = select(AuditChain).where(AuditChain.name == bindparam("chain")).with_for_update()


def append_audit_entry(
    session: Session,
    chain: str,
    actor: str,
    action: str,
    *,
    at: dt.datetime,
    subject: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append an entry to the audit log with the name `chain`, and return it. `before` and `after` have the changed values.

    It is written in the caller's transaction, which locks the chain's row until its end.
    """
    with session.no_autoflush:  # other pending changes are flushed together with the entry
        chain_row = session.scalar(_LOCK_CHAIN, {"chain": chain})
    if chain_row is None:
        chain_row = AuditChain(name=chain, length=0, head=GENESIS_HASH)
        session.add(chain_row)
        session.flush()
    entry = AuditEntry(
        chain_id=chain_row.id, number=chain_row.length + 1, at=at, actor=actor, action=action, subject=subject,
        before=dict(before or {}), after=dict(after or {}), previous=chain_row.head,
    )  # fmt: skip
    entry.hash = entry_hash(entry.previous, entry.facts())
    chain_row.length, chain_row.head = entry.number, entry.hash
    session.add(entry)
    return entry


class Report(Job):
    """Report as PDF, and the job that renders it."""

    __tablename__ = "report"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    with_addresses: Mapped[bool] = mapped_column(default=False)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    def finish(self, content: bytes) -> None:
        """Store the result."""
        self.content, self.state, self.error, self.lease_until = content, JobState.DONE, "", None
