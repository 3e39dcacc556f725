"""Reads about what a mailbox was mailed, and how many forms came of late: what limits and floods are told by."""

import datetime as dt

from sqlalchemy import BindParameter, ColumnElement, Select, String, and_, bindparam, func, or_, select, true

from letterhub.db import db, read
from letterhub.domain.mailboxes import mailbox_of, spelled
from letterhub.domain.mails import MailKind
from letterhub.domain.senders import FLOOD_WITHIN, NETWORK_FLOOD, Begun, is_flood_of_letter, is_too_much_mail
from letterhub.domain.stops import NOT_SENT
from letterhub.mail.fingerprints import address_fingerprint, counted_as, mailbox_fingerprint
from letterhub.models import Letter, MailStop, OutboxLine, Signature, Trace

ASKING = (MailKind.CONFIRM, MailKind.REMIND)
LAST = 300
"""As many forms of the last hour tell whether a letter is flooded."""
TOO_OFTEN = "Not sent: strangers have had too many requests to confirm sent to this mailbox."


_LETTER: BindParameter[int] = bindparam("letter")
_MARK: BindParameter[str] = bindparam("mark")
_SINCE: BindParameter[dt.datetime] = bindparam("since")
_ADDRESS: BindParameter[str] = bindparam("address", type_=String)
_STOPPED = (
    select(MailStop.why)
    .where(MailStop.letter_id == _LETTER, MailStop.mailbox_key.in_((_MARK, bindparam("spelled_mark"))))
    .limit(1)
)
_ASKED = (
    select(
        _STOPPED.scalar_subquery(),
        func.count().filter(OutboxLine.letter_id == _LETTER),
        func.count().filter(OutboxLine.created_at > _SINCE),
    )
    .select_from(OutboxLine)
    .join(Signature, Signature.id == OutboxLine.signature_id)
    .where(
        or_(
            and_(OutboxLine.mailbox == bindparam("mailbox"), or_(_ADDRESS == "", func.lower(OutboxLine.recipient) == _ADDRESS)),
            OutboxLine.mailbox.in_((_MARK, bindparam("tagged_mark"))),
        ),
        OutboxLine.kind.in_(ASKING),
        OutboxLine.cancelled_at.is_(None),
        Signature.confirmed_at.is_(None),
    )
)
"""Written once, as what follows: every form asks them, and to put a statement together takes longer than to run it."""


def why_not_mailed(letter_id: int, email: str, at: dt.datetime) -> str:
    """Why a mailbox is not asked to confirm once more at a stranger's word; "" where nothing forbids it.

    Told by how many mails asked it before: about the letter ever, and about all letters within a day. Where it did confirm, the
    mail was welcome and is left out. Mails whose address was erased are known by its fingerprint.

    What has a "+tag" is counted with all that its mailbox was mailed. What has none is counted by itself: where a host knows
    no tags, nobody reads the others, and whoever sends those would use up what a real signatory needs.
    """
    mailbox, address = mailbox_of(email), spelled(email)
    of_all = address != mailbox or mailbox.endswith("@gmail.com")
    told = _marks(letter_id, email) | {
        "mailbox": mailbox,
        "address": "" if of_all else address,
        "tagged_mark": counted_as(letter_id, email),
    }
    stop, about_letter, today = tuple(read(_ASKED, told | {"since": at - dt.timedelta(days=1)}).one())
    if stop:
        return NOT_SENT[stop]
    return TOO_OFTEN if is_too_much_mail(about_letter + 1, today + 1) else ""


def why_stopped(letter_id: int, email: str) -> str:
    """Why a mailbox is mailed about a letter no more; "" where nothing stopped it."""
    stop = db.session.scalar(_STOPPED, _marks(letter_id, email))
    return NOT_SENT[stop] if stop else ""


def _marks(letter_id: int, email: str) -> dict[str, int | str]:
    marks = {"mark": mailbox_fingerprint(letter_id, email), "spelled_mark": address_fingerprint(letter_id, email)}
    return {"letter": letter_id, **marks}


def _begun(counted: ColumnElement[bool]) -> Select[int, int, int]:
    """Of many forms the last ones tell: a letter that thousands sign in an hour takes no longer than one that few do."""
    lately = select(Trace.signature_id).where(Trace.letter_id == _LETTER, Trace.begun_at > _SINCE)
    last = lately.where(counted).order_by(Trace.begun_at.desc()).limit(LAST).subquery()
    of_network = lately.where(Trace.network_key == bindparam("network")).limit(NETWORK_FLOOD).subquery()
    in_network = select(func.count()).select_from(of_network).scalar_subquery()
    found = select(func.count(), func.count(Signature.confirmed_at), in_network)
    return found.select_from(last).join(Signature, Signature.id == last.c.signature_id)


_BEGUN, _PROVEN = _begun(true()), _begun(Trace.proven.is_(True))


def begun_lately(trace: Trace, at: dt.datetime) -> Begun:
    """How many forms came of late under the letter of a new one, which is counted; of its network none where that is not known.

    One with a proof of work is counted among those with a proof alone.
    """
    found = _PROVEN if trace.proven else _BEGUN
    told = {"letter": trace.letter_id, "since": at - FLOOD_WITHIN, "network": trace.network_key}
    letter, confirmed, network = tuple(read(found, told).one())
    return Begun(letter + 1, confirmed, network + 1 if trace.network_key else 0)


def is_proof_asked(letter_id: int, at: dt.datetime) -> bool:
    """Whether the forms of a letter are to come with a proof of work: it wants one, or a flood is noticed."""
    if db.session.scalars(select(Letter.asks_proof).where(Letter.id == letter_id)).one():
        return True
    letter, confirmed, _ = tuple(read(_BEGUN, {"letter": letter_id, "since": at - FLOOD_WITHIN, "network": ""}).one())
    return is_flood_of_letter(Begun(letter, confirmed, 0))
