"""Members of staff, signed in, and an open letter."""

from collections.abc import Iterator

import pytest
from flask import Flask

from letterhub.models import Letter
from tests.support import cast, factories
from tests.support.references import changed_lines
from tests.support.references.rows import row_lines
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor


@pytest.fixture
def sam(app: Flask) -> Visitor:
    """Sam, a reviewer, signed in."""
    factories.staff(cast.SAM)
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    return sam


@pytest.fixture
def otto(app: Flask) -> Visitor:
    """Otto, an organizer, signed in."""
    factories.staff(cast.OTTO)
    otto = Visitor(app, SITE)
    otto.sign_in(cast.OTTO)
    return otto


@pytest.fixture
def olive(app: Flask) -> Visitor:
    """Olive, the owner, signed in."""
    factories.staff(cast.OLIVE)
    olive = Visitor(app, SITE)
    olive.sign_in(cast.OLIVE)
    return olive


@pytest.fixture
def letter(app: Flask) -> Letter:
    """Open letter without a deadline."""
    return factories.open_letter(deadline_at=None)


@pytest.fixture(autouse=True)
def _compared_rows(request: pytest.FixtureRequest) -> Iterator[None]:
    """Compare the rows that a test leaves behind with those kept under its name in `references`, if there are any."""
    reference = request.path.parent / "references" / f"{request.node.originalname}.txt"
    if not (request.node.name.endswith("[sqlite]") and reference.exists()):
        yield
        return
    request.getfixturevalue("app")  # whose database is still there when this fixture ends
    yield
    assert changed_lines(reference, row_lines()) == []
