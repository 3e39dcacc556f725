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
from letterhub.domain.organizations.names_and_websites import domain_of_website, name_key, sort_key
from letterhub.infrastructure.statements import bound_columns
from letterhub.models.organization_search import BOUND_KEYS, IS_LISTED, OrganizationSearch, lock_directory, search_organizations
from letterhub.models.organizations import Organization, OrganizationKey, PossibleDuplicate, belongs_to, root_id_of

NameAndDomain = tuple[str, str]
"""Identity of an organization: the match key of its name, and its domain."""
ORGANIZATIONS, KEYS = (typed("Table", model.__table__) for model in (Organization, OrganizationKey))
MAX_QUESTIONS = 10
"""Maximum number of questions to staff about one new organization."""


def find_or_create_organization(
    session: Session, coalition_id: int, name: str, website: str, at: dt.datetime, but: int = 0
) -> tuple[int, bool]:
    """Return the id of the organization with this name and website, created if needed, and True if it is seen for the first
    time: no signature of it is listed, except for the one with id `but`."""
    search = search_organizations(session, coalition_id, frozenset(), NameAndSite(name, domain_of_website(website)), but)
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
        return int(connection.execute(_CREATE_WITH_KEYS, values | {"keys": keys}).scalar_one())
    number = int(connection.execute(_CREATE, values).scalar_one())
    connection.execute(_STORE_KEYS_OF, {"keys": keys, "number": number})
    return number


def find_or_create_organizations(
    session: Session, coalition_id: int, names: Mapping[NameAndDomain, str], at: dt.datetime, but: int = 0
) -> dict[NameAndDomain, tuple[int, bool]]:
    """Return the id of each organization, created if needed, and True for those that are seen for the first time.

    `names` are their names by name key and website domain, some hundreds at most. A signature with the id `but` is ignored.

    A submitted signature proves nothing, as anyone can sign: an organization is known if a signature of it is listed, or was
    until a text changed. The directory is locked until the end of the caller's transaction, so that each new one is compared
    with all others.
    """
    lock_directory(session, coalition_id)
    existing = _find_existing(session, coalition_id, names, but)
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
    ["key", "organization_id"], select(BOUND_KEYS["sqlite"].c.value, bindparam("number", type_=Integer))
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
    session: Session, coalition_id: int, names: Mapping[NameAndDomain, str], but: int
) -> dict[NameAndDomain, tuple[int, bool]]:
    """Return the id of each of these organizations that exists, and True for those that are seen for the first time.

    A signature with the id `but` is ignored.
    """
    parameters = {"coalition": coalition_id, "keys": list({key for key, _domain in names}), "but": but}
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
        {number for numbers in candidates.values() for number in numbers},
        {organization.id for organization in new},
    )
    for organization in new:
        if organization.root_id is None:
            _merge_or_ask(
                session,
                organization,
                others.of(candidates[organization.id], organization),
                others,
                joins=organization.id in first_time,
                at=at,
            )
        others.add(organization)
    _save_keys(session, new, [organization.id for organization in new if organization.id not in first_time])


class _ExistingOrganizations:
    """Existing organizations to compare new ones with, each with all its rows, and the questions already asked."""

    def __init__(self, session: Session, coalition_id: int, numbers: set[int], new: set[int]) -> None:
        """Load all rows of organizations of the coalition that have a row with one of the ids in `numbers`, except those
        in `new`, and the questions asked about any of them."""
        self.rows: dict[int, Organization] = {}
        self.groups: dict[int, list[Organization]] = defaultdict(list)
        self.asked_pairs: set[frozenset[int]] = set()
        if not numbers:  # no possible match, so no questions either
            return
        query = select(root_id_of(Organization).label("root"), Organization.coalition_id).where(Organization.id.in_(numbers))
        roots = {row.root for row in session.execute(query) if row.coalition_id == coalition_id}
        for row in session.scalars(select(Organization).where(belongs_to(Organization, roots)).order_by(Organization.id)):
            if row.id not in new:
                self.add(row)
        ids = new | self.rows.keys()
        questions = select(PossibleDuplicate.one_id, PossibleDuplicate.other_id).where(
            PossibleDuplicate.one_id.in_(ids), PossibleDuplicate.other_id.in_(ids)
        )
        self.asked_pairs = {frozenset(map(self._root, pair)) for pair in session.execute(questions)}

    def add(self, row: Organization) -> None:
        """Add an organization to those that are compared with."""
        self.rows[row.id] = row
        self.groups[row.effective_root_id].append(row)

    def of(self, numbers: set[int], organization: Organization) -> dict[int, Comparison]:
        """Compare an organization with each other that has one of these ids, or an organization merged into it; return the
        comparisons by the other's id."""
        roots = {self.rows[number].effective_root_id for number in numbers if number in self.rows} - {organization.id}
        names_by_root = {root: [name for row in self.groups[root] for name in row.names_and_sites] for root in sorted(roots)}
        return {root: compare_organizations(list(organization.names_and_sites), names) for root, names in names_by_root.items()}

    def _root(self, number: int) -> int:
        return self.rows[number].effective_root_id if number in self.rows else number


def _merge_or_ask(
    session: Session,
    organization: Organization,
    compared: dict[int, Comparison],
    others: _ExistingOrganizations,
    *,
    joins: bool,
    at: dt.datetime,
) -> None:
    """Merge an organization into its match if it has only one and `joins` it automatically; ask staff about its other possible
    matches, once about each.

    `compared` has the comparisons with other organizations by their id; `others` are the rows and the questions asked before.
    """
    same = [root for root, comparison in compared.items() if comparison.verdict is MatchVerdict.SAME]
    if joins and len(same) == 1:
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


def _save_keys(session: Session, new: Sequence[Organization], indexed_before: Sequence[int]) -> None:
    """Store the match keys of organizations, replacing those of the ones indexed before."""
    if indexed_before:
        session.execute(delete(OrganizationKey).where(OrganizationKey.organization_id.in_(indexed_before)))
    rows = [
        {"key": key, "organization_id": organization.id}
        for organization in new
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
