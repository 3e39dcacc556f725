"""Reads about contacts: who signed for an organization before, and so that it stands in a list."""

from dataclasses import dataclass

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import aliased

from letterhub.db import db, read
from letterhub.domain.document import Kind, Signatory
from letterhub.domain.mailboxes import mailbox_of
from letterhub.domain.states import STANDING, SignatureState
from letterhub.models import Invitation, Letter, Organization, Revision, Signature, root_of


@dataclass(frozen=True, slots=True)
class Contact:
    """Someone who signed for an organization: under which letter last, as which line; whether staff vouch for it."""

    signature_id: int
    organization: str
    line: Signatory
    email: str
    title: str
    vouched: bool


def signed_before(signature: Signature) -> str | None:
    """The title of the last other letter that its mailbox signed for the same organization; None where there is none."""
    if signature.organization_id is None or not signature.email:
        return None
    mailbox, told = mailbox_of(signature.email), {"organization": signature.organization_id, "letter": signature.letter_id}
    same = (row.revision_id for row in read(_ELSEWHERE, told) if mailbox_of(row.email) == mailbox)
    before = next(same, None)
    return None if before is None else _title_of(before)


def contacts_to_invite(coalition_id: int, letter_id: int, most: int) -> tuple[Contact, ...]:
    """Those who signed other letters of a coalition for organizations that do not stand under this one, and were not invited.

    Of each organization the one who signed last; as many as the most.
    """
    own, root = aliased(Organization), aliased(Organization)
    here = select(root_of(Organization)).join(Signature, Signature.organization_id == Organization.id)
    stands = here.where(Signature.letter_id == letter_id, Signature.state.in_(STANDING))
    invited = select(Invitation.organization_id).where(
        Invitation.letter_id == letter_id, Invitation.organization_id.is_not(None)
    )
    rows = db.session.execute(
        _published()
        .join(own, own.id == Signature.organization_id)
        .join(root, root.id == root_of(own))
        .where(own.coalition_id == coalition_id, Signature.letter_id != letter_id)
        .where(root.id.not_in(stands), root.id.not_in(invited))
        .add_columns(root.id.label("root"), root.name, root.vouched_at)
    )
    last: dict[int, Contact] = {}
    for row in rows:
        if row.root not in last and len(last) < most:
            one, title = row.Signature, _title_of(row.Signature.revision_id)
            last[row.root] = Contact(one.id, row.name, one.signatory, one.email, title, row.vouched_at is not None)
    return tuple(sorted(last.values(), key=lambda one: one.organization.casefold()))


def _published() -> Select[Signature]:
    """The signatures of organizations in a list whose addresses are known still, the last one first."""
    return (
        select(Signature)
        .join(Letter, Letter.id == Signature.letter_id)
        .where(Signature.state == SignatureState.PUBLISHED, Signature.email != "", Signature.kind == Kind.ORGANIZATION)
        .order_by(Signature.published_at.desc(), Signature.id.desc())
    )


_OWN = select(root_of(Organization)).where(Organization.id == bindparam("organization")).scalar_subquery()
_ELSEWHERE = (
    _published()
    .join(Organization, Organization.id == Signature.organization_id)
    .where(or_(Organization.id == _OWN, Organization.root_id == _OWN), Signature.letter_id != bindparam("letter"))
    .with_only_columns(Signature.email, Signature.revision_id)
)


def _title_of(revision_id: int) -> str:
    return db.session.get_one(Revision, revision_id).text.title
