"""Blocklist of declined and denied signatures: add, return similar ones to review, and remove when staff undo.

See docs/design/signatures.md.
"""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, delete, insert, or_, select

from letterhub.domain.abuse.blocklist import Turned
from letterhub.domain.audit.references import Reference
from letterhub.domain.letters.document import Kind
from letterhub.domain.mail.email_addresses import mailbox_of
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.proof_level import ProofLevel
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.mail.address_hashes import known_again
from letterhub.models import OutboxLine, Signature, TurnedAway, forget_reviews, remember
from letterhub.queries.signatures.proof_levels import proof_of

LISTED = (SignatureState.PUBLISHED, SignatureState.OUTDATED)
"""Listed, or outdated and about to return to the list."""


def turn_away(signatures: Iterable[Signature], why: Turned, at: dt.datetime) -> None:
    """Put signatures on the blocklist: the same organization or person, mailbox or domain is only published by staff from now
    on.
    """
    signatures = list(signatures)
    forget_reviews(db.session(), [one.id for one in signatures])
    rows = [
        {"letter_id": one.letter_id, "signature_id": one.id, "key": key, "why": why, "at": at}
        for one in signatures
        for key in dict.fromkeys(known_again(one.letter_id, one.known_again_by))
    ]
    if rows:
        db.session.execute(insert(TurnedAway), rows)


def hold_its_like(signature: Signature, level: ProofLevel, by: str, at: dt.datetime) -> None:
    """Return to review what is listed by the same mailbox, or for the same organization with a proof no better than `level`.

    Signatures that only share its domain are flagged but stay: many people may have mailboxes there.
    """
    same = [Signature.stands_as == signature.place, Signature.id.in_(_signed_by(signature))]
    if signature.organization_id is not None:
        same.append(Signature.organization_id == signature.organization_id)
    others = (Signature.letter_id == signature.letter_id, Signature.id != signature.id, Signature.state.in_(LISTED))
    found = db.session.scalars(select(Signature).where(*others, or_(*same)).order_by(Signature.id).with_for_update()).all()
    for one in found:
        if one.kind is Kind.INDIVIDUAL or _share_mailbox(one, signature) or proof_of(one) <= level:
            _hold(one, by, at)


def _hold(one: Signature, by: str, at: dt.datetime) -> None:
    before = one.state
    one.deny(at)
    if one.state is not before:
        remember(
            db.session(), Reference.LETTER.to(one.letter_id), by, "held", at=at,
            subject=Reference.SIGNATURE.to(one.id), before={"state": str(before)}, after={"state": str(one.state)},
        )  # fmt: skip


def _share_mailbox(one: Signature, other: Signature) -> bool:
    return bool(one.email and other.email) and mailbox_of(one.email) == mailbox_of(other.email)


def _signed_by(signature: Signature) -> Select[int | None]:
    """Return the ids of signatures that its mailbox was asked to confirm under this letter."""
    mailbox = mailbox_of(signature.email) if signature.email else None
    return select(OutboxLine.signature_id).where(
        OutboxLine.mailbox == mailbox, OutboxLine.kind == MailKind.CONFIRM, OutboxLine.letter_id == signature.letter_id
    )


def forget_decline(*which: ColumnElement[bool]) -> None:
    """Remove declines that staff took back from the blocklist. Denials by an organization stay."""
    db.session.execute(delete(TurnedAway).where(TurnedAway.why == Turned.DECLINED, *which))
