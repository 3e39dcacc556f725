"""Reads about what a mailbox was mailed, and how many forms came of late: what limits and floods are told by."""

import datetime as dt

from sqlalchemy import ColumnElement, func, or_, select, true

from letterhub.db import db
from letterhub.domain.mailboxes import mailbox_of
from letterhub.domain.mails import MailKind
from letterhub.domain.senders import FLOOD_WITHIN, NETWORK_FLOOD, Begun, is_flood_of_letter, is_too_much_mail
from letterhub.domain.stops import NOT_SENT
from letterhub.mail.fingerprints import mailbox_fingerprint
from letterhub.models import Letter, MailStop, OutboxLine, Signature, Trace

ASKING = (MailKind.CONFIRM, MailKind.REMIND)
LAST = 300
"""As many forms of the last hour tell whether a letter is flooded."""
TOO_OFTEN = "Not sent: strangers had this mailbox asked to confirm too often."


def why_not_mailed(letter_id: int, email: str, at: dt.datetime) -> str:
    """Why a mailbox is not asked to confirm at a stranger's word, the mail just posted counted; "" where nothing forbids it."""
    if why := why_stopped(letter_id, email):
        return why
    return TOO_OFTEN if is_too_much_mail(*_asked(letter_id, email, at)) else ""


def why_stopped(letter_id: int, email: str) -> str:
    """Why a mailbox is mailed about a letter no more; "" where nothing stopped it."""
    stop = select(MailStop.why).where(
        MailStop.letter_id == letter_id, MailStop.mailbox_key == mailbox_fingerprint(letter_id, email)
    )
    why = db.session.scalar(stop.limit(1))
    return NOT_SENT[why] if why else ""


def _asked(letter_id: int, email: str, at: dt.datetime) -> tuple[int, int]:
    """How many mails asked a mailbox to confirm: about the letter ever, and about all letters within a day.

    Where it did confirm, the mail was welcome and is left out. Mails whose address was erased are known by its fingerprint.
    """
    here, mailbox = OutboxLine.letter_id == letter_id, mailbox_of(email)
    known = or_(OutboxLine.mailbox == mailbox, OutboxLine.mailbox == mailbox_fingerprint(letter_id, email))
    today = OutboxLine.created_at > at - dt.timedelta(days=1)
    row = db.session.execute(
        select(func.count().filter(here), func.count().filter(today))
        .select_from(OutboxLine)
        .join(Signature, Signature.id == OutboxLine.signature_id)
        .where(known, OutboxLine.kind.in_(ASKING), OutboxLine.cancelled_at.is_(None), Signature.confirmed_at.is_(None))
    ).one()
    return row[0], row[1]


def begun_lately(trace: Trace, at: dt.datetime) -> Begun:
    """How many forms came of late under the letter of one; of its network none where that is not known.

    One with a proof of work is counted among those with a proof alone.
    """
    counted = Trace.proven.is_(True) if trace.proven else true()
    return _begun(trace.letter_id, counted, trace.network_key, at)


def is_proof_asked(letter_id: int, at: dt.datetime) -> bool:
    """Whether the forms of a letter are to come with a proof of work: it wants one, or a flood is noticed."""
    wanted = db.session.scalars(select(Letter.asks_proof).where(Letter.id == letter_id)).one()
    return wanted or is_flood_of_letter(_begun(letter_id, true(), "", at))


def _begun(letter_id: int, counted: ColumnElement[bool], network_key: str, at: dt.datetime) -> Begun:
    """Of many forms the last ones tell: a letter that thousands sign in an hour takes no longer than one that few do."""
    lately = select(Trace.signature_id).where(Trace.letter_id == letter_id, Trace.begun_at > at - FLOOD_WITHIN)
    last = lately.where(counted).order_by(Trace.begun_at.desc()).limit(LAST).subquery()
    confirmed = select(func.count(), func.count(Signature.confirmed_at))
    row = db.session.execute(confirmed.select_from(last).join(Signature, Signature.id == last.c.signature_id)).one()
    of_network = lately.where(Trace.network_key == network_key).limit(NETWORK_FLOOD).subquery()
    network = db.session.scalar(select(func.count()).select_from(of_network)) if network_key else 0
    return Begun(row[0], row[1], network or 0)
