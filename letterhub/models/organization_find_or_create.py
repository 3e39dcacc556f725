"""Find-or-create of organizations by exact name and site, and matching of new ones against existing ones."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import cast as typed

from sqlalchemy import Integer, Table, bindparam, delete, insert, select, true
from sqlalchemy.orm import Session

from letterhub.domain.organizations.matching import (
    KEYS_VERSION,
    Comparison,
    MatchVerdict,
    NameAndSite,
    compare_organizations,
    comparison_rank,
    lookup_keys,
    shares_name,
    stored_keys,
)
from letterhub.domain.organizations.name_keys import name_key, sort_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.infrastructure.statements import bound_columns, execute_prepared
from letterhub.models.organization_search import BOUND_KEYS, IS_LISTED, OrganizationSearch, lock_directory, search_organizations
from letterhub.models.organizations import Organization, OrganizationKey, PossibleDuplicate, belongs_to, root_id_of

NameAndDomain = tuple[str, str]
"""Identity of an organization: the match key of its name, and its domain."""
ORGANIZATIONS, KEYS = (typed("Table", model.__table__) for model in (Organization, OrganizationKey))
MAX_QUESTIONS = 10
"""Maximum number of questions to staff about one new organization."""


def find_or_create_organization(
    session: Session, coalition_id: int, name: str, website: str, at: dt.datetime, except_signature_id: int = 0
) -> tuple[int, bool]:
    """Return the id of the organization with this name and website, created if needed, and whether it is new: True if no
    signature of it is listed but that with `except_signature_id`."""
    search = search_organizations(
        session, coalition_id, frozenset(), NameAndSite(name, domain_of_website(website)), except_signature_id
    )
    return search.own or (create_organization(session, coalition_id, search, at), True)


def create_organization(session: Session, coalition_id: int, search: OrganizationSearch, at: dt.datetime) -> int:
    """Create the organization that a search did not find, compare it with those that share a match key, and return its id."""
    if search.name is None:
        raise ValueError("an organization has a name")
    name, domain = search.name.name, search.name.domain
    values = {
        "coalition_id": coalition_id, "name": name, "name_key": name_key(name), "domain": domain, "sort_key": sort_key(name),
        "created_at": at, "keys_version": KEYS_VERSION, "other_names": [], "more_domains": [],
    }  # fmt: skip
    if search.has_candidates:
        organization = Organization(**values)
        session.add(organization)
        session.flush()
        _compare_with_existing(session, coalition_id, [organization], {organization.id}, at)
        return organization.id
    connection, keys = session.connection(), sorted(stored_keys(search.name))
    if connection.dialect.name == "postgresql":
        return int(execute_prepared(connection, _CREATE_WITH_KEYS, values | {"keys": keys}).scalar_one())
    organization_id = int(execute_prepared(connection, _CREATE, values).scalar_one())
    execute_prepared(connection, _STORE_KEYS_OF, {"keys": keys, "organization_id": organization_id})
    return organization_id


def find_or_create_organizations(
    session: Session, coalition_id: int, names: Mapping[NameAndDomain, str], at: dt.datetime, except_signature_id: int = 0
) -> dict[NameAndDomain, tuple[int, bool]]:
    """Return the id of each organization, created if needed, and whether it is new.

    `names` are their names by name key and website domain, some hundreds at most. A submitted signature proves nothing, as
    anyone can sign: an organization is new until a signature of it is listed; that with `except_signature_id` is ignored.

    The directory is locked until the end of the caller's transaction, so that each new one is compared with all others.
    """
    lock_directory(session, coalition_id)
    existing = _find_existing(session, coalition_id, names, except_signature_id)
    if len(existing) == len(names):
        return existing
    new = [
        Organization(
            coalition_id=coalition_id, name=name, name_key=key, domain=domain, sort_key=sort_key(name), created_at=at,
            keys_version=KEYS_VERSION,
        )
        for (key, domain), name in names.items()
        if (key, domain) not in existing
    ]  # fmt: skip
    session.add_all(new)
    session.flush()
    _compare_with_existing(session, coalition_id, new, {organization.id for organization in new}, at)
    created = {(organization.name_key, organization.domain): (organization.id, True) for organization in new}
    return existing | created


_EXISTING_QUERY = select(Organization.name_key, Organization.domain, Organization.id, IS_LISTED.label("listed")).where(
    Organization.coalition_id == bindparam("coalition"),
    Organization.name_key.in_(bindparam("keys", expanding=True)),  # SQLite would scan all rows for pairs
)
_CREATE = insert(ORGANIZATIONS).values(bound_columns(Organization)).returning(ORGANIZATIONS.c.id)
_STORE_KEYS_OF = insert(KEYS).from_select(
    ["key", "organization_id"], select(BOUND_KEYS["sqlite"].c.value, bindparam("organization_id", type_=Integer))
)
_CREATED = _CREATE.cte("created")
_KEYS_OF_CREATED = select(BOUND_KEYS["postgresql"].c.value, _CREATED.c.id).join_from(BOUND_KEYS["postgresql"], _CREATED, true())
_STORE_KEYS = insert(KEYS).from_select(["key", "organization_id"], _KEYS_OF_CREATED)
_CREATE_WITH_KEYS = select(_CREATED.c.id).add_cte(_STORE_KEYS.cte("stored"))
"""Statement of PostgreSQL that creates an organization with its match keys."""
_SHARED_KEYS_QUERY = {
    dialect: select(OrganizationKey.key, OrganizationKey.organization_id).where(OrganizationKey.key.in_(select(keys.c.value)))
    for dialect, keys in BOUND_KEYS.items()
}
"""Prepared once, as every confirmation executes them: building a statement takes longer than running it."""


def _find_existing(
    session: Session, coalition_id: int, names: Mapping[NameAndDomain, str], except_signature_id: int
) -> dict[NameAndDomain, tuple[int, bool]]:
    """Return the id of each of these organizations that exists, and whether it is new: no signature of it is listed but that
    with `except_signature_id`."""
    parameters = {
        "coalition": coalition_id,
        "keys": list({key for key, _domain in names}),
        "except_signature_id": except_signature_id,
    }
    rows = session.connection().execute(_EXISTING_QUERY, parameters)
    return {(row.name_key, row.domain): (row.id, not row.listed) for row in rows if (row.name_key, row.domain) in names}


def index_for_matching(session: Session, coalition_id: int, rows: Sequence[Organization], at: dt.datetime) -> None:
    """Store the match keys of organizations, and compare each with those that share one: a match is merged, a possible match
    becomes a question to staff. An organization that was compared before is not merged automatically."""
    _compare_with_existing(
        session, coalition_id, rows, {organization.id for organization in rows if not organization.keys_version}, at
    )
    for organization in rows:
        organization.keys_version = KEYS_VERSION


def _compare_with_existing(
    session: Session, coalition_id: int, new: Sequence[Organization], first_time: Collection[int], at: dt.datetime
) -> None:
    """Compare organizations with all others of the coalition that share a match key, and store their own match keys.

    Those with an id in `first_time` are merged into the one that they match; about other possible matches staff are asked.
    Organizations that were merged before are not compared.
    """
    candidates = _ids_sharing_a_key(session, new)
    others = _ExistingOrganizations(
        session,
        coalition_id,
        {candidate_id for candidate_ids in candidates.values() for candidate_id in candidate_ids},
        {organization.id for organization in new},
    )
    for organization in new:
        if organization.root_id is None:
            _merge_or_ask(
                session,
                organization,
                others.compare_with(organization, candidates[organization.id]),
                others,
                may_merge=organization.id in first_time,
                at=at,
            )
        others.add(organization)
    _save_keys(session, new, [organization.id for organization in new if organization.id not in first_time])


class _ExistingOrganizations:
    """Existing organizations to compare new ones with, each with all its rows, and the questions already asked."""

    def __init__(self, session: Session, coalition_id: int, organization_ids: set[int], new_ids: set[int]) -> None:
        """Load the coalition's organizations with these ids, all rows merged with one of them, and the questions asked about
        any of them; without the rows in `new_ids`."""
        self.rows: dict[int, Organization] = {}
        self.groups: dict[int, list[Organization]] = defaultdict(list)
        self.asked_pairs: set[frozenset[int]] = set()
        if not organization_ids:  # no possible match, so no questions either
            return
        query = select(root_id_of(Organization).label("root"), Organization.coalition_id).where(
            Organization.id.in_(organization_ids)
        )
        roots = {row.root for row in session.execute(query) if row.coalition_id == coalition_id}
        for row in session.scalars(select(Organization).where(belongs_to(Organization, roots)).order_by(Organization.id)):
            if row.id not in new_ids:
                self.add(row)
        ids = new_ids | self.rows.keys()
        questions = select(PossibleDuplicate.one_id, PossibleDuplicate.other_id).where(
            PossibleDuplicate.one_id.in_(ids), PossibleDuplicate.other_id.in_(ids)
        )
        self.asked_pairs = {frozenset(map(self._root, pair)) for pair in session.execute(questions)}

    def add(self, row: Organization) -> None:
        """Add an organization to those that are compared with."""
        self.rows[row.id] = row
        self.groups[row.effective_root_id].append(row)

    def compare_with(self, organization: Organization, other_ids: set[int]) -> dict[int, Comparison]:
        """Compare an organization with these others, each with all rows merged into it; return the comparisons by the id of
        the other's root."""
        roots = {self.rows[other_id].effective_root_id for other_id in other_ids if other_id in self.rows} - {organization.id}
        names_by_root = {root: [name for row in self.groups[root] for name in row.names_and_sites] for root in sorted(roots)}
        return {root: compare_organizations(list(organization.names_and_sites), names) for root, names in names_by_root.items()}

    def _root(self, organization_id: int) -> int:
        return self.rows[organization_id].effective_root_id if organization_id in self.rows else organization_id


