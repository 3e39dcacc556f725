"""Events of webhooks that no command causes: a deadline that passes, and a flood, which strangers cause form by form."""

import datetime as dt

from sqlalchemy import exists, literal, or_, select, union_all, update

from letterhub.domain.states import LetterState
from letterhub.domain.webhooks.events import EventType
from letterhub.infrastructure.db import db
from letterhub.models import Event, Letter, Signature, Webhook, queue_events
from letterhub.queries.mail.notice_items import Span

FLOOD_INTERVAL = dt.timedelta(days=1)
"""Least time between two events about floods of a letter: however many forms strangers send, webhooks hear of it once."""


def queue_timed_events(span: Span, at: dt.datetime) -> None:
    """Queue the events of a span of time, for coalitions with webhooks.

    A letter that staff closed between its deadline and now is told here, too: its closing was none any more.
    """
    is_heard = exists().where(Webhook.coalition_id == Letter.coalition_id)
    is_over = or_(Letter.state == LetterState.OPEN, Letter.closed_at > Letter.deadline_at)
    closed = select(Letter.id, literal(str(EventType.LETTER_CLOSED)).label("event"))
    closed = closed.where(is_heard, span.has(Letter.deadline_at), is_over)
    in_flood = exists().where(Signature.letter_id == Letter.id, Signature.from_flood, span.has(Signature.created_at))
    is_news = or_(Letter.flood_reported_at.is_(None), Letter.flood_reported_at <= at - FLOOD_INTERVAL)
    flooded = select(Letter.id, literal(str(EventType.FLOOD_DETECTED))).where(is_heard, is_news, in_flood)
    events = [Event(EventType(row.event), row.id) for row in db.session.execute(union_all(closed, flooded))]
    if flooded_ids := [one.letter_id for one in events if one.type is EventType.FLOOD_DETECTED]:
        reported = update(Letter).where(Letter.id.in_(flooded_ids)).values(flood_reported_at=at)
        db.session.execute(reported, execution_options={"synchronize_session": False})
    if events:
        queue_events(db.session(), events, at)
