"""Consent renewal: signatories whose consent is old are asked by email, and the age at which consent is old."""

import datetime as dt

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.consent import NobodyToAsk, check_days
from letterhub.domain.states import LETTER_STATE_NAMES, LetterState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import BulkRecipient, queue_bulk_mail
from letterhub.models import Letter, append_audit_entry
from letterhub.queries.signatures.consent_renewal import old_consents


@one_transaction
def request_consent_renewal(letter_id: int, *, actor: str, at: dt.datetime) -> int:
    """Mail everyone whose consent is old and who may be asked; return how many. Raises NobodyToAsk.

    The letter is locked, so that concurrent requests mail once.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    if letter.state not in (LetterState.OPEN, LetterState.CLOSED):
        raise NobodyToAsk(
            _("This letter is %(state)s, so nobody is asked about it anymore.", state=LETTER_STATE_NAMES[letter.state])
        )
    askable = old_consents(letter_id, at).askable
    if not askable:
        raise NobodyToAsk(_("Everyone whose consent is old was asked within the last week, or has been asked three times."))
    recipients = (BulkRecipient(consent.id, consent.email) for consent in askable)
    queue_bulk_mail(MailKind.RENEW_CONSENT, recipients, {}, at=at, coalition_id=letter.coalition_id, letter_id=letter_id)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "asked again", at=at, after={"signatures": len(askable)}
    )
    return len(askable)


@one_transaction
def set_consent_days(letter_id: int, days: int, *, actor: str, at: dt.datetime) -> None:
    """Set after how many days consent is old. Raises InvalidDays."""
    check_days(days)
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    before, letter.consent_days = letter.consent_days, days
    if before != days:
        append_audit_entry(
            db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "consent limit moved", at=at,
            before={"consent_days": before}, after={"consent_days": days},
        )  # fmt: skip
