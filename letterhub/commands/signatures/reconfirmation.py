"""Reconfirmation: after a text change, or when consent is renewed ("still with us")."""

import datetime as dt

from letterhub.commands.signatures._evidence import find_out_by_mail
from letterhub.commands.signatures._notifications import tell_of_signatory
from letterhub.commands.signatures._places import is_outweighed, take_corrected_place
from letterhub.commands.signatures._steps import (
    appears_at_once,
    current_revision,
    evidence_of,
    facts_of,
    know_organization,
    locked,
    mail_about,
    remember_signatory,
    signed_facts,
)
from letterhub.domain.letters.document import Signatory
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.signatures.happenings import Happening
from letterhub.domain.signatures.republishing import BY_ANOTHER, returns_at_once
from letterhub.domain.signatures.signing import (
    AlreadyConfirmed,
    CannotSignNow,
    check_confirmable,
    check_current,
    needs_review,
)
from letterhub.domain.states import STANDING, LetterState, SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, Revision, Signature, keep_consent


@one_transaction
def confirm_again(
    signature_id: int, *, revision: int, at: dt.datetime, line: Signatory | None = None, read: ShownConsent | None = None
) -> None:
    """Confirm a signature under the current text, whose revision number was shown, with a corrected line if one is given.

    `read` is the consent text that the page showed; it is stored. A signature that was on the list returns at once, unless its
    line says something new or doubts came up since that staff must weigh. Raises AlreadyConfirmed, AlreadySigned,
    CannotSignNow, TextChanged, and NotAllowedNow if it was withdrawn.
    """
    letter, signature = locked(signature_id)
    if signature.state in STANDING:
        raise AlreadyConfirmed("This signature already stands under the current text.")
    check_confirmable(letter.term, signature.created_at, at)
    listed_at, before, old = signature.published_at, signature.signatory, facts_of(signature)
    current = _signed(signature, letter, revision, line)
    know_organization(signature, at)
    signature.move(SignatureMove.CONFIRM, at)
    new = needs_review(before, signature.signatory)
    take_corrected_place(signature, new=new, at=at)
    _keep_evidence(signature, read, current, at)
    same = listed_at is not None and not new and signature.stands_as is not None
    if (same and _returns_at_once(signature, listed_at)) or appears_at_once(signature, letter):
        signature.move(SignatureMove.PUBLISH, at)
    else:
        signature.published_at = None
    if new:
        tell_of_signatory(letter, signature, Happening.CORRECTED, at, listed=listed_at is not None)
    remember_signatory(signature, "confirmed again", at, old, facts_of(signature), signed_facts(signature, current))
    mail_about(MailKind.SIGNED, signature, letter, at)


@one_transaction
def renew_consent(
    signature_id: int,
    *,
    revision: int,
    asked_at: dt.datetime,
    at: dt.datetime,
    line: Signatory | None = None,
    read: ShownConsent | None = None,
) -> None:
    """Renew the consent of a signature that was asked at `asked_at` whether it is still with the letter; it now covers the
    current text.

    Raises AlreadyConfirmed if it was given since then, CannotSignNow, TextChanged, AlreadySigned, and NotAllowedNow if the
    signature is not in force.
    """
    letter, signature = locked(signature_id)
    if letter.state not in (LetterState.OPEN, LetterState.CLOSED):
        raise CannotSignNow(f"This letter was {letter.state}. There is nothing left to confirm.")
    if signature.confirmed_at is not None and signature.confirmed_at >= asked_at:
        raise AlreadyConfirmed("This signature is already confirmed.")
    before, old, seen = signature.signatory, facts_of(signature), signature.state
    current = _signed(signature, letter, revision, line)
    signature.consent(at)
    know_organization(signature, at)
    take_corrected_place(signature, new=needs_review(before, signature.signatory), at=at)
    if signature.signatory != before:
        tell_of_signatory(letter, signature, Happening.CORRECTED, at, listed=seen is SignatureState.PUBLISHED)
    _keep_evidence(signature, read, current, at)
    remember_signatory(signature, "renewed", at, old, facts_of(signature), signed_facts(signature, current))
    mail_about(MailKind.SIGNED, signature, letter, at)


def _returns_at_once(signature: Signature, listed_at: dt.datetime | None) -> bool:
    standing = evidence_of(signature, since=listed_at)
    return returns_at_once(standing, outweighed=bool(standing.doubts & BY_ANOTHER) and is_outweighed(signature))


def _keep_evidence(signature: Signature, read: ShownConsent | None, current: Revision, at: dt.datetime) -> None:
    find_out_by_mail(signature, at)
    if read is not None:
        keep_consent(db.session(), signature.id, read, current, at)


def _signed(signature: Signature, letter: Letter, shown: int, line: Signatory | None) -> Revision:
    """Bind a signature to the current text. Raises TextChanged if that is not the one that was shown."""
    current = current_revision(letter.id)
    check_current(shown, current.number)
    if line is not None:
        signature.take(line)
    signature.revision_id = current.id
    return current
