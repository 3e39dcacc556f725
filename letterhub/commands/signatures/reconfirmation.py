"""Reconfirmation: a signature is confirmed again after its text changed, or because its consent is old."""

import datetime as dt

from letterhub.commands.changes._change_notices import is_reply_awaited, record_confirmation
from letterhub.commands.questions._answer_steps import answers_await_review, audit_facts_of_answers
from letterhub.commands.signatures._evidence import add_mailbox_evidence
from letterhub.commands.signatures._notifications import notify_of_signatory_action
from letterhub.commands.signatures._place_assignment import reassign_corrected_place
from letterhub.commands.signatures._relisting import relist_confirmed
from letterhub.commands.signatures._shared_steps import (
    audit_facts_of_signing,
    audit_signatory_action,
    bind_to_translation,
    correctable_fields,
    current_revision,
    email_signatory,
    link_organization,
    lock_signature,
)
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.questions.answers import Answers
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.signatures.review import SignatureEvent
from letterhub.domain.signatures.signing import (
    AlreadyConfirmed,
    LetterNotOpen,
    check_confirmable,
    check_text_current,
    needs_review,
)
from letterhub.domain.states import ACTIVE_STATES, LETTER_STATE_NAMES, LetterState, SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, Revision, Signature, record_consent
from letterhub.queries.letters.public_translations import PublicTranslation
from letterhub.queries.signatures.impersonation import LineSearch


@one_transaction
def reconfirm_signature(
    signature_id: int,
    *,
    revision: int,
    at: dt.datetime,
    translation: int | None = None,
    line: Signatory | None = None,
    answers: Answers | None = None,
    shown_consent: ShownConsent | None = None,
) -> None:
    """Confirm a signature under the current text, whose revision number was shown, with a corrected line if one is given.
    `translation` is the id of the translation that was shown, None for the original.

    `shown_consent` is stored. A signature that was on the list returns at once, unless its line says something new or doubts
    came up since that staff must weigh. Raises AlreadyConfirmed, AlreadySigned, LetterNotOpen, TextChanged, and MoveNotAllowed
    if it was withdrawn.
    """
    letter, signature = lock_signature(signature_id)
    if signature.state in ACTIVE_STATES:
        raise AlreadyConfirmed(_("This signature already stands under the current text."))
    if not is_reply_awaited(signature, letter, at):
        check_confirmable(letter.signing_period, signature.created_at, at)
    listed_at, line_before, fields_before = signature.published_at, signature.signatory, correctable_fields(signature)
    answers_before = signature.answers
    revision_now, read = _bind_to_current_text(signature, letter, revision, translation, line, answers)
    search = link_organization(signature, letter.coalition_id, at)
    signature.move(SignatureMove.CONFIRM, at)
    is_new = needs_review(line_before, signature.signatory) or answers_await_review(signature, answers_before)
    reassign_corrected_place(signature, new=is_new, at=at)
    _record_evidence(signature, search, shown_consent, revision_now, at, read)
    record_confirmation(signature, at)
    relist_confirmed(signature, letter, listed_at, at, is_new=is_new)
    if is_new:
        notify_of_signatory_action(letter, signature, SignatureEvent.CORRECTED, at, listed=listed_at is not None)
    facts = audit_facts_of_signing(signature, revision_now.number, revision_now.sha256, read)
    facts = {**facts, **audit_facts_of_answers(signature, answers_before)}
    audit_signatory_action(signature, "confirmed again", at, fields_before, correctable_fields(signature), facts)
    email_signatory(MailKind.SIGNED, signature, letter, at)


@one_transaction
def renew_consent(
    signature_id: int,
    *,
    revision: int,
    asked_at: dt.datetime,
    at: dt.datetime,
    translation: int | None = None,
    line: Signatory | None = None,
    answers: Answers | None = None,
    shown_consent: ShownConsent | None = None,
) -> None:
    """Renew the consent of a signature that was asked at `asked_at` whether it is still with the letter; it now covers the
    current text, read in the translation with that id.

    Raises AlreadyConfirmed if it was given since then, LetterNotOpen, TextChanged, AlreadySigned, and MoveNotAllowed if the
    signature is not in force.
    """
    letter, signature = lock_signature(signature_id)
    if letter.state not in (LetterState.OPEN, LetterState.CLOSED):
        raise LetterNotOpen(
            _("This letter is %(state)s. There is nothing left to confirm.", state=LETTER_STATE_NAMES[letter.state])
        )
    if signature.confirmed_at is not None and signature.confirmed_at >= asked_at:
        raise AlreadyConfirmed(_("This signature is already confirmed."))
    line_before, fields_before, state_before = signature.signatory, correctable_fields(signature), signature.state
    answers_before = signature.answers
    revision_now, read = _bind_to_current_text(signature, letter, revision, translation, line, answers)
    signature.renew_consent(at)
    search = link_organization(signature, letter.coalition_id, at)
    is_new = needs_review(line_before, signature.signatory) or answers_await_review(signature, answers_before)
    reassign_corrected_place(signature, new=is_new, at=at)
    if signature.signatory != line_before or is_new:
        notify_of_signatory_action(
            letter, signature, SignatureEvent.CORRECTED, at, listed=state_before is SignatureState.PUBLISHED
        )
    _record_evidence(signature, search, shown_consent, revision_now, at, read)
    facts = audit_facts_of_signing(signature, revision_now.number, revision_now.sha256, read)
    facts = {**facts, **audit_facts_of_answers(signature, answers_before)}
    audit_signatory_action(signature, "renewed", at, fields_before, correctable_fields(signature), facts)
    email_signatory(MailKind.SIGNED, signature, letter, at)


def _record_evidence(
    signature: Signature, search: LineSearch, shown_consent: ShownConsent | None, current: Revision, at: dt.datetime,
    read: PublicTranslation | None,
) -> None:  # fmt: skip
    """Record what following the mailed link proves, and the consent text that was shown, if any."""
    add_mailbox_evidence(signature, search, at)
    if shown_consent is not None:
        record_consent(db.session(), signature.id, shown_consent, current, at, read.evidence if read else None)


def _bind_to_current_text(
    signature: Signature, letter: Letter, shown_number: int, shown_translation: int | None, line: Signatory | None,
    answers: Answers | None,
) -> tuple[Revision, PublicTranslation | None]:  # fmt: skip
    """Bind a signature to the current text, with a corrected line and answers if they are given; return the text's revision,
    and the translation that was read.

    Raises TextChanged if the revision or the translation is not the one that was shown.
    """
    current = current_revision(letter.id)
    check_text_current(shown_number, current.number)
    read = bind_to_translation(signature)
    check_text_current(shown_translation, signature.translation_id)
    if line is not None:
        signature.set_line(line, answers)
    signature.revision_id = current.id
    return current, read
