"""Eve, who signs for another's organization, and the reactions of staff and of the organization."""

from letterhub.clock import now
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.ownership_inquiries import answer_inquiry
from letterhub.commands.signatures.review import ReviewSelection, decline_signatures, publish_signatures
from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.abuse.submission_limits import Sender
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.evidence import Doubt
from letterhub.domain.signatures.ownership_inquiries import Answer
from letterhub.domain.signatures.review import line_version
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Inquiry, Letter, Signature
from letterhub.queries.signatures.review import signature_details
from tests.support import factories

FORGER_EMAIL = "eve@crane.example"
FORGED_LINE = Signatory("Crane Society", "Eve Example", "Director", website="https://crane.example", section="national")


def sign(letter: Letter, line: Signatory = FORGED_LINE, email: str = FORGER_EMAIL) -> Signature:
    """Sign as somebody and confirm the signature."""
    revision = factories.revision_of(letter).number
    number = sign_letter(letter.id, SigningRequest(line, EmailAddress(email), revision), at=now(), sender=Sender("203.0.113.7"))
    confirm_signature(number, revision=revision, at=now())
    return reload(number)


def reload(number: int) -> Signature:
    """Return a signature as the database has it now."""
    db.session.rollback()
    return db.session.get_one(Signature, number, populate_existing=True)


def chosen(*names: Signature) -> ReviewSelection:
    versions = {one.id: line_version(one.signatory) for one in names}
    letter = db.session.get_one(Letter, names[0].letter_id)
    return ReviewSelection(letter.coalition_id, letter.id, tuple(versions), "staff-1", now(), versions)


def decline(name: Signature) -> Signature:
    assert decline_signatures(chosen(name), "Forged", name.state).changed_ids == (name.id,)
    return reload(name.id)


def publish(name: Signature) -> Signature:
    """Bring a name into the list: automatically, or published by staff where it needs review."""
    if name.state is SignatureState.CONFIRMED:
        assert publish_signatures(chosen(name)).changed_ids == (name.id,)
    return reload(name.id)


def deny(name: Signature) -> Signature:
    """Deny a signature as the organization that was asked."""
    answer_no(open_inquiry(name), name)
    return reload(name.id)


def open_inquiry(name: Signature) -> int:
    """Return the number of an open inquiry to the organization about a signature."""
    inquiry = Inquiry(signature_id=name.id, address="office@crane.example", published_where="x", asked_at=now())
    return int(factories.save(inquiry).id)


def answer_no(inquiry_id: int, name: Signature) -> None:
    answer_inquiry(inquiry_id, Answer.NO, expected_version=line_version(name.signatory), at=now())


def doubts_about(name: Signature) -> frozenset[Doubt]:
    shown = signature_details(name.letter_id, name.id)
    assert shown is not None
    return shown.assessment.doubts
