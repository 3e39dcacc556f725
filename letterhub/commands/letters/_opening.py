"""Steps of opening a letter, by hand or at its hour: its address and first text, the names added before, and invitations."""

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from letterhub.commands.drafting._lead_invitations import prepare_lead_invitations
from letterhub.commands.invitations._invitation_mail import mail_prepared_invitations
from letterhub.commands.letters._shared_steps import bind_added_names, set_alphabet
from letterhub.commands.signatures._added_mail import notify_added_before_opening
from letterhub.domain.alphabets import alphabet_of
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import LetterNotReady, trim_text
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import fingerprint, text_from_facts, text_to_facts
from letterhub.domain.letters.slugs import SlugTaken, is_valid_slug
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db, violated_constraint
from letterhub.models import Draft, Letter, Revision, ScheduledOpening, append_audit_entry
from letterhub.queries.letters.missing_to_open import missing_to_open


def open_locked_letter(letter: Letter, draft: Draft, slug: str, *, actor: str, staff_id: int | None, at: dt.datetime) -> None:
    """Publish a draft at an address as revision 1 and take signatures. Letter and draft are locked.

    Names that staff added are bound to the text; their signatories, leads that agreed to it, and whom staff prepared to invite
    are mailed. Raises LetterNotReady, MoveNotAllowed and SlugTaken.
    """
    text = trim_text(text_from_facts(draft.text))
    missing = missing_to_open(letter, text, at)
    if missing:
        raise LetterNotReady(missing)
    before = _set_public_slug(letter, slug)
    letter.move(LetterMove.OPEN, at)
    first = _publish_first_text(letter, text, staff_id, at)
    db.session.execute(delete(ScheduledOpening).where(ScheduledOpening.letter_id == letter.id))
    notify_added_before_opening(letter, at)
    prepare_lead_invitations(letter, first.sha256, at)
    mail_prepared_invitations(letter, at)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter.id), actor, "opened", at=at, before=before,
        after={"revision": 1, "sha256": first.sha256, "slug": letter.slug},
    )  # fmt: skip


def check_slug(slug: str) -> None:
    """Raise UserFacingError for an invalid slug."""
    if not is_valid_slug(slug):
        raise UserFacingError(_("Use lowercase letters, digits and single hyphens, at most 60 characters."), field="slug")


def slug_taken(slug: str) -> SlugTaken:
    """Return the error for a slug that another letter has."""
    return SlugTaken(_("Another letter is already at /letters/%(slug)s. Choose another address.", slug=slug))


def _set_public_slug(letter: Letter, slug: str) -> dict[str, str]:
    """Move a draft to its public address; return its old slug for the audit log.

    Raises SlugTaken, and UserFacingError for an invalid slug. Draft slugs cannot be guessed, so a slug that is taken belongs to
    a public letter.
    """
    check_slug(slug)
    before, letter.slug = letter.slug, slug
    letter.draft_slug = before
    try:
        db.session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == "uq_letter_slug":
            raise slug_taken(slug) from error
        raise
    return {"slug": before}


def _publish_first_text(letter: Letter, text: LetterText, staff_id: int | None, at: dt.datetime) -> Revision:
    """Store the text that a letter opens with, and bind the names added before to it."""
    content = text_to_facts(text)
    first = Revision(
        letter_id=letter.id, number=1, content=content, sha256=fingerprint(content), created_at=at, created_by_id=staff_id
    )
    db.session.add(first)
    db.session.flush()
    set_alphabet(letter.id, alphabet_of(text.language))
    bind_added_names(first)
    return first
