"""Past signatories: people who signed for an organization under other letters and were published."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, Subquery, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from letterhub.domain.invitations.invitation import InvitationOutcome, invitation_outcome
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.states import ACTIVE_STATES, SignatureState
from letterhub.infrastructure.db import db, execute_core
from letterhub.models import Invitation, Letter, Organization, Revision, Signature, is_listed, root_id_of
from letterhub.queries.invitations.invitation_preview import EarlierInvitations
from letterhub.queries.invitations.invitees import BATCH_SIZE, Invitee, signatures_of_invitees


@dataclass(frozen=True, slots=True)
class PastSignatory:
    """Person who signed for an organization, with the line and the letter's title; `is_vouched_for` says that staff vouch for
    the organization.
    """

    signature_id: int
    organization_id: int
    organization: str
    line: Signatory
    email: str
    title: str
    is_vouched_for: bool


def title_signed_before(signature: Signature) -> str | None:
    """Return the title of the last other letter that its mailbox signed for the same organization; None if there is none."""
    if signature.organization_id is None or not signature.email:
        return None
    mailbox = EmailAddress(signature.email).canonical
    parameters = {"organization": signature.organization_id, "letter": signature.letter_id}
    revision_ids = (
        row.revision_id
        for row in execute_core(_UNDER_OTHER_LETTERS, parameters)
        if EmailAddress(row.email).canonical == mailbox
    )
    revision_id = next(revision_ids, None)
    return None if revision_id is None else _titles_by_revision([revision_id])[revision_id]


def past_signatories_to_invite(
    coalition_id: int, letter_id: int, limit: int, chosen: Collection[int] | None = None
) -> tuple[PastSignatory, ...]:
    """Return a coalition's past signatories, one for each organization that has not signed this letter and was not invited.

    An organization's is the last who signed for it. At most `limit` are returned, those who signed last; `chosen` limits
    them to these signature ids.
    """
    letter_ids = db.session.scalars(_select_letters_with_names(coalition_id, letter_id)).all()
    if not letter_ids:
        return ()
    ranked = _rank_signatures(letter_ids, letter_id, chosen)
    query = select(Signature, ranked.c.root, ranked.c.name, ranked.c.vouched_at).join(ranked, ranked.c.id == Signature.id)
    if chosen is not None:
        query = query.where(Signature.id.in_(chosen))
    query = query.where(ranked.c.place == 1).order_by(Signature.published_at.desc(), Signature.id.desc())
    rows: list[Row[Any]] = []
    start, has_more = 0, True
    while has_more and len(rows) < limit:
        batch = db.session.execute(query.offset(start).limit(BATCH_SIZE)).all()
        rows += _not_invited(letter_id, batch)
        start, has_more = start + BATCH_SIZE, len(batch) == BATCH_SIZE
    titles = _titles_by_revision([row.Signature.revision_id for row in rows[:limit]])
    found = (
        PastSignatory(
            row.Signature.id, row.root, row.name, row.Signature.signatory, row.Signature.email,
            titles[row.Signature.revision_id], row.vouched_at is not None,
        )
        for row in rows[:limit]
    )  # fmt: skip
    return tuple(sorted(found, key=lambda signatory: signatory.organization.casefold()))


def _not_invited(letter_id: int, rows: Sequence[Row[Any]]) -> Iterator[Row[Any]]:
    """Yield those whose organizations have no signature under the letter and were not invited."""
    all_names = (name for row in rows for name in (row.name, row.Signature.organization_name))
    earlier_invitations = EarlierInvitations(letter_id, all_names, (row.Signature.email for row in rows))
    invitees = [Invitee(row.name, row.Signature.website, row.Signature.email, row.root) for row in rows]
    for row, signature in zip(rows, signatures_of_invitees(letter_id, invitees), strict=True):
        names = (row.name, row.Signature.organization_name)
        is_invited = any(earlier_invitations.is_invited(name, row.Signature.email) for name in names)
        outcome = invitation_outcome(signature.state if signature else None)
        if outcome is InvitationOutcome.WAITING and not is_invited:
            yield row


def has_published_elsewhere(coalition_id: int, letter_id: int) -> bool:
    """Return whether a name was ever published under another letter of the coalition."""
    return db.session.scalar(_select_letters_with_names(coalition_id, letter_id).limit(1)) is not None


def _select_letters_with_names(coalition_id: int, letter_id: int) -> Select[int]:
    """Return a select of the ids of a coalition's other letters with published names."""
    return select(Letter.id).where(
        Letter.coalition_id == coalition_id, Letter.id != letter_id, Letter.published_count > 0
    )  # fmt: skip


