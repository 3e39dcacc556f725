"""Impersonation check: lines that name an organization other than their own, in the name, signer, title or place."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import Row, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from letterhub.domain.organizations.matching import has_name
from letterhub.domain.organizations.names_in_line import LineIndex, index_line
from letterhub.domain.organizations.suspicious_characters import has_suspicious_characters
from letterhub.domain.signatures.evidence import NO_DIRECTORY_FACTS
from letterhub.domain.signatures.line_fields import line_texts
from letterhub.domain.states import ACTIVE_STATES
from letterhub.infrastructure.db import db, execute_core
from letterhub.models import Coalition, Invitation, Letter, Organization, OrganizationKey, Signature, root_id_of
from letterhub.queries.organizations.directory_facts import directory_facts

KEYS_AT_ONCE = 5_000


TOO_LONG_TO_CHECK = "…"


def impersonated_organization(signature: Signature) -> str:
    """Return the name of another organization of the coalition that a line contains or resembles; "" if there is none.

    The organization's own name is skipped if staff have reviewed exactly it.
    """
    line, (coalition, own) = signature.signatory, _coalition_and_own(signature)
    found = _impersonated(index_line(line, reviewed=False), signature, coalition, own)
    if found and own and _is_reviewed(signature):
        return _impersonated(index_line(line, reviewed=True), signature, coalition, own)
    return found


def has_odd_letters_outside_reviewed_name(signature: Signature) -> bool:
    """Return whether a line has characters that nobody writes names with, other than in a name that staff reviewed."""
    line = signature.signatory
    if any(map(has_suspicious_characters, line_texts(line, without=("organization",)))):
        return True
    return has_suspicious_characters(line.organization) and not _is_reviewed(signature)


def _coalition_and_own(signature: Signature) -> tuple[Coalition, Organization | None]:
    """Return the coalition of a signature's letter, and its organization if it has one."""
    found = (
        select(Coalition, Organization)
        .join(Letter, Letter.coalition_id == Coalition.id)
        .outerjoin(Organization, Organization.id == signature.organization_id)
        .where(Letter.id == signature.letter_id)
    )
    with db.session.no_autoflush:
        coalition, own = db.session.execute(found).one()
    return coalition, own


def _is_reviewed(signature: Signature) -> bool:
    said = directory_facts(select(Signature.id).where(Signature.id == signature.id))
    return said.get(signature.id, NO_DIRECTORY_FACTS).reviewed


def _impersonated(line: LineIndex, signature: Signature, coalition: Coalition, own: Organization | None) -> str:
    if line.is_long:
        return TOO_LONG_TO_CHECK
    if line.contains(coalition.name) and not has_name(coalition.name, [signature.organization_name]):
        return coalition.name
    for row in _known_organizations(line, coalition.id, own):
        held = [name for name in (row.name, *row.other_names) if line.contains(name)]
        in_place = bool(held) and all(map(line.is_place_only, held))
        if held and not (in_place and _is_a_place(signature.location, coalition.id, row.root)):
            return str(held[0])
    return ""


def _known_organizations(line: LineIndex, coalition_id: int, own: Organization | None) -> Iterator[Row[Any]]:
    """Yield known organizations that share a matching key with a line, other than its own."""
    keys = list(line.keys())
    numbers = {
        row.organization_id
        for start in range(0, len(keys), KEYS_AT_ONCE)
        for row in execute_core(_ORGANIZATIONS_WITH_KEY, {"keys": keys[start : start + KEYS_AT_ONCE]})
    } - ({own.id} if own else set())
    for row in _organizations_with_status(coalition_id, numbers) if numbers else ():
        mine = own is not None and row.root == own.effective_root_id
        if not mine and (row.stands or row.invited or not row.signed or row.vouched_at or row.more_domains or row.root_names):
            yield row


def _organizations_with_status(coalition_id: int, numbers: Collection[int]) -> Iterable[Row[Any]]:
    """Return organizations with what makes each known: published now or before, waiting, invited, or entered by staff.

    Declined or withdrawn signatures alone make no name known.
    """
    root, its = aliased(Organization), aliased(Organization)
    same = or_(its.id == root.id, its.root_id == root.id)
    signed = exists().where(same, Signature.organization_id == its.id)
    stands = signed.where(or_(Signature.state.in_(ACTIVE_STATES), Signature.published_at.is_not(None)))
    return db.session.execute(
        select(
            Organization.name, Organization.other_names, root.id.label("root"), root.vouched_at, root.more_domains,
            root.other_names.label("root_names"), signed.label("signed"), stands.label("stands"),
            exists().where(same, Invitation.organization_id == its.id).label("invited"),
        )
        .join(root, root.id == root_id_of(Organization))
        .where(Organization.coalition_id == coalition_id, Organization.id.in_(numbers))
        .order_by(Organization.id)
    )  # fmt: skip


def _is_a_place(location: str, coalition_id: int, root: int) -> bool:
    """Return whether another's published line has this place: then staff have accepted it as a place."""
    letters = select(Letter.id).where(Letter.coalition_id == coalition_id)
    others = or_(Signature.organization_id.is_(None), Signature.organization_id != root)
    found = select(Signature.id).where(
        Signature.letter_id.in_(letters), Signature.published_at.is_not(None), Signature.location == location, others
    )
    return db.session.scalar(found.limit(1)) is not None


_ORGANIZATIONS_WITH_KEY = (
    select(OrganizationKey.organization_id).where(OrganizationKey.key.in_(bindparam("keys", expanding=True))).distinct()
)
"""Prebuilt statement, run at each confirmation: building it takes longer than running it."""
