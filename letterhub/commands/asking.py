"""Asks a mailbox to confirm: how often, whose turn it is, and what is kept of where the form came from.

No page tells any of it: a mail that is not sent stands in the outbox with the reason; one whose turn comes later waits there.
"""

import datetime as dt

from flask import current_app
from sqlalchemy import select, update

from letterhub.commands.one_signature import cancel_mail, mail_about
from letterhub.config import Settings
from letterhub.db import db
from letterhub.domain.evidence import Fact, FactKind
from letterhub.domain.mails import MailKind
from letterhub.domain.organizations import domain_of_email
from letterhub.domain.senders import FLOOD_WITHIN, NOBODY, Begun, Sender, is_flood_from_network, is_flood_of_letter, turns_of
from letterhub.domain.states import SignatureState
from letterhub.domain.stops import Why, whose
from letterhub.mail.fingerprints import fingerprint, mailbox_fingerprint
from letterhub.models import Letter, MailStop, OutboxLine, Signature, Trace, find_out, give_back, spend_proof, turn_of
from letterhub.queries.mail_limits import begun_lately, why_not_mailed
from letterhub.queries.outbox import WAITING

DREW = "drew"


def ask_to_confirm(signature: Signature, letter: Letter, at: dt.datetime, sender: Sender = NOBODY) -> OutboxLine:
    """Posts the mail that asks for confirmation. Whoever is seen to read the mailbox gets it at once and always."""
    line = mail_about(MailKind.CONFIRM, signature, letter, at)
    if sender.is_reader_of(signature.email):
        return line
    if why := why_not_mailed(letter.id, signature.email, at):
        line.cancel(at, why)
    else:
        line.due_at, line.facts = _turn(signature, sender, at)
    return line


def _turn(signature: Signature, sender: Sender, at: dt.datetime) -> tuple[dt.datetime, dict[str, list[str]]]:
    """When the mail that a stranger causes may leave, and which purses it drew on beside that for first forms."""
    network = _network_key(signature.letter_id, sender)
    turns, session, drew, turn = turns_of(signature.letter_id, network, signature.email), db.session(), [], at
    if network:
        turn, drew = turn_of(session, turns.network, _secret(), at), ["network"]
    if not network or turn_of(session, turns.first, _secret(), at) > at:
        turn, drew = max(turn, turn_of(session, turns.shared, _secret(), at)), [*drew, "shared"]
    return turn, {DREW: drew}


def welcome(signature: Signature, at: dt.datetime) -> None:
    """A mail that was welcome costs nobody a turn: what it drew comes back, and who waits longest in its network goes now.

    So forms that people confirm are not slowed down, however many come, while those that nobody asked for still are. Who
    confirms for herself gains nothing: she gives back the one turn that her own mail took.
    """
    asking = (OutboxLine.signature_id == signature.id, OutboxLine.kind == MailKind.CONFIRM, OutboxLine.sent_at.is_not(None))
    lines = db.session.scalars(select(OutboxLine).where(*asking).order_by(OutboxLine.id))
    drew = next((line.facts[DREW] for line in lines if line.facts.get(DREW)), ())
    trace = db.session.get(Trace, signature.id)
    if not drew or trace is None:
        return
    turns = turns_of(signature.letter_id, trace.network_key, signature.email)
    if "network" in drew and trace.network_key:
        give_back(db.session(), turns.network, _secret())
        _let_next_go(trace, at)
    if "shared" in drew:
        give_back(db.session(), turns.shared, _secret())


def _let_next_go(trace: Trace, at: dt.datetime) -> None:
    waiting = (WAITING, OutboxLine.kind == MailKind.CONFIRM, OutboxLine.due_at > at, OutboxLine.attempts == 0)
    longest = (
        select(OutboxLine)
        .join(Trace, Trace.signature_id == OutboxLine.signature_id)
        .where(*waiting, Trace.letter_id == trace.letter_id, Trace.network_key == trace.network_key)
        .order_by(OutboxLine.due_at, OutboxLine.id)
        .limit(1)
        .with_for_update(of=OutboxLine)
    )
    if (line := db.session.scalar(longest)) is not None:
        line.due_at = at


def _network_key(letter_id: int, sender: Sender) -> str:
    """The fingerprint of a sender's network under a letter; "" where nobody knows it."""
    return fingerprint("network", str(letter_id), sender.network) if sender.network else ""


def _secret() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.secret_key


def leave_trace(signature: Signature, letter: Letter, sender: Sender, at: dt.datetime) -> None:
    """Keeps where a form came from, as fingerprints, and marks it and those like it where they are a flood.

    Its proof of work is spent. One that was to have a proof, and has none that nobody used before, waits for staff.
    """
    letter_id = signature.letter_id
    proven = spend_proof(db.session(), sender.proof, at)
    trace = Trace(signature_id=signature.id, letter_id=letter_id, proven=proven, begun_at=at)
    trace.mail_domain = domain_of_email(signature.email)
    if sender.network:
        trace.address_key = fingerprint("address", str(letter_id), sender.address)
        trace.network_key = _network_key(letter_id, sender)
    db.session.add(trace)
    db.session.flush()
    if sender.is_reader_of(signature.email):
        return
    begun = begun_lately(trace, at)
    if not proven and (letter.asks_proof or is_flood_of_letter(begun)):
        find_out(db.session(), signature.id, Fact(FactKind.NO_PROOF, "worker", at))
    _mark_flood(signature, trace, begun, at)


def _mark_flood(signature: Signature, trace: Trace, begun: Begun, at: dt.datetime) -> None:
    """Marks a form and those like it. Those with a proof of work are no part of a flood without, and may be one themselves."""
    lately = select(Trace.signature_id).where(Trace.letter_id == trace.letter_id, Trace.begun_at > at - FLOOD_WITHIN)
    if is_flood_of_letter(begun):
        like_it = lately.where(Trace.proven.is_(trace.proven))
    elif is_flood_from_network(begun):
        like_it = lately.where(Trace.network_key == trace.network_key)
    else:
        return
    signature.from_flood = True
    waiting = (Signature.state == SignatureState.PENDING, Signature.from_flood.is_(False))
    db.session.execute(update(Signature).where(Signature.id.in_(like_it), *waiting).values(from_flood=True))


def stop_mail(signature: Signature, why: Why, at: dt.datetime) -> None:
    """Nobody has the signature's mailbox mailed about its letter any more, but whoever reads its mail."""
    db.session.add(
        MailStop(
            letter_id=signature.letter_id,
            signature_id=signature.id,
            mailbox_key=mailbox_fingerprint(signature.letter_id, signature.email),
            why=why,
            name=signature.signatory.name,
            domain=whose(signature.website, signature.email),
            at=at,
        )
    )
    cancel_mail(signature, at)
