"""Reads about a letter's revisions: their history, what changed from one to another, and who stands under which."""

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from sqlalchemy import Select, select

from letterhub.db import db
from letterhub.domain.comparing import Passage, compared_texts
from letterhub.domain.counts import mark_count
from letterhub.domain.document import LetterText, arranged
from letterhub.domain.revisions import ChangeKind
from letterhub.domain.states import STANDING
from letterhub.models import Letter, Revision, Signature
from letterhub.queries.comparing import paragraphs_of
from letterhub.rendering.words import words

Paragraphs = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextChange:
    """What changed from one text to another, passage by passage; nothing where only its looks did."""

    passages: tuple[Passage, ...]

    @property
    def changed(self) -> tuple[Passage, ...]:
        """The passages that are not as they were."""
        return tuple(passage for passage in self.passages if passage.changed)


@dataclass(frozen=True, slots=True)
class Step:
    """One revision in a letter's history, with what it changed; None for the first."""

    number: int
    kind: ChangeKind
    reason: str
    sha256: str
    at: dt.datetime
    counts_from: int
    changes: TextChange | None


@dataclass(frozen=True, slots=True)
class TextTally:
    """How many signatures are listed under the current text or wait for review, and how many wait to be confirmed again."""

    listed: int
    waiting: int
    outdated: int
    begun: int

    @property
    def standing(self) -> int:
        """How many stand under the current text."""
        return self.listed + self.waiting

    @property
    def signed(self) -> bool:
        """Whether anyone began to sign and did not take it back."""
        return self.begun > 0


def history_of(letter_id: int) -> tuple[Step, ...]:
    """Every text that readers have seen, the newest first."""
    revisions = db.session.scalars(select(Revision).where(Revision.letter_id == letter_id).order_by(Revision.number)).all()
    steps = [
        Step(
            one.number, one.change, one.reason, one.sha256, one.created_at, one.counts_from,
            text_change(last.text, one.text) if last else None,
        )
        for last, one in zip((None, *revisions), revisions, strict=False)
    ]  # fmt: skip
    return tuple(reversed(steps))


def text_change(before: LetterText, after: LetterText) -> TextChange:
    """What changed from one text to another, word by word."""
    return TextChange(_compared(_paragraphs(before), _paragraphs(after)))


def change_to(letter_id: int, text: LetterText) -> TextChange:
    """What readers of a letter would see changed, were this its text."""
    return text_change(newest_revision(letter_id).text, text)


def change_since(revision_id: int, number: int) -> TextChange:
    """What changed since a revision up to the one with that number of the same letter."""
    signed = db.session.get_one(Revision, revision_id)
    same_letter = (Revision.letter_id == signed.letter_id, Revision.number == number)
    return text_change(signed.text, db.session.scalars(select(Revision).where(*same_letter)).one().text)


def change_made_by(revision_id: int) -> tuple[Revision, TextChange]:
    """A revision, and what it changed in the one before it."""
    revision = db.session.get_one(Revision, revision_id)
    before = (Revision.letter_id == revision.letter_id, Revision.number == revision.number - 1)
    return revision, text_change(db.session.scalars(select(Revision).where(*before)).one().text, revision.text)


def newest_revision(letter_id: int) -> Revision:
    """The text that readers of a letter see; raises NoResultFound where they see none yet."""
    return db.session.scalars(_newest(letter_id)).one()


def newest_revision_if_any(letter_id: int) -> Revision | None:
    """The text that readers of a letter see; None where they see none yet."""
    return db.session.scalars(_newest(letter_id)).one_or_none()


def _newest(letter_id: int) -> Select[Revision]:
    return select(Revision).where(Revision.letter_id == letter_id).order_by(Revision.number.desc()).limit(1)


def reason_for(revision: Revision) -> str:
    """Why the text is as it is, for those who signed another one: the reason of a typo, or of the last change of substance."""
    if revision.change is ChangeKind.TYPO and revision.reason:
        return revision.reason
    same_letter = (Revision.letter_id == revision.letter_id, Revision.number == revision.counts_from)
    return db.session.scalars(select(Revision.reason).where(*same_letter)).one()


def reason_of(revision_id: int) -> str:
    """`reason_for` the revision with this id."""
    return reason_for(db.session.get_one(Revision, revision_id))


def tally_of(letter_id: int) -> TextTally:
    """How many signatures of a letter stand how to its text."""
    listed, waiting, others = Letter.published, Letter.waiting, Letter.pending + Letter.declined + Letter.expired
    counted = select(listed, waiting, Letter.outdated, listed + waiting + Letter.outdated + others).where(
        Letter.id == letter_id
    )
    return TextTally(*db.session.execute(counted).one())


def may_take_back(letter_id: int) -> Step | None:
    """The last change of substance, where no name that staff reviewed stands under it; None where there is none."""
    newest = newest_revision_if_any(letter_id)
    if newest is None:
        return None
    changed = next(step for step in history_of(letter_id) if step.number == newest.counts_from)
    return changed if changed.kind is ChangeKind.SUBSTANCE and not is_held(letter_id, changed.number) else None


def is_held(letter_id: int, number: int) -> bool:
    """Whether a name that staff reviewed stands under a text from that number on. One that nobody reviewed holds nothing up."""
    held = (
        select(Signature.id)
        .join(Revision, Revision.id == Signature.revision_id)
        .where(Signature.letter_id == letter_id, Revision.number >= number)
        .where(Signature.reviewed_at.is_not(None), Signature.state.in_(STANDING))
    )
    return db.session.scalar(held.limit(1)) is not None


def holds_earlier_text(signature_id: int) -> bool:
    """Whether a signature was given to another text than readers see: one from before the last change of substance, or one
    that was taken back.
    """
    found = select(Signature.letter_id, Revision.number).join(Revision, Revision.id == Signature.revision_id)
    letter_id, number = db.session.execute(found.where(Signature.id == signature_id)).one()
    return not counts_now(letter_id, number)


def counts_now(letter_id: int, number: int) -> bool:
    """Whether what was signed under the revision of that number counts for the text that readers see."""
    columns = (Revision.number, Revision.change, Revision.counts_from)
    steps = db.session.execute(select(*columns).where(Revision.letter_id == letter_id).order_by(Revision.number)).all()
    undone = (range(last.counts_from, step.number) for last, step in pairwise(steps) if step.change is ChangeKind.TAKEN_BACK)
    return number >= steps[-1].counts_from and not any(number in taken_back for taken_back in undone)


def _paragraphs(text: LetterText) -> Paragraphs:
    """The words of a text, its counts as the mark that stands for them, its letterhead first."""
    mark = rf"\[{words(text.language).number}\]"
    head = (text.letterhead.name, *text.letterhead.lines)
    return (*filter(None, head), *paragraphs_of(arranged(replace(text, body=mark_count(text.body, mark)), ())))


@lru_cache(maxsize=64)
def _compared(before: Paragraphs, after: Paragraphs) -> tuple[Passage, ...]:
    """Texts never change, and everyone may ask for their history."""
    return compared_texts(before, after)
