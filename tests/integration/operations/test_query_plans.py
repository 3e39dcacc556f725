"""Signing among thousands scans no whole table, as others wait for the letter's lock meanwhile."""

import re

import pytest
from flask import Flask
from sqlalchemy import text

from letterhub.clock import now
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.sign import correct_signature, sign_letter, withdraw_signature
from letterhub.commands.signatures.signatory_import import import_file
from letterhub.domain.abuse.submission_limits import Sender
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.support import factories
from tests.support.database.query_plans import record_plans

MANY = 2000
WHOLE = re.compile(r"(?:Seq Scan on|SCAN) (?:signature|organization|organization_key)(?:_\d+)?\b(?! USING INDEX \w+ \()")
"""Phrases of a plan that scans a whole table of names."""


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with two thousand signatories; a rule publishes the organizations that staff reviewed."""
    letter = factories.open_letter(deadline_at=None, publish_rule=PublishRule.REVIEWED)
    rows = (f"Group {number},https://group{number}.example,a@group{number}.example" for number in range(MANY))
    names = "\n".join(["organization,website,email", *rows]).encode()
    assert import_file(letter.id, "names.csv", names, actor="staff-1", at=now()) == MANY
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ANALYZE"))  # as autovacuum does after a while
        db.session.commit()
    return letter


def test_who_signs_among_thousands_is_asked_for_by_indexes_alone(letter: Letter) -> None:
    factories.add_reviewed_names(("Willow Watch", "willow.example"))
    line = Signatory("Willow Watch", "Ada Example", "Chair", website="https://willow.example", section="local")
    with record_plans() as made:
        number = sign_letter(
            letter.id, SigningRequest(line, EmailAddress("ada@willow.example"), 1), at=now(), sender=Sender("203.0.113.7")
        )
        confirm_signature(number, revision=1, at=now())
        assert db.session.get_one(Signature, number).state == "published"
        correct_signature(
            number, Signatory("Willow Watch", "Bea Example", "Chair", website=line.website, section="local"), now()
        )
        withdraw_signature(number, now())
    assert len(made) > 30
    assert [plan for plan in made if WHOLE.search(plan)] == []
