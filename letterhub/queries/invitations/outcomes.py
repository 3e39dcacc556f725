"""Outcomes of a letter's invitations in SQL: the definition that list, counts, reminders, mails and exports use.

`domain.invitations.invitation.invitation_outcome` is the rule in words; a test compares the two.

See docs/design/invitations.md.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from letterhub.domain.invitations.invitation import (
    ENDED_STATES,
    MAX_REMINDERS,
    OUTCOME_BY_STATE,
    OUTCOMES_WITH_SIGNATURE,
    REMINDER_DELAY,
    STATE_PRECEDENCE,
    UNANSWERED,
    InvitationOutcome,
    counts_for_invitee,
)
from letterhub.domain.mail.outgoing_mail import MailKind, SuppressionReason
from letterhub.domain.progress.figures import STARTED, OutcomeTotals
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import (
    Contact,
    Invitation,
    Letter,
    MailSuppression,
    Organization,
    OutboxMessage,
    Signature,
    Unsubscription,
    is_confirmed_beside_its_index,
    is_found_under,
    root_id_of,
)

_ID_RANGE = 10**11
"""More than any signature's id: `rank * _ID_RANGE + id` sorts signatures by rank, and tells which one is first."""


def select_outcomes(letter_id: int, *conditions: ColumnElement[bool]) -> Select[Any]:
    """Return a select of a letter's invitations: `id`, `outcome`, and `signature_id`, None unless it is on the letter.

    `conditions` on `Invitation` limit it: no other invitation's signature is looked for. Executes a statement of its own to
    find the signatures that ended for an invitee.
    """
    best, ended = _best_signatures(letter_id, conditions), _ended_for_invitees(letter_id, conditions)
    rank, outcome = best.c.key // literal(_ID_RANGE, BigInteger), InvitationOutcome
    ranks = {OUTCOME_BY_STATE[state]: number for number, state in enumerate(STATE_PRECEDENCE)}

    def has_signature(wanted: InvitationOutcome, state: SignatureState | None = None) -> ColumnElement[bool]:
        by_rank = and_(best.c.key.is_not(None), rank == ranks[wanted])
        return or_(by_rank, Invitation.id.in_(ended[state])) if state else by_rank

    whens = (
        (has_signature(outcome.SIGNED), outcome.SIGNED),
        (has_signature(outcome.IN_REVIEW), outcome.IN_REVIEW),
        (has_signature(outcome.OUTDATED), outcome.OUTDATED),
        (_wants_no_invitation(letter_id), outcome.DECLINED),
        (Invitation.answer.is_not(None), None),
        (has_signature(outcome.WITHDRAWN, SignatureState.WITHDRAWN), outcome.WITHDRAWN),
        (has_signature(outcome.TURNED_DOWN, SignatureState.DECLINED), outcome.TURNED_DOWN),
        (has_signature(outcome.UNCONFIRMED), outcome.UNCONFIRMED),
        (or_(_has_failed_mail(letter_id), _is_suppressed(letter_id, SuppressionReason.BOUNCED)), outcome.BOUNCED),
        (Invitation.opened_at.is_not(None), outcome.OPENED),
        (Invitation.reminders > 0, outcome.REMINDED),
    )
    answer = cast(Invitation.answer, String)
    outcomes = case(
        *((condition, answer if value is None else literal(str(value))) for condition, value in whens),
        else_=literal(str(outcome.WAITING)),
    )
    on_letter = rank < len(OUTCOMES_WITH_SIGNATURE)
    signature_id = case((on_letter, best.c.key % literal(_ID_RANGE, BigInteger)))
    return (
        select(Invitation.id, outcomes.label("outcome"), signature_id.label("signature_id"))
        .outerjoin(best, best.c.invitation_id == Invitation.id)
        .where(Invitation.letter_id == letter_id, *conditions)
    )


