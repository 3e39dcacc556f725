"""Signatories who get an email to all of them, each mailbox once, and how many are left out and why."""

from collections import Counter

from sqlalchemy import select

from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import SuppressionReason
from letterhub.domain.press.signatory_messages import LeftOut, Recipients
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import hash_mailbox
from letterhub.models import MailSuppression, Signature
from letterhub.queries.mail.unsubscriptions import unsubscribed_mailboxes

LEFT_OUT_STATES = {
    SignatureState.CONFIRMED: LeftOut.AWAITING_REVIEW,
    SignatureState.OUTDATED: LeftOut.OUTDATED,
    SignatureState.WITHDRAWN: LeftOut.WITHDRAWN,
}
SUPPRESSED = {SuppressionReason.BOUNCED: LeftOut.BOUNCED, SuppressionReason.DISOWNED: LeftOut.DISOWNED}


def signatories_to_email(letter_id: int) -> Recipients:
    """Return who is emailed when all signatories of a letter are: those on its list, in the order in which they signed.

    A signature that waits for review, has to be confirmed again or was withdrawn is left out, and told.
    """
    query = select(Signature.id, Signature.email, Signature.state).where(
        Signature.letter_id == letter_id, Signature.state.in_({SignatureState.PUBLISHED, *LEFT_OUT_STATES})
    )
    unsubscribed, suppressed = unsubscribed_mailboxes(letter_id), _suppressed_mailboxes(letter_id)
    addresses, left_out, mailboxes = [], Counter[LeftOut](), set[str]()
    for signature_id, email, state in db.session.execute(query.order_by(Signature.id)):
        address = EmailAddress(email)
        if state in LEFT_OUT_STATES:
            left_out[LEFT_OUT_STATES[state]] += 1
        elif not email:
            left_out[LeftOut.NO_ADDRESS] += 1
        elif email in unsubscribed:
            left_out[LeftOut.UNSUBSCRIBED] += 1
        elif suppressed and (reason := _suppression_of(letter_id, address, suppressed)):
            left_out[reason] += 1
        elif address.canonical in mailboxes:
            left_out[LeftOut.SAME_MAILBOX] += 1
        else:
            mailboxes.add(address.canonical)
            addresses.append((signature_id, email))
    return Recipients(tuple(addresses), {reason: left_out[reason] for reason in LeftOut if left_out[reason]})


def _suppressed_mailboxes(letter_id: int) -> dict[str, LeftOut]:
    """Return the hashes of mailboxes that get no mail about a letter, with the reason."""
    query = select(MailSuppression.mailbox_hash, MailSuppression.reason).where(MailSuppression.letter_id == letter_id)
    return {mailbox_hash: SUPPRESSED[reason] for mailbox_hash, reason in db.session.execute(query)}


def _suppression_of(letter_id: int, address: EmailAddress, suppressed: dict[str, LeftOut]) -> LeftOut | None:
    hashes = (hash_mailbox(letter_id, address), hash_mailbox(letter_id, address, as_spelled=True))
    return next((suppressed[one] for one in hashes if one in suppressed), None)
