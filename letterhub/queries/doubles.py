"""Which names of a letter stand twice, by their own name or another, and which are in question: asked once for many names."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Label, Row, func, select
from sqlalchemy.orm import InstrumentedAttribute

from letterhub.db import db
from letterhub.domain.states import STANDING
from letterhub.models import Letter, Organization, Signature, is_of, root_of
from letterhub.queries.organizations import SameQuestion, in_question


@dataclass(frozen=True, slots=True)
class Doubles:
    """How many signatures stand with each name's key and for each organization, and the questions about each signature's."""

    by_key: Mapping[Any, int]
    by_root: Mapping[Any, int]
    questions: Mapping[int, tuple[SameQuestion, ...]]

    def same_name(self, row: Row[Any]) -> bool:
        """Whether another signature of this name, or of this organization, stands; `row` as `own_columns` give it."""
        mine = row.own_state in STANDING
        return row.own_key is not None and (
            self.by_key.get(row.own_key, 0) > mine or self.by_root.get(row.own_root, 0) > mine
        )  # fmt: skip


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
    named = None if keys is None else Organization.name_key.in_(keys)
    same = None if roots is None else is_of(Organization, roots)
    return Doubles(
        _counted(letter_id, Organization.name_key, named),
        _counted(letter_id, root_of(Organization), same),
        in_question(numbers, letter_id),
    )


def _counted(
    letter_id: int, own: ColumnElement[Any] | InstrumentedAttribute[Any], among: ColumnElement[bool] | None
) -> dict[Any, int]:
    """How many signatures stand for each; `among` a few organizations these are looked up by, and not the other way round."""
    counted = (
        select(own.label("own"), func.count(Signature.id).label("many"))
        .join(Signature, Signature.organization_id == Organization.id)
        .where(Signature.state.in_(STANDING))
        .group_by(own)
    )
    if among is None:
        counted = counted.where(Signature.letter_id == letter_id)
    else:
        its = select(Letter.coalition_id).where(Letter.id == letter_id).scalar_subquery()
        counted = counted.where(Organization.coalition_id == its, among, Signature.letter_id + 0 == letter_id)  # by no index
    return {row.own: row.many for row in db.session.execute(counted)}
