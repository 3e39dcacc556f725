"""Impersonation check: lines that name an organization other than their own, in the name, signer, title or place."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from letterhub.domain.organizations.confusables import has_suspicious_characters
from letterhub.domain.organizations.matching import has_name
from letterhub.domain.organizations.names_in_line import LineIndex, index_line
from letterhub.domain.signatures.evidence import NO_DIRECTORY_FACTS
from letterhub.domain.signatures.line_fields import line_texts
from letterhub.domain.states import ACTIVE_STATES
from letterhub.infrastructure.db import db, execute_core
from letterhub.models import Coalition, Invitation, Letter, Organization, OrganizationKey, Signature, root_id_of
from letterhub.queries.organizations.likeness_questions import directory_facts

KEYS_AT_ONCE = 5_000
TOO_LONG_TO_CHECK = "…"


def impersonated_organization(signature: Signature) -> str:
    """Return the name of another organization of the coalition that a line contains or resembles; "" if there is none.

    The organization's own name is skipped if staff have reviewed exactly it.
    """
    query = (
        select(Coalition, Organization)
        .join(Letter, Letter.coalition_id == Coalition.id)
        .outerjoin(Organization, Organization.id == signature.organization_id)
        .where(Letter.id == signature.letter_id)
    )
    line = signature.signatory
    with db.session.no_autoflush:
        coalition, organization = db.session.execute(query).one()
    name = _find_impersonated_name(index_line(line, reviewed=False), signature, coalition, organization)
    if name and organization and _has_reviewed_name(signature):
        return _find_impersonated_name(index_line(line, reviewed=True), signature, coalition, organization)
    return name


def has_odd_letters_outside_reviewed_name(signature: Signature) -> bool:
    """Return whether a line has characters that nobody writes names with, other than in a name that staff reviewed."""
    line = signature.signatory
    if any(map(has_suspicious_characters, line_texts(line, without=("organization",)))):
        return True
    return has_suspicious_characters(line.organization) and not _has_reviewed_name(signature)


def _has_reviewed_name(signature: Signature) -> bool:
    """Return whether staff have reviewed exactly this organization's name."""
    facts = directory_facts(select(Signature.id).where(Signature.id == signature.id))
    return facts.get(signature.id, NO_DIRECTORY_FACTS).reviewed


def _find_impersonated_name(
    line: LineIndex, signature: Signature, coalition: Coalition, organization: Organization | None
) -> str:
    """Return the first name of another organization in a line; "" if there is none, TOO_LONG_TO_CHECK for a long line.

    A name found only in the line's place does not count if staff have accepted that place in another line.
    """
    if line.is_long:
        return TOO_LONG_TO_CHECK
    if line.contains(coalition.name) and not has_name(coalition.name, [signature.organization_name]):
        return coalition.name
    for row in _known_organizations(line, coalition.id, organization):
        names = [name for name in (row.name, *row.other_names) if line.contains(name)]
        only_in_place = bool(names) and all(map(line.is_place_only, names))
        if names and not (only_in_place and _is_accepted_place(signature.location, coalition.id, row.root)):
            return str(names[0])
    return ""


def _known_organizations(line: LineIndex, coalition_id: int, organization: Organization | None) -> Iterator[Row[Any]]:
    """Yield known organizations that share a matching key with a line, other than its own.

    Known are those published now or before, waiting, invited, or entered by staff; declined or withdrawn signatures alone make
    no name known.
    """
    keys = list(line.keys())
    organization_ids = {
        row.organization_id
        for start in range(0, len(keys), KEYS_AT_ONCE)
        for row in execute_core(_ORGANIZATIONS_WITH_KEY, {"keys": keys[start : start + KEYS_AT_ONCE]})
    } - ({organization.id} if organization else set())
    if not organization_ids:
        return
    root, entry = aliased(Organization), aliased(Organization)
    is_same = or_(entry.id == root.id, entry.root_id == root.id)
    has_signed = exists().where(is_same, Signature.organization_id == entry.id)
    is_in_force = has_signed.where(or_(Signature.state.in_(ACTIVE_STATES), Signature.published_at.is_not(None)))
    query = (
        select(
            Organization.name, Organization.other_names, root.id.label("root"), root.vouched_at, root.more_domains,
            root.other_names.label("root_names"), has_signed.label("signed"), is_in_force.label("in_force"),
            exists().where(is_same, Invitation.organization_id == entry.id).label("invited"),
        )
        .join(root, root.id == root_id_of(Organization))
        .where(Organization.coalition_id == coalition_id, Organization.id.in_(organization_ids))
        .order_by(Organization.id)
    )  # fmt: skip
    for row in db.session.execute(query):
        is_own = organization is not None and row.root == organization.effective_root_id
        is_known = row.in_force or row.invited or not row.signed or row.vouched_at or row.more_domains or row.root_names
        if is_known and not is_own:
            yield row


def _is_accepted_place(location: str, coalition_id: int, root_id: int) -> bool:
    """Return whether another's published line has this place: then staff have accepted it as a place."""
    letter_ids = select(Letter.id).where(Letter.coalition_id == coalition_id)
    of_others = or_(Signature.organization_id.is_(None), Signature.organization_id != root_id)
    query = select(Signature.id).where(
        Signature.letter_id.in_(letter_ids), Signature.published_at.is_not(None), Signature.location == location, of_others
    )
    return db.session.scalar(query.limit(1)) is not None


_ORGANIZATIONS_WITH_KEY = (
    select(OrganizationKey.organization_id).where(OrganizationKey.key.in_(bindparam("keys", expanding=True))).distinct()
)
"""Prebuilt statement, run at each confirmation: building it takes longer than running it."""
