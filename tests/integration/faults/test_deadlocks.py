"""Lock order: whoever changes a name locks its letter first, so two that need both never deadlock."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from letterhub.commands.signatures import review
from letterhub.commands.signatures.review import ReviewSelection, correct_printed_line, publish_signatures, return_signatures
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.signatures.review import line_version
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Signature
from tests.conftest import NOON
from tests.support import cast, factories

CORRECTION = Signatory("Example Alliance", "Clara Example", "President", "Springfield, IL", section="national")


def published(name: ReviewSelection) -> None:
    publish_signatures(name)


def corrected(name: ReviewSelection) -> None:
    (version,) = name.expected_versions.values()
    correct_printed_line(name, CORRECTION, version)


def returned(name: ReviewSelection) -> None:
    published(name)
    return_signatures(name, SignatureState.PUBLISHED)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("act", [published, corrected, returned])
def test_a_reviewer_holds_the_letter_before_the_record(
    app: Flask, monkeypatch: pytest.MonkeyPatch, act: Callable[[ReviewSelection], None]
) -> None:
    name, locked = chosen(factories.signature(factories.open_letter(), cast.CLARA, SignatureState.CONFIRMED)), []

    def record_lock(*facts: object, **more: object) -> None:
        locked.append(is_locked("letter"))

    monkeypatch.setattr(review, "append_audit_entry", record_lock)
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


def chosen(signature: Signature) -> ReviewSelection:
    """Return the name as a reviewer selects it."""
    versions = {signature.id: line_version(signature.signatory)}
    return ReviewSelection(factories.coalition().id, signature.letter_id, tuple(versions), "staff-1", NOON, versions)
