"""Duplicate names of a letter, by name or organization, and open likeness questions; one query for many names."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CompoundSelect, Row, Select, bindparam, func, select, union
from sqlalchemy.orm import aliased

from letterhub.domain.states import CONFIRMED_STATES, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Organization, Signature, belongs_to, is_listed, root_id_of
from letterhub.queries.organizations.likeness_questions import LikenessQuestion, likeness_questions


@dataclass(frozen=True, slots=True)
class Namesake:
    """Signature in force with the same name, or for the same organization."""

    id: int
    name: str
    state: SignatureState


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Counts of signatures in force by name key and by organization, and the open questions about each signature.

    `signatures_in_force` has the signatures themselves, by the same keys, unless all were counted.
    """

    count_by_name_key: Mapping[Any, int]
    count_by_organization: Mapping[Any, int]
    questions: Mapping[int, tuple[LikenessQuestion, ...]]
    signatures_in_force: Mapping[Any, tuple[Namesake, ...]] = field(default_factory=dict)

    def same_name(self, row: Row[Any]) -> bool:
        """Return whether another signature of this name or organization is in force; `row` is one `with_duplicate_keys`."""
        if row.own_key is None:
            return False
        is_counted_itself = row.own_state in CONFIRMED_STATES
        of_name, of_organization = self.count_by_name_key.get(row.own_key, 0), self.count_by_organization.get(row.own_root, 0)
        return max(of_name, of_organization) > int(is_counted_itself)

    def namesakes(self, row: Row[Any]) -> tuple[Namesake, ...]:
        """Return the signatures that duplicate the one of a row, in id order; `row` was given to `find_duplicates`."""
        duplicates = {
            namesake
            for key in (row.own_key, row.own_root)
            for namesake in self.signatures_in_force.get(key, ())
            if namesake.id != row.own_id
        }
        return tuple(sorted(duplicates, key=lambda namesake: namesake.id))


_OWN = aliased(Organization)


def with_duplicate_keys(query: Select[Any]) -> Select[Any]:
    """Add to a select of signatures what `find_duplicates` needs: id and state, and the organization's name key, root and
    coalition, which are NULL for a person.
    """
    return query.outerjoin(_OWN, _OWN.id == Signature.organization_id).add_columns(
        Signature.id.label("own_id"), Signature.state.label("own_state"), _OWN.name_key.label("own_key"),
        root_id_of(_OWN).label("own_root"), _OWN.coalition_id.label("own_coalition"),
    )  # fmt: skip


def find_duplicates(letter_id: int, rows: Sequence[Row[Any]], *, most: bool = False) -> Duplicates:
    """Return the duplicates of rows `with_duplicate_keys`, which belong to a letter. If they are `most` of its signatures, all
    are counted at once, and there are no namesakes.
    """
    keys = {row.own_key for row in rows if row.own_key is not None}
    roots = {row.own_root for row in rows if row.own_root is not None}
    coalition_id = next((row.own_coalition for row in rows if row.own_coalition is not None), None)
    if coalition_id is None:
        return Duplicates({}, {}, {})
    by_root = likeness_questions(coalition_id, None if most else roots)
    questions = {row.own_id: by_root[row.own_root] for row in rows if row.own_root in by_root}
    if most:
        owners = db.session.execute(_OWNERS_IN_FORCE, {"letter": letter_id}).all()
        return Duplicates(Counter(row.name_key for row in owners), Counter(row.root for row in owners), questions)
    in_force: dict[Any, tuple[Namesake, ...]] = {}
    values = {"coalition": coalition_id, "letter": letter_id, "keys": list(keys), "roots": list(roots)}
    for row in db.session.execute(_IN_FORCE_OF_FEW, values):
        for owner in (row.name_key, row.root):
            in_force[owner] = (*in_force.get(owner, ()), Namesake(row.id, row.organization_name, row.state))
    counts = {owner: len(namesakes) for owner, namesakes in in_force.items()}
    return Duplicates(counts, counts, questions, in_force)


def listed_duplicates(letter_id: int) -> tuple[tuple[Namesake, ...], ...]:
    """Return groups of a letter's published names: those of the same name or organization. Each has two names or more.

    They are looked for among the coalition's organizations with a name that another one has, and merged ones: by index, and
    few. One that is neither has one listed signature at most, by its place key.
    """
    root, key = root_id_of(Organization), Organization.name_key
    rows = db.session.execute(
        select(Signature.id, Signature.organization_name, Signature.state, root.label("root"), key.label("key"))
        .join(Organization, Organization.id == Signature.organization_id)
        .where(Signature.organization_id.in_(_not_alone(letter_id)), Signature.letter_id + 0 == letter_id, is_listed())
        .order_by(Signature.sort_key, Signature.id)
    ).all()
    connections = _Connections()
    for row in rows:
        connections.connect(row.key, row.root)
    groups = defaultdict[Any, list[Namesake]](list)
    for row in rows:
        groups[connections.leader_of(row.root)].append(Namesake(row.id, row.organization_name, row.state))
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def _not_alone(letter_id: int) -> CompoundSelect[Any]:
    """Return a select of the organizations of the letter's coalition that have the name of another one, or were merged."""
    key = Organization.name_key
    coalition_id = select(Letter.coalition_id).where(Letter.id == letter_id).scalar_subquery()
    own_coalition = Organization.coalition_id == coalition_id
    repeated = select(key).where(own_coalition).group_by(key).having(func.count() > 1)
    is_merged = Organization.coalition_id + 0 == coalition_id, Organization.root_id > 0  # by the index of roots: few have one
    return union(
        select(Organization.id).where(own_coalition, key.in_(repeated)),
        select(Organization.id).where(*is_merged),
        select(Organization.root_id).where(*is_merged),
    )


class _Connections:
    """Groups of names and organizations that are connected, directly or by others: a disjoint-set forest."""

    def __init__(self) -> None:
        self._parents: dict[Any, Any] = {}

    def leader_of(self, value: Any) -> Any:
        """Return the one value of a group that stands for all of it, and shorten the way to it."""
        while (parent := self._parents.setdefault(value, value)) != value:
            self._parents[value] = value = self._parents[parent]
        return value

    def connect(self, name: Any, organization: Any) -> None:
        """Make the groups of both one."""
        self._parents[self.leader_of(name)] = self.leader_of(organization)


_OWNERS_IN_FORCE = (
    select(Organization.name_key, root_id_of(Organization).label("root"))
    .join(Signature, Signature.organization_id == Organization.id)
    .where(Signature.letter_id == bindparam("letter"), Signature.state.in_(CONFIRMED_STATES))
)
_IN_FORCE = (
    select(
        Signature.id,
        Signature.organization_name,
        Signature.state,
        Organization.name_key,
        root_id_of(Organization).label("root"),
    )
    .join(Organization, Signature.organization_id == Organization.id)
    .where(
        Signature.letter_id + 0 == bindparam("letter"),  # "+ 0": use no index on it
        Signature.state.in_(CONFIRMED_STATES),
    )
)
_IN_FORCE_OF_FEW = _IN_FORCE.where(
    Organization.coalition_id == bindparam("coalition"), Organization.name_key.in_(bindparam("keys", expanding=True))
).union(_IN_FORCE.where(belongs_to(Organization, bindparam("roots", expanding=True))))
"""Prebuilt select of a letter's signatures in force that have one of these name keys or roots, each once; they are found by the
organizations' indexes."""
