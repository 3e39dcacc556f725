"""Inquiry to an organization's second address: it answers yes or no with a button; opening the link answers nothing."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask

from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Inquiry, Letter, Signature
from tests.support import cast, factories
from tests.support import signing_steps as signers
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Page, Visitor

COALITION = "coalition-for-clean-rivers"
OFFICE = "office@alliance.example"
WHERE = "alliance.example/contact"
SEND = "Send the question"


@pytest.fixture
def letter(app: Flask) -> Letter:
    return factories.open_letter()


@pytest.fixture
def name(letter: Letter) -> Signature:
    """A published name."""
    return factories.signature(letter)


def asking(sam: Visitor, name: Signature) -> Page:
    slug = db.session.get_one(Letter, name.letter_id).slug
    return sam.visit("evidence.ask_organization", coalition=COALITION, slug=slug, signature_id=name.id)


def page_of(sam: Visitor, name: Signature) -> Page:
    slug = db.session.get_one(Letter, name.letter_id).slug
    return sam.visit("signatures.detail", coalition=COALITION, slug=slug, signature_id=name.id)


def mailed_link(settings: Settings, postbox: Inbox, address: str = OFFICE) -> str:
    send_due_mail(settings)
    found = re.search(r"https?://\S+/answer/\S+", postbox.to(address)[-1].text)
    assert found, postbox.to(address)[-1].text
    return urlsplit(found[0]).path


def state_of(name: Signature) -> SignatureState:
    db.session.rollback()
    return db.session.get_one(Signature, name.id, populate_existing=True).state


def test_a_second_address_says_yes(sam: Visitor, name: Signature, visitor: Visitor, settings: Settings, postbox: Inbox) -> None:
    asking(sam, name).submit(SEND, address=OFFICE, address_source=WHERE).says(
        "We are asking office@alliance.example.", "no answer yet"
    )
    link = mailed_link(settings, postbox)
    mail = postbox.to(OFFICE)[-1]
    assert mail.message["Subject"] == "Did your organization sign this open letter?"
    assert cast.CLARA.email not in mail.text
    page = visitor.open(link).says("Is this signature yours?", "Example Alliance", "Clara Example, Director")
    page.submit("Send answer", answer="yes").says("you answered: yes, it’s ours")
    detail = page_of(sam, name).says("second address ✓", "A second address at its domain, office@alliance.example, answered")
    detail.says(
        "Staff found the address at alliance.example/contact.", "answered that the signature of Example Alliance is its own"
    )
    assert state_of(name) is SignatureState.PUBLISHED
    assert signers.audit_actions() == ["asked a second address", "said yes"]


def test_a_no_takes_the_name_off_the_list_until_staff_decide(
    sam: Visitor, name: Signature, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    asking(sam, name).submit(SEND, address=OFFICE, address_source=WHERE)
    page = visitor.open(mailed_link(settings, postbox))
    page.submit("Send answer", answer="no").says("you answered: no, it isn’t ours")
    assert state_of(name) is SignatureState.CONFIRMED
    page_of(sam, name).says(
        "the organization said no", "office@alliance.example answered that the signature is not the organization’s."
    )


@pytest.mark.shows("S6")
def test_s6_neither_looking_nor_pressing_the_button_of_an_untouched_form_answers(
    sam: Visitor, name: Signature, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    asking(sam, name).submit(SEND, address=OFFICE, address_source=WHERE)
    link = mailed_link(settings, postbox)
    visitor.ask(link, method="HEAD")
    visitor.open(link).submit("Send answer", status=422).says("Choose yes or no.")
    assert visitor.ask(link, method="POST", data={"answer": "perhaps"}).status_code == 422
    assert db.session.query(Inquiry).one().answer is None
    answer = visitor.ask(link)
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")


def test_the_first_answer_counts(sam: Visitor, name: Signature, visitor: Visitor, settings: Settings, postbox: Inbox) -> None:
    asking(sam, name).submit(SEND, address=OFFICE, address_source=WHERE)
    page = visitor.open(mailed_link(settings, postbox))
    page.submit("Send answer", answer="yes")
    page.submit("Send answer", answer="no").says("you answered: yes, it’s ours")
    assert state_of(name) is SignatureState.PUBLISHED


def test_an_answer_is_about_the_line_that_was_read(
    sam: Visitor, name: Signature, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    asking(sam, name).submit(SEND, address=OFFICE, address_source=WHERE)
    page = visitor.open(mailed_link(settings, postbox))
    db.session.get_one(Signature, name.id).signer_title = "President"
    db.session.commit()
    again = page.submit("Send answer", answer="yes", status=422).says("was changed while you were looking at it", "President")
    again.submit("Send answer", answer="yes").says("you answered: yes")


def test_a_signature_that_was_withdrawn_asks_nobody_any_more(
    sam: Visitor, name: Signature, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    asking(sam, name).submit(SEND, address=OFFICE, address_source=WHERE)
    link = mailed_link(settings, postbox)
    page = visitor.open(link)
    visitor.open(signers.manage_link(name)).submit("Withdraw the signature", sure=True)
    page.submit("Send answer", answer="yes").says("you don’t need to answer")
    page_of(sam, name).never_says("second address ✓")


@pytest.mark.shows("S10")
def test_a_no_is_taken_of_a_signature_that_was_withdrawn(
    sam: Visitor, name: Signature, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    asking(sam, name).submit(SEND, address=OFFICE, address_source=WHERE)
    link = mailed_link(settings, postbox)
    visitor.open(signers.manage_link(name)).submit("Withdraw the signature", sure=True)
    page = visitor.open(link).says("since withdrawn the signature", "If it wasn’t, please tell us").never_says("Yes, it may")
    page.submit("Send answer", status=422).says("Choose your answer, or close this page.")
    page.submit("Send answer", answer="no").says("you answered: no, it isn’t ours", "The signature is not on the letter.")
    page_of(sam, name).says("office@alliance.example answered that the signature is not the organization’s.")


def test_nobody_is_asked_about_a_line_that_was_erased(
    sam: Visitor, name: Signature, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    asking(sam, name).submit(SEND, address=OFFICE, address_source=WHERE)
    link = mailed_link(settings, postbox)
    visitor.open(signers.manage_link(name)).submit("Erase my data", sure=True)
    visitor.open(link).says("its data erased", "you don’t need to answer").never_says("exactly like this")


def test_an_address_at_another_domain_is_asked_only_by_who_is_sure(
    sam: Visitor, name: Signature, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    other = "press@alliance-news.example"
    page = asking(sam, name).submit(SEND, address=other, address_source="their letterhead", status=422)
    page = page.says("This address is not at alliance.example, the domain of the organization’s website.")
    assert db.session.query(Inquiry).count() == 0
    page.submit(SEND, sure=True).says("We are asking press@alliance-news.example.")
    visitor.open(mailed_link(settings, postbox, other)).submit("Send answer", answer="yes")
    page_of(sam, name).says("confirmed from another domain", "An address at another domain").never_says("second address ✓")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("Clara+office@alliance.example", "This is the address that signed."),
        ("", "Enter an address that the organization publishes."),
        ("not an address", "We can’t send email to this address."),
        ("office@alliance.example\r\nBcc: all@alliance.example", "We can’t send email to this address."),
    ],
)
def test_what_cannot_be_asked_is_refused_beside_its_field(sam: Visitor, name: Signature, address: str, sentence: str) -> None:
    asking(sam, name).submit(SEND, address=address, address_source=WHERE, status=422).says(sentence)
    assert db.session.query(Inquiry).count() == 0


def test_an_address_is_asked_once_and_three_are_enough(sam: Visitor, name: Signature) -> None:
    for local in ("a", "b", "c"):
        asking(sam, name).submit(SEND, address=f"{local}@alliance.example", address_source=WHERE)
    asking(sam, name).submit(SEND, address="A@alliance.example", address_source=WHERE, status=422).says(
        "has already been asked"
    )
    asking(sam, name).submit(SEND, address="d@alliance.example", address_source=WHERE, status=422).says("Three addresses")


@pytest.mark.parametrize("token", ["x", "W10.YfXx.x"])
def test_what_is_no_link_of_ours_answers_nothing(visitor: Visitor, token: str) -> None:
    assert visitor.ask(f"/answer/{token}").status_code == 404
    assert visitor.ask(f"/answer/{token}", method="POST", data={"answer": "yes"}).status_code == 404
