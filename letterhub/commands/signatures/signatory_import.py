"""Import of names from a file: stored while staff look at the preview, then imported by a job, or discarded; at once by the
operator.

See docs/design/tables-in.md.
"""

import datetime as dt

from sqlalchemy import delete, select

from letterhub.commands.signatures._added_mail import MailPacing
from letterhub.commands.signatures._import_steps import (
    BATCH_SIZE,
    PreparedRow,
    add_batch,
    letter_alphabet,
    mail_pacing,
    prepare_row,
)
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.signatures.signatory_import import ImportChanged, RowOutcome, check_imports
from letterhub.infrastructure.db import db, end_read_transaction, one_transaction
from letterhub.intake.tables.choices import AS_IT_IS, TableChoices
from letterhub.models import Letter, SignatoryImport, Upload, append_audit_entry
from letterhub.queries.signatures.signatory_import import plan_file

UPLOAD_RETENTION = dt.timedelta(days=1)


@one_transaction
def purge_uploads(at: dt.datetime) -> None:
    """Delete uploads that nobody decided on within a day, and imports that ended before that."""
    db.session.execute(delete(Upload).where(Upload.uploaded_at < at - UPLOAD_RETENTION))
    ended = SignatoryImport.state.in_((JobState.DONE, JobState.FAILED))
    db.session.execute(delete(SignatoryImport).where(ended, SignatoryImport.requested_at < at - UPLOAD_RETENTION))


@one_transaction
def request_import(
    letter_id: int, upload_id: int, expected: str, *, is_notified: bool, staff_id: int, actor: str, at: dt.datetime
) -> int:
    """Request the import of an upload's new names into the queue; return the id of the job, which takes its file.

    `expected` is the version hash of the rows that were shown; `is_notified` says that signatories are emailed about
    it. Raises CannotImport, and ImportChanged if the upload is gone.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    check_imports(letter.state)
    upload = db.session.scalar(select(Upload).where(Upload.id == upload_id, Upload.letter_id == letter_id))
    if upload is None:
        raise ImportChanged(_("This file has since been imported or discarded. Upload it again to preview it."))
    job = SignatoryImport(
        letter_id=letter_id, file_name=upload.file_name, content=upload.content, expected_version=expected, actor=actor,
        choices=upload.choices, warnings=[], lines=[], is_notified=is_notified, requested_at=at,
        requested_by_id=staff_id,
    )  # fmt: skip
    db.session.add(job)
    db.session.delete(upload)
    chain = ReferenceKind.LETTER.reference(letter_id)
    append_audit_entry(db.session(), chain, actor, "import requested", at=at, after={"file": job.file_name})
    db.session.flush()
    return job.id


def import_file(
    letter_id: int, file: str, content: bytes, choices: TableChoices = AS_IT_IS, *, is_notified: bool = True, actor: str,
    at: dt.datetime,
) -> int:  # fmt: skip
    """Import the new names of a file, read as chosen, into the queue at once; return how many. Signatories with an address are
    told by email if `is_notified`. Raises CannotImport and FileRefused.

    After an interruption, importing the same file adds the rest: names already there are skipped.
    """
    rows, _notes = plan_file(letter_id, content, file, choices)
    alphabet = letter_alphabet(letter_id)
    end_read_transaction()
    new_rows = [row.parsed for row in rows if row.outcome is RowOutcome.NEW]
    count = 0
    for start in range(0, max(len(new_rows), 1), BATCH_SIZE):  # an empty file is one batch, so that its letter is checked too
        prepared = [prepare_row(letter_id, alphabet, row, at) for row in new_rows[start : start + BATCH_SIZE]]
        pacing = mail_pacing(new_rows, start) if is_notified else None
        count += _import_batch(letter_id, prepared, file, pacing, actor, at)
    return count


@one_transaction
def _import_batch(
    letter_id: int, prepared: list[PreparedRow], file: str, pacing: MailPacing | None, actor: str, at: dt.datetime
) -> int:
    return add_batch(letter_id, prepared, file, pacing, actor=actor, at=at)
