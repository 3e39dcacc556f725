"""Replies to a substantive change: whom one would concern, and the lists of who replied and who is awaited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, func, or_, select

from letterhub.domain.changes.recorded_replies import is_recordable
from letterhub.domain.changes.replies import NoticeState, ReplyState, UnreachedReason, unreached_reason
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.states import ACTIVE_STATES, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import ChangeReply, Letter, Revision, Signature, TextChangeNotice
from letterhub.queries.changes.changes import (
    Change,
    SignatoryReply,
    current_change,
    notice_deliveries,
    replies_to,
    reply_counts,
    running_change,
    was_noticed,
)
from letterhub.queries.letters.public_letter import LINE_COLUMNS, signatory_from_row
from letterhub.queries.paging import fetch_page
from letterhub.queries.signatures.own_signature import confirmed_by_mail_condition
from letterhub.queries.signatures.search import select_staff_matches
from letterhub.rendering.letter.signatory_list import SignatoryLine, line

STAFF_PAGE, PUBLIC_PAGE = 50, 200


@dataclass(frozen=True, slots=True)
class ChangeAudience:
    """Signatories whom a substantive change would concern: how many are asked, and how many of them silence cannot keep, as
    they have no address or nobody ever confirmed from it."""

    total: int
    without_address: int
    unproven: int

    @property
    def provable(self) -> int:
        """Number of those whose silence can count."""
        return self.total - self.without_address - self.unproven


@dataclass(frozen=True, slots=True)
class ReplySearch:
    """Search for replies by state and words. `is_unreached` finds those whom the notice has not reached in time."""

    state: ReplyState | None = None
    is_unreached: bool = False
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """Signatory with the reply to a change; `unreached` is why silence would say nothing, None if it would or was broken.
    `is_recordable` says that staff may record what the signatory told them."""

    signature_id: int
    printed: SignatoryLine
    email: str
    reply: SignatoryReply
    unreached: UnreachedReason | None
    is_recordable: bool


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """Page of replies, counted from 1; `total` is not exact if it is not `is_counted`: see `fetch_page`."""

    rows: tuple[ReplyRow, ...]
    total: int
    page: int
    has_next: bool
    is_counted: bool

    @property
    def first(self) -> int:
        """Return the position of the first row."""
        return (self.page - 1) * STAFF_PAGE + 1

    @property
    def last(self) -> int:
        """Return the position of the last row."""
        return self.first + len(self.rows) - 1


@dataclass(frozen=True, slots=True)
class AwaitedName:
    """Name on the public page that has not replied to a change, with the number of the revision that it signed. Without an
    address, nobody was asked."""

    signatory: Signatory
    signed_number: int
    is_asked: bool


@dataclass(frozen=True, slots=True)
class AwaitedNames:
    """Page of the names that have not replied to a change, in alphabetical order; `total` is at most COUNTED + 1."""

    change: Change
    names: tuple[AwaitedName, ...]
    total: int
    page: int
    has_next: bool

    @property
    def groups(self) -> Mapping[tuple[int, bool], Sequence[Signatory]]:
        """Names by the number of the revision that they signed, the newest first, and whether they are asked."""
        grouped: dict[tuple[int, bool], list[Signatory]] = {}
        for name in self.names:
            grouped.setdefault((name.signed_number, name.is_asked), []).append(name.signatory)
        return dict(sorted(grouped.items(), reverse=True))


@dataclass(frozen=True, slots=True)
class OpenReplies:
    """Running change of a letter, and how many signatories have not replied to it."""

    change: Change
    count: int


def open_replies(letter_id: int) -> OpenReplies | None:
    """Return what a letter's running change still waits for; None if it waits for nobody."""
    change = running_change(letter_id)
    count = reply_counts(change.revision_id)[ReplyState.WAITING] if change else 0
    return OpenReplies(change, count) if change and count else None


