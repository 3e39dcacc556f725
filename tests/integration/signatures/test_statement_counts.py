"""A form runs a small, fixed number of statements, however many signed before, as others wait for its lock."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.abuse.submission_limits import LETTER_FLOOD_THRESHOLD, Sender
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.infrastructure.db import db
from letterhub.models import Letter, OutboxMessage
from tests.support import cast, factories
from tests.support.database_statements import record_statements
from tests.support.html_forms import form_data, form_with_button
from tests.support.signing_steps import confirm_link, signatures
from tests.support.visitor import Visitor

STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)")
SIGNING, CONFIRMING = {"sqlite": 6, "postgresql": 5}, {"sqlite": 13, "postgresql": 11}
"""Maximum numbers of statements; before raising one, ask whether the new statement is worth the time under the lock."""


@pytest.fixture
def letter(app: Flask) -> Letter:
    return factories.open_letter()


def count_statements_of_form(visitor: Visitor, address: str, button: str, network: int = 7, **typed: object) -> int:
    """Fill in the form with a button and press it, from some network; return the number of statements."""
    page = visitor.open(address)
    sent = form_data(page.tree, *form_with_button(page.tree, button), typed)
    with record_statements() as statements:
        answer = visitor.ask(address, method="POST", data=sent, environ_overrides={"REMOTE_ADDR": f"203.0.{network}.7"})
    assert answer.status_code == 303, answer.text
    return sum(1 for one in statements if STATEMENT.match(one))


def sign(visitor: Visitor, letter: Letter, network: int, name: str = "Example Alliance") -> int:
    typed = cast.CLARA.form | {"authorized": True, "organization": name, "website": f"https://a{network}.example"}
    return count_statements_of_form(
        visitor, f"/letters/{letter.slug}/sign", "Send me the link", network, **typed | {"email": f"n@a{network}.example"}
    )


def confirm(visitor: Visitor) -> int:
    """Confirm the newest signature, whose email was sent; return the number of statements."""
    for line in db.session.scalars(select(OutboxMessage).where(OutboxMessage.sent_at.is_(None))):
        line.send(now())
    db.session.commit()
    return count_statements_of_form(visitor, confirm_link(signatures()[-1]), "Sign for our organization", authorized=True)


def sign_many(letter: Letter) -> None:
    for number in range(LETTER_FLOOD_THRESHOLD):
        line = Signatory(organization=f"Alliance {number}", signer_name="Nia Example", section="national")
        sign_letter(
            letter.id,
            SigningRequest(line, EmailAddress(f"n{number}@b.example"), 1),
            at=now(),
            sender=Sender(f"198.51.{number}.7"),
        )


def test_signing_asks_so_often_at_most(visitor: Visitor, letter: Letter) -> None:
    sign(visitor, letter, 1)  # the first one parses the text, which is cached
    assert sign(visitor, letter, 2) <= SIGNING[db.engine.dialect.name]


def test_a_flood_is_asked_about_once_more(visitor: Visitor, letter: Letter) -> None:
    sign(visitor, letter, 1)
    before = sign(visitor, letter, 2)
    sign_many(letter)
    flag_and_evidence = 2 if db.engine.dialect.name == "sqlite" else 1  # on PostgreSQL it is written with the form
    assert sign(visitor, letter, 3) == before + flag_and_evidence


@pytest.mark.parametrize(("rule", "more"), [(PublishRule.ASK_STAFF, 0), (PublishRule.REVIEWED, 5)])
def test_confirming_asks_so_often_at_most(visitor: Visitor, letter: Letter, rule: PublishRule, more: int) -> None:
    letter.publish_rule = rule
    db.session.commit()
    for network, name in enumerate(("Example Alliance", "Willow Watch", "Quiet Skies League"), start=1):
        sign(visitor, letter, network, name)
        statements = confirm(visitor)
    assert statements <= CONFIRMING[db.engine.dialect.name] + more


def test_confirming_asks_as_often_under_a_letter_that_many_sign(visitor: Visitor, letter: Letter) -> None:
    sign(visitor, letter, 1, "Example Alliance")
    confirm(visitor)
    sign(visitor, letter, 2, "Willow Watch")
    before = confirm(visitor)
    sign_many(letter)
    sign(visitor, letter, 3, "Quiet Skies League")
    assert confirm(visitor) <= before + 2  # it came in a flood: whether of its own network, and what was recorded then
