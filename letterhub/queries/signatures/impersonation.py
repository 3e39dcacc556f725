"""Impersonation check: lines that name an organization other than their own, in the name, signer, title or place."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, exists, or_, select
from sqlalchemy.orm import aliased

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.organizations.confusables import has_suspicious_characters
from letterhub.domain.organizations.matching import NameAndSite, has_name
from letterhub.domain.organizations.names_in_line import LineIndex, index_line
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.signatures.evidence import NO_DIRECTORY_FACTS
from letterhub.domain.signatures.line_fields import line_texts
from letterhub.domain.states import ACTIVE_STATES
from letterhub.infrastructure.db import db
from letterhub.models import (
    Invitation,
    Letter,
    Organization,
    OrganizationSearch,
    Signature,
    root_id_of,
    search_organizations,
)
from letterhub.queries.organizations.likeness_questions import directory_facts

TOO_LONG_TO_CHECK = "…"


@dataclass(frozen=True, slots=True)
class LineSearch:
    """Index of a signature's line, and the organizations of its coalition that it may name or be signed for."""

    coalition_id: int
    line: LineIndex
    organizations: OrganizationSearch


def search_line(signature: Signature, coalition_id: int) -> LineSearch:
    """Search a coalition for a signature's organization, for those that may match it, and for others that its line may name;
    ask also whether its place is free."""
    is_organization = signature.kind is SignatoryKind.ORGANIZATION
    name = NameAndSite(signature.organization_name, domain_of_website(signature.website)) if is_organization else None
    line = index_line(signature.signatory, reviewed=False)
    keys = frozenset[int]() if line.is_long else line.keys()
    place = (signature.letter_id, signature.own_place_key)
    return LineSearch(coalition_id, line, search_organizations(db.session(), coalition_id, keys, name, signature.id, place))


def impersonated_organization(signature: Signature, search: LineSearch, coalition: str) -> str:
    """Return the name of another organization of the coalition that a line contains or resembles; "" if there is none.

    The organization's own name is skipped if staff have reviewed exactly it. `coalition` is the coalition's name.
    """
    name = _find_impersonated_name(search, coalition, signature)
    if name and signature.organization_id is not None and _has_reviewed_name(signature):
        line = index_line(signature.signatory, reviewed=True)
        organizations = search_organizations(db.session(), search.coalition_id, line.keys())
        return _find_impersonated_name(replace(search, line=line, organizations=organizations), coalition, signature)
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


def _find_impersonated_name(search: LineSearch, coalition: str, signature: Signature) -> str:
    """Return the first name of another organization in a line; "" if there is none, TOO_LONG_TO_CHECK for a long line.

    A name found only in the line's place does not count if staff have accepted that place in another line.
    """
    line, coalition_id = search.line, search.coalition_id
    if line.is_long:
        return TOO_LONG_TO_CHECK
    if line.contains(coalition) and not has_name(coalition, [signature.organization_name]):
        return coalition
    organization_ids = search.organizations.in_line - {signature.organization_id}
    for row in _known_organizations(organization_ids, coalition_id, signature) if organization_ids else ():
        names = [name for name in (row.name, *row.other_names) if line.contains(name)]
        only_in_place = bool(names) and all(map(line.is_place_only, names))
        if names and not (only_in_place and _is_accepted_place(signature.location, coalition_id, row.root)):
            return str(names[0])
    return ""


def _known_organizations(organization_ids: Collection[int], coalition_id: int, signature: Signature) -> Iterator[Row[Any]]:
    """Yield those of these organizations that are known, other than the signature's own.

    Known are those published now or before, waiting, invited, or entered by staff; declined or withdrawn signatures alone make
    no name known.
    """
    own = db.session.get(Organization, signature.organization_id) if signature.organization_id else None
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
        is_own = own is not None and row.root == own.effective_root_id
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
