"""The outcome in SQL is that of the rule, over generated invitations, signatures and mails."""

import random

import pytest
from flask import Flask
from sqlalchemy import select

from letterhub.clock import now
from letterhub.domain.invitations.invitation import InvitationOutcome, InviteeAnswer, invitation_outcome
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind, SuppressionReason
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import hash_mailbox
from letterhub.mail.outbox import queue_mail
from letterhub.models import Invitation, Letter, MailSuppression, OutboxMessage, Signature, Unsubscription
from letterhub.queries.invitations.invitations import invitations_of, suppressions_by_mailbox
from letterhub.queries.invitations.invitees import Invitee, signatures_of_invitees
from letterhub.queries.mail.unsubscriptions import unsubscribed_mailboxes
from tests.support import cast, factories

NAMES = ("Otter Order", "The OTTER order", "Willow Watch", "Heron House", "Crane Society")
MAILBOXES = ("ola@otter.example", "Ola+x@otter.example", "fred@otter.example", "fred@gmail.com", "Ada@willow.example")
SITES = ("", "https://otter.example", "https://willow.example")
SEED = 100
MOVES = (None, SignatureMove.PUBLISH, SignatureMove.WITHDRAW, SignatureMove.DECLINE, SignatureMove.EXPIRE)


@pytest.mark.parametrize("seed", range(12))
def test_the_outcome_in_sql_is_that_of_the_rule(app: Flask, seed: int) -> None:
    chance = random.Random(seed + SEED)
    letter = factories.open_letter(deadline_at=None)
    signatures = [_signature(letter, chance, number) for number in range(chance.randrange(6))]
    rows = [_invitation(letter, chance, mailbox, signatures) for mailbox in MAILBOXES]
    db.session.commit()
    assert {one.id: (one.outcome, one.signed_as) for one in invitations_of(letter.id)} == {
        row.id: _by_the_rule(row) for row in rows if row is not None
    }
    for row in (row for row in rows if row is not None):
        assert [one.outcome for one in invitations_of(letter.id, [row.id])] == [_by_the_rule(row)[0]]


def _by_the_rule(row: Invitation) -> tuple[InvitationOutcome, str]:
    """Return the outcome of an invitation by the rule in words, and the name that it signed as if that differs."""
    line = row.line
    invitee = Invitee(line["organization"], line.get("website", ""), row.email, row.organization_id, row.signature_id)
    (signature,) = signatures_of_invitees(row.letter_id, [invitee])
    stopped = suppressions_by_mailbox(row.letter_id)
    reasons = {stopped.get(row.mailbox_hash or ""), stopped.get(row.address_hash or "")}
    failed = db.session.scalars(select(OutboxMessage).where(OutboxMessage.failed_at.is_not(None)))
    outcome = invitation_outcome(
        signature.state if signature else None,
        declined=row.declined_at is not None
        or SuppressionReason.DISOWNED in reasons
        or row.email in unsubscribed_mailboxes(row.letter_id),
        answer=row.answer,
        bounced=any(message.parameters.get("invitation_id") == row.id for message in failed)
        or SuppressionReason.BOUNCED in reasons,
        opened=row.opened_at is not None,
        reminded=row.reminders > 0,
    )
    is_on_letter = signature is not None and outcome in ("signed", "in-review", "outdated")
    named = signature.name if signature and is_on_letter else ""
    return outcome, "" if named == line["organization"] else named


def _signature(letter: Letter, chance: random.Random, number: int) -> Signature:
    email, name, site = chance.choice(MAILBOXES), chance.choice(NAMES), chance.choice(SITES)
    source = chance.choice((Source.FORM, Source.IMPORT))
    row = factories.signature(
        letter, cast.HIRO, SignatureState.PENDING, organization_name=name, email=email, website=site, source=source,
        idempotency_key=str(number),
    )  # fmt: skip
    row.organization_id = factories.organization(name, letter.coalition_id, site).id
    if chance.random() < 0.8:
        row.move(SignatureMove.CONFIRM, now())
        row.release_place()
    if move := chance.choice(MOVES) if row.confirmed_at else None:
        if move is SignatureMove.PUBLISH:
            row.published_at, row.state = now(), chance.choice((SignatureState.PUBLISHED, SignatureState.OUTDATED))
        elif move is not SignatureMove.EXPIRE:
            row.move(move, now())
    if source is Source.FORM:
        queue_mail(MailKind.CONFIRM, email, at=now(), letter_id=letter.id, signature_id=row.id)
    if chance.random() < 0.2:
        reason = chance.choice((SuppressionReason.DISOWNED, SuppressionReason.BOUNCED))
        hashed = hash_mailbox(letter.id, EmailAddress(email))
        facts = {"letter_id": letter.id, "mailbox_hash": hashed, "signer_name": "", "suppressed_at": now()}
        db.session.add(MailSuppression(signature_id=row.id, reason=reason, **facts))
    db.session.commit()
    return row


def _invitation(letter: Letter, chance: random.Random, mailbox: str, signatures: list[Signature]) -> Invitation | None:
    """Return an invitation of a mailbox; None if one of its spellings was invited."""
    name, site = chance.choice(NAMES), chance.choice(SITES)
    row = Invitation(
        letter_id=letter.id, organization_id=factories.organization(name, letter.coalition_id, site).id,
        line={"organization": name, "website": site}, name_key=name_key(name), invited_at=now(), reminders=chance.randrange(2),
        opened_at=chance.choice((None, now())), declined_at=now() if chance.random() < 0.2 else None,
        answer=chance.choice((None, None, InviteeAnswer.PROMISED, InviteeAnswer.REFUSED)),
    )  # fmt: skip
    row.set_email(mailbox, letter.coalition_id)
    if db.session.query(Invitation).filter_by(letter_id=letter.id, mailbox_hash=row.mailbox_hash).count():
        return None
    if signatures and chance.random() < 0.3:
        row.signature_id = chance.choice(signatures).id
    db.session.add(row)
    db.session.commit()
    message = queue_mail(MailKind.INVITE, mailbox, {"invitation_id": row.id}, at=now(), letter_id=letter.id)
    if chance.random() < 0.1:
        facts = {"coalition_id": letter.coalition_id, "recipient_hash": row.recipient_hash, "unsubscribed_at": now()}
        db.session.add(Unsubscription(**facts))
    if chance.random() < 0.2:
        message.fail(now(), "No such mailbox")
    return row
