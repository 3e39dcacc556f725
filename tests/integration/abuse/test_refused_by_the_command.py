"""Signing is refused by its command too, whatever the form allowed, and leaves nothing behind."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.signing import (
    LetterNotOpen,
    SignerKindNotAccepted,
    SigningRequest,
    TextChanged,
)
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import OutboxMessage, Signature
from tests.support import factories

GROUP = Signatory("Alliance", "Nia Example", "Director", website="https://alliance.example", section="national")
PERSON = Signatory("", "Nia Example", "Poet", kind=SignatoryKind.INDIVIDUAL)
OPEN_FOR_ALL = {"deadline_at": None, "who_may_sign": WhoMaySign.BOTH}


def signs(facts: dict[str, Any], line: Signatory, revision: int | None, *moves: LetterMove) -> int:
    letter = factories.open_letter(**facts)
    for move in moves:
        letter.move(move, now())
    db.session.commit()
    return sign_letter(letter.id, SigningRequest(line, EmailAddress("nia@alliance.example"), revision), at=now())


@pytest.mark.parametrize(
    ("facts", "line", "revision", "moves", "refusal"),
    [
        (OPEN_FOR_ALL | {"who_may_sign": WhoMaySign.ORGANIZATIONS}, PERSON, 1, (), SignerKindNotAccepted),
        (OPEN_FOR_ALL | {"who_may_sign": WhoMaySign.INDIVIDUALS}, GROUP, 1, (), SignerKindNotAccepted),
        (OPEN_FOR_ALL, GROUP, 1, (LetterMove.CLOSE,), LetterNotOpen),
        (OPEN_FOR_ALL, GROUP, 1, (LetterMove.WITHDRAW,), LetterNotOpen),
        (OPEN_FOR_ALL | {"deadline_at": dt.datetime(2022, 1, 5, 16, 59, tzinfo=dt.UTC)}, GROUP, 1, (), LetterNotOpen),
        (OPEN_FOR_ALL, GROUP, 0, (), TextChanged),
        (OPEN_FOR_ALL, GROUP, 2, (), TextChanged),
    ],
)
def test_it_is_refused(
    app: Flask,
    facts: dict[str, Any],
    line: Signatory,
    revision: int | None,
    moves: tuple[LetterMove, ...],
    refusal: type[UserFacingError],
) -> None:
    with pytest.raises(refusal):
        signs(facts, line, revision, *moves)
    db.session.rollback()
    assert (db.session.query(Signature).count(), db.session.query(OutboxMessage).count()) == (0, 0)


@pytest.mark.parametrize(
    ("facts", "line", "revision"),
    [
        (OPEN_FOR_ALL, PERSON, 1),
        (OPEN_FOR_ALL | {"who_may_sign": WhoMaySign.INDIVIDUALS}, PERSON, 1),
        (OPEN_FOR_ALL | {"who_may_sign": WhoMaySign.ORGANIZATIONS}, GROUP, 1),
        (OPEN_FOR_ALL | {"deadline_at": dt.datetime(2022, 1, 5, 17, 1, tzinfo=dt.UTC)}, GROUP, 1),
        (OPEN_FOR_ALL, GROUP, None),
    ],
)
def test_what_is_allowed_waits_for_its_mail(app: Flask, facts: dict[str, Any], line: Signatory, revision: int | None) -> None:
    signs(facts, line, revision)
    assert (db.session.query(Signature).count(), db.session.query(OutboxMessage).count()) == (1, 1)