def _merge_or_ask(
    session: Session,
    organization: Organization,
    compared: dict[int, Comparison],
    others: _ExistingOrganizations,
    *,
    may_merge: bool,
    at: dt.datetime,
) -> None:
    """Merge an organization into its match, if it `may_merge` and has only one; ask staff about its other possible matches,
    once about each.

    `compared` has the comparisons with other organizations by their id; `others` are the rows and the questions asked
    before.
    """
    same = [root for root, comparison in compared.items() if comparison.verdict is MatchVerdict.SAME]
    if may_merge and len(same) == 1:
        organization.root_id = organization.merged_into_id = same[0]
        organization.merged_by_other_name = not shares_name(compared[same[0]])
    questions = [
        (comparison, root)
        for root, comparison in compared.items()
        if comparison.verdict is not MatchVerdict.DIFFERENT and root != organization.root_id
    ]
    for comparison, root in sorted(questions, key=lambda question: comparison_rank(question[0]))[:MAX_QUESTIONS]:
        if (pair := frozenset((organization.effective_root_id, root))) not in others.asked_pairs:
            others.asked_pairs.add(pair)
            session.add(
                PossibleDuplicate(
                    one_id=min(organization.id, root),
                    other_id=max(organization.id, root),
                    reasons=[*comparison.reasons],
                    found_at=at,
                )
            )