def change_audience(letter_id: int) -> ChangeAudience:
    """Return whom a substantive change that is published now would concern."""
    awaited = exists().where(
        ChangeReply.signature_id == Signature.id, ChangeReply.state == ReplyState.WAITING,
        ChangeReply.revision_id == TextChangeNotice.revision_id, TextChangeNotice.state == NoticeState.RUNNING,
    )  # fmt: skip
    in_scope = or_(Signature.state.in_(ACTIVE_STATES), and_(Signature.state == SignatureState.OUTDATED, awaited))
    has_address = Signature.email != ""
    counts = select(
        func.count(), func.count().filter(~has_address), func.count().filter(has_address, ~confirmed_by_mail_condition())
    ).where(Signature.letter_id == letter_id, in_scope)
    return ChangeAudience(*db.session.execute(counts).one())


def reply_page(change: Change, search: ReplySearch) -> ReplyPage:
    """Return a page of the replies to a change that a search finds, in alphabetical order."""
    query = select(Signature.id).join(ChangeReply, ChangeReply.signature_id == Signature.id)
    query = query.where(ChangeReply.revision_id == change.revision_id)
    if search.is_unreached:
        query = query.where(ChangeReply.state == ReplyState.WAITING, ~was_noticed(change))
    elif search.state is not None:
        query = query.where(ChangeReply.state == search.state)
    if search.words:
        found = select_staff_matches(change.letter_id, search.words, tuple(SignatureState)).subquery()
        query = query.where(Signature.id.in_(select(found.c.signature_id)))
    page = fetch_page(query.order_by(Signature.sort_key, Signature.id), search.page, STAFF_PAGE)
    rows = _reply_rows(change, [signature_id for (signature_id,) in page.rows])
    return ReplyPage(rows, page.total, page.page, page.has_next, page.is_counted)


def _reply_rows(change: Change, signature_ids: Sequence[int]) -> tuple[ReplyRow, ...]:
    """Return the replies of these signatures to a change, in order, with what is known of the notice to each."""
    text = db.session.get_one(Revision, change.revision_id).text
    replies, deliveries = replies_to(change, signature_ids), notice_deliveries(change.revision_id, signature_ids)
    signatures = {one.id: one for one in db.session.scalars(select(Signature).where(Signature.id.in_(signature_ids)))}
    letter_state = db.session.scalars(select(Letter.state).where(Letter.id == change.letter_id)).one()
    rows, is_last = [], current_change(change.letter_id) == change
    for signature_id in signature_ids:
        reply, signature = replies[signature_id], signatures[signature_id]
        is_silent = reply.state in (ReplyState.WAITING, ReplyState.UNREACHED)
        unreached = unreached_reason(deliveries[signature_id], change.terms.deadline_at) if is_silent else None
        can_record = is_recordable(letter_state, signature.state, reply.state) and is_last
        rows.append(ReplyRow(signature_id, line(signature.signatory, text), signature.email, reply, unreached, can_record))
    return tuple(rows)


def count_unreached(change: Change) -> int:
    """Return how many signatories whose reply is awaited the notice has not reached in time."""
    waiting = select(func.count()).select_from(ChangeReply).join(Signature, Signature.id == ChangeReply.signature_id)
    of_change = ChangeReply.revision_id == change.revision_id, ChangeReply.state == ReplyState.WAITING
    return db.session.scalar(waiting.where(*of_change, ~was_noticed(change))) or 0


def awaited_names(change: Change, page: int = 1) -> AwaitedNames:
    """Return a page of the names that were on the list, and have not replied to a change."""
    query = (
        select(*LINE_COLUMNS, ChangeReply.signed_number, (Signature.email != "").label("is_asked"))
        .join(ChangeReply, ChangeReply.signature_id == Signature.id)
        .where(ChangeReply.revision_id == change.revision_id, ChangeReply.state == ReplyState.WAITING)
        .where(Signature.letter_id == change.letter_id, Signature.state == SignatureState.OUTDATED)
        .where(Signature.published_at.is_not(None))
        .order_by(Signature.sort_key, Signature.id)
    )
    found = fetch_page(query, page, PUBLIC_PAGE)
    names = tuple(AwaitedName(signatory_from_row(row), row.signed_number, bool(row.is_asked)) for row in found.rows)
    return AwaitedNames(change, names, found.total, found.page, found.has_next)
