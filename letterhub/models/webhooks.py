"""Tables of webhooks: receivers of a coalition, deliveries that wait or are in their log, and events that become deliveries.

Each flush of the session notes changed signatures and letters, and new editions, deliveries and replies; the commit queues them
for the webhooks of their coalition. So no command has to think of webhooks, and what a rolled-back transaction did is told to
nobody. Rows changed past the session need `queue_events`. See docs/design/programs/webhooks.md.
"""

import datetime as dt
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Double, ForeignKey, Index, String, Text, bindparam, event, exists, insert, inspect, select, text
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from letterhub.clock import now
from letterhub.domain.signatures.signing import is_open
from letterhub.domain.states import LetterState, SignatureState
from letterhub.domain.webhooks.deliveries import LABEL_LENGTH, DeliveryState, rest_until
from letterhub.domain.webhooks.events import EventType, letter_events, signature_events
from letterhub.domain.webhooks.targets import URL_LENGTH
from letterhub.infrastructure.db import Base
from letterhub.infrastructure.statements import execute_prepared
from letterhub.models.editions import Delivery, Edition
from letterhub.models.letters import Letter
from letterhub.models.press import Reply
from letterhub.models.signatures import Signature

CHANGES_KEY = "webhook_changes"
BATCH_SIZE = 1000
WAITING = text("accepted_at IS NULL AND failed_at IS NULL")
ERROR_LENGTH = 500


