"""SQLAlchemy engines that are reused across tests, with their caches of compiled statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine

_make = SQLAlchemy._make_engine
_lent: dict[str, Engine] = {}


@contextmanager
def share_engines() -> Iterator[None]:
    """Reuse one engine for all apps made within the block whose database has the same URL.

    A site's engine lives as long as its process, and compiles each statement once. Its connections end with each test.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLAlchemy, "_make_engine", _engine)
        yield


def _engine(database: SQLAlchemy, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
    place = repr(sorted(options.items()))
    if place not in _lent:
        _lent[place] = _make(database, bind_key, options, app)
    return _lent[place]
