"""Sign-off of a draft's text: lead organizations are asked by email, agree to exactly the text that they were shown, and are
asked again once it has changed.

See docs/design/drafting/sign_off.md.
"""

import datetime as dt

from sqlalchemy import select, update

from letterhub.commands.drafting._link_use import LINK_ENDED
from letterhub.commands.letters._shared_steps import lock_letter_and_draft
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.drafting.sign_offs import (
    MAX_SIGN_OFFS,
    NOT_A_DRAFT,
    TEXT_CHANGED,
    CannotAskForSignOff,
    CannotSignOff,
    can_ask_again,
    sign_off_state,
)
from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import published_hash, trim_text
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.serialization import text_from_facts, text_to_facts
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import commands_allowed, db, one_transaction
from letterhub.infrastructure.signed_links import hash_mailbox
from letterhub.mail.outbox import normalized_address, queue_mail
from letterhub.models import Draft, Letter, SignOff, append_audit_entry
from letterhub.queries.abuse.submission_limits import suppression_sentence
from letterhub.queries.mail.unsubscriptions import is_unsubscribed


@one_transaction
def ask_for_sign_off(letter_id: int, line: Signatory, email: str, *, staff_id: int, actor: str, at: dt.datetime) -> None:
    """Ask a lead organization, as it will sign, to agree to the text of a draft, by email.

    Raises CannotAskForSignOff and CannotMail.
    """
    letter, draft = _lock_draft(letter_id)
    address = EmailAddress(normalized_address(email))
    mailbox_hash = hash_mailbox(letter_id, address)
    known = select(SignOff.mailbox_hash).where(SignOff.letter_id == letter_id)
    hashes = set(db.session.scalars(known))
    if mailbox_hash in hashes:
        raise CannotAskForSignOff(_("This mailbox has already been asked. Use “Ask again” in the list."), "email")
    if len(hashes) >= MAX_SIGN_OFFS:
        raise CannotAskForSignOff(_("%(most)s organizations are asked already, and no more can be.", most=MAX_SIGN_OFFS))
    if suppression_sentence(letter_id, address) or is_unsubscribed(letter.coalition_id, address.typed):
        raise CannotAskForSignOff(
            _("We no longer email this mailbox: its owner asked us not to, or it can’t be reached."), "email"
        )
    sign_off = SignOff(
        letter_id=letter_id, organization=line.organization, person=line.signer_name, title=line.signer_title,
        email=address.typed, mailbox_hash=mailbox_hash, created_at=at,
    )  # fmt: skip
    db.session.add(sign_off)
    _ask(letter, draft, sign_off, staff_id, at)
    _append_audit_entry(sign_off, actor, "sign-off requested", at)


@one_transaction
def ask_for_sign_off_again(letter_id: int, sign_off_id: int, *, staff_id: int, actor: str, at: dt.datetime) -> None:
    """Email a lead organization again, which has not agreed to the text as it is now. Raises CannotAskForSignOff."""
    letter, draft = _lock_draft(letter_id)
    sign_off, sha256 = _lock_sign_off(letter_id, sign_off_id), _draft_sha256(draft)
    if sign_off is None:
        raise CannotAskForSignOff(_("This organization is no longer asked."))
    state = sign_off_state(sign_off.agreed_sha256, sha256)
    if not can_ask_again(state, sign_off.asked_sha256, sign_off.asked_at, sha256, at):
        raise CannotAskForSignOff(_("This organization has agreed to this text, or was asked within a day."))
    if suppression_sentence(letter_id, EmailAddress(sign_off.email)) or is_unsubscribed(letter.coalition_id, sign_off.email):
        raise CannotAskForSignOff(_("We no longer email this mailbox: its owner asked us not to, or it can’t be reached."))
    _ask(letter, draft, sign_off, staff_id, at)
    _append_audit_entry(sign_off, actor, "sign-off requested", at)


@one_transaction
def withdraw_sign_off_request(letter_id: int, sign_off_id: int, *, actor: str, at: dt.datetime) -> None:
    """Remove a lead organization from those that are asked, with what it agreed to; its link ends. Does nothing if it is gone.

    Raises CannotAskForSignOff once the letter has opened.
    """
    _lock_draft(letter_id)
    if (sign_off := _lock_sign_off(letter_id, sign_off_id)) is not None:
        _append_audit_entry(sign_off, actor, "sign-off request withdrawn", at)
        db.session.delete(sign_off)


