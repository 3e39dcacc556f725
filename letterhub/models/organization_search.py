"""Search for a coalition's organizations by match keys, and the locks under which a new one is compared with all others.

See docs/design/organizations.md.
"""

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, cast, exists, false, func, literal, null, select, true
from sqlalchemy.orm import Session

from letterhub.domain.organizations.matching import NameAndSite, hash_keys, lookup_keys, stored_keys
from letterhub.domain.organizations.name_keys import name_key
from letterhub.infrastructure.statements import bound_integers, execute_prepared
from letterhub.models.organizations import Organization, OrganizationKey
from letterhub.models.signatures import Signature


@dataclass(frozen=True, slots=True)
class OrganizationSearch:
    """Organizations that share a match key with a line or with its organization's `name`, by key; `keys` are the line's.

    `own` is the id of the one with exactly the `name`, and whether it is new; None if there is none. `is_place_free` says that
    no signature holds the place that was asked about.
    """

    keys: Set[int]
    name: NameAndSite | None
    own: tuple[int, bool] | None
    ids_by_key: Mapping[int, Set[int]]
    is_place_free: bool = False

    @property
    def in_line(self) -> set[int]:
        """Return the ids of the organizations that the line may name."""
        return {organization_id for key in self.ids_by_key.keys() & self.keys for organization_id in self.ids_by_key[key]}

    @property
    def has_candidates(self) -> bool:
        """Return whether the name's organization is known, or may match another one."""
        keys = self.ids_by_key and self.name and lookup_keys(self.name)
        return self.own is not None or bool(keys and keys & self.ids_by_key.keys())


def search_organizations(
    session: Session, coalition_id: int, keys: Set[int], name: NameAndSite | None = None, except_signature_id: int = 0,
    place: tuple[int, str] | None = None,
) -> OrganizationSearch:  # fmt: skip
    """Search for organizations with one of these match keys and, if a `name` is given, for its own and those that may match it.

    The name is locked then, until the end of the caller's transaction. The signature with `except_signature_id` is ignored.
    `place` is a letter's id and the place key under it that is asked about.
    """
    parameters: dict[str, Any] = {
        "coalition": coalition_id,
        "except_signature_id": except_signature_id,
        "name": None,
        "domain": "",
        "keys": list(keys),
    }
    parameters["letter"], parameters["place"] = place or (None, None)
    if name is not None:
        lock_name(session, coalition_id, name)
        parameters |= {"name": name_key(name.name), "domain": name.domain, "keys": list(keys | lookup_keys(name))}
    own, ids_by_key, is_place_free = None, defaultdict[int, set[int]](set), place is not None
    connection = session.connection()
    for key, organization_id, flag in execute_prepared(connection, _SEARCH[connection.dialect.name], parameters):
        if organization_id is None:
            is_place_free = False
        elif key is None:
            own = (organization_id, not flag)
        else:
            ids_by_key[key].add(organization_id)
    return OrganizationSearch(keys, name, own, ids_by_key, is_place_free)


def lock_directory(session: Session, coalition_id: int) -> None:
    """Lock a coalition's organizations for merging, and for creating many, until the end of the transaction.

    Advisory locks, as SQLite has only one writer anyway: whoever signs waits, and signers do not wait for each other. Lock
    order: after letter and signature, before rows that all signers share.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(_LOCK_DIRECTORY, {"coalition": coalition_id})


def lock_name(session: Session, coalition_id: int, name_and_site: NameAndSite) -> None:
    """Wait until nobody else confirms a signature of an organization with a similar name, or changes the directory.

    Similar names share a match key, and each key is a lock: of two at once, the second one finds the first.
    """
    if session.get_bind().dialect.name == "postgresql":
        own = f"{name_key(name_and_site.name)}|{name_and_site.domain}"
        keys = sorted(lookup_keys(name_and_site) | stored_keys(name_and_site) | hash_keys({f"own {own}"}))
        execute_prepared(session.connection(), _LOCK_NAME, {"coalition": coalition_id, "keys": keys})


DIRECTORY_LOCK = 0x4C484F52  # PostgreSQL's advisory locks of coalitions: "LHOR" and the coalition's id
_OF_COALITION = (literal(DIRECTORY_LOCK, Integer), bindparam("coalition", type_=Integer))
_LOCK_DIRECTORY = select(func.pg_advisory_xact_lock(*_OF_COALITION))
BOUND_KEYS = bound_integers("keys")
_LOCK_NAME = select(
    func.pg_advisory_xact_lock_shared(*_OF_COALITION),
    select(func.count()).where(func.pg_advisory_xact_lock(BOUND_KEYS["postgresql"].c.value).is_not(None)).scalar_subquery(),
)
IS_LISTED = exists().where(
    Signature.organization_id == Organization.id,
    Signature.published_at.is_not(None),
    Signature.id != bindparam("except_signature_id"),
)
_FOUND_BY_NAME = select(
    cast(null(), OrganizationKey.key.type).label("key"), Organization.id.label("organization_id"), IS_LISTED.label("listed")
).where(
    Organization.coalition_id == bindparam("coalition"),
    Organization.name_key == bindparam("name"),
    Organization.domain == bindparam("domain"),
)
_HOLDS_PLACE = (Signature.letter_id == bindparam("letter"), Signature.place_key == bindparam("place"))
_PLACE = select(cast(null(), OrganizationKey.key.type), cast(null(), Organization.id.type), true()).where(*_HOLDS_PLACE)
_SEARCH = {
    dialect: _FOUND_BY_NAME.union_all(
        select(OrganizationKey.key, OrganizationKey.organization_id, false()).where(
            OrganizationKey.key.in_(select(keys.c.value))
        ),
        _PLACE,
    )
    for dialect, keys in BOUND_KEYS.items()
}