def _save_keys(session: Session, organizations: Sequence[Organization], ids_to_replace: Sequence[int]) -> None:
    """Store the match keys of organizations; those of `ids_to_replace` have been stored before, and are deleted first."""
    if ids_to_replace:
        session.execute(delete(OrganizationKey).where(OrganizationKey.organization_id.in_(ids_to_replace)))
    rows = [
        {"key": key, "organization_id": organization.id}
        for organization in organizations
        for key in sorted(_keys(organization, stored_keys))
    ]
    if rows:
        session.execute(insert(KEYS), rows)


def _keys(organization: Organization, keys_of: Callable[[NameAndSite], frozenset[int]]) -> set[int]:
    return {key for name_and_site in organization.names_and_sites for key in keys_of(name_and_site)}


def _ids_sharing_a_key(session: Session, new: Sequence[Organization]) -> dict[int, set[int]]:
    """Return, by the id of each new organization, the ids of those that have stored a match key which it looks up, new ones
    included. The query uses an index, so it takes as long in a large table."""
    askers_by_key: dict[int, set[int]] = defaultdict(set)
    holders_by_key: dict[int, set[int]] = defaultdict(set)
    for organization in new:
        for key in _keys(organization, lookup_keys):
            askers_by_key[key].add(organization.id)
        for key in _keys(organization, stored_keys):
            holders_by_key[key].add(organization.id)
    candidates: dict[int, set[int]] = {organization.id: set() for organization in new}
    connection = session.connection()
    for row in connection.execute(_SHARED_KEYS_QUERY[connection.dialect.name], {"keys": list(askers_by_key)}):
        holders_by_key[row.key].add(row.organization_id)
    for key, holders in holders_by_key.items():
        for asker in askers_by_key.get(key, ()):
            candidates[asker] |= holders - {asker}
    return candidates
