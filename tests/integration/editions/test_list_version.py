"""The version of a letter's list: another one whenever a published line appears, changes or goes, and only then."""

from collections.abc import Callable

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.support import cast, factories

LISTED: dict[str, Callable[[Signature], object]] = {
    "withdrawn": lambda row: row.move(SignatureMove.WITHDRAW, now()),
    "returned to the queue": lambda row: row.move(SignatureMove.RETURN, now()),
    "outdated": lambda row: row.move(SignatureMove.OUTDATE, now()),
    "corrected": lambda row: setattr(row, "signer_title", "Chair"),
    "sorted otherwise": lambda row: setattr(row, "sort_name", "Aardvark"),
    "another website": lambda row: setattr(row, "website", "https://other.example"),
    "erased": lambda row: row.clear_line(),
}


@pytest.mark.parametrize("change", LISTED)
def test_each_change_of_a_listed_line_counts(letter: Letter, signed: Signature, change: str) -> None:
    version, edits = letter.list_version, letter.list_edits
    LISTED[change](signed)
    db.session.commit()
    assert (letter.list_version, letter.list_edits) == (version + 1, edits + 1)


def test_a_name_that_is_published_counts_and_one_that_waits_does_not(letter: Letter) -> None:
    before, edits = letter.list_version, letter.list_edits
    row = factories.signature(letter, cast.HIRO, SignatureState.CONFIRMED)
    row.signer_title = "Chair"
    db.session.commit()
    assert letter.list_version == before
    row.move(SignatureMove.PUBLISH, now())
    db.session.commit()
    assert (letter.list_version, letter.list_edits) == (before + 1, edits)


def test_what_nobody_reads_of_a_listed_signature_counts_for_nothing(letter: Letter, signed: Signature) -> None:
    before = letter.list_version
    signed.clear_contact(now())
    signed.reviewed_at = now()
    db.session.commit()
    assert letter.list_version == before


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that Clara's organization has signed."""
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    return letter


@pytest.fixture
def signed(letter: Letter) -> Signature:
    """Clara's signature."""
    return db.session.query(Signature).one()