class Webhook(Base):
    """Receiver of a coalition's events. `secret` is sealed; `former_secret` signs, too, until `former_until`.

    `failures` counts those in a row, the first of which was at `failing_since`; until `rest_until` nothing is sent. While it is
    paused, events wait; `pause_reason` is "" if a person paused it. `attempted_at` is the end of its last request, and as much
    later as that took: by it coalitions and their receivers take turns.
    """

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    coalition_id: Mapped[int] = mapped_column(ForeignKey("coalition.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH))
    url: Mapped[str] = mapped_column(String(URL_LENGTH))
    events: Mapped[list[Any]]
    version: Mapped[int] = mapped_column(default=1)
    secret: Mapped[str] = mapped_column(Text)
    former_secret: Mapped[str] = mapped_column(Text, default="")
    former_until: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    paused_at: Mapped[dt.datetime | None]
    pause_reason: Mapped[str] = mapped_column(String(ERROR_LENGTH), default="")
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[dt.datetime | None]
    rest_until: Mapped[dt.datetime | None]
    attempted_at: Mapped[dt.datetime | None]
    accepted_at: Mapped[dt.datetime | None]
    idempotency_key: Mapped[str | None] = mapped_column(String(64), unique=True)

    def record_success(self, at: dt.datetime) -> None:
        """Record that it accepted a delivery."""
        self.accepted_at = at
        self.failures, self.failing_since, self.rest_until = 0, None, None

    def record_failure(self, at: dt.datetime) -> None:
        """Record that a delivery failed, and let it rest."""
        self.failures += 1
        self.failing_since = self.failing_since or at
        self.rest_until = rest_until(self.failures, at)

    def pause(self, at: dt.datetime, reason: str = "") -> None:
        """Send nothing until it is resumed."""
        self.paused_at, self.pause_reason = at, reason[:ERROR_LENGTH]

    def resume(self) -> None:
        """Send again, at once."""
        self.paused_at, self.pause_reason = None, ""
        self.failures, self.failing_since, self.rest_until = 0, None, None


class WebhookDelivery(Base):
    """Event for one webhook, which waits for `due_at` until it is accepted or has failed.

    `facts` has the ids of what the event is about besides letter and signature: the payload is made of the tables when it is
    sent. `message_id` stays the same for every attempt. `lease_until` is set while a worker sends it; past that, another may.
    `requested_at` is when sending was last requested, from which the days until giving up are counted, `failures` counts the
    failed attempts since then. `request`, `status`, `answer` and `seconds` are of the last attempt; `error` is why it failed.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_waiting", "webhook_id", "due_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_webhook_delivery_webhook_id", "webhook_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(String(40), unique=True)
    event: Mapped[str] = mapped_column(String(40))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    facts: Mapped[dict[str, Any]]
    happened_at: Mapped[dt.datetime]
    requested_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    attempted_at: Mapped[dt.datetime | None]
    accepted_at: Mapped[dt.datetime | None]
    failed_at: Mapped[dt.datetime | None]
    request: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    seconds: Mapped[float] = mapped_column(Double, default=0.0)
    error: Mapped[str] = mapped_column(String(ERROR_LENGTH), default="")

    @property
    def state(self) -> DeliveryState:
        """State of the delivery."""
        if self.accepted_at:
            return DeliveryState.ACCEPTED
        return DeliveryState.FAILED if self.failed_at else DeliveryState.WAITING

    def accept(self, at: dt.datetime) -> None:
        """Mark it as accepted by the receiver."""
        self.accepted_at, self.error, self.lease_until, self.failed_at = at, "", None, None

    def postpone(self, due_at: dt.datetime, reason: str) -> None:
        """Have it retried at `due_at`."""
        self.due_at, self.lease_until, self.error = due_at, None, reason[:ERROR_LENGTH]

    def fail(self, at: dt.datetime, reason: str) -> None:
        """Mark it as failed, until someone has it sent again."""
        self.failed_at, self.lease_until, self.error = at, None, reason[:ERROR_LENGTH]

    def replay(self, at: dt.datetime) -> None:
        """Have it sent again now under the same id, as someone requested."""
        self.requested_at = self.due_at = at
        self.accepted_at = self.failed_at = self.lease_until = None
        self.failures, self.error = 0, ""


@dataclass(frozen=True, slots=True)
class Event:
    """Event about a letter; `facts` has the ids of what it is about besides the signature."""

    type: EventType
    letter_id: int
    signature_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Changes:
    """Rows that a transaction changed, with what they were before it, those that it added, and letters that are known to have
    nobody to tell."""

    signatures: dict[Signature, tuple[SignatureState | None, dt.datetime | None]] = field(default_factory=dict)
    letters: dict[Letter, tuple[LetterState, dt.datetime | None]] = field(default_factory=dict)
    added: list[Edition | Delivery | Reply] = field(default_factory=list)
    letters_without_webhooks: set[int] = field(default_factory=set)


@event.listens_for(Session, "after_flush")
def _note_changes(session: Session, _context: Any) -> None:
    """Note what this flush changed; what a row was before its first change in the transaction stays noted."""
    changes = None
    for row in (*session.new, *session.dirty):
        if not isinstance(row, Signature | Letter | Edition | Delivery | Reply):
            continue
        changes = changes or session.info.setdefault(CHANGES_KEY, _Changes())
        is_new = row in session.new
        if isinstance(row, Signature):
            if is_new:
                changes.signatures.setdefault(row, (None, None))
            elif _has_changed(row, "state") or _has_changed(row, "confirmed_at"):
                changes.signatures.setdefault(row, (_value_before(row, "state"), _value_before(row, "confirmed_at")))
        elif isinstance(row, Letter):
            if not is_new and (_has_changed(row, "state") or _has_changed(row, "deadline_at")):
                changes.letters.setdefault(row, (_value_before(row, "state"), _value_before(row, "deadline_at")))
        elif is_new:
            changes.added.append(row)


def _has_changed(row: Any, name: str) -> bool:
    return bool(inspect(row).attrs[name].history.has_changes())


def _value_before(row: Any, name: str) -> Any:
    history = inspect(row).attrs[name].history
    return history.deleted[0] if history.deleted else getattr(row, name)


@event.listens_for(Session, "after_soft_rollback")
def _forget_at_rollback(session: Session, previous: SessionTransaction) -> None:
    """Forget the changes of a transaction that was rolled back; after a savepoint, the rows say what is left of them."""
    if not previous.nested:
        session.info.pop(CHANGES_KEY, None)


def queue_noted_events(session: Session) -> None:
    """Queue the events of what the transaction changed, as its last step but the shared rows."""
    changes: _Changes = session.info.pop(CHANGES_KEY)
    if events := [one for one in _events_of(session, changes) if one.letter_id not in changes.letters_without_webhooks]:
        queue_events(session, events, now())


def _events_of(session: Session, changes: _Changes) -> Iterator[Event]:
    """Yield the events of changed rows that a rolled-back savepoint did not undo."""
    at = now()
    for signature, (state, confirmed_at) in changes.signatures.items():
        if _is_stored(signature):
            is_confirmed_anew = signature.confirmed_at is not None and signature.confirmed_at != confirmed_at
            types = signature_events(state, signature.state, signature.source, is_confirmed_anew=is_confirmed_anew)
            yield from (Event(one, signature.letter_id, signature.id) for one in types)
    for letter, (letter_state, deadline_at) in changes.letters.items():
        if _is_stored(letter):
            was_open, opened = is_open(letter_state, deadline_at, at), is_open(letter.state, letter.deadline_at, at)
            types = letter_events(letter_state, letter.state, was_open=was_open, is_open=opened)
            yield from (Event(one, letter.id) for one in types)
    yield from (_event_of_new_row(session, row) for row in changes.added if _is_stored(row))


def _is_stored(row: Any) -> bool:
    return bool(inspect(row).persistent)


def _event_of_new_row(session: Session, row: Edition | Delivery | Reply) -> Event:
    if isinstance(row, Reply):
        return Event(EventType.LETTER_ANSWERED, row.letter_id, facts={"reply_id": row.id})
    if isinstance(row, Edition):
        return Event(EventType.EDITION_FROZEN, row.letter_id, facts={"edition_id": row.id})
    edition = session.get_one(Edition, row.edition_id)
    return Event(EventType.LETTER_DELIVERED, edition.letter_id, facts={"delivery_id": row.id})


def queue_events(session: Session, events: Sequence[Event], at: dt.datetime) -> None:
    """Queue events for the webhooks of their letters' coalitions that listen to them. Nothing is told about drafts, whose
    addresses are secret."""
    connection = session.connection()
    listeners = {
        letter_id: execute_prepared(connection, _LISTENERS, {"letter": letter_id})
        for letter_id in sorted({one.letter_id for one in events})
    }
    rows = [
        delivery_columns(webhook_id, one.type, at)
        | {"letter_id": one.letter_id, "signature_id": one.signature_id, "facts": dict(one.facts)}
        for one in events
        for webhook_id, subscribed in listeners[one.letter_id]
        if one.type in subscribed
    ]
    for start in range(0, len(rows), BATCH_SIZE):
        connection.execute(insert(WebhookDelivery), rows[start : start + BATCH_SIZE])


def note_without_webhooks(session: Session, letter_id: int) -> None:
    """Note that the letter's coalition has no webhook, so that this transaction need not look for one."""
    session.info.setdefault(CHANGES_KEY, _Changes()).letters_without_webhooks.add(letter_id)


HAS_WEBHOOK = exists().where(Webhook.coalition_id == Letter.coalition_id).correlate(Letter)
"""Condition that the coalition of a letter has a webhook, in a statement that selects the letter."""
_LISTENERS = (
    select(Webhook.id, Webhook.events)
    .join(Letter, Letter.coalition_id == Webhook.coalition_id)
    .where(Letter.id == bindparam("letter"), Letter.state != LetterState.DRAFT)
    .order_by(Webhook.id)
)


def delivery_columns(webhook_id: int, event_type: EventType, at: dt.datetime) -> dict[str, Any]:
    """Return the columns of a new delivery about no letter."""
    return {
        "webhook_id": webhook_id, "message_id": f"msg_{secrets.token_hex(16)}", "event": str(event_type), "letter_id": None,
        "signature_id": None, "facts": {}, "happened_at": at, "requested_at": at, "due_at": at, "attempts": 0, "failures": 0,
        "request": "", "answer": "", "seconds": 0.0, "error": "",
    }  # fmt: skip
