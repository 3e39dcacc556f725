"""Editions: a numbered snapshot of a letter, and jobs for its files. See docs/design/editions.md."""

import datetime as dt
import secrets

from sqlalchemy import func, select

from letterhub.domain.audit.references import Reference
from letterhub.domain.editions.edition import (
    Format,
    JobState,
    NotFailed,
    check_freezable,
    check_not_empty,
    check_unchanged,
    public_id,
)
from letterhub.domain.idempotency import key_of
from letterhub.domain.letters.document import Kind, LetterDocument
from letterhub.domain.letters.snapshot import facts_of_document, fingerprint
from letterhub.domain.signatures.listing import parts_printed
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.urls import edition_address
from letterhub.models import Edition, EditionFile, Letter, Revision, pages_of, remember
from letterhub.queries.editions.editions import ids_in_order
from letterhub.queries.letters.documents import letter_document
from letterhub.queries.letters.revisions import newest_revision


@one_transaction
def freeze(letter_id: int, shown: str, *, actor: str, staff_id: int | None, at: dt.datetime, once: str = "") -> int:
    """Freeze the letter as an edition, with jobs for its files; return its number.

    `shown` is the hash of the document that was shown, `once` the form's idempotency token: sent again, the first edition's
    number is returned. Raises NothingToFreeze and ListChanged.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    key = key_of(once, letter_id)
    if (first := _frozen_before(key)) is not None:
        return first
    check_freezable(letter.state)
    revision, document = newest_revision(letter_id), letter_document(letter_id)
    check_not_empty(document.count)
    check_unchanged(shown, fingerprint(facts_of_document(document)))
    edition = _edition(letter, revision, document, staff_id, at, key)
    db.session.add_all(EditionFile(edition_id=edition.id, format=form, warnings=[], asked_at=at) for form in Format)
    told = {"id": edition.public_id, "count": edition.count, "revision": revision.number, "sha256": edition.sha256}
    subject = Reference.EDITION.to(edition.number)
    remember(db.session(), Reference.LETTER.to(letter_id), actor, "frozen", at=at, subject=subject, after=told)
    return edition.number


@one_transaction
def draw_again(file_id: int, *, at: dt.datetime) -> None:
    """Retry a file that failed for good. Raises NotFailed."""
    file = db.session.get_one(EditionFile, file_id, with_for_update=True)
    if file.state is not JobState.FAILED:
        raise NotFailed("This file did not fail: there is nothing to try again.")
    file.wait(at)


def _frozen_before(key: str | None) -> int | None:
    """Return the number of the edition made with this idempotency key; the letter's lock keeps out concurrent requests."""
    return db.session.scalar(select(Edition.number).where(Edition.request_key == key)) if key else None


def _edition(
    letter: Letter, revision: Revision, document: LetterDocument, staff_id: int | None, at: dt.datetime, key: str | None
) -> Edition:
    """Add the letter's next edition. The lock on the letter keeps its number unique."""
    last = db.session.scalar(select(func.max(Edition.number)).where(Edition.letter_id == letter.id)) or 0
    facts, public = facts_of_document(document), public_id(secrets.choice)
    people = sum(one.kind is Kind.INDIVIDUAL for one in document.signatories)
    edition = Edition(
        letter_id=letter.id, revision_id=revision.id, number=last + 1, public_id=public, as_of=at,
        count=document.count, people=people, document=facts, sha256=fingerprint(facts), created_by_id=staff_id,
        zone=letter.deadline_zone, signature_ids=ids_in_order(letter.id, document), address=edition_address(public),
        request_key=key,
    )  # fmt: skip
    db.session.add(edition)
    db.session.flush()
    db.session.add_all(pages_of(edition.id, facts["signatories"], parts_printed(document.text)))
    return edition
