"""Purge of expired personal data: unconfirmed signatures expire, contact data is erased after its retention period.

See docs/design/security.md.
"""

import datetime as dt

from sqlalchemy import update

from letterhub.commands.signatures._anonymization import erase_contact, erase_entry, erase_invitation
from letterhub.domain.audit.references import WORKER, Reference
from letterhub.domain.operations.retention import Erasable
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, Signature, Trace, remember
from letterhub.queries.operations.retention import invitations_due, people_due, traces_due

AT_ONCE = 200


@one_transaction
def forget_some(letter_id: int, kept: Erasable, at: dt.datetime) -> int:
    """Erase a batch of one kind of a letter's expired data; return how many. The audit log says so."""
    letter = db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    match kept:
        case Erasable.NETWORKS:
            count = _forget_networks(letter, at)
        case Erasable.INVITATIONS:
            count = _forget_invitations(letter, at)
        case _:
            count = _forget_people(letter, kept, at)
    if count and kept is not Erasable.NETWORKS:
        remember(
            db.session(), Reference.LETTER.to(letter_id), WORKER, "erased", at=at, after={"count": count, "what": str(kept)}
        )
    return count


def _forget_people(letter: Letter, kept: Erasable, at: dt.datetime) -> int:
    due = people_due(letter, kept, at).order_by(Signature.id).limit(AT_ONCE).with_for_update()
    rows = db.session.scalars(due).all()
    for signature in rows:
        if kept is Erasable.CONTACTS:
            erase_contact(signature, at)
            continue
        if signature.state is SignatureState.PENDING:
            signature.move(SignatureMove.EXPIRE, at)
            chain, subject = Reference.LETTER.to(letter.id), Reference.SIGNATURE.to(signature.id)
            remember(db.session(), chain, WORKER, "expired", at=at, subject=subject)
        erase_entry(signature, at)
    return len(rows)


def _forget_invitations(letter: Letter, at: dt.datetime) -> int:
    rows = db.session.scalars(invitations_due(letter, at).limit(AT_ONCE).with_for_update()).all()
    for invitation in rows:
        erase_invitation(invitation, at)
    return len(rows)


def _forget_networks(letter: Letter, at: dt.datetime) -> int:
    due = [trace.signature_id for trace in db.session.scalars(traces_due(letter, at).limit(AT_ONCE))]
    db.session.execute(update(Trace).where(Trace.signature_id.in_(due)).values(network_key=""))
    return len(due)
