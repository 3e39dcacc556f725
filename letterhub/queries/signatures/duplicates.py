"""Duplicate names of a letter, by name or organization, and open likeness questions; one query for many names."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Label, Row, func, select, union
from sqlalchemy.orm import InstrumentedAttribute

from letterhub.domain.states import CONFIRMED_STATES, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Organization, Signature, belongs_to, is_listed, root_id_of
from letterhub.queries.organizations.likeness_questions import LikenessQuestion, questions_by_signature


@dataclass(frozen=True, slots=True)
class Namesake:
    """Signature in force with the same name, or for the same organization."""

    id: int
    name: str
    state: SignatureState


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Counts of signatures in force by name key and by organization, and the open questions about each signature.

    `signatures_in_force` has the signatures themselves, by the same keys, if specific rows were asked for.
    """

    count_by_name_key: Mapping[Any, int]
    count_by_organization: Mapping[Any, int]
    questions: Mapping[int, tuple[LikenessQuestion, ...]]
    signatures_in_force: Mapping[Any, tuple[Namesake, ...]] = field(default_factory=dict)

    def same_name(self, row: Row[Any]) -> bool:
        """Return whether another signature of this name or organization is in force; `row` has the columns of
        `duplicate_key_columns`.
        """
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


def duplicate_key_columns() -> tuple[Label[Any], ...]:
    """Return the state of a selected signature, its organization's name key and root id; both are NULL for a person."""
    name_key = select(Organization.name_key).where(Organization.id == Signature.organization_id).correlate(Signature)
    root_id = select(root_id_of(Organization)).where(Organization.id == Signature.organization_id).correlate(Signature)
    return (
        Signature.state.label("own_state"),
        name_key.scalar_subquery().label("own_key"),
        root_id.scalar_subquery().label("own_root"),
    )


def find_duplicates(letter_id: int, among: Collection[Row[Any]] | None = None) -> Duplicates:
    """Return the duplicates of a letter for these rows, which have `duplicate_key_columns` and an `own_id`, or for all."""
    if among is None:
        count_by_key = _count_signatures_by(letter_id, Organization.name_key)
        count_by_root = _count_signatures_by(letter_id, root_id_of(Organization))
        return Duplicates(count_by_key, count_by_root, questions_by_signature(None, letter_id))
    keys = {row.own_key for row in among if row.own_key is not None}
    roots = {row.own_root for row in among if row.own_root is not None}
    signature_ids = [row.own_id for row in among]
    in_force_by_key = _group_signatures_by(letter_id, Organization.name_key, Organization.name_key.in_(keys))
    in_force_by_root = _group_signatures_by(letter_id, root_id_of(Organization), belongs_to(Organization, roots))
    count_by_key = {key: len(namesakes) for key, namesakes in in_force_by_key.items()}
    count_by_root = {root: len(namesakes) for root, namesakes in in_force_by_root.items()}
    questions = questions_by_signature(signature_ids, letter_id)
    return Duplicates(count_by_key, count_by_root, questions, in_force_by_key | in_force_by_root)


def listed_duplicates(letter_id: int) -> tuple[tuple[Namesake, ...], ...]:
    """Return groups of a letter's published names: those of the same name or organization. Each has two names or more.

    They are looked for among the coalition's organizations with a name that another one has, and merged ones: by index, and
    few. One that is neither has one listed signature at most, by its unique key.
    """
    root, key = root_id_of(Organization), Organization.name_key
    coalition_id = select(Letter.coalition_id).where(Letter.id == letter_id).scalar_subquery()
    own_coalition = Organization.coalition_id == coalition_id
    repeated = select(key).where(own_coalition).group_by(key).having(func.count() > 1)
    is_merged = Organization.coalition_id + 0 == coalition_id, Organization.root_id > 0  # by the index of roots: few have one
    candidates: CompoundSelect[Any] = union(
        select(Organization.id).where(own_coalition, key.in_(repeated)),
        select(Organization.id).where(*is_merged),
        select(Organization.root_id).where(*is_merged),
    )
    rows = db.session.execute(
        select(Signature.id, Signature.organization_name, Signature.state, root.label("root"), key.label("key"))
        .join(Organization, Organization.id == Signature.organization_id)
        .where(Signature.organization_id.in_(candidates), Signature.letter_id + 0 == letter_id, is_listed())
        .order_by(Signature.sort_key, Signature.id)
    ).all()
    leaders: dict[Any, Any] = {}  # of each root and each name: what leads its group

    def leader_of(value: Any) -> Any:
        while (above := leaders.setdefault(value, value)) != value:
            leaders[value] = value = leaders[above]
        return value

    for row in rows:  # one row may connect two organizations of the same name
        leaders[leader_of(row.key)] = leader_of(row.root)
    groups = defaultdict[Any, list[Namesake]](list)
    for row in rows:
        groups[leader_of(row.root)].append(Namesake(row.id, row.organization_name, row.state))
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def _count_signatures_by(letter_id: int, column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> dict[Any, int]:
    """Return the number of a letter's signatures in force for each value of a column of their organizations."""
    query = (
        select(column.label("own"), func.count(Signature.id).label("many"))
        .join(Signature, Signature.organization_id == Organization.id)
        .where(Signature.letter_id == letter_id, Signature.state.in_(CONFIRMED_STATES))
        .group_by(column)
    )
    return {row.own: row.many for row in db.session.execute(query)}


def _group_signatures_by(
    letter_id: int, column: ColumnElement[Any] | InstrumentedAttribute[Any], condition: ColumnElement[bool]
) -> dict[Any, tuple[Namesake, ...]]:
    """Return a letter's signatures in force of the few organizations that meet a condition, by the value of their column.

    They are found through the organizations' indexes.
    """
    coalition_id = select(Letter.coalition_id).where(Letter.id == letter_id).scalar_subquery()
    query = (
        select(column.label("own"), Signature.id, Signature.organization_name, Signature.state)
        .join(Signature, Signature.organization_id == Organization.id)
        .where(
            Organization.coalition_id == coalition_id, condition, Signature.letter_id + 0 == letter_id
        )  # "+ 0": use no index on it
        .where(Signature.state.in_(CONFIRMED_STATES))
    )
    namesakes: dict[Any, tuple[Namesake, ...]] = {}
    for row in db.session.execute(query):
        namesakes[row.own] = (*namesakes.get(row.own, ()), Namesake(row.id, row.organization_name, row.state))
    return namesakes
