"""The operator's pages scan no table that grows with signatures, emails or files, on a site with many coalitions."""

import re

import pytest
from flask import Flask
from sqlalchemy import insert, text

from letterhub.clock import now
from letterhub.commands.signatures.signatory_import import import_file
from letterhub.domain.audit.log import GENESIS_HASH
from letterhub.infrastructure.db import db
from letterhub.models import AuditChain, AuditEntry, Coalition, Letter, Staff
from tests.support import cast, factories
from tests.support.database.query_plans import record_plans
from tests.support.visitor import Visitor

COALITIONS, LETTERS_EACH, NAMES, ENTRIES_EACH = 300, 5, 1000, 15
WHOLE = re.compile(
    r"(?:Seq Scan on|SCAN) (?:signature|outbox_message|audit_entry|edition_file|search_line)(?:_\d+)?\b"
    r"(?! USING (?:COVERING )?INDEX \w+)(?!.*cost=0\.00\.\.0\.00)"
)
"""Phrases of a plan that reads a whole table, but for an empty one, which PostgreSQL always does."""


@pytest.fixture
def operator(app: Flask, visitor: Visitor) -> Visitor:
    """An operator of a site with many coalitions, letters and logs, and one letter with many names."""
    letter = factories.open_letter(deadline_at=None)
    names = "\n".join(["organization", *(f"Group {number}" for number in range(NAMES))]).encode()
    import_file(letter.id, "names.csv", names, actor="staff-1", at=now())
    factories.staff(cast.OLIVE)
    db.session.query(Staff).one().is_operator = True
    ids = range(1000, 1000 + COALITIONS)
    of_coalition = [{"id": i, "slug": f"c-{i}", "name": f"Group {i}", "letterhead_lines": [], "created_at": now()} for i in ids]
    db.session.execute(insert(Coalition), of_coalition)
    letters = [
        {"id": i * LETTERS_EACH + n, "coalition_id": i, "slug": f"l-{i}-{n}", "created_at": now()}
        for i in ids
        for n in range(LETTERS_EACH)
    ]
    db.session.execute(insert(Letter), letters)
    chains = [*(f"coalition-{i}" for i in ids), *(f"letter-{one['id']}" for one in letters)]
    db.session.execute(
        insert(AuditChain),
        [{"id": 9000 + n, "name": name, "length": ENTRIES_EACH, "head": ""} for n, name in enumerate(chains)],
    )
    entries = [
        {
            "chain_id": 9000 + n, "number": number, "at": now(), "actor": "staff-1", "action": "created", "subject": "",
            "before": {}, "after": {}, "previous": GENESIS_HASH, "hash": GENESIS_HASH,
        }
        for n in range(len(chains))
        for number in range(1, ENTRIES_EACH + 1)
    ]  # fmt: skip
    db.session.execute(insert(AuditEntry), entries)
    db.session.execute(text("ANALYZE"))  # as autovacuum does after a while
    db.session.commit()
    visitor.sign_in(cast.OLIVE)
    return visitor


def test_pages_of_a_large_site_are_read_by_indexes_and_in_few_statements(operator: Visitor) -> None:
    with record_plans() as made:
        operator.visit("site.index").says(f"Coalitions {COALITIONS + 1}")
        operator.visit("site_coalitions.index", page=3).says("Page 3, 301 coalitions")
        operator.visit("site_coalitions.index", q="group 12").says("Group 1200")
        operator.visit("site_coalitions.detail", coalition_id=1200).says("Letters 5")
        operator.visit("site.staff")
        operator.visit("site.activity")
    assert {line for plan in made if WHOLE.search(plan) for line in plan.split("\n") if WHOLE.search(line)} == set()
    assert 30 < len(made) < 120
