"""Reads about a letter's rule for publishing: how the last signatures would have gone under each that it could have."""

from dataclasses import dataclass

from sqlalchemy import select

from letterhub.db import db
from letterhub.domain.evidence import Doubt, publishes_at_once, reasons_to_ask, when_confirmed
from letterhub.domain.letters import PublishRule
from letterhub.domain.signing import Source
from letterhub.models import Letter, Signature
from letterhub.queries.letters import current_revisions
from letterhub.queries.review import Name, latest_confirmed

LAST = 50


@dataclass(frozen=True, slots=True)
class Gone:
    """How one name would have gone: at once, or to staff for these reasons."""

    name: Name
    at_once: bool
    reasons: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class RuleTried:
    """A rule with the names that it was tried on, the last one first."""

    rule: PublishRule
    names: tuple[Gone, ...]

    @property
    def at_once(self) -> int:
        """How many would have been published at once."""
        return sum(one.at_once for one in self.names)


@dataclass(frozen=True, slots=True)
class RulesTried:
    """Every rule, tried on the last signatures of a letter; `other` is its title where it is not the letter asked about."""

    tried: tuple[RuleTried, ...]
    other: str


def rules_tried(coalition_id: int, letter_id: int) -> RulesTried:
    """Every rule on the last fifty signatures that were confirmed by mail: of this letter, or of the last signed one."""
    names, other = latest_confirmed(letter_id, LAST), ""
    if not names and (elsewhere := _last_signed(coalition_id)) is not None:
        names, other = latest_confirmed(elsewhere, LAST), _title(elsewhere)
    return RulesTried(tuple(RuleTried(rule, tuple(_gone(one, rule) for one in names)) for rule in PublishRule), other)


def _gone(name: Name, rule: PublishRule) -> Gone:
    standing = when_confirmed(name.standing)
    return Gone(name, publishes_at_once(rule, standing), reasons_to_ask(rule, standing))


def _last_signed(coalition_id: int) -> int | None:
    signed = (
        select(Signature.letter_id)
        .join(Letter, Letter.id == Signature.letter_id)
        .where(Letter.coalition_id == coalition_id, Signature.source == Source.FORM, Signature.confirmed_at.is_not(None))
    )
    return db.session.scalar(signed.order_by(Signature.confirmed_at.desc(), Signature.id.desc()).limit(1))


def _title(letter_id: int) -> str:
    return db.session.scalars(current_revisions().where(Letter.id == letter_id)).one().text.title
