"""Inquiries: a second address of an organization is asked whether a signature is its own, and answers once."""

import datetime as dt
from dataclasses import replace

from sqlalchemy import select

from letterhub.commands.abuse._blocklist import add_to_blocklist, hold_matching
from letterhub.commands.signatures._notifications import notify_second_persons
from letterhub.commands.signatures._place_assignment import reassign_place
from letterhub.commands.signatures._shared_steps import lock_signature, lock_target
from letterhub.domain.abuse.blocklist import BlockReason
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.evidence import Fact, FactKind, hash_line
from letterhub.domain.signatures.ownership_inquiries import (
    AlreadyAnswered,
    Answer,
    CannotAnswer,
    CannotAsk,
    accepted_answers,
    check_can_ask,
    check_inquiry_domain,
    fact_kind_of_answer,
    is_at_own_domain,
)
from letterhub.domain.signatures.proof_level import proof_level
from letterhub.domain.signatures.review import SignatureEvent, SignatureTarget, check_line_version
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import normalized_address, queue_mail
from letterhub.models import Inquiry, Letter, Signature, add_evidence, append_audit_entry, delete_reviews_like, end_quotes
from letterhub.queries.signatures.proof_levels import proof_facts


@one_transaction
def send_inquiry(signature_target: SignatureTarget, address: str, published: str, *, staff_id: int, sure: bool) -> int:
    """Queue the question to an address that staff found published; return the inquiry's id.

    Raises CannotAsk, CannotMail, SignatureChanged, and UnrelatedDomain for an address at another domain unless staff are
    `sure`.
    """
    letter, signature = lock_target(signature_target)
    check_line_version(signature.signatory, signature_target.expected_version, signature.answers)
    if letter.state is LetterState.DRAFT:
        raise CannotAsk(_("Open the letter first. The organization is asked about its public text."), field="")
    recipient = normalized_address(address)
    asked_addresses = db.session.scalars(select(Inquiry.address).where(Inquiry.signature_id == signature.id)).all()
    check_can_ask(signature.state, signature.email, recipient, asked_addresses)
    check_inquiry_domain(recipient, signature.website, sure=sure)
    inquiry = Inquiry(
        signature_id=signature.id,
        address=recipient,
        published_where=published,
        asked_at=signature_target.at,
        asked_by_id=staff_id,
    )
    db.session.add(inquiry)
    db.session.flush()
    queue_mail(
        MailKind.INQUIRY, recipient, {"inquiry_id": inquiry.id}, at=signature_target.at,
        coalition_id=letter.coalition_id, letter_id=letter.id, signature_id=signature.id,
    )  # fmt: skip
    domain = recipient.rpartition("@")[2]
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter.id), signature_target.actor, "asked a second address",
        at=signature_target.at, subject=ReferenceKind.SIGNATURE.reference(signature.id), after={"domain": domain,
        "published": published},
    )  # fmt: skip
    return inquiry.id


@one_transaction
def answer_inquiry(inquiry_id: int, answer: Answer, *, expected_version: str, at: dt.datetime) -> None:
    """Record the organization's answer. After a "no", a published signature returns to the queue, as do others of the same
    organization that are proven no better; none that is outdated, declined or withdrawn returns to the list by itself.

    Raises AlreadyAnswered, CannotAnswer, and SignatureChanged if the line's version hash is not `expected_version`.
    """
    signature_id = db.session.scalars(select(Inquiry.signature_id).where(Inquiry.id == inquiry_id)).one()
    letter, signature = lock_signature(signature_id)
    inquiry = db.session.get_one(Inquiry, inquiry_id, with_for_update=True)
    if inquiry.answer is not None:
        raise AlreadyAnswered(_("This question has already been answered. The first answer counts."))
    if answer not in accepted_answers(signature.state, erased=not signature.signatory.name):
        raise CannotAnswer(_("This signature is no longer on the letter, so there is nothing left to answer."))
    check_line_version(signature.signatory, expected_version)
    inquiry.answer, inquiry.answered_at = answer, at
    kind = fact_kind_of_answer(answer, own=is_at_own_domain(inquiry.address, signature.website))
    facts = {"address": inquiry.address, "published": inquiry.published_where}
    add_evidence(
        db.session(),
        signature.id,
        Fact(kind, ReferenceKind.INQUIRY.reference(inquiry.id), at, hash_line(signature.signatory), facts),
    )
    _apply_answer(letter, signature, inquiry, kind, at)


def _apply_answer(letter: Letter, signature: Signature, inquiry: Inquiry, kind: FactKind, at: dt.datetime) -> None:
    """Apply the consequences of an answer, which only a "no" has, and log the answer."""
    state_before, level_before_denial = signature.state, proof_level(replace(proof_facts(signature), denied=False))
    if kind is FactKind.SECOND_NO:
        delete_reviews_like(db.session(), signature, letter.coalition_id)
        add_to_blocklist([signature], BlockReason.DENIED, at)
        signature.unlist_as_denied(at)
        end_quotes(db.session(), signature.id, at)
        reassign_place(signature, at)
        hold_matching(signature, level_before_denial, ReferenceKind.INQUIRY.reference(inquiry.id), at)
        notify_second_persons(letter, [signature.id], SignatureEvent.NOT_OURS, at)
    new_state = {"state": str(signature.state)} if signature.state is not state_before else {}
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter.id), ReferenceKind.INQUIRY.reference(inquiry.id),
        f"said {inquiry.answer}", at=at,
        subject=ReferenceKind.SIGNATURE.reference(signature.id),
        before={"state": str(state_before)} if new_state else {}, after=new_state,
    )  # fmt: skip
