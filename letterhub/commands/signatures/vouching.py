"""Vouching for a name: staff answer for it in their own, with a reason, and may take that back."""

import datetime as dt
from dataclasses import dataclass

from letterhub.commands.signatures._steps import locked
from letterhub.domain.audit.references import Reference
from letterhub.domain.sentence_ends import ended
from letterhub.domain.signatures.evidence import Fact, FactKind, about, holding
from letterhub.domain.signatures.review import check_seen
from letterhub.domain.signatures.vouching import CannotVouch
from letterhub.domain.states import STANDING
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, Signature, find_out, found_out, remember


@dataclass(frozen=True, slots=True)
class Upon:
    """Name that a member of staff acts on, who acts and when. `seen` is the version hash of the line that was shown."""

    coalition_id: int
    signature_id: int
    seen: str
    actor: str
    at: dt.datetime


@one_transaction
def vouch_for_name(upon: Upon, reason: str) -> None:
    """Record that a member of staff vouches for a name, and why. Raises CannotVouch and ChangedMeanwhile."""
    _letter, signature = named(upon)
    name = signature.signatory.name
    if signature.state not in STANDING:
        raise CannotVouch(f"{name} is {signature.state}: there is nothing to vouch for.")
    check_seen(signature.signatory, upon.seen)
    if vouched(signature):
        raise CannotVouch(f"Someone already vouches for {ended(name)}")
    _keep_word(signature, upon, FactKind.VOUCHED, "vouched", {"reason": reason})


@one_transaction
def end_vouching(upon: Upon) -> None:
    """End the vouching for a name. Raises CannotVouch."""
    _letter, signature = named(upon)
    if not vouched(signature):
        raise CannotVouch(f"Nobody vouches for {ended(signature.signatory.name)}")
    _keep_word(signature, upon, FactKind.VOUCH_ENDED, "vouch ended", {})


def named(upon: Upon) -> tuple[Letter, Signature]:
    """Return the name and its letter, both locked. Raises CannotVouch if it belongs to another coalition."""
    letter, signature = locked(upon.signature_id)
    if letter.coalition_id != upon.coalition_id:
        raise CannotVouch("There is no such name.")
    return letter, signature


def vouched(signature: Signature) -> bool:
    """Return whether staff vouch for the name as it prints now."""
    found = found_out(db.session(), [signature.id]).get(signature.id, ())
    return FactKind.VOUCHED in holding(found, signature.signatory)


def _keep_word(signature: Signature, upon: Upon, kind: FactKind, action: str, said: dict[str, str]) -> None:
    find_out(db.session(), signature.id, Fact(kind, upon.actor, upon.at, about(signature.signatory), said))
    remember(
        db.session(), Reference.LETTER.to(signature.letter_id), upon.actor, action,
        at=upon.at, subject=Reference.SIGNATURE.to(signature.id), after=said,
    )  # fmt: skip
