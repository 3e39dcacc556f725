"""Evidence from email: a domain without a mail server, a confirmation by a second person, and erasure with the address."""

import datetime as dt
import json
from typing import Any

import email_validator
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.operations.purge import purge_expired_data
from letterhub.commands.signatures._anonymization import erase_contact
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.commands.signatures.reconfirmation import renew_consent
from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.retention import ErasableData
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.signatures.evidence import Doubt, Fact, FactKind, hash_line
from letterhub.domain.signatures.signing import SigningRequest, Source
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db, end_read_transaction, one_transaction
from letterhub.mail.outbox import queue_mail
from letterhub.models import (
    Consent,
    EvidenceFact,
    Inquiry,
    Letter,
    OutboxMessage,
    Signature,
    add_evidence,
    evidence_facts,
    record_consent,
)
from letterhub.queries.operations.retention import due_erasures
from letterhub.queries.signatures.data_export import signatory_data
from letterhub.queries.signatures.review import signature_details
from letterhub.web import forms
from tests.support import factories
from tests.support import signing_steps as signers
from tests.support.visitor import Visitor

OFFICE = "office@alliance.example"


@pytest.fixture
def letter(app: Flask) -> Letter:
    return factories.open_letter()


def kinds(signature_id: int) -> list[FactKind]:
    db.session.rollback()
    return [fact.kind for fact in evidence_facts(db.session(), [signature_id]).get(signature_id, ())]


@pytest.mark.parametrize("names_none", [True, False])
def test_a_domain_that_names_no_mail_server_is_in_doubt(
    letter: Letter, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, names_none: bool
) -> None:
    look_up = email_validator.validate_email

    def answered(*given: object, **how: object) -> object:
        known = look_up(*given, **how)  # type: ignore[arg-type]
        known.mx_fallback_type = "A" if names_none else None
        return known

    monkeypatch.setattr(forms, "validate_email", answered)
    signers.fill_in(visitor, letter)
    name = signature_details(letter.id, signers.only_signature().id)
    assert name is not None
    assert (Doubt.NO_MAIL_SERVER in name.assessment.doubts) is names_none
    sentence = "The mailbox’s domain alliance.example has no mail server on record."
    assert (sentence in [one.sentence for one in name.evidence]) is names_none


def test_each_confirmation_is_kept_with_what_was_shown(letter: Letter) -> None:
    name = factories.signature(letter)
    read = ShownConsent(("Example Alliance", ""), "I am authorized.", "Yes, we still stand by it", "en")
    asked_at = now()
    db.session.get_one(Signature, name.id).confirmed_at = None
    db.session.commit()
    renew_consent(name.id, revision=1, asked_at=asked_at, at=now(), shown_consent=read)
    assert kinds(name.id) == [FactKind.MAILBOX, FactKind.OWN_DOMAIN]
    assert db.session.query(Consent).one().content["button"] == "Yes, we still stand by it"


def asked_elsewhere(letter: Letter, name: Signature | None = None) -> Signature:
    """Return a signature whose organization answered at a second address."""
    name = name or factories.signature(letter)
    factories.save(Inquiry(signature_id=name.id, address=OFFICE, asked_at=now()))
    factories.save(queue_mail(MailKind.INQUIRY, OFFICE, {"inquiry_id": 1}, at=now(), letter_id=letter.id, signature_id=name.id))
    add_evidence(
        db.session(), name.id, Fact(FactKind.SECOND_YES, "inquiry-1", now(), hash_line(name.signatory), {"address": OFFICE})
    )
    db.session.commit()
    return name


@one_transaction
def erased(signature_id: int) -> None:
    erase_contact(db.session.get_one(Signature, signature_id), now())


def test_whom_staff_asked_goes_with_the_address_and_what_it_showed_stays(letter: Letter) -> None:
    name = asked_elsewhere(letter)
    erased(name.id)
    assert kinds(name.id) == [FactKind.SECOND_YES]
    assert db.session.query(Inquiry).one().address == ""
    shown = signature_details(letter.id, name.id)
    assert shown is not None
    assert next(one.sentence for one in shown.evidence).startswith(
        "A second address at its domain, an address that has since been erased,"
    )
    assert OFFICE not in " ".join(one.sentence for one in shown.evidence)


@pytest.mark.parametrize("erased_before", [True, False])
def test_whom_staff_asked_about_a_name_without_an_address_is_forgotten_in_time(
    letter: Letter, clock: time_machine.Traveller, erased_before: bool
) -> None:
    also: dict[str, Any] = {} if erased_before else {"email": "", "source": Source.IMPORT}
    name = factories.signature(letter, **also)
    if erased_before:
        erased(name.id)
    first_erased_at = db.session.get_one(Signature, name.id).contact_erased_at
    asked_elsewhere(letter, name)
    for move in (LetterMove.CLOSE, LetterMove.DELIVER):
        letter.move(move, now())
    db.session.commit()
    clock.shift(dt.timedelta(days=364))
    assert due_erasures(now()) == []
    clock.shift(dt.timedelta(days=1))
    assert [(due.data_kind, due.count) for due in due_erasures(now())] == [(ErasableData.CONTACTS, 1)]
    assert purge_expired_data(letter.id, ErasableData.CONTACTS, now()) == 1
    end_read_transaction()
    rows = [db.session.execute(select(table.__table__)).all() for table in (Signature, Inquiry, OutboxMessage, EvidenceFact)]
    assert OFFICE not in repr(rows)
    assert db.session.get_one(Signature, name.id).contact_erased_at == (first_erased_at or now())
    assert (due_erasures(now()), purge_expired_data(letter.id, ErasableData.CONTACTS, now())) == ([], 0)


def test_what_was_shown_goes_with_the_line_and_why_staff_vouched_too(letter: Letter) -> None:
    name = factories.signature(letter)
    read = ShownConsent(("Example Alliance", ""), "I am authorized.", "Sign for our organization", "en")
    record_consent(db.session(), name.id, read, factories.revision_of(letter), now())
    add_evidence(
        db.session(),
        name.id,
        Fact(FactKind.VOUCHED, "staff-1", now(), hash_line(name.signatory), {"reason": "Clara is my aunt"}),
    )
    db.session.commit()
    erase_on_request(name.id, now())
    assert db.session.query(Consent).count() == 0
    assert kinds(name.id) == [FactKind.VOUCHED]
    shown = signature_details(letter.id, name.id)
    assert shown is not None
    assert "The reason was erased with its data." in shown.evidence[0].sentence


def test_a_signatory_is_not_told_whom_staff_asked(letter: Letter) -> None:
    name = asked_elsewhere(letter)
    data = signatory_data(name.id)
    assert data["evidence"] == []
    assert OFFICE not in json.dumps(data)


def test_what_is_sent_with_a_request_is_no_part_of_its_mark() -> None:
    line = Signatory("Example Alliance", "Clara Example")
    plain = SigningRequest(line, EmailAddress("c@alliance.example"), 1, "once")
    assert plain.key(1) == SigningRequest(line, EmailAddress("c@alliance.example"), 1, "once", no_mail_server=True).key(1)


def test_a_request_without_a_doubt_keeps_no_fact(letter: Letter) -> None:
    line = Signatory("Example Alliance", "Clara Example", "Director")
    assert kinds(sign_letter(letter.id, SigningRequest(line, EmailAddress("c@alliance.example"), 1), at=now())) == []
