"""Eve, who signs for another's organization, and the reactions of staff and of the organization."""

from letterhub.clock import now
from letterhub.commands.signatures.inquiries import answer_inquiry
from letterhub.commands.signatures.review import Chosen, decline_names, publish_names
from letterhub.commands.signatures.sign import confirm_signature, sign_letter
from letterhub.domain.abuse.submission_limits import Sender
from letterhub.domain.letters.document import Signatory
from letterhub.domain.signatures.evidence import Doubt
from letterhub.domain.signatures.inquiries import Answer
from letterhub.domain.signatures.review import mark_of
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Inquiry, Letter, Signature
from letterhub.queries.signatures.review import name_by_id
from tests.support import factories

EVE = "eve@crane.example"
LINE = Signatory("Crane Society", "Eve Example", "Director", url="https://crane.example", section="national")


def sign(letter: Letter, line: Signatory = LINE, email: str = EVE) -> Signature:
    """Sign as somebody and confirm the signature."""
    revision = factories.revision_of(letter).number
    number = sign_letter(letter.id, SigningRequest(line, email, revision), at=now(), sender=Sender("203.0.113.7"))
    confirm_signature(number, revision=revision, at=now())
    return fresh(number)


def fresh(number: int) -> Signature:
    """Return a signature as the database has it now."""
    db.session.rollback()
    return db.session.get_one(Signature, number, populate_existing=True)


def chosen(*names: Signature) -> Chosen:
    marks = {one.id: mark_of(one.signatory) for one in names}
    letter = db.session.get_one(Letter, names[0].letter_id)
    return Chosen(letter.coalition_id, letter.id, tuple(marks), "staff-1", now(), marks)


def decline(name: Signature) -> Signature:
    assert decline_names(chosen(name), "Forged", name.state).done == (name.id,)
    return fresh(name.id)


def listed(name: Signature) -> Signature:
    """Bring a name into the list: automatically, or published by staff where it needs review."""
    if name.state is SignatureState.CONFIRMED:
        assert publish_names(chosen(name)).done == (name.id,)
    return fresh(name.id)


def deny(name: Signature) -> Signature:
    """Deny a signature as the organization that was asked."""
    no(question(name), name)
    return fresh(name.id)


def question(name: Signature) -> int:
    """Return the number of an open inquiry to the organization about a signature."""
    asked = Inquiry(signature_id=name.id, address="office@crane.example", published="x", asked_at=now())
    return int(factories.kept(asked).id)


def no(asked: int, name: Signature) -> None:
    answer_inquiry(asked, Answer.NO, seen=mark_of(name.signatory), at=now())


def doubts(name: Signature) -> frozenset[Doubt]:
    shown = name_by_id(name.letter_id, name.id)
    assert shown is not None
    return shown.standing.doubts