def select_for_totals(letter_id: int, at: dt.datetime) -> Select[Any]:
    """Return a select of a letter's invitations as `total_outcomes` adds them up: `outcome`, `opened` and `may_be_reminded`."""
    mailed_at = func.coalesce(Invitation.reminded_at, Invitation.invited_at)
    may_be_reminded = and_(
        Invitation.email != "", Invitation.reminders < MAX_REMINDERS, mailed_at <= at - REMINDER_DELAY
    )  # fmt: skip
    return select_outcomes(letter_id).add_columns(
        Invitation.opened_at.is_not(None).label("opened"), may_be_reminded.label("may_be_reminded")
    )


def count_outcomes(letter_id: int, at: dt.datetime, *of_contacts: ColumnElement[bool]) -> OutcomeTotals:
    """Return the numbers of a letter's invitations by outcome; of those to contacts with these conditions, if any."""
    query = select_for_totals(letter_id, at)
    if of_contacts:
        query = query.join(Contact, Contact.id == Invitation.contact_id).where(*of_contacts)
    found = query.subquery()
    groups = found.c.outcome, found.c.opened, found.c.may_be_reminded
    rows = db.session.execute(select(*groups, func.count().label("number")).group_by(*groups))
    return total_outcomes(((row.outcome, row.opened, row.may_be_reminded, row.number) for row in rows), at)


def total_outcomes(groups: Iterable[tuple[str, bool, bool, int]], at: dt.datetime) -> OutcomeTotals:
    """Add up groups of invitations: the outcome, whether the form was opened and a reminder may be sent, and the number."""
    by_outcome: Counter[InvitationOutcome] = Counter()
    opened = due = 0
    for name, is_opened, is_late, number in groups:
        outcome = InvitationOutcome(name)
        by_outcome[outcome] += number
        opened += number if is_opened or outcome in STARTED else 0
        due += number if is_late and outcome in UNANSWERED else 0
    return OutcomeTotals({one: by_outcome[one] for one in InvitationOutcome if by_outcome[one]}, opened, due, at)


def _wants_no_invitation(letter_id: int) -> ColumnElement[bool]:
    """Return the condition that an invitation's recipient declined it, or asked for no more mail of the letter or coalition."""
    unsubscribed = select(Unsubscription.recipient_hash).join(Letter, Letter.coalition_id == Unsubscription.coalition_id)
    return or_(
        Invitation.declined_at.is_not(None),
        Invitation.recipient_hash.in_(unsubscribed.where(Letter.id == letter_id)),
        _is_suppressed(letter_id, SuppressionReason.DISOWNED),
    )


def _is_suppressed(letter_id: int, reason: SuppressionReason) -> ColumnElement[bool]:
    """Return the condition that an invitation's mailbox, or its spelling, gets no more mail about the letter."""
    hashes = select(MailSuppression.mailbox_hash).where(
        MailSuppression.letter_id == letter_id, MailSuppression.reason == reason
    )
    return or_(Invitation.mailbox_hash.in_(hashes), Invitation.address_hash.in_(hashes))


def _has_failed_mail(letter_id: int) -> ColumnElement[bool]:
    """Return the condition that a mail of an invitation could not be delivered."""
    invitation_ids = select(OutboxMessage.parameters["invitation_id"].as_integer()).where(
        OutboxMessage.letter_id == letter_id, OutboxMessage.kind == MailKind.INVITE, OutboxMessage.failed_at.is_not(None)
    )
    return Invitation.id.in_(invitation_ids)


def _best_signatures(letter_id: int, conditions: Sequence[ColumnElement[bool]]) -> Subquery:
    """Return the `key` of each invitation's most relevant signature, None without one: see `_ID_RANGE`.

    Signatures are looked up by index for each invitation, as a planner who joins them reads all of the letter. OFFSET keeps
    what was looked up from being looked up again wherever it is used.
    """
    mixed, own = _select_mixed_case(letter_id).subquery(), aliased(Organization)
    is_mixed = and_(Invitation.email != "", mixed.c.address == func.lower(Invitation.email))
    key = _matching_key(letter_id, own).label("key")
    found = (
        select(Invitation.id.label("invitation_id"), key, mixed.c.key.label("mixed_key"))
        .outerjoin(mixed, is_mixed)
        .outerjoin(own, own.id == Invitation.organization_id)
        .where(Invitation.letter_id == letter_id, *conditions)
        .offset(0)
        .subquery()
    )
    other = func.coalesce(found.c.mixed_key, found.c.key)
    best = case((found.c.key <= other, found.c.key), else_=other)
    return select(found.c.invitation_id, best.label("key")).offset(0).subquery()


