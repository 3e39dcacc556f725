"""Import jobs: the new names of a file are added to the queue in batches, while others sign.

Each batch is a transaction, with the job's own count of the rows that are done: a job that was interrupted goes on after its
last batch, and a batch that another worker has written is not written again. See docs/design/jobs.md.
"""

import datetime as dt
from collections.abc import Sequence

from letterhub.clock import now
from letterhub.commands.operations._render_jobs import LEASE, claim_job, lock_due_job, lock_running_job, run_attempt
from letterhub.commands.signatures._added_mail import MailPacing
from letterhub.commands.signatures._import_steps import (
    BATCH_SIZE,
    PreparedRow,
    add_batch,
    letter_alphabet,
    mail_pacing,
    prepare_row,
)
from letterhub.domain.i18n import _
from letterhub.domain.signatures.signatory_import import ImportChanged, ParsedRow, check_preview
from letterhub.infrastructure.db import end_read_transaction, one_transaction
from letterhub.intake.tables.choices import TableChoices
from letterhub.models import SignatoryImport
from letterhub.queries.signatures.signatory_import import PendingImport, import_preview_of, parse_names, pending_import
from letterhub.rendering.pdf.client import check_not_cancelled


def run_import(import_id: int) -> bool:
    """Import the rows of a job that are not imported yet; return whether all are.

    The job fails for good if its letter takes no more names, or its rows would now fare otherwise than they were shown.
    """
    if not _claim_import(import_id, now()):
        return False
    return bool(run_attempt(SignatoryImport, import_id, lambda: _import_rows(import_id)))


def _import_rows(import_id: int) -> bool:
    """Import the rows of a job in batches; return False if another worker has it, or it is gone."""
    job = pending_import(import_id)
    if job is None:
        return False
    rows, alphabet = _approved_rows(job), letter_alphabet(job.letter_id)
    end_read_transaction()
    if not job.lines and not _store_lines(import_id, [row.line for row in rows]):
        return False
    for start in range(job.done_rows, len(rows), BATCH_SIZE):
        check_not_cancelled()
        batch = rows[start : start + BATCH_SIZE]
        prepared = [prepare_row(job.letter_id, alphabet, row, job.requested_at) for row in batch]
        pacing = mail_pacing(rows, start) if job.is_notified else None
        if not _import_batch(job, start, prepared, pacing, len(rows), now()):
            return False
    return True


def _approved_rows(job: PendingImport) -> Sequence[ParsedRow]:
    """Return the rows that staff agreed to. Raises ImportChanged if they would fare otherwise than they were shown.

    That is asked at the first attempt: later, names that the job has imported itself stand on the letter.
    """
    if not job.lines:
        approved = check_preview(import_preview_of(job), job.expected_version).rows_to_apply
        if not approved:
            raise ImportChanged(_("There are no new names in this file."))
        return approved
    rows, _notes = parse_names(job.letter_id, job.content, job.file_name, TableChoices.from_facts(job.choices))
    lines = frozenset(job.lines)
    return [row for row in rows if row.line in lines]


@one_transaction
def _claim_import(import_id: int, at: dt.datetime) -> bool:
    """Claim an import under a lease; return False if it is not due, is gone, or was interrupted too often."""
    job = lock_due_job(SignatoryImport, import_id, at)
    return job is not None and claim_job(job, at)


@one_transaction
def _store_lines(import_id: int, lines: list[int]) -> bool:
    """Store which lines of its file a job imports; return False if it is gone or no longer running."""
    job = lock_running_job(SignatoryImport, import_id)
    if job is not None:
        job.lines = lines
    return job is not None


@one_transaction
def _import_batch(
    job: PendingImport, start: int, prepared: Sequence[PreparedRow], pacing: MailPacing | None, total: int, at: dt.datetime
) -> bool:
    """Import a batch that begins at this row; return False if the job is gone or another worker has gone on with it."""
    row = lock_running_job(SignatoryImport, job.id)
    if row is None or row.done_rows != start:
        return False
    count = add_batch(job.letter_id, prepared, job.file_name, pacing, actor=job.actor, at=job.requested_at)
    row.add_batch(len(prepared), count, total, at + LEASE)
    return True
