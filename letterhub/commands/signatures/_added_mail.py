"""Email to signatories whom staff added, by hand or from a file: at once, or when their letter opens."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from letterhub.domain.editions.deliveries import bulk_mail_delay
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.states import ACTIVE_STATES
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import BulkRecipient, queue_bulk_mail
from letterhub.models import EvidenceFact, Letter, Signature


class MailPacing(NamedTuple):
    """Pacing of a batch of emails: `first` is the number of its first email, from 0, among the `total` that leave one after the
    other."""

    first: int
    total: int


def notify_added(letter: Letter, addresses: Sequence[tuple[int, str]], pacing: MailPacing, at: dt.datetime) -> None:
    """Queue an email to each of these signatories, by id and address, that their name was added.

    Whether their mailbox gets mail at all is asked when it leaves.
    """
    recipients = (
        BulkRecipient(signature_id, email, at + bulk_mail_delay(position, pacing.total))
        for position, (signature_id, email) in enumerate(addresses, pacing.first)
    )
    queue_bulk_mail(MailKind.ADDED, recipients, {}, at=at, coalition_id=letter.coalition_id, letter_id=letter.id)


def notify_added_before_opening(letter: Letter, at: dt.datetime) -> None:
    """Queue the emails about names that were added to the draft of a letter which opens now."""
    query = (
        select(Signature.id, Signature.email, EvidenceFact.facts)
        .join(EvidenceFact, EvidenceFact.signature_id == Signature.id)
        .where(Signature.letter_id == letter.id, EvidenceFact.kind.in_((FactKind.ADDED, FactKind.IMPORTED)))
        .where(Signature.state.in_(ACTIVE_STATES), Signature.email != "")
        .order_by(Signature.id)
    )
    addresses = [(row.id, row.email) for row in db.session.execute(query) if row.facts.get("notified") == "yes"]
    notify_added(letter, addresses, MailPacing(0, len(addresses)), at)
