"""Lock order: whoever changes a name locks its letter first, so two that need both never deadlock."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from letterhub.commands.signatures import review
from letterhub.commands.signatures.review import Chosen, correct_name, publish_names, return_names
from letterhub.domain.signatures.review import Correction, mark_of
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Signature
from tests.conftest import NOON
from tests.support import cast, factories

CORRECTION = Correction("Example Alliance", "Clara Example", "President", "Springfield, IL", "", "national", "", lead=False)


def published(name: Chosen) -> None:
    publish_names(name)


def corrected(name: Chosen) -> None:
    (mark,) = name.marks.values()
    correct_name(name, CORRECTION, mark)


def returned(name: Chosen) -> None:
    published(name)
    return_names(name, SignatureState.PUBLISHED)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("act", [published, corrected, returned])
def test_a_reviewer_holds_the_letter_before_the_record(
    app: Flask, monkeypatch: pytest.MonkeyPatch, act: Callable[[Chosen], None]
) -> None:
    name, locked = chosen(factories.signature(factories.open_letter(), cast.CLARA, SignatureState.CONFIRMED)), []

    def told(*facts: object, **more: object) -> None:
        locked.append(is_locked("letter"))

    monkeypatch.setattr(review, "remember", told)
    act(name)
    assert set(locked) == {True}


def is_locked(table: str) -> bool:
    """Return whether another transaction holds a lock on a row of the table."""
    with db.engine.connect() as other:
        try:
            other.execute(text(f"SELECT 1 FROM {table} FOR UPDATE NOWAIT"))
        except OperationalError:
            return True
    return False


def chosen(signature: Signature) -> Chosen:
    """Return the name as a reviewer selects it."""
    marks = {signature.id: mark_of(signature.signatory)}
    return Chosen(factories.coalition().id, signature.letter_id, tuple(marks), "staff-1", NOON, marks)
