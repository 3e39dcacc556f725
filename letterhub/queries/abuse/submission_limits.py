"""Recent mails to a mailbox and forms by source, for the limits on submissions."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, String, bindparam, exists, func, literal, or_, select, true

from letterhub.domain.abuse.submission_limits import DAY, FLOOD_WITHIN, LetterForms, NetworkForms, PastMail, is_flood_of_letter
from letterhub.domain.mail.email_addresses import mailbox_of, spelled
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.mail.suppression import NOT_SENT
from letterhub.infrastructure.db import db, read
from letterhub.mail.address_hashes import address_fingerprint, fingerprint, mailbox_fingerprint
from letterhub.models import Invitation, Letter, MailStop, OutboxLine, Signature, Trace

ASKING = (MailKind.CONFIRM, MailKind.REMIND)
LAST = 300
"""Forms of the last hour from which floods of a letter are detected."""
OF_NETWORK = 1000
"""Forms of a network that are counted at most."""
TO_MAILBOX = 200
"""Mails to a mailbox that are read at most."""

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
"""Prebuilt statements, like those below, run for every form: building one takes longer than running it."""


@dataclass(frozen=True, slots=True)
class MailboxState:
    """Recent mails caused by strangers' forms; `stopped` says why a mailbox gets no mail about the letter, "" if it does."""

    mails: tuple[PastMail, ...]
    stopped: str = ""

    def waiting(self, letter_id: int) -> tuple[PastMail, ...]:
        """Return the delayed mails about a letter to the same address."""
        return tuple(mail for mail in self.mails if mail.waits and mail.letter_id == letter_id and mail.same_address)

    def promised(self, letter_id: int, at: dt.datetime) -> tuple[PastMail, ...]:
        """Return mails about a letter to the same address with a future time promised to the same network."""
        own = (mail for mail in self.mails if mail.same_network and mail.same_address and mail.letter_id == letter_id)
        return tuple(mail for mail in own if mail.promised_at and mail.promised_at > at)


def network_key(letter_id: int, network: str) -> str:
    """Return the hash of a network under one letter; "" if the network is unknown."""
    return fingerprint("network", str(letter_id), network) if network else ""


def mailbox_state(letter_id: int, email: str, network: str, at: dt.datetime) -> MailboxState:
    """Return the recent mails to a mailbox, without those about signatures confirmed since.

    Mails suppressed for the mailbox are included, so that no page reveals the suppression.

    An address with a "+tag" counts all mails to its mailbox, one without only its own: hosts may not support tags, and unread
    mails must not use up a real signatory's limit.
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
    """Return why mail about a letter to a mailbox is suppressed; "" if it is not."""
    stop = db.session.scalar(_STOPPED, _marks(letter_id, email))
    return NOT_SENT[stop] if stop else ""


def _marks(letter_id: int, email: str) -> dict[str, int | str]:
    marks = {"mark": mailbox_fingerprint(letter_id, email), "spelled_mark": address_fingerprint(letter_id, email)}
    return {"letter": letter_id, **marks}


def is_known_contact(letter: Letter, email: str) -> bool:
    """Return whether staff invited a mailbox to a letter, or it confirmed or was imported with a signature under any letter of
    the coalition.
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
    """Count the recent forms of a network; zero if it is unknown."""
    if not key:
        return NetworkForms()
    told = {"letter": letter_id, "network": key, "since": at - DAY, "hour": at - FLOOD_WITHIN}
    return NetworkForms(*read(_OF_NETWORK, told).one())


def _of_letter(counted: ColumnElement[bool]) -> Select[int, int]:
    """Return a statement for the latest forms: their number is bounded, so that busy letters are no slower."""
    lately = select(Trace.signature_id).where(Trace.letter_id == _LETTER, Trace.begun_at > _SINCE)
    last = lately.where(counted).order_by(Trace.begun_at.desc()).limit(LAST).subquery()
    return select(func.count(), func.count(Signature.confirmed_at)).join_from(
        last, Signature, Signature.id == last.c.signature_id
    )


_ALL, _PROVEN = _of_letter(true()), _of_letter(Trace.proven.is_(True))


def forms_of_letter(letter_id: int, at: dt.datetime, *, proven: bool = False) -> LetterForms:
    """Count a letter's forms within the last hour: all, or only those with a proof of work."""
    count, confirmed = tuple(read(_PROVEN if proven else _ALL, {"letter": letter_id, "since": at - FLOOD_WITHIN}).one())
    return LetterForms(count, confirmed)


def is_proof_asked(letter_id: int, at: dt.datetime) -> bool:
    """Return whether a letter's forms need a proof of work: by its settings, or during a flood."""
    if db.session.scalars(select(Letter.asks_proof).where(Letter.id == letter_id)).one():
        return True
    return is_flood_of_letter(forms_of_letter(letter_id, at))


def promised_at(signature_id: int, at: dt.datetime) -> dt.datetime | None:
    """Return the promised sending time of the last confirmation mail, if still to come; otherwise None."""
    newest = select(OutboxLine.facts).where(OutboxLine.signature_id == signature_id, OutboxLine.kind == MailKind.CONFIRM)
    facts = db.session.scalar(newest.order_by(OutboxLine.id.desc()).limit(1)) or {}
    moment = dt.datetime.fromisoformat(facts["promised"]) if "promised" in facts else at
    return moment if moment > at else None
