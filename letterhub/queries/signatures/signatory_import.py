"""Import preview: an uploaded file, and the outcome of each of its rows."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from letterhub.domain.i18n import _
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.signatures.signatory_import import (
    FilePreview,
    ParsedRow,
    PlannedRow,
    PrintedLine,
    RowOutcome,
    check_imports,
    normalize_website,
    plan_import,
)
from letterhub.infrastructure.db import db
from letterhub.intake.tables.choices import AS_IT_IS, TableChoices
from letterhub.intake.tables.signatory_table import TableRow, read_signatories
from letterhub.intake.tables.table_lint import duplicate_line_notes
from letterhub.intake.tables.target_fields import SIGNATORY_FIELDS, TargetField, with_question_headings
from letterhub.mail.outbox import normalized_address
from letterhub.models import Draft, Letter, SignatoryImport, Upload
from letterhub.queries.letters.revisions import newest_revision_if_any
from letterhub.queries.operations.render_jobs import due_job_ids
from letterhub.queries.questions.table_answers import name_fields, with_answers
from letterhub.queries.signatures.existing_signers import existing_signers
from letterhub.rendering.text.text_export import one_line_signatory


@dataclass(frozen=True, slots=True)
class TableOwner:
    """Owner of an uploaded table: a letter, or a coalition for its contacts. One of the two is None."""

    letter_id: int | None = None
    coalition_id: int | None = None

    @property
    def id(self) -> int:
        """Id of the letter or the coalition."""
        return self.letter_id or self.coalition_id or 0

    def owns(self, upload_id: int) -> ColumnElement[bool]:
        """Return the condition that an upload has this id and this owner."""
        return and_(Upload.id == upload_id, Upload.letter_id == self.letter_id, Upload.coalition_id == self.coalition_id)


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """Uploaded table, with its file name and the choices on how it is read."""

    file_name: str
    content: bytes
    choices: dict[str, Any]
    uploaded_at: dt.datetime

    @property
    def is_settled(self) -> bool:
        """True if it is settled how the file is read."""
        return bool(self.choices)


def check_accepts_imports(letter_id: int) -> None:
    """Raise CannotImport for a letter that takes no names from a file."""
    check_imports(db.session.get_one(Letter, letter_id).state)


def import_preview(letter_id: int, upload_id: int) -> FilePreview[RowOutcome] | None:
    """Return the preview of importing an upload now; None if the letter has no such upload."""
    upload = uploaded_file(TableOwner(letter_id), upload_id)
    if upload is None:
        return None
    rows, notes = plan_file(letter_id, upload.content, upload.file_name, TableChoices.from_facts(upload.choices))
    return FilePreview(upload.file_name, rows, notes, upload.uploaded_at, (RowOutcome.NEW,))


@dataclass(frozen=True, slots=True)
class PendingImport:
    """Import job with its file. `lines` are the lines that it imports, empty until its first attempt has decided on them."""

    id: int
    letter_id: int
    file_name: str
    content: bytes
    expected_version: str
    actor: str
    choices: dict[str, Any]
    lines: list[int]
    is_notified: bool
    done_rows: int
    requested_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """Import job as staff see it: `progress` in percent, and the names that were `imported` by now."""

    id: int
    file_name: str
    state: JobState
    progress: int
    imported: int
    error: str


def pending_import(import_id: int) -> PendingImport | None:
    """Return an import job that is not done; None if it is, or is gone."""
    columns = (getattr(SignatoryImport, field.name) for field in fields(PendingImport))
    conditions = SignatoryImport.id == import_id, SignatoryImport.content.is_not(None)
    row = db.session.execute(select(*columns).where(*conditions)).one_or_none()
    return PendingImport(*row) if row else None


def import_preview_of(job: PendingImport) -> FilePreview[RowOutcome]:
    """Return the preview of a job's file, as `import_preview` does of an upload."""
    rows, notes = plan_file(job.letter_id, job.content, job.file_name, TableChoices.from_facts(job.choices))
    return FilePreview(job.file_name, rows, notes, job.requested_at, (RowOutcome.NEW,))


