"""Reads about a signature for its own signatory: all that is kept, and which editions print it for good."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from letterhub.db import db
from letterhub.domain.evidence import FactKind
from letterhub.domain.mails import MailKind
from letterhub.domain.references import Reference
from letterhub.mail.addresses import edition_address, letter_address
from letterhub.models import (
    Chain,
    Consent,
    Edition,
    Invitation,
    Letter,
    MailStop,
    OutboxLine,
    RecordEntry,
    Revision,
    Signature,
    Trace,
    found_out,
)
from letterhub.queries.retention import promise_of
from letterhub.queries.seconding import seconded_by

TOLD_ACTS = frozenset({
    "confirmed", "confirmed again", "confirmed another", "renewed", "corrected", "withdrawn", "disowned", "erased", "expired",
    "published", "declined", "returned", "vouched", "vouch ended",
})  # fmt: skip
"""The acts of the record that a signatory reads: the signatory's own, what time did, and what staff decided.

What a check found, or whom staff asked, would tell a forger what to do otherwise: an act that is not listed is left out.
"""
TOLD_FACTS = (FactKind.MAILBOX, FactKind.INVITED, FactKind.IMPORTED)
"""How it came in and was confirmed. The other facts are what checks found, and what other people said."""
LEFT_OUT = (
    "How the signature was checked, what the checks found, whom staff asked about it, and why staff declined it or vouched "
    "for it, in their words."
)


@dataclass(frozen=True, slots=True)
class PrintedIn:
    """An edition that prints a signature, with its check page."""

    number: int
    as_of: dt.datetime
    address: str


def editions_with(signature_id: int, letter_id: int) -> tuple[PrintedIn, ...]:
    """The editions that print a signature, the first one first."""
    found = select(Edition).where(Edition.letter_id == letter_id).order_by(Edition.number)
    rows = db.session.scalars(found.options(undefer(Edition.signature_ids)))
    return tuple(
        PrintedIn(row.number, row.as_of, edition_address(row.public_id)) for row in rows if signature_id in row.signature_ids
    )


def own_data(signature_id: int) -> dict[str, Any]:
    """All that is kept about a signature and whoever asked for it, as plain values; moments in UTC."""
    signature = db.session.get_one(Signature, signature_id)
    letter = db.session.get_one(Letter, signature.letter_id)
    revision = db.session.get_one(Revision, signature.revision_id)
    return {
        "letter": {"title": revision.text.title, "address": letter_address(letter.slug), "text_sha256": revision.sha256},
        "signature": _line(signature) | {"state": str(signature.state), "came_by": str(signature.source)},
        "moments": _moments(signature),
        "where_the_form_came_from": _trace(signature_id),
        "mail_stopped": _stops(signature_id),
        "seconded": _seconded(signature_id),
        "invitation": _invitation(signature_id),
        "emails": _mails(signature_id),
        "evidence": _evidence(signature_id),
        "shown_when_confirmed": _consents(signature_id),
        "record": _acts(signature),
        "printed_in": [
            {"edition": one.number, "as_of": _said(one.as_of), "check": one.address}
            for one in editions_with(signature_id, letter.id)
        ],
        "kept": _promise(letter.id),
        "left_out": LEFT_OUT,
    }


def _line(row: Signature) -> dict[str, Any]:
    names = (
        "kind", "organization_name", "website", "signer_name", "signer_title", "email", "location", "scope", "affiliation",
        "lead", "sort_name",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


def _moments(row: Signature) -> dict[str, str | None]:
    names = ("created_at", "confirmed_at", "published_at", "reviewed_at", "ended_at", "outdated_at", "contact_erased_at")
    return {name: _said(getattr(row, name)) for name in names}


def _trace(signature_id: int) -> dict[str, Any] | None:
    trace = db.session.get(Trace, signature_id)
    if trace is None:
        return None
    return {
        "network_fingerprint": trace.network_key,
        "mail_domain": trace.mail_domain,
        "at": _said(trace.begun_at),
    }


def _stops(signature_id: int) -> list[dict[str, Any]]:
    """Why its mailbox gets no more mail about the letter; of the mailbox a fingerprint is kept."""
    stops = db.session.scalars(select(MailStop).where(MailStop.signature_id == signature_id).order_by(MailStop.id))
    return [
        {
            "why": str(stop.why), "name": stop.name, "domain": stop.domain, "mailbox_fingerprint": stop.mailbox_key,
            "at": _said(stop.at),
        }
        for stop in stops
    ]  # fmt: skip


def _seconded(entry_id: int) -> dict[str, Any] | None:
    """The signature of her organization that a second person confirmed."""
    seconded = seconded_by(entry_id)
    if seconded is None:
        return None
    return {"name": seconded.line.name, "at": _said(seconded.at), "emails_ended_at": _said(seconded.ended_at)}


def _invitation(signature_id: int) -> dict[str, Any] | None:
    invitation = db.session.scalar(select(Invitation).where(Invitation.signature_id == signature_id))
    return {"at": _said(invitation.invited_at), "line": dict(invitation.line)} if invitation else None


def _mails(signature_id: int) -> list[dict[str, Any]]:
    lines = (
        select(OutboxLine)
        .where(OutboxLine.signature_id == signature_id, OutboxLine.kind != MailKind.INQUIRY)
        .order_by(OutboxLine.id)
    )
    return [
        {"kind": line.kind, "to": line.recipient, "state": str(line.state), "at": _said(line.created_at)}
        for line in db.session.scalars(lines)
    ]


def _evidence(signature_id: int) -> list[dict[str, Any]]:
    """How the signature came in and was confirmed, and when."""
    found = found_out(db.session(), [signature_id]).get(signature_id, ())
    return [{"kind": str(fact.kind), "at": _said(fact.at)} for fact in found if fact.kind in TOLD_FACTS]


def _consents(signature_id: int) -> list[dict[str, Any]]:
    kept = select(Consent).where(Consent.signature_id == signature_id).order_by(Consent.id)
    return [{**one.content, "sha256": one.sha256} for one in db.session.scalars(kept)]


def _acts(row: Signature) -> list[dict[str, Any]]:
    entries = (
        select(RecordEntry)
        .join(Chain, Chain.id == RecordEntry.chain_id)
        .where(
            Chain.name == Reference.LETTER.to(row.letter_id),
            RecordEntry.subject == Reference.SIGNATURE.to(row.id),
            RecordEntry.action.in_(TOLD_ACTS),
        )
        .order_by(RecordEntry.number)
    )
    return [
        {"act": one.action, "at": _said(one.at), "before": _without_reason(one.before), "after": _without_reason(one.after)}
        for one in db.session.scalars(entries)
    ]


def _without_reason(told: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry tells, without what staff wrote for each other: their pages say that it is sent to no one."""
    return {name: value for name, value in told.items() if name != "reason"}


def _promise(letter_id: int) -> dict[str, Any]:
    promise = promise_of(letter_id)
    return {
        "network_data_days": promise.network_days,
        "address_months_after_delivery": promise.contact_months,
        "address_until": _said(promise.kept_until),
    }


def _said(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
