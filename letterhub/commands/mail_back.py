"""Mail about names that staff take back: what a sweep held leaves, and whoever has to confirm a changed text is asked."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Select, select

from letterhub.commands.one_signature import mail_each
from letterhub.db import db
from letterhub.domain.mails import MailKind, MailState
from letterhub.domain.signing import may_confirm
from letterhub.domain.states import SignatureState
from letterhub.models import Letter, OutboxLine, Signature

WHY = "Not sent: declined together with others from the same place."

Numbers = Select[int]
"""A statement that tells of which signatures, as there may be more than a database takes numbers in one."""


def hold_mail(of: Numbers, at: dt.datetime) -> None:
    """What waits for them is not sent, unless they are taken back."""
    for line in _lines(of):
        if line.state is MailState.WAITING:
            line.cancel(at, WHY)


def mail_back(letter: Letter, back: Sequence[Signature], of: Numbers, at: dt.datetime) -> frozenset[int]:
    """Mail to those that are back, which are some `of` these: what was held leaves now, and whoever has to confirm the changed
    text and still may is asked, where no such mail waits. Gives whom a mail asks for that.
    """
    numbers = {one.id for one in back}
    waits: set[int | None] = set()
    for line in _lines(of):
        if line.signature_id in numbers and line.state is MailState.CANCELLED and line.error == WHY:
            line.release(at)
        if line.kind == MailKind.AGAIN and line.state is MailState.WAITING:
            waits.add(line.signature_id)
    outdated = [one for one in back if one.state is SignatureState.OUTDATED and one.email]
    asked = [one for one in outdated if may_confirm(letter.term, one.created_at, at)]
    mail_each(MailKind.AGAIN, [one for one in asked if one.id not in waits], letter, {}, at)
    return frozenset(one.id for one in asked)


def _lines(of: Numbers) -> Sequence[OutboxLine]:
    found = select(OutboxLine).where(OutboxLine.signature_id.in_(of), OutboxLine.sent_at.is_(None)).order_by(OutboxLine.id)
    return db.session.scalars(found.with_for_update()).all()
