"""S9: spellings of one organization that are confirmed at once yield one holder of each place, or a question for each."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.domain.errors import UserFacingError
from letterhub.domain.states import ACTIVE_STATES, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Organization, PossibleDuplicate, Signature
from letterhub.queries.organizations.likeness_questions import questions_by_signature
from tests.support import cast, factories

SPELLINGS = (
    "Rivers Example League", "The Rivers Example League", "RIVERS EXAMPLE LEAGUE", "Rivers Example League, Inc.",
    "Rivers Exаmple League", "Rivers Exmaple League", "Rivers-Example League", "Rivers\u200b Example League",
    "Rívers Example League", "Rivers Example League e.V.",
)  # fmt: skip


@pytest.mark.shows("S9")
def test_s9_fifty_confirmations_at_once_leave_one_organization_or_a_question(app: Flask) -> None:
    letter = factories.open_letter()
    numbers = [
        factories.signature(
            letter, cast.CLARA, SignatureState.PENDING, organization_name=SPELLINGS[at % len(SPELLINGS)],
            website="https://rel.example", email=f"s{at}@rel.example",
        ).id
        for at in range(50)
    ]  # fmt: skip
    for row in db.session.scalars(select(Signature)):
        row.organization_id = None
    db.session.query(Organization).delete()
    db.session.commit()
    db.session.remove()

    def confirmed(number: int) -> bool:
        with app.app_context():
            try:
                confirm_signature(number, revision=None, at=now())
            except UserFacingError:
                return False
            return True

    with ThreadPoolExecutor(10) as pool:
        done = sum(pool.map(confirmed, numbers))
    standing = db.session.scalars(select(Signature).where(Signature.state.in_(ACTIVE_STATES))).all()
    assert len(standing) == done == len(numbers)
    places = [row.place_key for row in standing if row.place_key is not None]
    assert len(places) == len(set(places)), "two signatures hold one place"
    assert {row.own_place_key for row in standing} == set(places), "a signature waits beside nobody"
    roots = {row.id: row.effective_root_id for row in db.session.scalars(select(Organization))}
    questions = questions_by_signature([row.id for row in standing])
    mine = {roots[row.organization_id] for row in standing if row.organization_id and row.id not in questions}
    assert len(mine) <= 1
    assert len(set(roots.values())) == 1 or db.session.scalars(select(PossibleDuplicate)).all()
