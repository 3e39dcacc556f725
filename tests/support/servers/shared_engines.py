"""SQLAlchemy engines that are reused across tests, with their caches of compiled statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, make_url

_make = SQLAlchemy._make_engine
_lent: dict[str, Engine] = {}


@contextmanager
def share_engines() -> Iterator[None]:
    """Reuse one engine for all apps made within the block whose database has the same URL.

    A site's engine lives as long as its process, and compiles each statement once.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLAlchemy, "_make_engine", _engine)
        yield


def dispose_engines(url: str) -> None:
    """Close the connections of the shared engines to a database."""
    for engine in _lent.values():
        if engine.url == make_url(url):
            engine.dispose()


def end_connections(engine: Engine) -> None:
    """Close an engine's connections at the end of a test; a shared one keeps its only one to PostgreSQL, whose database stays.

    Raises AssertionError if the test has left one of those in use.
    """
    if engine.dialect.name != "postgresql" or engine not in _lent.values():
        engine.dispose()
        return
    pool: Any = engine.pool
    in_use = pool.checkedout()
    if in_use or pool.checkedin() > 1:  # one test's threads are not the next one's
        engine.dispose()
    assert not in_use, "the test ends with a connection in use"


def _engine(database: SQLAlchemy, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
    place = repr(sorted(options.items()))
    if place not in _lent:
        _lent[place] = _make(database, bind_key, options, app)
    return _lent[place]
