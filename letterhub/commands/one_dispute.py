"""What comes of a second person's word that a signature is not her organization's own: evidence, its place, and who is told."""

import datetime as dt

from letterhub.commands.places import decide_place_anew
from letterhub.commands.telling import tell_seconders, tell_staff
from letterhub.db import db
from letterhub.domain.evidence import Fact, FactKind, about
from letterhub.domain.happenings import Happening
from letterhub.domain.references import Reference
from letterhub.domain.states import LetterState
from letterhub.models import Letter, Signature, find_out, forget_reviews_like, remember
from letterhub.queries.proof_levels import proof_of


def dispute(letter: Letter, other: Signature, by: Signature, at: dt.datetime) -> None:
    """Keep that the reader of one's mail says that another signature is not her organization's, and what comes of it."""
    as_good = proof_of(by) >= proof_of(other)
    kind = FactKind.NOT_OURS if as_good else FactKind.DISPUTED
    source, domain = Reference.SIGNATORY.to(by.id), {"domain": by.email.rpartition("@")[2]}
    find_out(db.session(), other.id, Fact(kind, source, at, about(other.signatory), domain))
    before = other.state
    if as_good and letter.state in (LetterState.OPEN, LetterState.CLOSED):  # what was delivered is for staff to change
        forget_reviews_like(db.session(), other, letter.coalition_id)
        other.deny(at)
        decide_place_anew(other, at)
    moved = {"state": str(other.state)} if other.state is not before else {}
    remember(
        db.session(), Reference.LETTER.to(other.letter_id), source, "said not ours", at=at,
        subject=Reference.SIGNATURE.to(other.id), before={"state": str(before)} if moved else {}, after=moved,
    )  # fmt: skip
    tell_seconders(letter, [other.id], Happening.NOT_OURS, at)
    tell_staff(letter, other, Happening.NOT_OURS, at)
