"""Audit log entries of rows that factories made without a command."""

from sqlalchemy import select

from letterhub.clock import now
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db
from letterhub.models import AuditChain, AuditEntry, Coalition, Edition, EditionFile, Letter, Signature, append_audit_entry


def backfill_audit_log() -> None:
    """Append the missing audit log entries of all coalitions, letters, signatures and finished files."""
    chains = set(db.session.scalars(select(AuditChain.name)))
    for kind, rows in (("coalition", Coalition), ("letter", Letter)):
        for number in db.session.scalars(select(rows.id).order_by(rows.id)).all():
            if f"{kind}-{number}" not in chains:
                append_audit_entry(db.session(), f"{kind}-{number}", "operator", "created", at=now())
    known = set(db.session.scalars(select(AuditEntry.subject)))
    for one in db.session.scalars(select(Signature).order_by(Signature.id)).all():
        if (subject := f"signature-{one.id}") not in known:
            facts = {"state": str(one.state), "name": one.signatory.name}
            append_audit_entry(
                db.session(), f"letter-{one.letter_id}", "operator", "made", at=now(), subject=subject, after=facts
            )
    _backfill_files()
    db.session.commit()


def _backfill_files() -> None:
    done = select(EditionFile, Edition).join(Edition, Edition.id == EditionFile.edition_id)
    for file, edition in db.session.execute(done.where(EditionFile.state == JobState.DONE)).all():
        facts = {"format": file.format, "size": file.size, "sha256": file.sha256}
        subject = f"edition-{edition.number}"
        about = (
            AuditChain.name == f"letter-{edition.letter_id}",
            AuditEntry.action == "exported",
            AuditEntry.subject == subject,
        )
        entries = db.session.scalars(
            select(AuditEntry.after).join(AuditChain, AuditChain.id == AuditEntry.chain_id).where(*about)
        )
        if all(one["format"] != file.format for one in entries):
            append_audit_entry(
                db.session(), f"letter-{edition.letter_id}", "worker", "exported", at=now(), subject=subject, after=facts
            )
