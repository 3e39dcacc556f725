"""Revisions of a letter: history, changes between them, and signatures under each."""

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from sqlalchemy import Select, func, select

from letterhub.domain.changes.replies import ReplyState
from letterhub.domain.editions.diff import ParagraphDiff, diff_texts
from letterhub.domain.i18n import mask_count
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.revisions import ChangeKind
from letterhub.domain.letters.signatory_order import build_document
from letterhub.domain.states import ACTIVE_STATES
from letterhub.infrastructure.db import db
from letterhub.models import ChangeReply, Letter, Revision, Signature
from letterhub.queries.changes.changes import is_settled
from letterhub.queries.editions.diff import paragraphs_of
from letterhub.rendering.letter.document_locale import document_locale

_cached_diff = lru_cache(maxsize=64)(diff_texts)  # texts never change, and their history is public


@dataclass(frozen=True, slots=True)
class TextDiff:
    """Differences between two texts, by passage; empty if only the layout changed."""

    passages: tuple[ParagraphDiff, ...]

    @property
    def changed(self) -> tuple[ParagraphDiff, ...]:
        """Return the passages that changed."""
        return tuple(passage for passage in self.passages if passage.changed)


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """Revision in a letter's history with its changes; None for the first."""

    number: int
    kind: ChangeKind
    reason: str
    sha256: str
    at: dt.datetime
    counts_from: int
    changes: TextDiff | None


@dataclass(frozen=True, slots=True)
class SignatureCounts:
    """Counts of signatures by their relation to the current text: listed, waiting for review, outdated, and all begun."""

    listed: int
    waiting: int
    outdated: int
    submitted: int

    @property
    def in_force(self) -> int:
        """Return how many have confirmed the current text."""
        return self.listed + self.waiting

    @property
    def has_signatures(self) -> bool:
        """Return whether anyone began to sign and did not withdraw."""
        return self.submitted > 0


def letter_history(letter_id: int) -> tuple[HistoryStep, ...]:
    """Return every text that readers have seen, newest first."""
    revisions = db.session.scalars(select(Revision).where(Revision.letter_id == letter_id).order_by(Revision.number)).all()
    steps = [
        HistoryStep(
            revision.number, revision.change, revision.reason, revision.sha256, revision.created_at, revision.counts_from,
            text_change(previous.text, revision.text) if previous else None,
        )
        for previous, revision in zip((None, *revisions), revisions, strict=False)
    ]  # fmt: skip
    return tuple(reversed(steps))


def text_change(before: LetterText, after: LetterText) -> TextDiff:
    """Return the differences between two texts, word by word."""
    return TextDiff(_cached_diff(_paragraphs(before), _paragraphs(after)))


def change_from_public_text(letter_id: int, text: LetterText) -> TextDiff:
    """Return what would change for readers of a letter if this were its text."""
    return text_change(newest_revision(letter_id).text, text)


def change_since(revision_id: int, number: int) -> TextDiff:
    """Return the changes from a revision to the one with this number of the same letter."""
    signed_revision = db.session.get_one(Revision, revision_id)
    same_letter = (Revision.letter_id == signed_revision.letter_id, Revision.number == number)
    return text_change(signed_revision.text, db.session.scalars(select(Revision).where(*same_letter)).one().text)


def revision_with_change(revision_id: int) -> tuple[Revision, TextDiff]:
    """Return a revision with its changes to the one before it."""
    revision = db.session.get_one(Revision, revision_id)
    before = (Revision.letter_id == revision.letter_id, Revision.number == revision.number - 1)
    return revision, text_change(db.session.scalars(select(Revision).where(*before)).one().text, revision.text)


def newest_revision(letter_id: int) -> Revision:
    """Return the revision that readers of a letter see. Raises NoResultFound if there is none yet."""
    return db.session.scalars(_select_newest(letter_id)).one()


def newest_revision_if_any(letter_id: int) -> Revision | None:
    """Return the revision that readers of a letter see; None if there is none yet."""
    return db.session.scalars(_select_newest(letter_id)).one_or_none()


