"""Preview of publishing rules: how the latest signatures would have fared under each."""

import enum
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.letters.document import Kind
from letterhub.domain.letters.letter import PublishRule
from letterhub.domain.signatures.evidence import Doubt, Evidence, when_confirmed
from letterhub.domain.signatures.publishing import PublishRules, publishes_at_once, reasons_to_ask
from letterhub.domain.signatures.signing import Source
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from letterhub.queries.letters.letters import current_revisions
from letterhub.queries.signatures.review import Name, latest_confirmed

LAST = 50


class Choice(enum.StrEnum):
    """Options for publishing, each previewed by itself."""

    ASK_STAFF = "ask-staff"
    REVIEWED = "reviewed"
    INDIVIDUALS = "individuals"

    @property
    def rules(self) -> PublishRules:
        """Return the rules of a letter with only this option."""
        if self is Choice.INDIVIDUALS:
            return PublishRules(individuals=True)
        return PublishRules(PublishRule(self.value))


@dataclass(frozen=True, slots=True)
class Gone:
    """Outcome for one name: published at once, or sent to staff for these reasons; `unreviewed` if it is new to them."""

    name: Name
    at_once: bool
    reasons: tuple[Doubt, ...]
    unreviewed: bool


@dataclass(frozen=True, slots=True)
class ChoiceTried:
    """Option with the names it was previewed on, newest first."""

    choice: Choice
    names: tuple[Gone, ...]

    @property
    def at_once(self) -> int:
        """Return how many would have been published at once."""
        return sum(one.at_once for one in self.names)


@dataclass(frozen=True, slots=True)
class ChoicesTried:
    """Preview of every option on a letter's latest signatures; `other` is its title if another letter had to be used."""

    tried: tuple[ChoiceTried, ...]
    other: str


def choices_tried(coalition_id: int, letter_id: int) -> ChoicesTried:
    """Preview every option on the last fifty signatures confirmed by mail, of this letter or the last signed one."""
    names, other = latest_confirmed(letter_id, LAST), ""
    if not names and (elsewhere := _last_signed(coalition_id)) is not None:
        names, other = latest_confirmed(elsewhere, LAST), _title(elsewhere)
    return ChoicesTried(tuple(ChoiceTried(one, tuple(_gone(name, one.rules) for name in names)) for one in Choice), other)


def _gone(name: Name, rules: PublishRules) -> Gone:
    standing, kind = when_confirmed(name.standing), name.signatory.kind
    unreviewed = kind is Kind.ORGANIZATION and not rules.asks_about_all(kind) and Evidence.REVIEWED not in standing.evidence
    return Gone(name, publishes_at_once(rules, kind, standing), reasons_to_ask(rules, kind, standing), unreviewed)


def _last_signed(coalition_id: int) -> int | None:
    signed = (
        select(Signature.letter_id)
        .join(Letter, Letter.id == Signature.letter_id)
        .where(Letter.coalition_id == coalition_id, Signature.source == Source.FORM, Signature.confirmed_at.is_not(None))
    )
    return db.session.scalar(signed.order_by(Signature.confirmed_at.desc(), Signature.id.desc()).limit(1))


def _title(letter_id: int) -> str:
    return db.session.scalars(current_revisions().where(Letter.id == letter_id)).one().text.title
