"""Members of staff, signed in."""

import pytest
from flask import Flask

from tests.support import cast, factories
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
