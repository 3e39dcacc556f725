"""Signatures as their signatories see them."""

import datetime as dt
import enum
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select

from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.mail.email_addresses import EmailAddress, is_same_mailbox
from letterhub.domain.questions.answers import AnsweredQuestion, Answers, answered_questions
from letterhub.domain.questions.news import NewsConsent, news_consent_from
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.signatures.ownership_inquiries import can_second
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import ACTIVE_STATES, UNCONFIRMED_STATES, SignatureState
from letterhub.infrastructure.db import db, execute_core
from letterhub.models import EvidenceFact, Signature
from letterhub.queries.letters.public_letter import PublicLetter, public_letter_by_id
from letterhub.queries.letters.public_translations import ReadText, read_text


class PlaceHolder(enum.StrEnum):
    """Holder of a signature's place, as far as its signatory may know."""

    FREE = "free"
    BY_MAILBOX = "by-mailbox"  # another signature from the same mailbox
    BY_COLLEAGUE = "by-colleague"  # from another mailbox; revealed to mailboxes at the organization's domain
    LISTED = "listed"  # a signature in the public list


@dataclass(frozen=True, slots=True)
class OwnSignature:
    """Signature for the holder of its link. `place_holder` says who else holds its place on the letter, as far as the
    signatory may know; `idempotency_key` identifies the form that it came by. `read` is the text in which its pages show the
    letter.
    """

    id: int
    letter: PublicLetter
    read: ReadText
    state: SignatureState
    line: Signatory
    answers: Answers | None
    news: NewsConsent | None
    email: str
    idempotency_key: str | None
    revision_id: int
    created_at: dt.datetime
    confirmed_at: dt.datetime | None
    ended_at: dt.datetime | None
    erased_at: dt.datetime | None
    place_holder: PlaceHolder

    @property
    def is_in_force(self) -> bool:
        """Return whether it is listed or waits for review."""
        return self.state in ACTIVE_STATES

    @property
    def is_outdated(self) -> bool:
        """Return whether it is for an earlier text, and needs to be confirmed again."""
        return self.state is SignatureState.OUTDATED

    @property
    def is_unconfirmed(self) -> bool:
        """Return whether nobody has confirmed or disowned it yet."""
        return self.state in UNCONFIRMED_STATES and not self.erased_at

    @property
    def given_answers(self) -> tuple[AnsweredQuestion, ...]:
        """Return its answers to the questions that the letter asks."""
        return answered_questions(self.letter.questions, self.answers)

    @property
    def masked_email(self) -> str:
        """Return its address, masked."""
        return EmailAddress(self.email).masked


def own_signature(signature_id: int) -> OwnSignature | None:
    """Return the signature with this id; None if it is gone."""
    signature = db.session.scalars(_BY_ID, {"signature": signature_id}).one_or_none()
    letter = public_letter_by_id(signature.letter_id) if signature else None
    if signature is None or letter is None:
        return None
    return OwnSignature(
        id=signature.id,
        letter=letter,
        read=read_text(letter, signature.language),
        state=signature.state,
        line=signature.signatory,
        answers=signature.answers,
        news=news_consent_from(signature.news_consent),
        email=signature.email,
        idempotency_key=signature.idempotency_key,
        revision_id=signature.revision_id,
        created_at=signature.created_at,
        confirmed_at=signature.confirmed_at,
        ended_at=signature.ended_at,
        erased_at=signature.contact_erased_at,
        place_holder=place_holder(signature),
    )


_BY_ID = select(Signature).where(Signature.id == bindparam("signature"))
_PLACE_HOLDER = select(Signature.kind, Signature.state, Signature.email).where(
    Signature.letter_id == bindparam("letter"), Signature.place_key == bindparam("place"), Signature.id != bindparam("own"),
    Signature.state.in_(ACTIVE_STATES),
)  # fmt: skip


def place_holder(signature: Signature) -> PlaceHolder:
    """Return who holds the signature's place, as far as its signatory may know: an organization's unlisted signature is
    revealed only to those at its domain.
    """
    parameters = {"letter": signature.letter_id, "place": signature.own_place_key, "own": signature.id}
    holder = execute_core(_PLACE_HOLDER, parameters).first()
    if holder is None:
        return PlaceHolder.FREE
    if holder.kind is SignatoryKind.INDIVIDUAL or is_same_mailbox(holder.email, signature.email):
        return PlaceHolder.BY_MAILBOX
    if can_second(signature.email, holder.email, signature.website):
        return PlaceHolder.BY_COLLEAGUE
    return PlaceHolder.LISTED if holder.state is SignatureState.PUBLISHED else PlaceHolder.FREE


def confirmed_by_mail_condition() -> ColumnElement[bool]:
    """Return the condition that a signature was confirmed from its own mailbox.

    A mailbox from an imported file proves nothing: the file may name any, and its owner could withdraw the organization by the
    link.
    """
    has_mailbox_fact = exists().where(EvidenceFact.signature_id == Signature.id, EvidenceFact.kind == FactKind.MAILBOX)
    return and_(Signature.confirmed_at.is_not(None), or_(Signature.source == Source.FORM, has_mailbox_fact))


def is_confirmed_by_mail(signature_id: int) -> bool:
    """Return whether this signature was confirmed from its mailbox."""
    return db.session.scalar(select(exists().where(Signature.id == signature_id, confirmed_by_mail_condition()))) or False
