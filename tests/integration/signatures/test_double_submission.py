"""Idempotent forms: signing, freezing, delivering or starting twice, by a double click or a proxy's retry, happens once."""

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.editions.deliveries import deliver, undo_delivery
from letterhub.commands.editions.delivery_emails import send_delivery_email
from letterhub.commands.editions.freeze import freeze
from letterhub.commands.letters.drafts import create_letter
from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.abuse.submission_limits import FormTokenSpent
from letterhub.domain.editions.deliveries import CannotDeliver, DeliveryMethod, DeliveryRequest
from letterhub.domain.editions.delivery_emails import CoverEmail, CoverEmailRequest, EmailRecipient
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.mail_words import MailWords
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.line_fields import PRIVATE_FIELDS, TYPED_FIELDS, SignatoryField
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import AuditEntry, Delivery, DeliveryEmail, Edition, EditionFile, Letter, OutboxMessage, Signature
from letterhub.queries.editions.next_edition import edition_preview
from tests.support import cast, editions, factories
from tests.support.at_once import run_twice_at_once
from tests.support.visitor import Page, Visitor

LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
BY_STAFF: dict[str, Any] = {"actor": "staff-1", "staff_id": None}
BY_HAND: dict[str, Any] = {"recipients": "The White House", "method": "hand"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A closed letter that two organizations have signed."""
    return factories.closed_letter()


def handed_over() -> DeliveryRequest:
    return DeliveryRequest(("The White House",), DeliveryMethod.HAND, now(), "UTC", copies=True, form_token="word")


def emailed() -> CoverEmailRequest:
    recipient = EmailRecipient("The White House", "letters@whitehouse.example")
    email = CoverEmail((recipient,), MailWords("Rivers", "Dear {{recipient}},"), (FileFormat.PDF,))
    return CoverEmailRequest(email, "UTC", form_token="word")


def mails(kind: MailKind) -> int:
    return db.session.query(OutboxMessage).filter_by(kind=kind).count()


def confirm_page(visitor: Visitor) -> Page:
    page = visitor.visit("deliveries.new", number=1, **LETTER_VALUES)
    return page.submit("Continue", **BY_HAND)


def test_a_delivery_that_is_sent_twice_is_recorded_once(otto: Visitor, letter: Letter) -> None:
    editions.freeze_edition(letter)
    sure = confirm_page(otto)
    for _ in range(2):
        page = sure.submit("Record the delivery")
        page.says("The delivery of edition 1 was recorded.", "2 signatories are being sent their copies.")
    assert db.session.query(Delivery).count() == 1
    assert mails(MailKind.COPY) == 2


def test_whoever_begins_anew_delivers_once_more(otto: Visitor, letter: Letter) -> None:
    editions.freeze_edition(letter)
    for _ in range(2):
        confirm_page(otto).submit("Record the delivery")
    assert db.session.query(Delivery).count() == 2


def test_nothing_is_recorded_for_who_has_not_seen_the_page_that_asks(otto: Visitor, letter: Letter) -> None:
    editions.freeze_edition(letter)
    page = confirm_page(otto).submit("Record the delivery", form_token="")
    page.says("Record this delivery?")
    assert db.session.query(Delivery).count() == 0


def test_a_delivery_that_was_taken_back_does_not_return_by_its_old_form(otto: Visitor, letter: Letter) -> None:
    editions.freeze_edition(letter)
    sure = confirm_page(otto)
    sure.submit("Record the delivery")
    undo_delivery(db.session.query(Delivery).one().id, "Mistake", actor="staff-1", at=now())
    sure.submit("Record the delivery", status=422).says("This delivery was recorded and has since been taken back.")
    assert db.session.query(Delivery).count() == 1


def test_of_two_threads_that_deliver_by_one_form_one_does(app: Flask, letter: Letter) -> None:
    edition_id = editions.freeze_edition(letter).id
    assert run_twice_at_once(app, lambda: deliver(edition_id, handed_over(), **BY_STAFF, at=now())) == [2, 2]
    assert db.session.query(Delivery).count() == 1


def test_of_two_threads_that_email_by_one_form_one_does(app: Flask, letter: Letter) -> None:
    edition_id = editions.freeze_edition(letter).id
    assert run_twice_at_once(app, lambda: send_delivery_email(edition_id, emailed(), **BY_STAFF, at=now())) == [1, 1]
    assert db.session.query(DeliveryEmail).count() == mails(MailKind.DELIVERY) == 1


def test_one_form_does_not_stand_for_another_edition(app: Flask, letter: Letter) -> None:
    for _ in range(2):
        deliver(editions.freeze_edition(letter).id, handed_over(), **BY_STAFF, at=now())
    assert db.session.query(Delivery).count() == 2


def test_freezing_that_is_sent_twice_makes_one_edition(otto: Visitor, letter: Letter) -> None:
    proof = otto.visit("editions.preview", **LETTER_VALUES)
    for _ in range(2):
        proof.submit("Freeze this edition with 2 names").says("Edition 1 is frozen.")
    assert db.session.query(Edition).count() == 1
    assert [entry.action for entry in db.session.query(AuditEntry)].count("frozen") == 1


def test_a_form_that_froze_says_so_though_the_list_is_another_one_by_now(otto: Visitor, letter: Letter) -> None:
    proof = otto.visit("editions.preview", **LETTER_VALUES)
    proof.submit("Freeze this edition with 2 names")
    factories.signature(letter, cast.FREE_MAIL_SIGNER)
    proof.submit("Freeze this edition with 2 names").says("Edition 1 is frozen.")


def test_whoever_looks_again_may_freeze_what_has_not_changed(otto: Visitor, letter: Letter) -> None:
    for number in (1, 2):
        otto.visit("editions.preview", **LETTER_VALUES).submit("Freeze this edition with 2 names").says(
            f"Edition {number} is frozen."
        )
    assert db.session.query(Edition).count() == 2


def test_freezing_asks_for_the_word_of_its_page(otto: Visitor, letter: Letter) -> None:
    otto.visit("editions.preview", **LETTER_VALUES).submit("Freeze this edition with 2 names", form_token="").says(
        "What will be frozen"
    )
    assert db.session.query(Edition).count() == 0


def test_of_two_threads_that_freeze_by_one_form_one_does(app: Flask, letter: Letter) -> None:
    proof, letter_id = edition_preview(letter.id), letter.id
    assert proof
    end_read_transaction()
    frozen = run_twice_at_once(
        app, lambda: freeze(letter_id, proof.version, actor="staff-1", staff_id=None, at=now(), form_token="word")
    )
    assert frozen == [1, 1]
    assert db.session.query(Edition).count() == 1
    assert db.session.query(EditionFile.edition_id).distinct().count() == 1


def test_what_was_taken_back_is_refused_by_the_command_too(app: Flask, letter: Letter) -> None:
    edition_id = editions.freeze_edition(letter).id
    deliver(edition_id, handed_over(), **BY_STAFF, at=now())
    undo_delivery(db.session.query(Delivery).one().id, "Mistake", actor="staff-1", at=now())
    with pytest.raises(CannotDeliver, match="since been taken back"):
        deliver(edition_id, handed_over(), **BY_STAFF, at=now())


def test_a_letter_that_is_begun_twice_by_one_form_is_one(app: Flask, otto: Visitor) -> None:
    form = otto.visit("dashboard.new_letter", coalition=LETTER_VALUES["coalition"])
    paths = [form.submit("Create draft", title="Quiet nights").path for _ in range(2)]
    assert len(set(paths)) == 1
    assert re.fullmatch(rf"/staff/{LETTER_VALUES['coalition']}/letters/quiet-nights-[0-9a-f]{{12}}/write", paths[0])
    assert db.session.query(Letter).count() == 1
    assert [entry.action for entry in db.session.query(AuditEntry)].count("created") == 1


def test_another_title_or_another_form_begins_another_letter(app: Flask, otto: Visitor) -> None:
    form = otto.visit("dashboard.new_letter", coalition=LETTER_VALUES["coalition"])
    form.submit("Create draft", title="Quiet nights")
    form.submit("Create draft", title="Dark nights")
    otto.visit("dashboard.new_letter", coalition=LETTER_VALUES["coalition"]).submit("Create draft", title="Quiet nights")
    slugs = [letter.slug for letter in db.session.query(Letter).order_by(Letter.id)]
    assert [slug.rpartition("-")[0] for slug in slugs] == ["quiet-nights", "dark-nights", "quiet-nights"]


def test_of_two_threads_that_begin_by_one_form_one_does(app: Flask) -> None:
    number = factories.coalition().id
    text = replace(factories.TEXT, title="Quiet nights")

    def create_draft() -> int:
        slug = create_letter(number, text, actor="staff-1", staff_id=None, at=now(), form_token="word")
        return len(slug)

    assert run_twice_at_once(app, create_draft) == [len("quiet-nights-0123456789ab")] * 2
    assert db.session.query(Letter).count() == 1


def request_with(changes: dict[str, Any]) -> SigningRequest:
    """Return the request of one form, with some of its fields changed."""
    line = Signatory("Example Alliance", "Clara Example", "Director", section="national")
    private = {"email": cast.CLARA.email} | {key: value for key, value in changes.items() if key in PRIVATE_KEYS}
    changed_line = {key: value for key, value in changes.items() if key not in PRIVATE_KEYS}
    email = EmailAddress(private.pop("email"))
    return SigningRequest(replace(line, **changed_line), email, None, form_token="word", private=private)


PRIVATE_KEYS = frozenset(field.key for field in PRIVATE_FIELDS)
OTHER_VALUES = {"kind": SignatoryKind.INDIVIDUAL, "section": "local", "email": "other@alliance.example"}


@pytest.mark.parametrize("field", [*TYPED_FIELDS, *PRIVATE_FIELDS], ids=lambda field: field.key)
def test_a_form_that_comes_again_signs_once_and_is_refused_with_any_field_changed(app: Flask, field: SignatoryField) -> None:
    number = factories.open_letter(who_may_sign=WhoMaySign.BOTH).id
    first = sign_letter(number, request_with({}), at=now())
    assert sign_letter(number, request_with({}), at=now()) == first
    with pytest.raises(FormTokenSpent, match="different entries"):
        sign_letter(number, request_with({field.key: OTHER_VALUES.get(field.key, "Another one")}), at=now())
    assert db.session.query(Signature).count() == mails(MailKind.CONFIRM) == 1
