"""Mails about declined names: held on a bulk decline, and released when staff undo it."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Select, select

from letterhub.commands.signatures._shared_steps import email_signatories
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind, MailState
from letterhub.domain.signatures.signing import may_confirm
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, OutboxMessage, Signature

HELD_ERROR = _("Not sent: declined together with others from the same source.")

SignatureIds = Select[int]
"""Subquery of signature ids, as there may be more than fit into bound parameters."""


def hold_mail(of: SignatureIds, at: dt.datetime) -> None:
    """Cancel their waiting mails, until they are restored."""
    for line in _unsent_messages(of):
        if line.state is MailState.WAITING:
            line.cancel(at, HELD_ERROR)


def release_mail(letter: Letter, back: Sequence[Signature], of: SignatureIds, at: dt.datetime) -> frozenset[int]:
    """Release the held mails of the restored signatures (`back`, a subset of `of`), and ask those who still may to confirm a
    changed text, unless such a mail is waiting. Return the ids of those asked.
    """
    numbers = {one.id for one in back}
    waits: set[int | None] = set()
    for line in _unsent_messages(of):
        if line.signature_id in numbers and line.state is MailState.CANCELLED and line.error == HELD_ERROR:
            line.release(at)
        if line.kind == MailKind.RECONFIRM and line.state is MailState.WAITING:
            waits.add(line.signature_id)
    outdated = [one for one in back if one.state is SignatureState.OUTDATED and one.email]
    asked = [one for one in outdated if may_confirm(letter.signing_period, one.created_at, at)]
    email_signatories(MailKind.RECONFIRM, [one for one in asked if one.id not in waits], letter, {}, at)
    return frozenset(one.id for one in asked)


def _unsent_messages(of: SignatureIds) -> Sequence[OutboxMessage]:
    found = (
        select(OutboxMessage)
        .where(OutboxMessage.signature_id.in_(of), OutboxMessage.sent_at.is_(None))
        .order_by(OutboxMessage.id)
    )
    return db.session.scalars(found.with_for_update()).all()
