"""Inquiries: a second address of an organization is asked whether a signature is its own, and answers once."""

import datetime as dt
from dataclasses import replace

from sqlalchemy import select

from letterhub.commands.abuse._blocklist import hold_its_like, turn_away
from letterhub.commands.signatures._notifications import tell_seconders
from letterhub.commands.signatures._places import decide_place_anew
from letterhub.commands.signatures._steps import locked
from letterhub.commands.signatures.vouching import Upon, named
from letterhub.domain.abuse.blocklist import Turned
from letterhub.domain.audit.references import Reference
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.evidence import Fact, FactKind, about
from letterhub.domain.signatures.happenings import Happening
from letterhub.domain.signatures.inquiries import (
    Answer,
    AnsweredAlready,
    AskedAddress,
    NothingToAnswer,
    answers_that_count,
    check_domain,
    check_may_ask,
    is_its_own,
    kind_of_answer,
)
from letterhub.domain.signatures.proof_level import proof_level
from letterhub.domain.signatures.review import check_seen
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import one_address, post
from letterhub.models import Inquiry, Letter, Signature, find_out, forget_reviews_like, remember
from letterhub.queries.signatures.proof_levels import proof_facts


@one_transaction
def ask_second_address(upon: Upon, address: str, published: str, *, staff_id: int, sure: bool) -> int:
    """Queue the question to an address that staff found published; return the inquiry's id.

    Raises CannotAsk, CannotMail, ChangedMeanwhile, and NotItsDomain for an address at another domain unless staff are `sure`.
    """
    letter, signature = named(upon)
    check_seen(signature.signatory, upon.seen)
    to = one_address(address)
    check_may_ask(signature.state, signature.email, to, _asked_before(signature.id))
    check_domain(to, signature.website, sure=sure)
    inquiry = Inquiry(signature_id=signature.id, address=to, published=published, asked_at=upon.at, asked_by_id=staff_id)
    db.session.add(inquiry)
    db.session.flush()
    post(
        MailKind.INQUIRY, to, {"inquiry_id": inquiry.id}, at=upon.at,
        coalition_id=letter.coalition_id, letter_id=letter.id, signature_id=signature.id,
    )  # fmt: skip
    domain = to.rpartition("@")[2]
    remember(
        db.session(), Reference.LETTER.to(letter.id), upon.actor, "asked a second address",
        at=upon.at, subject=Reference.SIGNATURE.to(signature.id), after={"domain": domain, "published": published},
    )  # fmt: skip
    return inquiry.id


@one_transaction
def answer_inquiry(inquiry_id: int, answer: Answer, *, seen: str, at: dt.datetime) -> None:
    """Record the organization's answer. A "no" returns a published name and its like to the queue, where staff decide; one that
    is outdated, declined or withdrawn does not return to the list by itself.

    Raises AnsweredAlready, NothingToAnswer, and ChangedMeanwhile if the line's version hash is not `seen`.
    """
    signature_id = db.session.scalars(select(Inquiry.signature_id).where(Inquiry.id == inquiry_id)).one()
    letter, signature = locked(signature_id)
    inquiry = db.session.get_one(Inquiry, inquiry_id, with_for_update=True)
    if inquiry.answer is not None:
        raise AnsweredAlready("This question has already been answered. The first answer counts.")
    if answer not in answers_that_count(signature.state, erased=not signature.signatory.name):
        raise NothingToAnswer("This signature is no longer on the letter, so there is nothing left to answer.")
    check_seen(signature.signatory, seen)
    inquiry.answer, inquiry.answered_at = answer, at
    kind = kind_of_answer(answer, own=is_its_own(inquiry.address, signature.website))
    said = {"address": inquiry.address, "published": inquiry.published}
    find_out(db.session(), signature.id, Fact(kind, Reference.INQUIRY.to(inquiry.id), at, about(signature.signatory), said))
    _settle(letter, signature, inquiry, kind, at)


def _settle(letter: Letter, signature: Signature, inquiry: Inquiry, kind: FactKind, at: dt.datetime) -> None:
    before, level = signature.state, proof_level(replace(proof_facts(signature), denied=False))
    if kind is FactKind.SECOND_NO:
        forget_reviews_like(db.session(), signature, letter.coalition_id)
        turn_away([signature], Turned.DENIED, at)
        signature.deny(at)
        decide_place_anew(signature, at)
        hold_its_like(signature, level, Reference.INQUIRY.to(inquiry.id), at)
        tell_seconders(letter, [signature.id], Happening.NOT_OURS, at)
    moved = {"state": str(signature.state)} if signature.state is not before else {}
    remember(
        db.session(), Reference.LETTER.to(letter.id), Reference.INQUIRY.to(inquiry.id), f"said {inquiry.answer}", at=at,
        subject=Reference.SIGNATURE.to(signature.id), before={"state": str(before)} if moved else {}, after=moved,
    )  # fmt: skip


def _asked_before(signature_id: int) -> list[AskedAddress]:
    rows = db.session.execute(select(Inquiry.address, Inquiry.asked_at).where(Inquiry.signature_id == signature_id))
    return [AskedAddress(row.address) for row in rows]
