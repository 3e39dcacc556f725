"""Writing a letter: its first page, every save, and the text that readers see."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from letterhub.db import broken_constraint, db, one_transaction
from letterhub.domain.document import LetterText
from letterhub.domain.drafts import NotReady, TextIsFixed, TextMovedOn, settled, why_fixed
from letterhub.domain.letters import slug_from, what_is_missing
from letterhub.domain.sign_up import AddressTaken, first_free
from letterhub.domain.snapshot import facts_of_text, fingerprint, text_from_facts
from letterhub.domain.states import LetterMove, LetterState, SignatureState
from letterhub.models import Coalition, Draft, Letter, Revision, Signature, Staff, remember


@dataclass(frozen=True, slots=True)
class Saved:
    """A save that was kept: the version that the next one builds upon."""

    version: int
    saved_at: dt.datetime


@one_transaction
def start_letter(coalition_id: int, text: LetterText, *, actor: str, staff_id: int | None, at: dt.datetime) -> str:
    """A new draft with this text, in the coalition's look where it has none of its own. Gives its slug."""
    coalition = db.session.get_one(Coalition, coalition_id)
    text = coalition.house.on(text)
    letter = Letter(coalition_id=coalition_id, slug=_free_slug(text.title), created_at=at)
    db.session.add(letter)
    try:
        db.session.flush()
    except IntegrityError as error:
        if broken_constraint(error) == "uq_letter_slug":
            raise AddressTaken("A letter with this title was begun in this very moment. Try once more.") from error
        raise
    db.session.add(Draft(letter_id=letter.id, text=facts_of_text(text), version=1, saved_at=at, saved_by_id=staff_id))
    remember(db.session(), f"letter-{letter.id}", actor, "created", at=at, after={"title": text.title, "slug": letter.slug})
    return letter.slug


@one_transaction
def save_draft(letter_id: int, text: LetterText, version: int, *, staff_id: int, at: dt.datetime) -> Saved:
    """Keeps what was typed upon a version. Raises TextMovedOn where another was saved since, and TextIsFixed.

    The same text saved twice, as by a browser that heard no answer, counts once.
    """
    letter, draft = _letter_and_draft(letter_id)
    _check_not_fixed(letter)
    facts = facts_of_text(text)
    if draft.text == facts:
        return Saved(draft.version, draft.saved_at)
    _check_version(draft, version)
    draft.text, draft.version, draft.saved_at, draft.saved_by_id = facts, version + 1, at, staff_id
    return Saved(draft.version, draft.saved_at)


@one_transaction
def open_letter(letter_id: int, version: int, *, actor: str, staff_id: int, at: dt.datetime) -> None:
    """Puts the draft before readers as revision 1 and takes signatures. Raises NotReady, NotAllowedNow, and TextMovedOn
    where the draft is no longer the version that was decided on."""
    letter, draft = _letter_and_draft(letter_id)
    _check_version(draft, version)
    text = settled(text_from_facts(draft.text))
    missing = what_is_missing(text, letter.deadline_at, at)
    if letter.state is LetterState.DRAFT and missing:
        raise NotReady(missing)
    letter.move(LetterMove.OPEN, at)
    revision = _new_revision(letter, text, 1, staff_id, at)
    remember(db.session(), f"letter-{letter_id}", actor, "opened", at=at, after={"revision": 1, "sha256": revision.sha256})


@one_transaction
def publish_text(letter_id: int, version: int, *, actor: str, staff_id: int, at: dt.datetime) -> int:
    """Puts a changed draft before readers of an open letter that nobody has signed. Gives the revision's number.

    Raises TextIsFixed, TextMovedOn and NotReady. A text that readers have already makes no new revision.
    """
    letter, draft = _letter_and_draft(letter_id)
    _check_not_fixed(letter)
    _check_version(draft, version)
    if letter.state is not LetterState.OPEN:
        raise TextIsFixed("This letter is not open yet. Readers will see its text when it opens.")
    text = settled(text_from_facts(draft.text))
    if missing := what_is_missing(text, None, at):
        raise NotReady(missing)
    current = db.session.scalars(
        select(Revision).where(Revision.letter_id == letter_id).order_by(Revision.number.desc())
    ).first()
    before = {"revision": current.number, "sha256": current.sha256} if current else {}
    if current and current.sha256 == fingerprint(facts_of_text(text)):
        return current.number
    revision = _new_revision(letter, text, (current.number if current else 0) + 1, staff_id, at)
    after = {"revision": revision.number, "sha256": revision.sha256}
    remember(db.session(), f"letter-{letter_id}", actor, "revised", at=at, before=before, after=after)
    return revision.number


def _free_slug(title: str) -> str:
    wanted = slug_from(title)
    taken = db.session.scalars(select(Letter.slug).where(Letter.slug.startswith(wanted, autoescape=True)))
    return first_free(wanted, frozenset(taken))


def _letter_and_draft(letter_id: int) -> tuple[Letter, Draft]:
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    return letter, db.session.get_one(Draft, letter_id, with_for_update=True)


def _check_not_fixed(letter: Letter) -> None:
    signed = select(func.count(Signature.id)).where(
        Signature.letter_id == letter.id, Signature.state != SignatureState.WITHDRAWN
    )
    reason = why_fixed(letter.state, bool(db.session.scalar(signed)))
    if reason:
        raise TextIsFixed(reason)


def _check_version(draft: Draft, version: int) -> None:
    if draft.version == version:
        return
    saver = db.session.get(Staff, draft.saved_by_id) if draft.saved_by_id else None
    raise TextMovedOn((saver.name or saver.email) if saver else "Someone else", draft.saved_at, draft.version)


def _new_revision(letter: Letter, text: LetterText, number: int, staff_id: int, at: dt.datetime) -> Revision:
    content = facts_of_text(text)
    revision = Revision(
        letter_id=letter.id, number=number, content=content, sha256=fingerprint(content), created_at=at, created_by_id=staff_id
    )
    db.session.add(revision)
    return revision