def import_facts(letter_id: int, import_id: int) -> ImportFacts | None:
    """Return the letter's import with this id; None if there is none, or it was deleted."""
    columns = (getattr(SignatoryImport, field.name) for field in fields(ImportFacts))
    conditions = SignatoryImport.id == import_id, SignatoryImport.letter_id == letter_id
    row = db.session.execute(select(*columns).where(*conditions)).one_or_none()
    return ImportFacts(*row) if row else None


def imports_to_run(at: dt.datetime) -> tuple[int, ...]:
    """Return the ids of imports waiting or with an expired lease, oldest first."""
    return due_job_ids(SignatoryImport, at)


def uploaded_file(owner: TableOwner, upload_id: int) -> UploadedFile | None:
    """Return an upload; None if the letter, or the coalition, has no such one."""
    columns = (getattr(Upload, field.name) for field in fields(UploadedFile))
    row = db.session.execute(select(*columns).where(owner.owns(upload_id))).one_or_none()
    return UploadedFile(*row) if row else None


def plan_file(
    letter_id: int, content: bytes, file: str, choices: TableChoices = AS_IT_IS
) -> tuple[tuple[PlannedRow[RowOutcome], ...], tuple[str, ...]]:
    """Return the outcome of each row of a file that is read as chosen, with the reader's notes and those on new lines that the
    letter would print more than once. Raises FileRefused."""
    parsed_rows, notes = parse_names(letter_id, content, file, choices)
    printed_line = _printed_line(letter_id)
    rows = _plan_rows(letter_id, parsed_rows, printed_line)
    new_lines = [(row.parsed.line, row.parsed.signatory) for row in rows if row.outcome is RowOutcome.NEW]
    return rows, (*notes, *duplicate_line_notes(new_lines, printed_line))


def parse_names(
    letter_id: int, content: bytes, file: str, choices: TableChoices = AS_IT_IS
) -> tuple[tuple[ParsedRow, ...], tuple[str, ...]]:
    """Return the rows of a table of names for a letter, with answers to its questions, and the reader's notes. Raises
    FileRefused."""
    targets = name_fields(letter_id)
    rows, notes = parse_rows(content, file, with_question_headings(choices, targets), targets)
    return with_answers(letter_id, rows), notes


def parse_rows(
    content: bytes, file: str, choices: TableChoices = AS_IT_IS, targets: Sequence[TargetField] = SIGNATORY_FIELDS
) -> tuple[tuple[ParsedRow, ...], tuple[str, ...]]:
    """Return the parsed rows of a file that is read as chosen, and the reader's notes. Raises FileRefused."""
    table = read_signatories(content, file, None, choices, targets)
    return tuple(map(_parse_row, table.rows)), table.notes


def plan_rows(letter_id: int, rows: Iterable[ParsedRow]) -> tuple[PlannedRow[RowOutcome], ...]:
    """Return the outcome of each row under a letter, in order."""
    return _plan_rows(letter_id, list(rows), _printed_line(letter_id))


def _plan_rows(letter_id: int, rows: Sequence[ParsedRow], printed_line: PrintedLine) -> tuple[PlannedRow[RowOutcome], ...]:
    who_may_sign = db.session.scalars(select(Letter.who_may_sign).where(Letter.id == letter_id)).one()
    signers = existing_signers(letter_id, rows, printed_line)
    return plan_import(rows, signers, WhoMaySign(who_may_sign), printed_line)


def _printed_line(letter_id: int) -> PrintedLine:
    """Return the function that gives a signatory as a letter prints it, by its newest text."""
    revision = newest_revision_if_any(letter_id)
    text = revision.text if revision else text_from_facts(db.session.get_one(Draft, letter_id).text)
    return partial(one_line_signatory, text=text)


def _parse_row(row: TableRow) -> ParsedRow:
    """Return a row of a file with its website and address normalized, without an address that cannot be mailed."""
    problems = tuple(
        _("Column “%(column)s”: %(problem)s", column=problem.column, problem=problem.sentence) for problem in row.problems
    )
    parsed = normalize_website(ParsedRow(row.line, row.signatory, row.email, problems, remarks=row.remarks, values=row.values))
    if not row.email:
        return parsed
    try:
        return replace(parsed, email=normalized_address(row.email))
    except CannotMail:
        note = _("“%(email)s” is not an email address and was left out.", email=row.email[:60])
        return replace(parsed, notes=(*parsed.notes, note), email="")
