"""Drafts of a letter: create, save, and open for signatures."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from letterhub.commands.letters._signing_settings import keep_sign_up
from letterhub.commands.letters._text_steps import check_not_fixed, check_version, letter_and_draft
from letterhub.domain.audit.references import Reference
from letterhub.domain.errors import Refused
from letterhub.domain.idempotency import key_of
from letterhub.domain.letters.document import LetterText
from letterhub.domain.letters.drafts import NotReady, settled
from letterhub.domain.letters.letter import what_is_missing
from letterhub.domain.letters.signing_settings import AddressTaken, SignUp, draft_slug, is_address
from letterhub.domain.letters.snapshot import facts_of_text, fingerprint, text_from_facts
from letterhub.domain.states import LetterMove, LetterState, next_letter_state
from letterhub.infrastructure.db import broken_constraint, db, one_transaction
from letterhub.models import Coalition, Draft, Letter, Revision, remember


@dataclass(frozen=True, slots=True)
class Saved:
    """Result of a save: the version to base the next one on."""

    version: int
    saved_at: dt.datetime


@one_transaction
def start_letter(
    coalition_id: int, text: LetterText, *, actor: str, staff_id: int | None, at: dt.datetime, once: str = ""
) -> str:
    """Create a draft with this text, in the coalition's branding if it has none; return its slug.

    `once` is the form's idempotency token: sent again with the same title, the first letter's slug is returned.
    """
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update={"key_share": True})
    key = key_of(once, coalition_id, text.title)
    if (first := _begun_before(key)) is not None:
        return first
    text = coalition.house.on(text)
    letter = Letter(coalition_id=coalition_id, slug=draft_slug(text.title), created_at=at, request_key=key)
    db.session.add(letter)
    db.session.flush()
    db.session.add(Draft(letter_id=letter.id, text=facts_of_text(text), version=1, saved_at=at, saved_by_id=staff_id))
    remember(
        db.session(), Reference.LETTER.to(letter.id), actor, "created", at=at, after={"title": text.title, "slug": letter.slug}
    )
    return letter.slug


@one_transaction
def save_draft(letter_id: int, text: LetterText, version: int, *, staff_id: int, at: dt.datetime) -> Saved:
    """Save the draft on top of a version. Raises TextMovedOn if another version was saved since, and TextIsFixed.

    A retry with the same text is no conflict.
    """
    letter, draft = letter_and_draft(letter_id)
    check_not_fixed(letter)
    facts = facts_of_text(text)
    if draft.text == facts:
        return Saved(draft.version, draft.saved_at)
    check_version(draft, version)
    draft.text, draft.version, draft.saved_at, draft.saved_by_id = facts, version + 1, at, staff_id
    return Saved(draft.version, draft.saved_at)


@one_transaction
def open_letter(
    letter_id: int, version: int, sign_up: SignUp, seen: str, *, slug: str, actor: str, staff_id: int, at: dt.datetime
) -> None:
    """Publish the draft at an address as revision 1 and take signatures, under the settings shown beside the button.

    Raises NotReady, NotAllowedNow, AddressTaken, TextMovedOn if the draft is not the version that was decided on, and what
    `keep_sign_up` raises.
    """
    letter, draft = letter_and_draft(letter_id)
    if letter.state is LetterState.OPEN and letter.sign_up == sign_up:
        return  # the form was sent twice
    next_letter_state(letter.state, LetterMove.OPEN)  # raises if it is not allowed
    check_version(draft, version)
    keep_sign_up(letter, sign_up, seen, actor=actor, at=at)
    text = settled(text_from_facts(draft.text))
    missing = what_is_missing(text, letter.deadline_at, at)
    if letter.state is LetterState.DRAFT and missing:
        raise NotReady(missing)
    before = _move_to(letter, slug)
    letter.move(LetterMove.OPEN, at)
    content = facts_of_text(text)
    first = Revision(
        letter_id=letter_id, number=1, content=content, sha256=fingerprint(content), created_at=at, created_by_id=staff_id
    )
    db.session.add(first)
    remember(
        db.session(), Reference.LETTER.to(letter_id), actor, "opened", at=at, before=before,
        after={"revision": 1, "sha256": first.sha256, "slug": letter.slug},
    )  # fmt: skip


def _begun_before(key: str | None) -> str | None:
    """Return the slug of the letter made with this idempotency key; the coalition's lock keeps out concurrent requests."""
    return db.session.scalar(select(Letter.slug).where(Letter.request_key == key)) if key else None


def _move_to(letter: Letter, slug: str) -> dict[str, str]:
    """Move a draft to its public address; return its old slug. Raises AddressTaken, and Refused for a bad slug.

    Draft slugs cannot be guessed, so a slug that is taken belongs to a public letter.
    """
    if not is_address(slug):
        raise Refused("Use lower-case letters, digits and single hyphens, at most 60 characters.", field="slug")
    before, letter.slug = letter.slug, slug
    letter.draft_slug = before
    try:
        db.session.flush()
    except IntegrityError as error:
        if broken_constraint(error) == "uq_letter_slug":
            raise AddressTaken(f"Another letter is already at /letters/{slug}. Choose another address.") from error
        raise
    return {"slug": before}
