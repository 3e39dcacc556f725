"""Engines that are lent to one test after another, with the statements that they know already."""

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
def engines_lent() -> Iterator[None]:
    """Whatever app is made within a block has the engine of the app before it, where its database stands in the same place.

    A site's engine lives as long as its process, and writes each statement once. Its connections end with each test.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLAlchemy, "_make_engine", _engine)
        yield


def _engine(database: SQLAlchemy, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
    place = repr(sorted(options.items()))
    if place not in _lent:
        _lent[place] = _make(database, bind_key, options, app)
    return _lent[place]