def _matching_key(letter_id: int, own: type[Organization]) -> ColumnElement[int]:
    """Return the lowest key of the signatures that match an invitation: the one that its link led to, confirmed ones from its
    mailbox, and those of its `own` organization, merged entries included, that have not ended."""
    columns = select(_key().label("key")).where(is_found_under(letter_id), Signature.state != SignatureState.EXPIRED)
    confirmed = columns.where(Signature.confirmed_at.is_not(None))
    has_email, in_lower_case = Invitation.email != "", func.lower(Invitation.email)
    of_root, member = confirmed.where(Signature.state.not_in(ENDED_STATES)), aliased(Organization)
    selects = (
        columns.where(Signature.id == Invitation.signature_id),
        confirmed.where(Signature.email == Invitation.email, has_email),
        confirmed.where(Signature.email == in_lower_case, Invitation.email != in_lower_case),
        confirmed.join(OutboxMessage, OutboxMessage.signature_id == Signature.id)
        .where(OutboxMessage.canonical_recipient == Invitation.canonical_email, OutboxMessage.kind == MailKind.CONFIRM)
        .where(has_email, Invitation.canonical_email != ""),
        of_root.where(Signature.organization_id == root_id_of(own)),
        of_root.where(member.root_id == root_id_of(own), Signature.organization_id == member.id),
    )
    matches = union_all(*(one.correlate(Invitation, own) for one in selects)).subquery()
    return select(func.min(matches.c.key)).scalar_subquery()


def _select_mixed_case(letter_id: int) -> Select[Any]:
    """Return a select of the addresses in lower case of a letter's confirmed signatures that were typed in mixed case, and the
    lowest key of each."""
    address = func.lower(Signature.email)
    return (
        select(address.label("address"), func.min(_key()).label("key"))
        .where(Signature.letter_id == letter_id, Signature.email != address, is_found_under(letter_id))
        .where(is_confirmed_beside_its_index(), Signature.state != SignatureState.EXPIRED)
        .group_by(address)
    )


def _key() -> ColumnElement[int]:
    ranks = {state: number for number, state in enumerate(STATE_PRECEDENCE)}
    rank = case(*((Signature.state == state, literal(number, BigInteger)) for state, number in ranks.items()))
    return rank * literal(_ID_RANGE, BigInteger) + cast(Signature.id, BigInteger)


def _ended_for_invitees(letter_id: int, conditions: Sequence[ColumnElement[bool]]) -> Mapping[SignatureState, Collection[int]]:
    """Return, by the state in which they ended, the invitations whose organization ended a signature itself: nobody else may
    end its invitation, see `counts_for_invitee`."""
    entry, own = aliased(Organization), aliased(Organization)
    query = select(root_id_of(entry).label("root"), Signature.state, Signature.email).join(
        entry, entry.id == Signature.organization_id
    )
    is_ended = Signature.ended_at.is_not(None), Signature.state.in_(ENDED_STATES), is_confirmed_beside_its_index()
    signatures_by_root = defaultdict[int, list[Any]](list)
    for row in db.session.execute(query.where(Signature.letter_id == letter_id, *is_ended)):
        signatures_by_root[row.root].append(row)
    ended: dict[SignatureState, set[int]] = {state: set() for state in ENDED_STATES}
    if not signatures_by_root:
        return ended
    invitees = select(Invitation.id, Invitation.email, Invitation.line, root_id_of(own).label("root"))
    invitees = invitees.join(own, own.id == Invitation.organization_id).where(Invitation.letter_id == letter_id, *conditions)
    for invitee in db.session.execute(invitees):
        website = str(invitee.line.get("website", ""))
        for signature in signatures_by_root.get(invitee.root, ()):
            if counts_for_invitee(signature.state, email=invitee.email, website=website, signed_from=signature.email):
                ended[signature.state].add(invitee.id)
    return ended
