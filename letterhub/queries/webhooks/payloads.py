"""Payloads of webhooks: made of the tables when they are sent, of ids, addresses and what is public by then.

See docs/design/programs/webhooks.md.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from letterhub.domain.states import LetterState, SignatureState
from letterhub.domain.webhooks.events import EventType
from letterhub.infrastructure.db import db
from letterhub.mail.messages import edition_url, letter_url, site_url
from letterhub.models import Coalition, Delivery, Edition, Reply, Signature, Webhook, WebhookDelivery
from letterhub.queries.editions.editions import delivered_edition_id
from letterhub.queries.editions.signatory_pages import frozen_lines
from letterhub.queries.letters.public_letter import LINE_COLUMNS, PublicLetter, public_letter_by_id, signatory_from_row
from letterhub.rendering.letter.signatory_list import line as printed_line

PAYLOAD_VERSION = 1
FLOOD_WINDOW = dt.timedelta(days=1)


class ObsoleteEvent(Exception):
    """Raised for an event about something that is gone."""


def payload(delivery: WebhookDelivery, webhook: Webhook, at: dt.datetime) -> bytes:
    """Return the body of a delivery's request: JSON in UTF-8. Raises ObsoleteEvent."""
    coalition = db.session.get_one(Coalition, webhook.coalition_id)
    data: dict[str, Any] = {
        "coalition": {"slug": coalition.slug, "name": coalition.name, "url": site_url(f"/c/{coalition.slug}")}
    }
    if delivery.letter_id is not None:
        letter = public_letter_by_id(delivery.letter_id)
        if letter is None:
            raise ObsoleteEvent
        staff_url = site_url(f"/staff/{coalition.slug}/letters/{letter.slug}")
        edition_id = delivered_edition_id(letter.id) if letter.delivered_at else None
        data["letter"] = _letter_facts(letter, edition_id, at)
        if delivery.signature_id is not None:
            data["signature"] = _signature_facts(delivery.signature_id, letter, edition_id, staff_url)
        data |= _further_facts(EventType(delivery.event), delivery.facts, letter, at)
    facts = {
        "type": delivery.event, "version": PAYLOAD_VERSION, "timestamp": _timestamp(delivery.happened_at), "data": data,
    }  # fmt: skip
    return json.dumps(facts, ensure_ascii=False).encode()


def _letter_facts(letter: PublicLetter, edition_id: int | None, at: dt.datetime) -> dict[str, Any]:
    counts, edition = letter.counts, db.session.get(Edition, edition_id) if edition_id else None
    if edition is not None:
        counts = edition.counts
    return {
        "id": letter.id,
        "slug": letter.slug,
        "title": letter.text.title,
        "language": letter.text.language,
        "url": letter_url(letter.slug),
        "state": str(letter.state),
        "takes_signatures": letter.is_open(at),
        "deadline": _timestamp(letter.deadline_at) if letter.deadline_at else None,
        "signatories": {"organizations": counts.organizations, "individuals": counts.individuals},
    }


def _signature_facts(signature_id: int, letter: PublicLetter, edition_id: int | None, staff_url: str) -> dict[str, Any]:
    """Return the facts of a signature, and the line under which the letter's page lists it, None if it doesn't: that of a
    delivered letter lists the names of its edition. Raises ObsoleteEvent."""
    row = db.session.execute(select(*LINE_COLUMNS, Signature.state).where(Signature.id == signature_id)).one_or_none()
    if row is None:
        raise ObsoleteEvent
    signatory = signatory_from_row(row)
    listed = {signature_id: signatory} if row.state is SignatureState.PUBLISHED else {}
    if edition_id is not None:
        listed = frozen_lines(edition_id, listed)
    printed = None
    if signature_id in listed and letter.state is not LetterState.WITHDRAWN:
        line = printed_line(listed[signature_id], letter.text)
        parts = (line.name, line.detail, line.below)
        printed = {"name": listed[signature_id].name, "line": ", ".join(part.text for part in parts if part.text)}
    return {
        "id": signature_id,
        "kind": str(signatory.kind),
        "state": str(row.state),
        "printed": printed,
        "staff_url": f"{staff_url}/signatures/{signature_id}",
    }


def _further_facts(event: EventType, facts: Mapping[str, Any], letter: PublicLetter, at: dt.datetime) -> dict[str, Any]:
    """Return what an event tells besides letter and signature. Raises ObsoleteEvent."""
    match event:
        case EventType.EDITION_FROZEN:
            return {"edition": _edition_facts(db.session.get(Edition, facts["edition_id"]))}
        case EventType.LETTER_DELIVERED:
            if (delivery := db.session.get(Delivery, facts["delivery_id"])) is None or delivery.undone_at:
                raise ObsoleteEvent
            handover = {"recipient": delivery.recipient, "delivered_at": _timestamp(delivery.delivered_at)}
            return {"delivery": handover, "edition": _edition_facts(db.session.get(Edition, delivery.edition_id))}
        case EventType.LETTER_ANSWERED:
            if (reply := db.session.get(Reply, facts["reply_id"])) is None or reply.retracted_at:
                raise ObsoleteEvent
            return {"answer": {"from": reply.sender, "received_on": reply.received_on.isoformat()}}
        case EventType.FLOOD_DETECTED:
            recent = (Signature.letter_id == letter.id, Signature.from_flood, Signature.created_at > at - FLOOD_WINDOW)
            count = db.session.scalar(select(func.count(Signature.id)).where(*recent)) or 0
            return {"flood": {"forms_within_a_day": count, "staff_url": site_url(f"/staff/{letter.coalition_slug}/alerts")}}
        case _:
            return {}


def _edition_facts(edition: Edition | None) -> dict[str, Any]:
    if edition is None:
        raise ObsoleteEvent
    return {
        "number": edition.number, "id": edition.public_id, "frozen_at": _timestamp(edition.frozen_at),
        "signatories": edition.count, "url": edition_url(edition.public_id),
    }  # fmt: skip


def _timestamp(at: dt.datetime) -> str:
    """Return a time as ISO 8601 in UTC, to the second."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
