"""Outcomes of a letter's invitations in SQL: the definition that list, counts, reminders, mails and exports use.

`domain.invitations.invitation.invitation_outcome` is the rule in words; a test compares the two.

See docs/design/invitations.md.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
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
    OUTCOME_BY_STATE,
    OUTCOMES_WITH_SIGNATURE,
    STATE_PRECEDENCE,
    InvitationOutcome,
    counts_for_invitee,
)
from letterhub.domain.mail.outgoing_mail import MailKind, SuppressionReason
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import (
    Invitation,
    Letter,
    MailSuppression,
    Organization,
    OutboxMessage,
    Signature,
    Unsubscription,
    root_id_of,
)

_ID_RANGE = 10**11
"""More than any signature's id: `rank * _ID_RANGE + id` sorts signatures by rank, and tells which one is first."""


def select_outcomes(letter_id: int) -> Select[Any]:
    """Return a select of a letter's invitations: `id`, `outcome`, and `signature_id`, None unless it is on the letter.

    Executes a statement of its own to find the signatures that ended for an invitee.
    """
    best, ended = _best_signatures(letter_id), _ended_for_invitees(letter_id)
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
        .where(Invitation.letter_id == letter_id)
    )


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


def _best_signatures(letter_id: int) -> Subquery:
    """Return, for each invitation that has one, the `key` of its most relevant signature: see `_ID_RANGE`.

    Matched are the signature that its link led to, confirmed ones from its mailbox, and those of its organization, merged
    entries included, that have not ended.
    """
    ranks = {state: number for number, state in enumerate(STATE_PRECEDENCE)}
    rank = case(*((Signature.state == state, literal(number, BigInteger)) for state, number in ranks.items()))
    key = (rank * literal(_ID_RANGE, BigInteger) + cast(Signature.id, BigInteger)).label("key")
    columns = (
        select(Invitation.id.label("invitation_id"), key)
        .select_from(Invitation)
        .where(Invitation.letter_id == letter_id, Signature.state != SignatureState.EXPIRED)
        .where(Signature.letter_id + 0 == letter_id)  # "+ 0": by the indexes of organizations and mailboxes
    )
    confirmed = columns.where(Signature.confirmed_at.is_not(None))
    by_address = Signature.email.in_((Invitation.email, func.lower(Invitation.email)))
    mixed_case = and_(
        Signature.letter_id == letter_id,
        Signature.email != func.lower(Signature.email),
        func.lower(Signature.email) == func.lower(Invitation.email),
    )
    mailed = and_(
        OutboxMessage.canonical_recipient == Invitation.canonical_email,
        OutboxMessage.kind == MailKind.CONFIRM,
    )
    has_email, not_ended = Invitation.email != "", Signature.state.not_in(ENDED_STATES)
    own, member = aliased(Organization), aliased(Organization)
    of_root = confirmed.join(own, own.id == Invitation.organization_id).where(not_ended)
    matches = union_all(
        columns.join(Signature, Signature.id == Invitation.signature_id),
        confirmed.join(Signature, by_address).where(has_email),
        confirmed.join(Signature, mixed_case).where(has_email),
        confirmed.join(OutboxMessage, mailed)
        .join(Signature, Signature.id == OutboxMessage.signature_id)
        .where(has_email, Invitation.canonical_email != ""),
        of_root.join(Signature, Signature.organization_id == root_id_of(own)),
        of_root.join(member, member.root_id == root_id_of(own)).join(Signature, Signature.organization_id == member.id),
    ).subquery()
    return select(matches.c.invitation_id, func.min(matches.c.key).label("key")).group_by(matches.c.invitation_id).subquery()


def _ended_for_invitees(letter_id: int) -> Mapping[SignatureState, Collection[int]]:
    """Return, by the state in which they ended, the invitations whose organization ended a signature itself: nobody else may
    end its invitation, see `counts_for_invitee`."""
    entry, own = aliased(Organization), aliased(Organization)
    query = select(root_id_of(entry).label("root"), Signature.state, Signature.email).join(
        entry, entry.id == Signature.organization_id
    )
    is_ended = Signature.ended_at.is_not(None), Signature.state.in_(ENDED_STATES), Signature.confirmed_at.is_not(None)
    signatures_by_root = defaultdict[int, list[Any]](list)
    for row in db.session.execute(query.where(Signature.letter_id == letter_id, *is_ended)):
        signatures_by_root[row.root].append(row)
    ended: dict[SignatureState, set[int]] = {state: set() for state in ENDED_STATES}
    if not signatures_by_root:
        return ended
    invitees = select(Invitation.id, Invitation.email, Invitation.line, root_id_of(own).label("root"))
    invitees = invitees.join(own, own.id == Invitation.organization_id).where(Invitation.letter_id == letter_id)
    for invitee in db.session.execute(invitees):
        website = str(invitee.line.get("website", ""))
        for signature in signatures_by_root.get(invitee.root, ()):
            if counts_for_invitee(signature.state, email=invitee.email, website=website, signed_from=signature.email):
                ended[signature.state].add(invitee.id)
    return ended
