"""Which names of a letter stand twice, by their own name or another, and which are in question: asked once for many names."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Label, Row, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from letterhub.db import db
from letterhub.domain.states import HOLDING, SignatureState
from letterhub.models import Letter, Organization, Signature, is_listed, is_of, root_of
from letterhub.queries.organizations import SameQuestion, in_question


@dataclass(frozen=True, slots=True)
class Namesake:
    """A signature that stands with the name or for the organization of another."""

    id: int
    name: str
    state: SignatureState


@dataclass(frozen=True, slots=True)
class Doubles:
    """How many signatures stand with each name's key and for each organization, and the questions about each signature's.

    `standing` has those signatures by key and by number of organization, where some rows were asked about.
    """

    by_key: Mapping[Any, int]
    by_root: Mapping[Any, int]
    questions: Mapping[int, tuple[SameQuestion, ...]]
    standing: Mapping[Any, tuple[Namesake, ...]] = field(default_factory=dict)

    def same_name(self, row: Row[Any]) -> bool:
        """Whether another signature of this name, or of this organization, stands; `row` as `own_columns` give it."""
        mine = row.own_state in HOLDING
        return row.own_key is not None and (
            self.by_key.get(row.own_key, 0) > mine or self.by_root.get(row.own_root, 0) > mine
        )  # fmt: skip

    def namesakes(self, row: Row[Any]) -> tuple[Namesake, ...]:
        """The signatures that it stands twice with, the first one first; of a row that was asked about, with its `own_id`."""
        found = {one for own in (row.own_key, row.own_root) for one in self.standing.get(own, ()) if one.id != row.own_id}
        return tuple(sorted(found, key=lambda one: one.id))


def own_columns() -> tuple[Label[Any], ...]:
    """The state of a selected signature, and the name's key and the number of its organization, which a person has not."""
    its = select(Organization.name_key).where(Organization.id == Signature.organization_id).correlate(Signature)
    root = select(root_of(Organization)).where(Organization.id == Signature.organization_id).correlate(Signature)
    return (
        Signature.state.label("own_state"), its.scalar_subquery().label("own_key"), root.scalar_subquery().label("own_root"),
    )  # fmt: skip


def doubles(letter_id: int, among: Collection[Row[Any]] | None = None) -> Doubles:
    """The doubles of a letter that matter to some rows with `own_columns` and an `own_id`, or all of them."""
    keys = None if among is None else {row.own_key for row in among if row.own_key is not None}
    roots = None if among is None else {row.own_root for row in among if row.own_root is not None}
    numbers = None if among is None else [row.own_id for row in among]
    if keys is None or roots is None:
        by_key, by_root = (_counted(letter_id, own) for own in (Organization.name_key, root_of(Organization)))
        return Doubles(by_key, by_root, in_question(None, letter_id))
    named = _standing(letter_id, Organization.name_key, Organization.name_key.in_(keys))
    same = _standing(letter_id, root_of(Organization), is_of(Organization, roots))
    by_key, by_root = ({own: len(some) for own, some in found.items()} for found in (named, same))
    return Doubles(by_key, by_root, in_question(numbers, letter_id), named | same)


def listed_twice(letter_id: int) -> tuple[tuple[Namesake, ...], ...]:
    """The published names of a letter that print alike or are one organization's, those that belong together in one group."""
    root, key = root_of(Organization), Organization.name_key
    listed = (
        select(
            Signature.id, Signature.organization_name.label("name"), Signature.state, Signature.sort_key,
            root.label("root"), key.label("key"),
            func.count().over(partition_by=root).label("of_root"), func.count().over(partition_by=key).label("of_key"),
        )
        .join(Organization, Organization.id == Signature.organization_id)
        .where(Signature.letter_id == letter_id, is_listed())
        .subquery()
    )  # fmt: skip
    twice = select(listed).where(or_(listed.c.of_root > 1, listed.c.of_key > 1)).order_by(listed.c.sort_key, listed.c.id)
    groups: dict[Any, list[Namesake]] = {}
    for row in db.session.execute(twice):
        group, other = groups.get(row.root, []), groups.get(row.key, [])
        if other is not group:  # one row may lead from an organization to another of the same name
            group += other
            groups |= {own: group for own, some in groups.items() if some is other}
        group.append(Namesake(row.id, row.name, row.state))
        groups[row.root] = groups[row.key] = group
    return tuple({id(group): tuple(group) for group in groups.values()}.values())


def _counted(letter_id: int, own: ColumnElement[Any] | InstrumentedAttribute[Any]) -> dict[Any, int]:
    """How many signatures of a letter stand for each."""
    counted = (
        select(own.label("own"), func.count(Signature.id).label("many"))
        .join(Signature, Signature.organization_id == Organization.id)
        .where(Signature.letter_id == letter_id, Signature.state.in_(HOLDING))
        .group_by(own)
    )
    return {row.own: row.many for row in db.session.execute(counted)}


def _standing(
    letter_id: int, own: ColumnElement[Any] | InstrumentedAttribute[Any], among: ColumnElement[bool]
) -> dict[Any, tuple[Namesake, ...]]:
    """The signatures that stand for each of a few organizations, which these are looked up by, and not the other way round."""
    its = select(Letter.coalition_id).where(Letter.id == letter_id).scalar_subquery()
    found = (
        select(own.label("own"), Signature.id, Signature.organization_name, Signature.state)
        .join(Signature, Signature.organization_id == Organization.id)
        .where(Organization.coalition_id == its, among, Signature.letter_id + 0 == letter_id)  # by no index
        .where(Signature.state.in_(HOLDING))
    )
    standing: dict[Any, tuple[Namesake, ...]] = {}
    for row in db.session.execute(found):
        standing[row.own] = (*standing.get(row.own, ()), Namesake(row.id, row.organization_name, row.state))
    return standing
