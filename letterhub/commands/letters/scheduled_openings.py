"""Openings at an hour that staff chose: scheduled, changed, canceled, and done by the worker.

See docs/design/letters.md.
"""

import datetime as dt

from sqlalchemy import select

from letterhub.commands.letters._opening import check_slug, open_locked_letter, slug_taken
from letterhub.commands.letters._shared_steps import lock_letter_and_draft
from letterhub.commands.letters._signing_settings import save_signing_settings
from letterhub.domain.accounts.roles import Role
from letterhub.domain.audit.log import WORKER, ReferenceKind
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.opening_rules import check_opens_at
from letterhub.domain.letters.signing_settings import SigningSettings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import LetterMove, next_letter_state
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import queue_mail
from letterhub.models import Letter, Membership, ScheduledOpening, Staff, append_audit_entry


@one_transaction
def schedule_opening(
    letter_id: int,
    opens_at: dt.datetime,
    signing_settings: SigningSettings,
    expected_version: str,
    *,
    slug: str,
    actor: str,
    staff_id: int,
    at: dt.datetime,
) -> None:
    """Have a draft opened at an hour, with its text as it is then; an earlier choice is replaced.

    Raises MoveNotAllowed, OpeningPassed, SlugTaken, and what `save_signing_settings` raises.
    """
    letter, _draft = lock_letter_and_draft(letter_id)
    next_letter_state(letter.state, LetterMove.OPEN)  # raises if it is not allowed
    save_signing_settings(letter, signing_settings, expected_version, actor=actor, at=at)
    check_opens_at(opens_at, letter.deadline_at, at)
    check_slug(slug)
    if db.session.scalar(select(Letter.id).where(Letter.slug == slug, Letter.id != letter_id)) is not None:
        raise slug_taken(slug)
    opening = db.session.get(ScheduledOpening, letter_id) or ScheduledOpening(letter_id=letter_id)
    before = {"opens_at": opening.opens_at.isoformat()} if opening.opens_at else {}
    opening.opens_at, opening.slug, opening.scheduled_by_id, opening.error = opens_at, slug, staff_id, ""
    db.session.add(opening)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "opening scheduled", at=at, before=before,
        after={"opens_at": opens_at.isoformat(), "slug": slug},
    )  # fmt: skip


@one_transaction
def cancel_opening(letter_id: int, *, actor: str, at: dt.datetime) -> None:
    """Cancel the scheduled opening of a letter; do nothing if there is none."""
    lock_letter_and_draft(letter_id)
    if (opening := db.session.get(ScheduledOpening, letter_id)) is not None:
        db.session.delete(opening)
        append_audit_entry(db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "opening canceled", at=at)


@one_transaction
def open_at_its_hour(letter_id: int, at: dt.datetime) -> bool:
    """Open a letter whose scheduled hour has come; return whether it was opened. A second worker finds nothing to do.

    If the letter cannot be opened, it stays a draft, staff are told why by email, and nothing is tried again until they choose
    another time.
    """
    letter, draft = lock_letter_and_draft(letter_id)
    opening = db.session.get(ScheduledOpening, letter_id, with_for_update=True, populate_existing=True)
    if opening is None or opening.error or opening.opens_at > at:
        return False
    slug, scheduled_by_id, error = opening.slug, opening.scheduled_by_id, ""
    try:
        with db.session.begin_nested():
            open_locked_letter(letter, draft, slug, actor=WORKER, staff_id=scheduled_by_id, at=at)
    except UserFacingError as refusal:
        error = str(refusal)
        db.session.get_one(ScheduledOpening, letter_id, populate_existing=True).error = error[:500]
        append_audit_entry(
            db.session(), ReferenceKind.LETTER.reference(letter_id), WORKER, "opening failed", at=at, after={"reason": error}
        )
    _notify_organizers(letter, error, at)
    return not error


def _notify_organizers(letter: Letter, error: str, at: dt.datetime) -> None:
    """Queue an email to everyone who may open the coalition's letters: that this one is open, or why it is not."""
    members = (
        select(Staff.email, Membership.role)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(Membership.coalition_id == letter.coalition_id, Membership.joined_at.is_not(None), Staff.active)
        .order_by(Staff.id)
    )
    for email, role in db.session.execute(members):
        if role.covers(Role.ORGANIZER):
            queue_mail(MailKind.OPENING, email, {"error": error}, at=at, coalition_id=letter.coalition_id, letter_id=letter.id)
