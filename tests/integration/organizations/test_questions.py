"""No page has N+1 queries: the number of statements does not depend on the number of rows."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import Letter, Signature, append_audit_entry
from tests.support import cast, editions, factories
from tests.support.database_statements import record_statements
from tests.support.visitor import Visitor

STATES = (SignatureState.CONFIRMED, SignatureState.PUBLISHED, SignatureState.PENDING, SignatureState.DECLINED)
HOME = "coalition-for-clean-rivers"
LETTER_PAGES = f"/staff/{HOME}/letters/{{slug}}"
PAGES = {
    "/": False, "/letters/{slug}": False, "/letters/{slug}?q=alliance": False, "/letters/{slug}/history": False,
    "/feed.atom": False, "/letters/{slug}/feed.atom": False,
    "/letters/{slug}/sign": False, f"/staff/{HOME}/": True, f"/staff/{HOME}/activity": True, f"/staff/{HOME}/email": True,
    f"/staff/{HOME}/organizations": True, f"/staff/{HOME}/team": True, f"{LETTER_PAGES}/write": True,
    f"{LETTER_PAGES}/settings": True,
    f"{LETTER_PAGES}/review": True, f"{LETTER_PAGES}/signatures": True,
    f"{LETTER_PAGES}/signatures?q=alliance": True, f"{LETTER_PAGES}/signatures/csv": True,
    f"{LETTER_PAGES}/sources": True, f"{LETTER_PAGES}/revisions": True,
    f"{LETTER_PAGES}/editions": True, f"{LETTER_PAGES}/consent": True,
}  # fmt: skip
"""Pages with lists, and which of them staff see."""


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter of a coalition with an owner."""
    factories.staff(cast.OLIVE)
    return factories.open_letter()


def add(letter: Letter, begin: int, many: int) -> None:
    """Add more of everything that the pages list: names in every state with emails and log entries, letters, staff."""
    for number in range(begin, begin + many):
        name = f"Alliance {number:03}"
        row = factories.signature(
            letter, state=STATES[number % 4], organization_name=name, website=f"https://a{number}.example",
            email=f"nia@a{number}.example", from_flood=number % 2 == 0,
        )  # fmt: skip
        queue_mail(
            MailKind.CONFIRM, row.email, at=now(), coalition_id=letter.coalition_id, letter_id=letter.id, signature_id=row.id
        )
        chain = f"letter-{letter.id}"
        append_audit_entry(db.session(), chain, "staff-1", "published", at=now(), subject=f"signature-{row.id}")
    for number in range(begin, begin + many // 4):
        factories.open_letter(replace(factories.TEXT, title=f"Letter {number:03}"))
        factories.staff(replace(cast.SAM, email=f"sam{number}@rivers.example"))
    db.session.commit()


@pytest.fixture
def counted(app: Flask, letter: Letter, visitor: Visitor) -> Callable[[str], int]:
    """Return the number of statements of each page."""
    visitor.sign_in(cast.OLIVE)
    stranger, slug = Visitor(app, visitor.base_url), letter.slug

    def count(page: str) -> int:
        someone = visitor if PAGES[page] else stranger
        address = page.format(slug=slug)
        assert someone.ask(address).status_code == 200, address
        with record_statements() as statements:
            someone.ask(address)
        return len([one for one in statements if not re.match("PRAGMA|BEGIN|SET|SELECT 1$|SAVEPOINT", one)])

    return count


def test_pages_ask_no_more_often_for_many_rows_than_for_few(letter: Letter, counted: Callable[[str], int]) -> None:
    add(letter, 0, 8)
    few = {page: counted(page) for page in PAGES}
    add(letter, 8, 24)
    assert {page: counted(page) for page in PAGES} == few


def test_a_delivered_page_asks_no_more_often_for_many_names_than_for_few(
    letter: Letter, counted: Callable[[str], int], visitor: Visitor
) -> None:
    add(letter, 0, 8)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    first = editions.deliver_edition(letter)
    page = "/letters/{slug}"
    few = counted(page)
    add(letter, 8, 48)
    second = editions.deliver_edition(letter)
    assert (first.count, second.count, counted(page)) == (2, 14, few)
    assert db.session.query(Signature).count() == 56
