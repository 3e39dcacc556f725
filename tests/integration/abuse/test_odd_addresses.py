"""A corpus of odd email addresses in every email field: emailed to that one mailbox, or refused with a sentence."""

import secrets
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Inquiry, Letter, OutboxMessage, Staff
from letterhub.web.public.signatures.signing_forms import new_form_token
from tests.support import cast, editions, factories
from tests.support.missing import SHARED
from tests.support.servers.database_copies import SITE, DatabaseCopies
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Visitor

CORPUS = SHARED / "addresses" / "isemail.xml"
CONTROLS = {0x2400 + number: number for number in range(0x21)}
STRIDE = 5  # the forms of staff share one check: each gets a part of the corpus, all together the whole
HOME = "/staff/coalition-for-clean-rivers"
pytestmark = [
    pytest.mark.shows("S5", "S17"),
    pytest.mark.needs_shared("addresses/isemail.xml"),
]


def corpus() -> Iterator[tuple[str, str]]:
    """Return each address with its verdict; control characters are written as their pictures."""
    for one in ET.parse(CORPUS).getroot().iter("test"):
        address = "".join(
            chr(ord(sign) - 0x2400) if 0x2400 <= ord(sign) < 0x2421 else sign for sign in one.findtext("address") or ""
        )
        yield address, one.findtext("category") or ""


@pytest.fixture
def database_url(sqlite_copies: DatabaseCopies) -> str:
    """SQLite database alone: what the forms accept does not depend on it."""
    return sqlite_copies.fresh()


def token_of(visitor: Visitor, address: str) -> dict[str, str]:
    """Return the visitor's CSRF token."""
    fields = visitor.open(address).tree.iter("input")
    return {"csrf_token": next(field.get("value", "") for field in fields if field.get("name") == "csrf_token")}


def test_s5_whoever_signs_with_an_odd_address_is_mailed_there_alone_or_told_that_it_is_none(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    taken, place = {}, f"/letters/{letter.slug}/sign"
    token = token_of(visitor, place)
    for address, category in corpus():
        form = (
            cast.CLARA.form
            | token
            | {"authorized": "y", "email": address, "organization": f"Alliance {secrets.token_hex(4)}"}
            | {"form_token": new_form_token(letter.id)}
        )
        answer = visitor.ask(place, method="POST", data=form)
        assert answer.status_code in (303, 422), address
        if answer.status_code == 303:
            taken[address] = category
    typed = {address: category for address, category in taken.items() if address.isprintable()}  # without control characters
    assert [address for address, category in typed.items() if category == "ISEMAIL_ERR" and address == address.strip()] == []
    assert len(taken) > 15
    show_that_each_mail_has_one_recipient(settings, postbox)


def show_that_each_mail_has_one_recipient(settings: Settings, postbox: Inbox) -> None:
    end_read_transaction()
    recipients = set(db.session.scalars(select(OutboxMessage.recipient)))
    send_due_mail(settings)
    assert postbox.mails
    for mail in postbox.mails:
        assert len(mail.recipients) == 1
        assert mail.recipients[0] in recipients
        assert mail.message.get_all("To") == [mail.recipients[0]]
        assert all(sign.isprintable() and sign.isascii() for sign in mail.recipients[0])


def test_s17_staff_invite_ask_and_deliver_to_odd_addresses_or_are_told_why_not(
    app: Flask, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    factories.staff(cast.OLIVE)
    owner, guest = Visitor(app, SITE), Visitor(app, SITE)
    owner.sign_in(cast.OLIVE)
    signature = factories.signature(letter)
    letter.move(LetterMove.CLOSE, now())
    edition = editions.freeze_edition(factories.save(letter))
    pages = f"{HOME}/letters/{letter.slug}"
    places = {
        f"{HOME}/team": {"role": "reviewer", "field": "email"},
        f"{pages}/signatures/{signature.id}/ask-organization": {
            "found": "x",
            "source": "x",
            "sure": "y",
            "expected_version": "",
            "field": "address",
        },
        f"{pages}/editions/{edition.number}/deliver": {"method": "letterhub", "recipient": "The President", "field": "address"},
        "/reset-password": {"field": "email"},
        "/sign-in": {"password": "a guess that is wrong", "field": "email"},
    }
    for number, (place, typed) in enumerate(places.items()):
        who = guest if place in ("/reset-password", "/sign-in") else owner
        token = token_of(who, place)
        for address, _ in list(corpus())[number::STRIDE]:
            sent = token | {name: value for name, value in typed.items() if name != "field"} | {typed["field"]: address}
            status = who.ask(place, method="POST", data=sent).status_code
            assert status in (200, 302, 303, 400, 409, 422, 429), (place, address, status)
    end_read_transaction()
    stored = [*db.session.scalars(select(Staff.email)), *db.session.scalars(select(Inquiry.address))]
    assert all(sign.isprintable() for address in stored for sign in address)
    show_that_each_mail_has_one_recipient(settings, postbox)