def _rank_signatures(letter_ids: Collection[int], letter_id: int, chosen: Collection[int] | None) -> Subquery:
    """Return signatures under the letters with `letter_ids`, each with its `place` within its organization, 1 for the last.

    Organizations that have signed the letter with `letter_id` or were invited to it are left out. Each is looked up, as that
    letter may have many more signatures than the others.
    """
    own, root = aliased(Organization), aliased(Organization)
    rank = func.row_number().over(
        partition_by=root.id, order_by=(Signature.published_at.desc(), Signature.id.desc())
    )  # fmt: skip
    member, current = aliased(Organization), aliased(Signature)
    of_root = or_(member.id == root.id, member.root_id == root.id)
    is_on_letter = exists().where(
        of_root, current.organization_id == member.id, current.letter_id + 0 == letter_id, current.state.in_(ACTIVE_STATES)
    )
    is_invited = exists().where(of_root, Invitation.organization_id == member.id, Invitation.letter_id + 0 == letter_id)
    query = (
        _select_published()
        .join(own, own.id == Signature.organization_id)
        .join(root, root.id == root_id_of(own))
        .where(
            Signature.letter_id.in_(letter_ids),
            is_listed(),
            ~is_on_letter,
            ~is_invited,
        )
        .order_by(None)
        .with_only_columns(Signature.id, root.id.label("root"), root.name, root.vouched_at, rank.label("place"))
    )
    if chosen is not None:
        entry, chosen_one = aliased(Organization), aliased(Signature)
        chosen_roots = select(root_id_of(entry)).join(chosen_one, chosen_one.organization_id == entry.id)
        query = query.where(root.id.in_(chosen_roots.where(chosen_one.id.in_(chosen))))
    return query.subquery()


def _select_published() -> Select[Signature]:
    """Return a select of published organizations' signatures that still have an address, the last one first."""
    return (
        select(Signature)
        .join(Letter, Letter.id == Signature.letter_id)
        .where(Signature.state == SignatureState.PUBLISHED, Signature.email != "", Signature.kind == SignatoryKind.ORGANIZATION)
        .where(Signature.revision_id.is_not(None))  # names of a draft are contacts once it opens
        .order_by(Signature.published_at.desc(), Signature.id.desc())
    )


_ROOT_OF_ORGANIZATION = select(root_id_of(Organization)).where(Organization.id == bindparam("organization")).scalar_subquery()
_UNDER_OTHER_LETTERS = (
    _select_published()
    .join(Organization, Organization.id == Signature.organization_id)
    .where(
        or_(Organization.id == _ROOT_OF_ORGANIZATION, Organization.root_id == _ROOT_OF_ORGANIZATION),
        Signature.letter_id != bindparam("letter"),
    )
    .with_only_columns(Signature.email, Signature.revision_id)
)


def _titles_by_revision(revision_ids: Collection[int]) -> dict[int, str]:
    """Return the letter's title in each of these revisions."""
    title = Revision.content["title"].as_string().label("title")
    rows = db.session.execute(select(Revision.id, title).where(Revision.id.in_(set(revision_ids))))
    return {row.id: row.title for row in rows}
