"""Prepared statements bind and read as SQLAlchemy does: values of every kind of column come back as they were."""

import datetime as dt
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, MultipleResultsFound, NoResultFound

from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.statements import bound_integers, execute_prepared
from letterhub.models import Letter, OutboxMessage, RateLimitBucket, Revision, Signature
from tests.conftest import NOON
from tests.support import cast as people
from tests.support import factories

BUCKETS = cast("Table", RateLimitBucket.__table__)
INSERT = insert(BUCKETS).returning(BUCKETS.c.bucket_key, BUCKETS.c.expires_at)
EXTEND = update(BUCKETS).where(BUCKETS.c.bucket_key == bindparam("key")).values(expires_at=bindparam("until"))
EXTEND_ALL = (
    update(BUCKETS).where(BUCKETS.c.bucket_key.in_(bindparam("keys", expanding=True))).values(expires_at=bindparam("until"))
)
BY_STATE = (
    select(Signature.id, Signature.state, Signature.created_at, Signature.lead, Signature.confirmed_at, Letter.optional_fields)
    .join(Letter, Letter.id == Signature.letter_id)
    .where(Signature.letter_id == bindparam("letter"), Signature.state.in_((SignatureState.PUBLISHED, SignatureState.PENDING)))
    .order_by(Signature.id)
    .limit(10)
)
BY_IDS = select(Signature.organization_name).where(Signature.id.in_(bindparam("ids", expanding=True))).order_by(Signature.id)
BY_NUMBERS = {
    dialect: select(Signature.id).where(Signature.id.in_(select(ids.c.value))).order_by(Signature.id)
    for dialect, ids in bound_integers("numbers").items()
}


def prepared(statement: Any, **values: Any) -> Any:
    """Execute a statement in the session's transaction."""
    return execute_prepared(db.session.connection(), statement, values)


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter with two signatures."""
    letter = factories.open_letter()
    factories.signature(letter, people.CLARA)
    factories.signature(letter, people.HIRO)
    return letter


def test_rows_are_those_that_sqlalchemy_reads(letter: Letter) -> None:
    connection = db.session.connection()
    for _time in range(2):
        rows = prepared(BY_STATE, letter=letter.id)
        expected = connection.execute(BY_STATE, {"letter": letter.id}).all()
        assert [tuple(row) for row in rows] == [tuple(row) for row in expected]
        assert [*map(type, rows[0])] == [*map(type, expected[0])]
    assert rows[0].state is SignatureState.PUBLISHED
    assert rows[0].created_at.tzinfo is dt.UTC


@pytest.mark.parametrize("model", [Letter, Revision, Signature, OutboxMessage])
def test_every_column_is_read_as_sqlalchemy_reads_it(letter: Letter, model: Any) -> None:
    table = cast("Table", model.__table__)
    statement = select(*table.c).where(table.c.id > bindparam("after")).order_by(table.c.id)
    expected = db.session.connection().execute(statement, {"after": 0}).all()
    assert [tuple(row) for row in prepared(statement, after=0)] == [tuple(row) for row in expected]


def test_what_is_inserted_and_changed_is_read_as_it_was_given(letter: Letter) -> None:
    row = prepared(INSERT, bucket_key="a%s:b", expires_at=NOON).one()
    assert (row.bucket_key, row.expires_at) == ("a%s:b", NOON)
    later = NOON + dt.timedelta(microseconds=1)
    assert prepared(EXTEND, key="a%s:b", until=later).rowcount == 1
    assert prepared(EXTEND, key="another", until=later).rowcount == 0
    assert prepared(EXTEND_ALL, keys=["a%s:b", "another"], until=later).rowcount == 1
    assert prepared(select(BUCKETS.c.expires_at)).scalar_one() == later
    assert prepared(EXTEND.returning(BUCKETS.c.bucket_key), key="a%s:b", until=NOON).scalars() == ["a%s:b"]


def test_lists_are_values_too(letter: Letter) -> None:
    ids = [row.id for row in prepared(BY_STATE, letter=letter.id)]
    for some in (ids, ids[:1], []):
        assert prepared(BY_NUMBERS[db.engine.dialect.name], numbers=some).scalars() == some
        assert len(prepared(BY_IDS, ids=some)) == len(some)


def test_errors_are_those_of_sqlalchemy(letter: Letter) -> None:
    prepared(INSERT, bucket_key="a", expires_at=NOON)
    with pytest.raises(NoResultFound):
        prepared(EXTEND_NOTHING, key="b").one()
    with pytest.raises(MultipleResultsFound):
        prepared(BY_STATE, letter=letter.id).one_or_none()
    with pytest.raises(IntegrityError):
        prepared(INSERT, bucket_key="a", expires_at=NOON)
    db.session.rollback()


EXTEND_NOTHING = delete(BUCKETS).where(BUCKETS.c.bucket_key == bindparam("key")).returning(BUCKETS.c.id)
