"""Fields for numbers of signatories in each text of an organizer: filled in where it is printed, or refused with a sentence."""

from dataclasses import replace

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.editions.delivery_emails import send_delivery_email
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name
from letterhub.commands.letters.lifecycle import close_letter
from letterhub.commands.mail.mail_words import save_mail_words
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.press.press_pages import release_press_page, save_press_page
from letterhub.commands.press.signatory_messages import send_message
from letterhub.config import Settings
from letterhub.domain.editions.delivery_emails import CoverEmail, CoverEmailRequest, EmailRecipient
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import Addressee, LetterText, Signatory, SignatoryKind
from letterhub.domain.letters.opening_rules import missing_requirements
from letterhub.domain.mail.mail_words import FIELDS, InvalidWords, MailWords, WordedMail, check_words
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.press.press_page import PressWords
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import Letter, Signature
from tests.support import cast, editions, factories
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Visitor

FIELDS_OF_TEXTS = ("count", "organizations", "individuals", "count_in_words")
PATH = "/letters/clean-rivers-for-everyone/press"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter of two organizations and an individual."""
    letter = factories.open_letter(deadline_at=None)
    factories.signature(letter, cast.CLARA)
    factories.signature(letter, cast.HIRO)
    person = replace(cast.CLARA, organization="", website="", name="Ines Example", email="ines@person.example")
    factories.signature(letter, person, kind=SignatoryKind.INDIVIDUAL)
    return letter


@pytest.mark.parametrize("place", ["headline", "statement", "announcement", "facts"])
def test_a_press_page_has_the_numbers(visitor: Visitor, letter: Letter, place: str) -> None:
    typed = "{{count}} names: {{organizations}} groups, {{ individuals }} person, {{organizations_in_words}} in words"
    words = replace(PressWords("Headline", "Statement"), **{place: (typed,) if place == "facts" else typed})
    save_press_page(letter.id, words, 0, staff_id=None, actor="staff-1", at=now())  # type: ignore[arg-type]
    release_press_page(letter.id, now(), actor="staff-1", at=now())
    page = visitor.open(PATH).says("3 names: 2 groups, 1 person, two in words")
    assert "{{" not in page.html


@pytest.mark.parametrize("field", FIELDS_OF_TEXTS)
@pytest.mark.parametrize(
    "place",
    ["title", "re", "salutation", "closing", "via"],
)
def test_a_letter_with_one_outside_its_body_does_not_open(place: str, field: str) -> None:
    whole = LetterText(
        title="Title", body="Body", addressees=(Addressee("The President"),), salutation="Dear President:", closing="Yours,"
    )
    (missing,) = missing_requirements(replace(whole, **{place: f"To {{{{{field}}}}}"}), None, now())
    assert (missing.field, missing.sentence.startswith(f"{{{{{field}}}}} can’t be used in the")) == ("misplaced", True)


@pytest.mark.parametrize("field", FIELDS_OF_TEXTS)
@pytest.mark.parametrize("mail", list(WordedMail))
def test_an_email_takes_those_that_it_can_fill_in_and_names_them_otherwise(mail: WordedMail, field: str) -> None:
    for words in (MailWords(f"{{{{{field}}}}}", "Text"), MailWords("Subject", f"{{{{{field}}}}}")):
        if field in FIELDS[mail]:
            check_words(mail, words, ())
        else:
            with pytest.raises(InvalidWords, match="isn’t a field of this email"):
                check_words(mail, words, ())


TYPED = "{{count}} names: {{organizations}} groups, {{ individuals }} person"
FILLED = "3 names: 2 groups, 1 person"


def test_emails_about_signing_have_the_numbers_as_they_leave(letter: Letter, settings: Settings, postbox: Inbox) -> None:
    for mail in (WordedMail.INVITATION, WordedMail.THANKS, WordedMail.MESSAGE):
        save_mail_words(letter.id, mail, MailWords(TYPED, TYPED), 0, actor="staff-1", at=now())
    staff = factories.staff(cast.OTTO)
    invite_by_name(InvitationContext(letter.id, staff.id, "staff-1", now()), Signatory("Willow Watch"), "ada@willow.example")
    signature = db.session.query(Signature).filter_by(email=cast.CLARA.email).one()
    about = {"coalition_id": letter.coalition_id, "letter_id": letter.id, "signature_id": signature.id}
    factories.save(queue_mail(MailKind.SIGNED, signature.email, at=now(), **about))
    send_message(letter.id, 1, staff_id=staff.id, actor="staff-1", at=now())
    send_due_mail(settings)
    mails = [*postbox.to("ada@willow.example"), *postbox.to(cast.CLARA.email)]
    assert [(mail.message["Subject"], mail.text.splitlines()[0]) for mail in mails] == [(FILLED, FILLED)] * 3


def test_a_delivery_and_its_copies_have_the_numbers_of_the_edition(letter: Letter, settings: Settings, postbox: Inbox) -> None:
    save_mail_words(letter.id, WordedMail.COPY, MailWords(TYPED, TYPED), 0, actor="staff-1", at=now())
    close_letter(letter.id, actor="staff-1", at=now())
    edition = editions.freeze_edition(letter)
    factories.signature(letter, cast.FREE_MAIL_SIGNER)  # for the next edition
    cover = CoverEmail(
        (EmailRecipient("The President", "president@house.example"),), MailWords(TYPED, TYPED), (FileFormat.PDF,)
    )
    send_delivery_email(edition.id, CoverEmailRequest(cover, "UTC", copies=True), actor="staff-1", staff_id=None, at=now())
    for _ in range(2):
        send_due_mail(settings)
    mails = [*postbox.to("president@house.example"), *postbox.to(cast.CLARA.email)]
    assert [(mail.message["Subject"], mail.text.splitlines()[0]) for mail in mails] == [(FILLED, FILLED)] * 2


def test_pages_of_an_edition_name_both_kinds(visitor: Visitor, letter: Letter) -> None:
    factories.staff(cast.OTTO)
    letter.move(LetterMove.CLOSE, now())
    edition = editions.freeze_edition(factories.save(letter))
    visitor.sign_in(cast.OTTO)
    of = {"coalition": "coalition-for-clean-rivers", "slug": letter.slug}
    visitor.visit("editions.index", **of).says("2 organizations and one individual")
    visitor.visit("delivery_emails.new", number=1, **of).says("It has 2 organizations and one individual.")
    form = visitor.visit("deliveries.new", number=1, **of).says("It has 2 organizations and one individual.")
    page = form.submit("Continue", recipients="The President", method="hand")
    page.says("1 · 2 organizations and one individual")
    editions.record_delivery(edition)
    visitor.visit("check_page.detail", public_id=edition.public_id).says("2 organizations and one individual")
