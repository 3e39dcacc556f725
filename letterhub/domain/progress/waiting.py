"""Things that wait under a letter, most urgent first: the first is the next thing to do."""

import datetime as dt
import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from letterhub.domain.i18n import _, ngettext
from letterhub.domain.letters.next_step import LetterProgress, next_step
from letterhub.domain.letters.opening_rules import Requirement
from letterhub.domain.signatures.signing import is_deadline_past, is_open
from letterhub.domain.states import LetterState

SOON = dt.timedelta(days=3)


class WaitingKind(enum.StrEnum):
    """Kind of thing that waits, which says where to do it."""

    OPENING = "opening"
    TEXT = "text"
    REVIEW = "review"
    DEADLINE = "deadline"
    FAILED_MAIL = "failed-mail"
    BOUNCES = "bounces"
    REMINDERS = "reminders"
    CHANGE = "change"
    OUTDATED = "outdated"
    UNCONFIRMED = "unconfirmed"
    EDITION = "edition"


@dataclass(frozen=True, slots=True)
class WaitingFacts:
    """Facts about what may wait: numbers, and since when the oldest does; None where nothing does.

    `missing` is what a draft needs before it can open, `opening_error` why it did not open at its hour. `awaited_count` are
    asked about a change until `replies_until`. `outcomes_at` is when `bounced` and `due_reminders` were counted, up to a minute
    ago. `failed_mail` are emails other than invitations.
    """

    progress: LetterProgress
    missing: Sequence[Requirement] = ()
    opening_error: str = ""
    oldest_in_review: dt.datetime | None = None
    pending_count: int = 0
    oldest_pending: dt.datetime | None = None
    outdated_count: int = 0
    awaited_count: int = 0
    replies_until: dt.datetime | None = None
    bounced: int = 0
    due_reminders: int = 0
    outcomes_at: dt.datetime | None = None
    failed_mail: int = 0


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """Thing that waits, as a sentence; `since` is since when, and `until` until when, None if that says nothing.

    `counted_at` is when it was counted, None for now."""

    kind: WaitingKind
    sentence: str
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    counted_at: dt.datetime | None = None


def waiting_items(facts: WaitingFacts, now: dt.datetime) -> tuple[WaitingItem, ...]:
    """Return what waits, the next thing to do first; empty if there is nothing to do but wait."""
    match facts.progress.state:
        case LetterState.DRAFT:
            return tuple(_items_of_draft(facts, now))
        case LetterState.WITHDRAWN:
            return ()
    return (*_items_of_letter(facts, now), *_items_of_mail(facts, now))


def _items_of_draft(facts: WaitingFacts, now: dt.datetime) -> Iterator[WaitingItem]:
    if facts.opening_error:
        yield WaitingItem(WaitingKind.OPENING, _("The letter did not open at its hour: %(why)s", why=facts.opening_error))
    kind = WaitingKind.TEXT if facts.missing else WaitingKind.OPENING
    yield WaitingItem(kind, next_step(facts.progress, facts.missing, now))


def _items_of_letter(facts: WaitingFacts, now: dt.datetime) -> Iterator[WaitingItem]:
    """Yield what `next_step` says, with since when; and that the deadline is near."""
    progress, is_open = facts.progress, facts.progress.state is LetterState.OPEN
    if progress.awaiting_review_count:
        yield WaitingItem(WaitingKind.REVIEW, next_step(progress, (), now), facts.oldest_in_review)
    elif is_open and is_deadline_past(progress.deadline_at, now):
        yield WaitingItem(WaitingKind.DEADLINE, next_step(progress, (), now), progress.deadline_at)
    elif progress.state is LetterState.CLOSED:
        yield WaitingItem(WaitingKind.EDITION, next_step(progress, (), now))
    if is_open and progress.deadline_at is not None and now <= progress.deadline_at <= now + SOON:
        yield WaitingItem(WaitingKind.DEADLINE, _("The deadline is near. Extend it now if you need more time."))


def _items_of_mail(facts: WaitingFacts, now: dt.datetime) -> Iterator[WaitingItem]:
    """Yield what waits for an answer by email, of invitations only while the letter takes signatures."""
    if facts.failed_mail:
        yield WaitingItem(WaitingKind.FAILED_MAIL, _failures_sentence(facts.failed_mail))
    if is_open(facts.progress.state, facts.progress.deadline_at, now):
        counted_at = facts.outcomes_at if facts.outcomes_at and facts.outcomes_at < now else None
        if facts.bounced:
            yield WaitingItem(WaitingKind.BOUNCES, _bounces_sentence(facts.bounced), counted_at=counted_at)
        if facts.due_reminders:
            yield WaitingItem(WaitingKind.REMINDERS, _reminders_sentence(facts.due_reminders), counted_at=counted_at)
    if facts.awaited_count and facts.replies_until is not None and now <= facts.replies_until:
        yield WaitingItem(WaitingKind.CHANGE, _awaited_sentence(facts.awaited_count), until=facts.replies_until)
    if facts.outdated_count:
        yield WaitingItem(WaitingKind.OUTDATED, _outdated_sentence(facts.outdated_count))
    if facts.pending_count and facts.progress.state is not LetterState.DELIVERED:
        yield WaitingItem(WaitingKind.UNCONFIRMED, _unconfirmed_sentence(facts.pending_count), facts.oldest_pending)


def _failures_sentence(count: int) -> str:
    return ngettext(
        "1 email could not be sent. Correct its address, or send it again.",
        "%(num)s emails could not be sent. Correct their addresses, or send them again.",
        count,
    )


def _bounces_sentence(count: int) -> str:
    return ngettext(
        "1 invitation could not be delivered. Correct its address, or call.",
        "%(num)s invitations could not be delivered. Correct their addresses, or call.",
        count,
    )


def _reminders_sentence(count: int) -> str:
    return ngettext(
        "1 organization has not answered for three days or more. You can remind it.",
        "%(num)s organizations have not answered for three days or more. You can remind them.",
        count,
    )


def _awaited_sentence(count: int) -> str:
    return ngettext(
        "1 signatory has not replied to the change of the text.",
        "%(num)s signatories have not replied to the change of the text.",
        count,
    )


def _outdated_sentence(count: int) -> str:
    return ngettext(
        "1 signatory has not confirmed the current text.", "%(num)s signatories have not confirmed the current text.", count
    )


def _unconfirmed_sentence(count: int) -> str:
    return ngettext(
        "1 form is not confirmed yet. We remind its sender by email.",
        "%(num)s forms are not confirmed yet. We remind their senders by email.",
        count,
    )
