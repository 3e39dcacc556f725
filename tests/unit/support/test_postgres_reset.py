"""A test's PostgreSQL database is as new, whatever the test before has left in it."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from tests.support.servers.database_copies import PostgresDatabaseCopies

ADD_ROW = "INSERT INTO metric (name, labels, value) VALUES ('signed', '', 1) RETURNING id"


@pytest.fixture
def connection(postgresql_copies: PostgresDatabaseCopies) -> Iterator[psycopg.Connection[Any]]:
    """Connection of a test to its database, in which a row was stored."""
    postgresql_copies.close()
    postgresql_copies.fresh()  # a new copy, to which nobody else is connected
    with closing(postgresql_copies.server.connect("copy")) as connection:
        assert connection.execute(ADD_ROW).fetchone() == (1,)
        yield connection


def is_as_new(connection: psycopg.Connection[Any]) -> bool:
    """Return whether a database has no rows and gives the next one the first id."""
    return connection.execute("SELECT count(*) FROM metric").fetchone() == (0,) and connection.execute(ADD_ROW).fetchone() == (
        1,
    )


def test_a_database_is_emptied_in_place(connection: psycopg.Connection[Any], postgresql_copies: PostgresDatabaseCopies) -> None:
    before = postgresql_copies.left
    postgresql_copies.fresh()
    assert postgresql_copies.left is before
    assert connection.execute("SELECT pg_relation_size('metric')").fetchone() == (0,)
    assert is_as_new(connection)


def test_a_database_to_which_another_process_is_connected_is_copied_anew(
    connection: psycopg.Connection[Any], postgresql_copies: PostgresDatabaseCopies
) -> None:
    with closing(postgresql_copies.server.connect("copy")) as another:
        postgresql_copies.fresh()
        with pytest.raises(psycopg.OperationalError):
            another.execute("SELECT 1")


@pytest.mark.parametrize(
    "left",
    [
        "ANALYZE metric",
        "ALTER TABLE metric ADD COLUMN odd integer",
        "DROP TABLE alembic_version",
        "UPDATE alembic_version SET version_num = '0001'",
        "BEGIN; DELETE FROM metric",
        "SELECT pg_advisory_lock(1)",
    ],
)
def test_a_database_that_cannot_be_emptied_is_copied_anew(
    left: str, connection: psycopg.Connection[Any], postgresql_copies: PostgresDatabaseCopies
) -> None:
    before = postgresql_copies.left
    connection.execute(left)
    postgresql_copies.fresh()
    assert postgresql_copies.left is not before
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    with postgresql_copies.server.connect("copy") as another:
        assert is_as_new(another)