def _select_newest(letter_id: int) -> Select[Revision]:
    return select(Revision).where(Revision.letter_id == letter_id).order_by(Revision.number.desc()).limit(1)


def reason_for(revision: Revision) -> str:
    """Return the public reason of a revision: a corrected typo's own, else that of the last substantive change."""
    if revision.change is ChangeKind.TYPO and revision.reason:
        return revision.reason
    same_letter = (Revision.letter_id == revision.letter_id, Revision.number == revision.counts_from)
    return db.session.scalars(select(Revision.reason).where(*same_letter)).one()


def reason_by_id(revision_id: int) -> str:
    """Return `reason_for` the revision with this id."""
    return reason_for(db.session.get_one(Revision, revision_id))


def signature_counts(letter_id: int) -> SignatureCounts:
    """Return the counts of a letter's signatures by their relation to its text."""
    listed, waiting, others = (
        Letter.published_count,
        Letter.awaiting_review_count,
        Letter.pending_count + Letter.declined_count + Letter.expired_count,
    )
    query = select(listed, waiting, Letter.outdated_count, listed + waiting + Letter.outdated_count + others).where(
        Letter.id == letter_id
    )
    return SignatureCounts(*db.session.execute(query).one())


def undoable_change(letter_id: int) -> HistoryStep | None:
    """Return the last substantive change if it can be undone, as no reviewed name has confirmed it; otherwise None."""
    newest = newest_revision_if_any(letter_id)
    if newest is None:
        return None
    change = next(step for step in letter_history(letter_id) if step.number == newest.counts_from)
    if change.kind is not ChangeKind.SUBSTANCE or is_blocked_by_review(letter_id, change.number):
        return None
    if is_settled(letter_id, change.number):
        return None
    return change


def is_blocked_by_review(letter_id: int, number: int) -> bool:
    """Return whether a name that staff reviewed is in force under the revision `number` or later, so that its change
    cannot be undone.
    """
    query = (
        select(Signature.id)
        .join(Revision, Revision.id == Signature.revision_id)
        .where(Signature.letter_id == letter_id, Revision.number >= number)
        .where(Signature.reviewed_at.is_not(None), Signature.state.in_(ACTIVE_STATES))
    )
    return db.session.scalar(query.limit(1)) is not None


def holds_earlier_text(signature_id: int) -> bool:
    """Return whether a signature is for a text that no longer counts: from before the last substantive change, or undone.

    One that was added to a draft is for the text that opens, and one that stayed because nobody objected for that text, too."""
    query = select(Signature.letter_id, Revision.number).join(Revision, Revision.id == Signature.revision_id)
    row = db.session.execute(query.where(Signature.id == signature_id)).one_or_none()
    if row is None:
        return False
    unopposed = select(func.max(Revision.number)).join(ChangeReply, ChangeReply.revision_id == Revision.id)
    unopposed = unopposed.where(ChangeReply.signature_id == signature_id, ChangeReply.state == ReplyState.NOT_OBJECTED)
    return not counts_for_current_text(row.letter_id, max(row.number, db.session.scalar(unopposed) or 0))


def counts_for_current_text(letter_id: int, number: int) -> bool:
    """Return whether signatures under the revision of this number count for the current text: not if a substantive change came
    after it, or it had one that was undone.
    """
    columns = (Revision.number, Revision.change, Revision.counts_from)
    steps = db.session.execute(select(*columns).where(Revision.letter_id == letter_id).order_by(Revision.number)).all()
    undone_ranges = (
        range(previous.counts_from, step.number) for previous, step in pairwise(steps) if step.change is ChangeKind.REVERTED
    )
    return number >= steps[-1].counts_from and not any(number in numbers for numbers in undone_ranges)


def _paragraphs(text: LetterText) -> tuple[str, ...]:
    """Return a text's words by paragraph, letterhead first, with a placeholder for the number of signatories."""
    placeholder = rf"\[{document_locale(text.language).words.number}\]"
    head = (text.letterhead.name, *text.letterhead.lines)
    document = build_document(replace(text, body=mask_count(text.body, placeholder)), ())
    return (*filter(None, head), *paragraphs_of(document))