@one_transaction
def require_sign_offs(letter_id: int, *, required: bool, actor: str, at: dt.datetime) -> None:
    """Set whether a letter opens only when all leads that were asked agree to its text. Raises CannotAskForSignOff."""
    letter, _draft = _lock_draft(letter_id)
    if letter.requires_sign_offs != required:
        letter.requires_sign_offs = required
        append_audit_entry(
            db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "sign-offs required", at=at,
            before={"required": not required}, after={"required": required},
        )  # fmt: skip


@one_transaction
def sign_off(sign_off_id: int, sha256: str, consent: ShownConsent, at: dt.datetime) -> None:
    """Record the agreement of a lead organization to the text with this hash, which its page showed. Once is enough.

    The hash is that of the revision that opens with this text. Raises CannotSignOff, if the text changed meanwhile too.
    """
    letter_id = db.session.scalar(select(SignOff.letter_id).where(SignOff.id == sign_off_id))
    if letter_id is None:  # withdrawn since the page was loaded
        raise CannotSignOff(LINK_ENDED)
    letter, draft = lock_letter_and_draft(letter_id)
    row = _lock_sign_off(letter.id, sign_off_id)
    if row is None:
        raise CannotSignOff(LINK_ENDED)
    if letter.state is not LetterState.DRAFT:
        raise CannotSignOff(NOT_A_DRAFT)
    if sha256 != _draft_sha256(draft):
        raise CannotSignOff(TEXT_CHANGED)
    if row.agreed_sha256 == sha256:
        return
    row.agreed_at, row.agreed_sha256 = at, sha256
    row.agreed_text = text_to_facts(trim_text(text_from_facts(draft.text)))
    row.consent = {
        "printed": list(consent.printed), "box": consent.box, "button": consent.button, "language": consent.language,
    }  # fmt: skip
    _append_audit_entry(row, ReferenceKind.SIGN_OFF.reference(row.id), "signed off", at, sha256=sha256)


def record_sign_off_visit(sign_off_id: int, at: dt.datetime) -> None:
    """Count a visit of a browser by the link of a sign-off, for staff: the one write of its GET."""
    with commands_allowed():
        _record_visit(sign_off_id, at)


@one_transaction
def _record_visit(sign_off_id: int, at: dt.datetime) -> None:
    visited = update(SignOff).where(SignOff.id == sign_off_id)
    db.session.execute(visited.values(use_count=SignOff.use_count + 1, used_at=at))


def _draft_sha256(draft: Draft) -> str:
    """Return the hash that the first revision would have if the letter opened with this draft."""
    return published_hash(text_from_facts(draft.text))


def _lock_draft(letter_id: int) -> tuple[Letter, Draft]:
    letter, draft = lock_letter_and_draft(letter_id)
    if letter.state is not LetterState.DRAFT:
        raise CannotAskForSignOff(NOT_A_DRAFT)
    return letter, draft


def _lock_sign_off(letter_id: int, sign_off_id: int) -> SignOff | None:
    query = select(SignOff).where(SignOff.id == sign_off_id, SignOff.letter_id == letter_id)
    return db.session.scalar(query.with_for_update())


def _ask(letter: Letter, draft: Draft, sign_off: SignOff, staff_id: int, at: dt.datetime) -> None:
    """Queue the email to a lead organization, and note which text it is about."""
    sign_off.asked_at, sign_off.asked_by_id, sign_off.asked_sha256 = at, staff_id, _draft_sha256(draft)
    db.session.flush()
    queue_mail(
        MailKind.SIGN_OFF, sign_off.email, {"sign_off_id": sign_off.id}, at=at, coalition_id=letter.coalition_id,
        letter_id=letter.id,
    )  # fmt: skip


def _append_audit_entry(sign_off: SignOff, actor: str, action: str, at: dt.datetime, **facts: str) -> None:
    """Append to the letter's log, which can't be erased: it names a sign-off by its number, and not the person."""
    chain = ReferenceKind.LETTER.reference(sign_off.letter_id)
    append_audit_entry(db.session(), chain, actor, action, at=at, after={"sign_off": sign_off.id, **facts})
