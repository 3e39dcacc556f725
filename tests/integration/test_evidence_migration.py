"""What was known of signatures before evidence was kept as facts becomes facts, and goes with its table."""

import re

import flask_migrate
from flask import Flask
from sqlalchemy import inspect

from letterhub.clock import now
from letterhub.config import ROOT
from letterhub.db import db
from letterhub.domain.evidence import FactKind
from letterhub.domain.signing import Source
from letterhub.domain.states import SignatureState
from letterhub.models import found_out
from tests import cast, factories


def test_what_is_known_of_older_signatures_becomes_evidence(app: Flask) -> None:
    letter = factories.open_letter()
    confirmed = factories.signature(letter).id
    factories.signature(letter, cast.HIRO, SignatureState.PENDING)
    imported = factories.signature(letter, cast.GMAIL, SignatureState.CONFIRMED, source=Source.IMPORT).id
    db.session.remove()
    flask_migrate.downgrade(revision=before_evidence())
    assert "evidence" not in inspect(db.engine).get_table_names()
    flask_migrate.upgrade()
    found = found_out(db.session(), [1, 2, 3])
    assert {number: [(one.kind, one.source, one.at) for one in facts] for number, facts in found.items()} == {
        confirmed: [(FactKind.MAILBOX, f"signatory-{confirmed}", now())],
        imported: [(FactKind.IMPORTED, "worker", now())],
    }


def before_evidence() -> str:
    """The number of the migration below the one that makes the evidence."""
    (path,) = (ROOT / "migrations" / "versions").glob("*_evidence.py")
    found = re.search(r'^down_revision = "(\d+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1]
