"""Audit log entries of rows that factories made without a command."""

from sqlalchemy import select

from letterhub.clock import now
from letterhub.domain.editions.edition import JobState
from letterhub.infrastructure.db import db
from letterhub.models import Chain, Coalition, Edition, EditionFile, Letter, RecordEntry, Signature, remember


def recorded() -> None:
    """Append the missing audit log entries of all coalitions, letters, signatures and finished files."""
    chains = set(db.session.scalars(select(Chain.name)))
    for kind, rows in (("coalition", Coalition), ("letter", Letter)):
        for number in db.session.scalars(select(rows.id).order_by(rows.id)).all():
            if f"{kind}-{number}" not in chains:
                remember(db.session(), f"{kind}-{number}", "operator", "created", at=now())
    known = set(db.session.scalars(select(RecordEntry.subject)))
    for one in db.session.scalars(select(Signature).order_by(Signature.id)).all():
        if (subject := f"signature-{one.id}") not in known:
            told = {"state": str(one.state), "name": one.signatory.name}
            remember(db.session(), f"letter-{one.letter_id}", "operator", "made", at=now(), subject=subject, after=told)
    _files()
    db.session.commit()


def _files() -> None:
    done = select(EditionFile, Edition).join(Edition, Edition.id == EditionFile.edition_id)
    for file, edition in db.session.execute(done.where(EditionFile.state == JobState.DONE)).all():
        told = {"format": file.format, "size": file.size, "sha256": file.sha256}
        subject = f"edition-{edition.number}"
        about = (Chain.name == f"letter-{edition.letter_id}", RecordEntry.action == "exported", RecordEntry.subject == subject)
        entries = db.session.scalars(select(RecordEntry.after).join(Chain, Chain.id == RecordEntry.chain_id).where(*about))
        if all(one["format"] != file.format for one in entries):
            remember(db.session(), f"letter-{edition.letter_id}", "worker", "exported", at=now(), subject=subject, after=told)
