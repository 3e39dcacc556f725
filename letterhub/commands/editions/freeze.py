"""Editions: a numbered snapshot of a letter, and jobs for its files. See docs/design/editions.md."""

import datetime as dt
import secrets

from sqlalchemy import func, select

from letterhub.domain.abuse.submission_limits import make_idempotency_key
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.editions.edition import (
    FileFormat,
    FileNotFailed,
    check_freezable,
    check_letter_unchanged,
    check_not_empty,
    new_public_id,
)
from letterhub.domain.i18n import _
from letterhub.domain.letters.document import LetterDocument, SignatoryKind
from letterhub.domain.letters.serialization import document_to_facts, fingerprint
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.signatures.line_fields import printed_parts
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.messages import edition_url
from letterhub.models import Edition, EditionFile, Letter, Revision, append_audit_entry, edition_pages
from letterhub.queries.editions.editions import signature_ids_in_order
from letterhub.queries.letters.public_letter import letter_document
from letterhub.queries.letters.revisions import newest_revision


@one_transaction
def freeze(letter_id: int, shown: str, *, actor: str, staff_id: int | None, at: dt.datetime, form_token: str = "") -> int:
    """Freeze the letter as an edition, with jobs for its files; return its number.

    `shown` is the hash of the document that was shown, `form_token` the form's idempotency token: sent again, the first
    edition's number is returned. Raises CannotFreeze and LetterChanged.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    key = make_idempotency_key(form_token, letter_id)
    number = db.session.scalar(select(Edition.number).where(Edition.idempotency_key == key)) if key else None
    if number is not None:  # the letter's lock keeps out concurrent requests
        return number
    check_freezable(letter.state)
    revision, document = newest_revision(letter_id), letter_document(letter_id)
    check_not_empty(document.count)
    check_letter_unchanged(shown, fingerprint(document_to_facts(document)))
    edition = _add_edition(letter, revision, document, staff_id, at, key)
    db.session.add_all(EditionFile(edition_id=edition.id, format=form, warnings=[], requested_at=at) for form in FileFormat)
    facts = {"id": edition.public_id, "count": edition.count, "revision": revision.number, "sha256": edition.sha256}
    subject = ReferenceKind.EDITION.reference(edition.number)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "frozen", at=at, subject=subject, after=facts
    )
    return edition.number


@one_transaction
def retry_file(file_id: int, *, at: dt.datetime) -> None:
    """Retry a file that failed for good. Raises FileNotFailed."""
    file = db.session.get_one(EditionFile, file_id, with_for_update=True)
    if file.state is not JobState.FAILED:
        raise FileNotFailed(_("This file didn’t fail, so there is nothing to retry."))
    file.requeue(at)


def _add_edition(
    letter: Letter, revision: Revision, document: LetterDocument, staff_id: int | None, at: dt.datetime, key: str | None
) -> Edition:
    """Add the letter's next edition. The lock on the letter keeps its number unique."""
    last = db.session.scalar(select(func.max(Edition.number)).where(Edition.letter_id == letter.id)) or 0
    facts, public_id = document_to_facts(document), new_public_id(secrets.choice)
    people = sum(signatory.kind is SignatoryKind.INDIVIDUAL for signatory in document.signatories)
    edition = Edition(
        letter_id=letter.id, revision_id=revision.id, number=last + 1, public_id=public_id, frozen_at=at,
        count=document.count, individuals=people, document=facts, sha256=fingerprint(facts), created_by_id=staff_id,
        time_zone=letter.deadline_zone, signature_ids=signature_ids_in_order(letter.id, document),
        verification_url=edition_url(public_id),
        idempotency_key=key,
    )  # fmt: skip
    db.session.add(edition)
    db.session.flush()
    db.session.add_all(edition_pages(edition.id, facts["signatories"], printed_parts(document.text)))
    return edition
