"""Copies of letters: a new draft with the text, settings and own words of a letter, and invitations if wanted.

See docs/design/letters.md.
"""

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import select, update

from letterhub.commands.signatures._shared_steps import lock_letter
from letterhub.domain.abuse.submission_limits import make_idempotency_key
from letterhub.domain.archive import check_not_deleted
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.letter_copies import CopiedInvitees
from letterhub.domain.letters.serialization import text_to_facts
from letterhub.domain.letters.slugs import draft_slug
from letterhub.domain.mail.mail_words import WordedMail
from letterhub.domain.operations.coalition_invitations import check_open_to_letters
from letterhub.domain.questions.question import asked, question_facts, questions_from_facts
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import (
    Coalition,
    Contact,
    Draft,
    Invitation,
    Letter,
    LetterRecipientProfile,
    MailWording,
    append_audit_entry,
)
from letterhub.queries.letters.drafts import load_draft_state
from letterhub.queries.letters.letter_copies import invitations_to_copy
from letterhub.queries.mail.unsubscriptions import unsubscribed_mailboxes

NOT_COPIED = frozenset({
    "id", "slug", "draft_slug", "state", "organizations_by_rule", "individuals_by_rule", "individuals_imported", "deadline_at",
    "created_at", "opened_at", "closed_at", "delivered_at", "delivered_to", "withdrawn_at", "copied_from_id", "archived_at",
    "deleted_at", "deleted_by_id", "idempotency_key", "pending_count", "awaiting_review_count", "organization_count",
    "individual_count", "reconfirmed_count", "outdated_count", "declined_count", "expired_count", "list_version", "list_edits",
    "alphabet", "flood_reported_at",
})  # fmt: skip
"""Columns of a letter that its copy does not take over: its life, and its names. The others are its settings."""


@dataclass(frozen=True, slots=True)
class LetterCopy:
    """Copy of a letter: its slug, and the number of invitations prepared for it."""

    slug: str
    invitation_count: int


@one_transaction
def copy_letter(
    letter_id: int, title: str, invitees: CopiedInvitees, *, actor: str, staff_id: int, at: dt.datetime, form_token: str
) -> LetterCopy:
    """Create a draft with the text, pictures, settings and own words of a letter, without its date, deadline and names.

    Invitations are prepared for the same mailboxes if `invitees` says so: they are mailed when the copy opens. The form's
    idempotency token, sent again with the same title, returns the first copy. Raises DraftIsDeleted and ClosedToLetters.
    """
    source = lock_letter(letter_id)
    check_not_deleted(source.deleted_at)
    key = make_idempotency_key(form_token, letter_id, title)
    existing_slug = db.session.scalar(select(Letter.slug).where(Letter.idempotency_key == key)) if key else None
    if existing_slug is not None:  # the lock keeps out concurrent requests
        return LetterCopy(existing_slug, 0)
    check_open_to_letters(db.session.get_one(Coalition, source.coalition_id).closed_to_letters_at)
    settings = {column.key: getattr(source, column.key) for column in Letter.__table__.columns if column.key not in NOT_COPIED}
    settings["questions"] = question_facts(asked(questions_from_facts(source.questions)))
    letter = Letter(**settings, slug=draft_slug(title), created_at=at, copied_from_id=letter_id, idempotency_key=key)
    db.session.add(letter)
    db.session.flush()
    _copy_texts(letter, title, staff_id, at)
    count = _prepare_invitations(letter, staff_id, at) if invitees is CopiedInvitees.SAME else 0
    _append_audit_entries(source, letter, title, count, actor, at)
    return LetterCopy(letter.slug, count)


def _copy_texts(letter: Letter, title: str, staff_id: int, at: dt.datetime) -> None:
    """Give a copy the text of its original's Write tab, under its own title; the recipients that the original is checked for;
    and its words of emails, but for the draft of a message to its signatories."""
    original_id = letter.copied_from_id or 0
    text = replace(load_draft_state(original_id).text, title=title, date=None, date_words="")
    db.session.add(Draft(letter_id=letter.id, text=text_to_facts(text), version=1, saved_at=at, saved_by_id=staff_id))
    of_original = MailWording.letter_id == original_id, MailWording.mail != WordedMail.MESSAGE
    for wording in db.session.scalars(select(MailWording).where(*of_original)).all():
        words = {"subject": wording.subject, "text": wording.text, "sender_name": wording.sender_name}
        db.session.add(MailWording(letter_id=letter.id, mail=wording.mail, **words))
    profiles = select(LetterRecipientProfile.profile).where(LetterRecipientProfile.letter_id == original_id)
    db.session.add_all(LetterRecipientProfile(letter_id=letter.id, profile=key) for key in db.session.scalars(profiles).all())


def _prepare_invitations(letter: Letter, staff_id: int, at: dt.datetime) -> int:
    """Prepare an invitation for each of the original's that may be copied; return how many. Their contacts count as used."""
    unsubscribed = unsubscribed_mailboxes(letter.id)
    originals = [
        one for one in db.session.scalars(invitations_to_copy(letter.copied_from_id or 0)) if one.email not in unsubscribed
    ]
    for original in originals:
        invitation = Invitation(
            letter_id=letter.id, contact_id=original.contact_id, organization_id=original.organization_id, email="",
            copied_from_id=original.copied_from_id, name_key=original.name_key, line=original.line, invited_by_id=staff_id,
            invited_at=at,
        )  # fmt: skip
        invitation.set_email(original.email, letter.coalition_id)
        db.session.add(invitation)
    invited = select(Invitation.contact_id).where(Invitation.letter_id == letter.id)
    db.session.execute(update(Contact).where(Contact.id.in_(invited)).values(used_at=at))
    return len(originals)


def _append_audit_entries(source: Letter, letter: Letter, title: str, count: int, actor: str, at: dt.datetime) -> None:
    """Append an entry to the audit logs of both letters."""
    created = {"title": title, "slug": letter.slug, "copy_of": source.slug, "count": count}
    for number, action, after in (
        (source.id, "copied", {"title": title, "slug": letter.slug}),
        (letter.id, "created", created if count else {name: created[name] for name in ("title", "slug", "copy_of")}),
    ):
        append_audit_entry(db.session(), ReferenceKind.LETTER.reference(number), actor, action, at=at, after=after)
