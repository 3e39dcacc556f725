"""Email to signatories whom staff added: at once, or when their letter opens."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from letterhub.commands.signatures._shared_steps import email_signatory
from letterhub.domain.editions.deliveries import bulk_mail_delay
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.states import ACTIVE_STATES
from letterhub.infrastructure.db import db
from letterhub.models import EvidenceFact, Letter, Signature
from letterhub.queries.abuse.submission_limits import suppression_sentence


def notify_added(letter: Letter, signatures: Sequence[Signature], at: dt.datetime) -> None:
    """Queue an email to each of these signatories that their name was added; cancelled where a mailbox gets no more mail."""
    for position, signature in enumerate(signatures):
        message = email_signatory(MailKind.ADDED, signature, letter, at)
        message.due_at = at + bulk_mail_delay(position, len(signatures))
        if blocked := suppression_sentence(letter.id, EmailAddress(signature.email)):
            message.cancel(at, blocked)


def notify_added_before_opening(letter: Letter, at: dt.datetime) -> None:
    """Queue the emails about names that were added to the draft of a letter which opens now."""
    facts = (
        select(Signature, EvidenceFact.facts)
        .join(EvidenceFact, EvidenceFact.signature_id == Signature.id)
        .where(Signature.letter_id == letter.id, EvidenceFact.kind == FactKind.ADDED)
        .where(Signature.state.in_(ACTIVE_STATES), Signature.email != "")
        .order_by(Signature.id)
    )
    notify_added(letter, [row.Signature for row in db.session.execute(facts) if row.facts.get("notified") == "yes"], at)
