"""Reads for the limits on forms and their mail: what a mailbox was mailed of late, and how many forms came from where."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, String, bindparam, exists, func, literal, or_, select, true

from letterhub.db import db, read
from letterhub.domain.mailboxes import mailbox_of, spelled
from letterhub.domain.mails import MailKind
from letterhub.domain.stops import NOT_SENT
from letterhub.domain.submission_limits import DAY, FLOOD_WITHIN, LetterForms, NetworkForms, PastMail, is_flood_of_letter
from letterhub.mail.fingerprints import address_fingerprint, fingerprint, mailbox_fingerprint
from letterhub.models import Invitation, Letter, MailStop, OutboxLine, Signature, Trace

ASKING = (MailKind.CONFIRM, MailKind.REMIND)
LAST = 300
"""As many forms of the last hour tell whether a letter is flooded."""
OF_NETWORK = 1000
"""As many forms of a network are looked at."""
TO_MAILBOX = 200
"""As many mails to a mailbox are looked at."""

_LETTER: BindParameter[int] = bindparam("letter")
_SINCE: BindParameter[dt.datetime] = bindparam("since")
_MAILBOX: BindParameter[str] = bindparam("mailbox", type_=String)
_NETWORK: BindParameter[str] = bindparam("network", type_=String)
_STOPPED = (
    select(MailStop.why)
    .where(MailStop.letter_id == _LETTER, MailStop.mailbox_key.in_((bindparam("mark"), bindparam("spelled_mark"))))
    .limit(1)
)
_MAILS = (
    select(
        OutboxLine.id, OutboxLine.letter_id, OutboxLine.recipient, OutboxLine.created_at, OutboxLine.due_at,
        OutboxLine.sent_at, OutboxLine.failed_at, OutboxLine.cancelled_at, OutboxLine.attempts, OutboxLine.facts,
        Trace.network_key,
    )
    .join(Signature, Signature.id == OutboxLine.signature_id)
    .outerjoin(Trace, Trace.signature_id == Signature.id)
    .where(OutboxLine.mailbox == _MAILBOX, OutboxLine.created_at > _SINCE, OutboxLine.kind.in_(ASKING))
    .where(or_(OutboxLine.cancelled_at.is_(None), OutboxLine.error.in_(NOT_SENT.values())), Signature.confirmed_at.is_(None))
    .order_by(OutboxLine.created_at.desc())
    .limit(TO_MAILBOX)
    .subquery()
)  # fmt: skip
_ONCE = select(literal(1).label("once")).subquery()
_MAILED = select(_STOPPED.scalar_subquery().label("stop"), *_MAILS.c).select_from(_ONCE.outerjoin(_MAILS, true()))
"""Written once, as what follows: every form asks them, and to put a statement together takes longer than to run it."""


@dataclass(frozen=True, slots=True)
class MailboxState:
    """What a mailbox was mailed of late at the word of strangers, and why it gets no mail about the letter, "" if it does."""

    mails: tuple[PastMail, ...]
    stopped: str = ""

    def waiting(self, letter_id: int) -> tuple[PastMail, ...]:
        """The mails about a letter that a limit holds back, to the same address."""
        return tuple(mail for mail in self.mails if mail.waits and mail.letter_id == letter_id and mail.same_address)

    def promised(self, letter_id: int, at: dt.datetime) -> tuple[PastMail, ...]:
        """The mails about a letter to the same address that a page told the same network of, for a moment to come."""
        own = (mail for mail in self.mails if mail.same_network and mail.same_address and mail.letter_id == letter_id)
        return tuple(mail for mail in own if mail.promised_at and mail.promised_at > at)


def network_key(letter_id: int, network: str) -> str:
    """The fingerprint of a network under one letter; "" where the network is not known."""
    return fingerprint("network", str(letter_id), network) if network else ""


def mailbox_state(letter_id: int, email: str, network: str, at: dt.datetime) -> MailboxState:
    """What a mailbox was mailed of late. Mail about a signature that was confirmed since was welcome, and is left out.

    A mail that is never sent because the mailbox gets none is among them, so that no page tells of it.

    An address with a "+tag" is counted with all that its mailbox was mailed, one without by itself: where a host knows no
    tags, nobody reads those mails, and they would use up what a real signatory needs.
    """
    mailbox, address = mailbox_of(email), spelled(email)
    of_all = address != mailbox or mailbox.endswith("@gmail.com")
    rows = read(_MAILED, _marks(letter_id, email) | {"mailbox": mailbox, "since": at - 2 * DAY}).all()
    mails = tuple(
        _past_mail(row, address, network, at)
        for row in rows
        if row.id is not None and (of_all or row.recipient.lower() == address)
    )
    return MailboxState(mails, NOT_SENT[rows[0].stop] if rows[0].stop else "")


def _past_mail(row: Any, address: str, network: str, at: dt.datetime) -> PastMail:
    is_over = row.sent_at or row.failed_at or row.cancelled_at
    waits = not is_over and row.due_at > at and not row.attempts
    promised = row.facts.get("promised")
    return PastMail(
        row.id,
        row.letter_id,
        same_network=(row.network_key or "") == network_key(row.letter_id, network),
        same_address=spelled(row.recipient) == address,
        waits=waits,
        asked_at=row.created_at,
        at=row.due_at if waits else row.sent_at or row.created_at,
        limits=tuple(row.facts.get("limits", ())),
        held_by=row.facts.get("held_by", ""),
        promised_at=dt.datetime.fromisoformat(promised) if promised else None,
        blocked=row.cancelled_at is not None,
    )


def why_stopped(letter_id: int, email: str) -> str:
    """Why a mailbox is mailed about a letter no more; "" where nothing stopped it."""
    stop = db.session.scalar(_STOPPED, _marks(letter_id, email))
    return NOT_SENT[stop] if stop else ""


def _marks(letter_id: int, email: str) -> dict[str, int | str]:
    marks = {"mark": mailbox_fingerprint(letter_id, email), "spelled_mark": address_fingerprint(letter_id, email)}
    return {"letter": letter_id, **marks}


def is_known_contact(letter: Letter, email: str) -> bool:
    """Whether staff invited a mailbox to a letter, or it confirmed a signature or was imported with one under any of the
    coalition's letters.
    """
    key = mailbox_fingerprint(letter.id, email)
    invited = exists().where(Invitation.letter_id == letter.id, Invitation.mailbox_key == key, Invitation.declined_at.is_(None))
    letters = select(Letter.id).where(Letter.coalition_id == letter.coalition_id)
    confirmed = (Signature.confirmed_at.is_not(None), Signature.letter_id.in_(letters))
    mailed = exists().where(OutboxLine.mailbox == mailbox_of(email), Signature.id == OutboxLine.signature_id, *confirmed)
    named = exists().where(Signature.email == email, *confirmed)
    return bool(db.session.scalar(select(or_(invited, mailed, named))))


_LATELY = (
    select(Trace.begun_at, Signature.confirmed_at)
    .join(Signature, Signature.id == Trace.signature_id)
    .where(Trace.letter_id == _LETTER, Trace.network_key == _NETWORK, Trace.begun_at > _SINCE)
    .order_by(Trace.begun_at.desc())
    .limit(OF_NETWORK)
    .subquery()
)
_OF_NETWORK = select(
    func.count(),
    func.count().filter(_LATELY.c.confirmed_at.is_(None)),
    func.count().filter(_LATELY.c.begun_at > bindparam("hour")),
).select_from(_LATELY)


def forms_of_network(letter_id: int, key: str, at: dt.datetime) -> NetworkForms:
    """How many forms came from a network of late; none where it is not known."""
    if not key:
        return NetworkForms()
    told = {"letter": letter_id, "network": key, "since": at - DAY, "hour": at - FLOOD_WITHIN}
    return NetworkForms(*read(_OF_NETWORK, told).one())


def _of_letter(counted: ColumnElement[bool]) -> Select[int, int]:
    """Of many forms the last ones tell: a letter that thousands sign in an hour takes no longer than one that few do."""
    lately = select(Trace.signature_id).where(Trace.letter_id == _LETTER, Trace.begun_at > _SINCE)
    last = lately.where(counted).order_by(Trace.begun_at.desc()).limit(LAST).subquery()
    return select(func.count(), func.count(Signature.confirmed_at)).join_from(
        last, Signature, Signature.id == last.c.signature_id
    )


_ALL, _PROVEN = _of_letter(true()), _of_letter(Trace.proven.is_(True))


def forms_of_letter(letter_id: int, at: dt.datetime, *, proven: bool = False) -> LetterForms:
    """How many forms came under a letter within the last hour: all of them, or those with a proof of work alone."""
    count, confirmed = tuple(read(_PROVEN if proven else _ALL, {"letter": letter_id, "since": at - FLOOD_WITHIN}).one())
    return LetterForms(count, confirmed)


def is_proof_asked(letter_id: int, at: dt.datetime) -> bool:
    """Whether the forms of a letter are to come with a proof of work: the letter wants it, or a flood is noticed."""
    if db.session.scalars(select(Letter.asks_proof).where(Letter.id == letter_id)).one():
        return True
    return is_flood_of_letter(forms_of_letter(letter_id, at))


def promised_at(signature_id: int, at: dt.datetime) -> dt.datetime | None:
    """When the page said that the mail leaves which a form asked for last; None if that is no moment to come."""
    newest = select(OutboxLine.facts).where(OutboxLine.signature_id == signature_id, OutboxLine.kind == MailKind.CONFIRM)
    facts = db.session.scalar(newest.order_by(OutboxLine.id.desc()).limit(1)) or {}
    moment = dt.datetime.fromisoformat(facts["promised"]) if "promised" in facts else at
    return moment if moment > at else None
