"""Asks a mailbox to confirm: how often, whose turn it is, and what is kept of where the form came from.

No page tells any of it: a mail that is not sent stands in the outbox with the reason; one whose turn comes later waits there.
"""

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select

from letterhub.commands.marking import mark_flood
from letterhub.commands.one_signature import cancel_mail, mail_about
from letterhub.db import db, read
from letterhub.domain.evidence import Fact, FactKind
from letterhub.domain.mails import MailKind
from letterhub.domain.organizations import domain_of_email
from letterhub.domain.references import WORKER
from letterhub.domain.senders import Sender, is_flood_of_letter, purses_of
from letterhub.domain.stops import Why, whose
from letterhub.here import settings_here
from letterhub.mail.fingerprints import address_fingerprint, fingerprint, mailbox_fingerprint
from letterhub.models import (
    Letter,
    MailStop,
    OutboxLine,
    Signature,
    Trace,
    find_out,
    give_back,
    spend_proof,
    turns_of,
)
from letterhub.queries.mail_limits import begun_lately, why_not_mailed
from letterhub.queries.outbox import WAITING

DREW = "drew"


@dataclass(frozen=True, slots=True)
class Turn:
    """When a mail that asks to confirm may leave, and which purses it drew on beside that for first forms; or why never."""

    due_at: dt.datetime
    drew: tuple[str, ...] = ()
    why_not: str = ""


def turn_of(letter_id: int, email: str, sender: Sender, at: dt.datetime) -> Turn:
    """When a mailbox is asked next: at once and always where its reader is seen to ask."""
    if sender.is_reader_of(email):
        return Turn(at)
    if why := why_not_mailed(letter_id, email, at):
        return Turn(at, why_not=why)
    network = _network_key(letter_id, sender)
    purses, turns = purses_of(letter_id, network, email), [at]
    if network:
        turn, first = turns_of(db.session(), {**purses.network, **purses.first}, settings_here().secret_key, at)
        if first <= at:
            return Turn(turn, ("network",))
        turns.append(turn)
    turns += turns_of(db.session(), purses.shared, settings_here().secret_key, at)
    return Turn(max(turns), ("network", "shared") if network else ("shared",))


def ask_to_confirm(signature: Signature, letter: Letter, turn: Turn, at: dt.datetime) -> None:
    """Posts the mail that asks for confirmation, for its turn."""
    line = mail_about(MailKind.CONFIRM, signature, letter, at)
    line.due_at = turn.due_at
    if turn.drew:
        line.facts = {DREW: [*turn.drew]}
    if turn.why_not:
        line.cancel(at, turn.why_not)


def welcome(signature: Signature, at: dt.datetime) -> None:
    """A mail that was welcome costs nobody a turn: what it drew comes back, and who waits longest in its network goes now.

    So forms that people confirm are not slowed down, however many come, while those that nobody asked for still are. Who
    confirms for herself gains nothing: she gives back the one turn that her own mail took.
    """
    told = read(_CAME_FROM, {"signature": signature.id}).all()
    drew, network = next(((row.facts[DREW], row.network_key) for row in told if row.facts.get(DREW)), ((), ""))
    if not drew:
        return
    purses = purses_of(signature.letter_id, network, signature.email)
    if by_network := "network" in drew and bool(network):
        _let_next_go(signature.letter_id, network, at)
    given_back = {**(purses.network if by_network else {}), **(purses.shared if "shared" in drew else {})}
    give_back(db.session(), given_back, settings_here().secret_key)


_CAME_FROM = (
    select(OutboxLine.facts, Trace.network_key)
    .join(Trace, Trace.signature_id == OutboxLine.signature_id)
    .where(
        OutboxLine.signature_id == bindparam("signature"), OutboxLine.kind == MailKind.CONFIRM, OutboxLine.sent_at.is_not(None)
    )
    .order_by(OutboxLine.id)
)
_NEXT = (
    select(OutboxLine)
    .join(Trace, Trace.signature_id == OutboxLine.signature_id)
    .where(WAITING, OutboxLine.kind == MailKind.CONFIRM, OutboxLine.due_at > bindparam("at"), OutboxLine.attempts == 0)
    .where(Trace.letter_id == bindparam("letter"), Trace.network_key == bindparam("network"))
    .order_by(OutboxLine.due_at, OutboxLine.id)
    .limit(1)
    .with_for_update(of=OutboxLine)
)


def _let_next_go(letter_id: int, network: str, at: dt.datetime) -> None:
    if (line := db.session.scalar(_NEXT, {"at": at, "letter": letter_id, "network": network})) is not None:
        line.due_at = at


def _network_key(letter_id: int, sender: Sender) -> str:
    """The fingerprint of a sender's network under a letter; "" where nobody knows it."""
    return fingerprint("network", str(letter_id), sender.network) if sender.network else ""


def begin(signature: Signature, letter: Letter, sender: Sender, at: dt.datetime) -> None:
    """Keeps a new signature and, as fingerprints, where its form came from; marks it and those like it where they are a flood.

    Its proof of work is spent. One that was to have a proof, and has none that nobody used before, waits for staff. Whoever is
    seen to read the mail is no part of a letter's flood, and is of one from her network, as one mailbox can send many forms.
    """
    trace = _trace_of(signature, sender, at)
    begun = begun_lately(trace, at)
    if reads := sender.is_reader_of(signature.email):
        begun = replace(begun, letter=0)
    signature.from_flood = mark_flood(trace, begun, at)
    db.session.add(signature)
    db.session.flush()
    trace.signature_id = signature.id
    db.session.add(trace)
    if not reads and not trace.proven and (letter.asks_proof or is_flood_of_letter(begun)):
        find_out(db.session(), signature.id, Fact(FactKind.NO_PROOF, WORKER, at))


def _trace_of(signature: Signature, sender: Sender, at: dt.datetime) -> Trace:
    letter_id = signature.letter_id
    trace = Trace(letter_id=letter_id, address_key="", network_key=_network_key(letter_id, sender), begun_at=at)
    if trace.network_key:
        trace.address_key = fingerprint("address", str(letter_id), sender.address)
    trace.mail_domain, trace.proven = domain_of_email(signature.email), spend_proof(db.session(), sender.proof, at)
    return trace


def stop_mail(signature: Signature, why: Why, at: dt.datetime) -> None:
    """Nobody has the signature's mailbox mailed about its letter any more, but whoever reads its mail.

    Where its host knows no such address, that says nothing of the same one without its "+tag".
    """
    key = address_fingerprint if why is Why.BOUNCED else mailbox_fingerprint
    db.session.add(
        MailStop(
            letter_id=signature.letter_id,
            signature_id=signature.id,
            mailbox_key=key(signature.letter_id, signature.email),
            why=why,
            name=signature.signatory.name,
            domain=whose(signature.website, signature.email),
            at=at,
        )
    )
    cancel_mail(signature, at)
