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
from letterhub.models import Letter, MailStop, OutboxLine, Signature, Trace, find_out, spend_proof, turn_of
from letterhub.queries.mail_limits import begun_lately, why_not_mailed


def ask_to_confirm(signature: Signature, letter: Letter, at: dt.datetime, sender: Sender = NOBODY) -> OutboxLine:
    """Posts the mail that asks for confirmation. Whoever is seen to read the mailbox gets it at once and always."""
    line = mail_about(MailKind.CONFIRM, signature, letter, at)
    if sender.is_reader_of(signature.email):
        return line
    if why := why_not_mailed(letter.id, signature.email, at):
        line.cancel(at, why)
    else:
        line.due_at = _turn(letter.id, sender, signature.email, at)
    return line


def _turn(letter_id: int, sender: Sender, email: str, at: dt.datetime) -> dt.datetime:
    """When the mail that a stranger causes may leave."""
    settings: Settings = current_app.extensions["settings"]
    turns, session, secret = turns_of(letter_id, sender, email), db.session(), settings.secret_key
    turn = turn_of(session, turns.network, secret, at) if sender.network else at
    if not sender.network or turn_of(session, turns.first, secret, at) > at:
        turn = max(turn, turn_of(session, turns.shared, secret, at))
    return turn


def leave_trace(signature: Signature, letter: Letter, sender: Sender, at: dt.datetime) -> None:
    """Keeps where a form came from, as fingerprints, and marks it and those like it where they are a flood.

    Its proof of work is spent. One that was to have a proof, and has none that nobody used before, waits for staff.
    """
    letter_id, network = signature.letter_id, sender.network
    proven = spend_proof(db.session(), sender.proof, at)
    trace = Trace(signature_id=signature.id, letter_id=letter_id, proven=proven, begun_at=at)
    trace.mail_domain = domain_of_email(signature.email)
    if network:
        trace.address_key = fingerprint("address", str(letter_id), sender.address)
        trace.network_key = fingerprint("network", str(letter_id), network)
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
