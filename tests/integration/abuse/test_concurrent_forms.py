"""Many forms at once: each is kept once and counted, limits hold, and a letter that closes meanwhile takes no more.

Their rows are written without the ORM, and equal those that it would write.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from letterhub.commands.abuse import _submission_limiter
from letterhub.commands.letters.lifecycle import close_letter
from letterhub.commands.letters.revisions import publish_text_change
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.abuse.submission_limits import MAILBOX_MAILS_PER_DAY, Sender
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.revisions import ChangeKind, TextChange
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.evidence import Fact, FactKind
from letterhub.domain.signatures.line_fields import line_columns
from letterhub.domain.signatures.signing import LetterNotOpen, SigningRequest, TextChanged
from letterhub.infrastructure import db as database
from letterhub.infrastructure.db import db, end_read_transaction, one_transaction
from letterhub.infrastructure.statements import FIRST_ID, insert_rows
from letterhub.mail.outbox import message_columns
from letterhub.models import (
    Draft,
    EvidenceFact,
    Letter,
    OutboxMessage,
    Signature,
    SubmissionOrigin,
    count_new_signature,
    evidence_columns,
)
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.text_changes import terms

CROWD = 50
OWN_COLUMNS = {"id", "signature_id", "message_id", "idempotency_key"}
"""Columns in which two equal forms differ."""


def request(number: int, email: str = "", form_token: str = "") -> SigningRequest:
    line = Signatory(f"Alliance {number}", "Nia Example", "Director", website=f"https://a{number}.example", section="national")
    return SigningRequest(line, EmailAddress(email or f"n{number}@a{number}.example"), 1, form_token=form_token)


def all_at_once(app: Flask, act: Callable[[int], Any]) -> list[Any]:
    """Return the results of a crowd that acts at the same moment."""

    def acted(number: int) -> Any:
        with app.app_context():
            return act(number)

    with ThreadPoolExecutor(CROWD) as crowd:
        results = list(crowd.map(acted, range(CROWD)))
    end_read_transaction()
    return results


def pending(letter_id: int) -> int | None:
    end_read_transaction()
    return db.session.scalar(select(Letter.pending_count).where(Letter.id == letter_id))


def test_fifty_forms_at_once_are_all_kept_and_counted(app: Flask, letter: Letter) -> None:
    letter_id = letter.id
    all_at_once(app, lambda number: sign_letter(letter_id, request(number), at=NOON, sender=Sender(f"203.0.{number}.7")))
    for rows in (Signature.id, OutboxMessage.id, SubmissionOrigin.signature_id):
        assert db.session.scalar(select(func.count(rows))) == CROWD
    assert pending(letter_id) == CROWD


def test_of_fifty_clicks_on_one_form_one_signs(app: Flask, letter: Letter) -> None:
    letter_id = letter.id
    form = request(1, form_token="once")
    ids = all_at_once(app, lambda number: sign_letter(letter_id, form, at=NOON, sender=Sender(f"203.0.{number}.7")))
    assert set(ids) == set(db.session.scalars(select(Signature.id)))
    assert len(set(ids)) == pending(letter_id) == db.session.scalar(select(func.count(OutboxMessage.id))) == 1


@pytest.mark.shows("S22", "S24")
def test_s22_fifty_networks_at_once_have_a_mailbox_mailed_no_more_often_than_one_after_another(
    app: Flask, letter: Letter
) -> None:
    letter_id = letter.id
    for number in range(CROWD):  # so that each network has a form, and its next ones count for all
        sign_letter(letter_id, request(number), at=NOON, sender=Sender(f"203.0.{number}.7"))
    all_at_once(
        app, lambda number: sign_letter(letter_id, request(number, "m@x.example"), at=NOON, sender=Sender(f"203.0.{number}.7"))
    )
    due = select(OutboxMessage.due_at).where(OutboxMessage.recipient == "m@x.example", OutboxMessage.cancelled_at.is_(None))
    times = db.session.scalars(due).all()
    assert times.count(NOON) == MAILBOX_MAILS_PER_DAY
    assert len(times) == MAILBOX_MAILS_PER_DAY + 1  # the one that waits


def test_a_networks_forms_are_counted_exactly(app: Flask, letter: Letter) -> None:
    letter_id = letter.id
    all_at_once(app, lambda number: sign_letter(letter_id, request(number), at=NOON, sender=Sender("203.0.113.7")))
    limits = db.session.scalars(select(OutboxMessage.parameters)).all()
    assert [row["limits"] for row in limits].count(["network"]) == 32  # two are early, 30 wait for their network
    assert all(db.session.scalars(select(Signature.from_flood)))


def change_meanwhile(app: Flask, monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Have somebody else change the letter after the next form was read and before it is written."""
    changes = [change]

    def changed(*arguments: Any) -> int:
        if changes:
            with ThreadPoolExecutor(1) as other:
                other.submit(in_context, changes.pop()).result()
        return insert_rows(*arguments)

    def in_context(act: Callable[[], object]) -> None:
        with app.app_context():
            act()

    monkeypatch.setattr(_submission_limiter, "insert_rows", changed)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_letter_that_closes_meanwhile_takes_no_signature(app: Flask, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    letter_id = letter.id
    change_meanwhile(app, monkeypatch, lambda: close_letter(letter_id, actor="staff-1", at=NOON))
    with pytest.raises(LetterNotOpen, match="This letter is closed"):
        sign_letter(letter_id, request(1), at=NOON, sender=Sender("203.0.113.7"))
    assert db.session.scalar(select(func.count(Signature.id))) == pending(letter_id) == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_text_that_changes_meanwhile_is_shown_first(app: Flask, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    letter_id, olive = letter.id, factories.staff(cast.OLIVE).id
    factories.signature(letter, cast.CLARA)
    draft = db.session.get_one(Draft, letter_id)
    draft.text = draft.text | {"body": "Another text."}
    db.session.commit()
    change = TextChange(ChangeKind.SUBSTANCE, "The bill changed.", terms())

    def publish() -> None:
        publish_text_change(letter_id, 1, 1, change, actor=f"staff-{olive}", staff_id=olive, at=NOON)

    change_meanwhile(app, monkeypatch, publish)
    with pytest.raises(TextChanged):
        sign_letter(letter_id, request(1), at=NOON, sender=Sender("203.0.113.7"))
    assert pending(letter_id) == 0


@pytest.mark.parametrize("kind", SignatoryKind)
def test_the_rows_of_a_form_are_those_that_the_models_write(letter: Letter, kind: SignatoryKind) -> None:
    line = Signatory("Ärzte", "Zoë Example", "Dr.", "Kyiv", kind, "https://a.example", "Union", "national")
    signature = {"letter_id": letter.id, "revision_id": factories.revision_of(letter).id, "email": "z@a.example"}
    mail = message_columns(MailKind.CONFIRM, EmailAddress("z@a.example"), {"limits": ["network"]}, NOON) | {"due_at": NOON}
    origin = {"letter_id": letter.id, "started_at": NOON, "mail_domain": "a.example"}
    fact = evidence_columns(Fact(FactKind.NO_PROOF, "worker", NOON))
    by_models = Signature(**signature, idempotency_key="a", created_at=NOON)
    by_models.set_line(line)
    factories.save(by_models)
    for row in (OutboxMessage(**mail), SubmissionOrigin(**origin), EvidenceFact(**fact)):
        row.signature_id = by_models.id
        factories.save(row)
    columns = signature | {"idempotency_key": "b", "created_at": NOON} | line_columns(line, "")
    again = mail | {"message_id": "again"}
    further = [(OutboxMessage, again), (SubmissionOrigin, origin), (EvidenceFact, fact)]

    @one_transaction
    def insert_by_hand() -> None:
        others = [(model, {"signature_id": FIRST_ID, **row}) for model, row in further]
        insert_rows(db.session.connection(), (Signature, columns), others)
        count_new_signature(db.session(), letter.id, 1, letter.who_may_sign, NOON)

    insert_by_hand()
    for model in (Signature, OutboxMessage, SubmissionOrigin, EvidenceFact):
        one, other = db.session.scalars(select(model).order_by(*model.__mapper__.primary_key)).all()
        compared = {column.key for column in model.__table__.columns} - OWN_COLUMNS
        assert {key: getattr(one, key) for key in compared} == {key: getattr(other, key) for key in compared}


def test_who_signs_and_who_confirms_from_one_network_do_not_wait_for_each_other_forever(
    app: Flask, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[BaseException] = []
    monkeypatch.setattr(database, "_is_retryable", lambda error: failures.append(error))
    letter_id, sender = letter.id, Sender("203.0.113.7")
    ids = [sign_letter(letter_id, request(number), at=NOON, sender=sender) for number in range(CROWD)]
    for message in db.session.scalars(select(OutboxMessage)):
        message.send(NOON)
    db.session.commit()

    def act(number: int) -> None:
        if number % 2:
            confirm_signature(ids[number], revision=1, at=NOON)
        else:
            sign_letter(letter_id, request(CROWD + number), at=NOON, sender=sender)

    all_at_once(app, act)
    assert failures == []
    assert pending(letter_id) == CROWD
