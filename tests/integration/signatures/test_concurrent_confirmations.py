"""Concurrent confirmations: none is lost, and an organization is listed once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from letterhub.app import create_app
from letterhub.commands.accounts.staff import invite_staff
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.domain.accounts.roles import Role
from letterhub.domain.audit.log import first_inconsistency
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.signing import AlreadyConfirmed
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import AuditChain, AuditEntry, Letter, Membership, OutboxMessage, Signature
from tests.conftest import NOON
from tests.support import factories
from tests.support.servers.database_copies import settings_for
from tests.support.servers.processes import PROCESSES

COUNT, EACH = 6, 100
CROWD = 50


def pending_ids(letter: Letter, count: int, name: str) -> list[int]:
    """Return the numbers of so many pending signatures; `name` may contain `{}` for a counter."""
    revision = factories.revision_of(letter).id
    rows = [
        Signature(letter_id=letter.id, revision_id=revision, organization_name=name.format(number), created_at=NOON,
                  signer_name="Nia Example", email=f"n{number}@one.example", website="https://one.example")
        for number in range(count)
    ]  # fmt: skip
    db.session.add_all(rows)
    db.session.commit()
    return [row.id for row in rows]


def confirm_all(database_url: str, folder: Path, numbers: list[int]) -> list[str]:
    """Confirm signatures one after the other, in a process of its own; return the errors."""
    wrong = []
    with create_app(settings_for(database_url, folder)).app_context():
        for number in numbers:
            try:
                confirm_signature(number, revision=1, at=NOON)
            except Exception as fault:  # noqa: BLE001 - the test reports it
                wrong.append(repr(fault))
        db.engine.dispose()
    return wrong


def standing() -> int:
    end_read_transaction()
    return db.session.scalar(select(func.count()).where(Signature.state == SignatureState.CONFIRMED)) or 0


@pytest.mark.shows("R1")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_six_processes_confirm_a_hundred_each_and_every_one_counts(app: Flask, database_url: str, tmp_path: Path) -> None:
    numbers = pending_ids(factories.open_letter(), COUNT * EACH, "Alliance {}")
    shares = [(database_url, tmp_path, numbers[first::COUNT]) for first in range(COUNT)]
    with PROCESSES.Pool(COUNT) as pool:
        assert pool.starmap(confirm_all, shares) == [[]] * COUNT
    assert standing() == COUNT * EACH
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == COUNT * EACH
    chain = db.session.scalars(select(AuditChain)).one()
    assert (
        first_inconsistency(db.session.scalars(select(AuditEntry).order_by(AuditEntry.number)), chain.length, chain.head) == ""
    )
    assert chain.length == COUNT * EACH


def confirm_concurrently(app: Flask, numbers: list[int]) -> list[type[UserFacingError] | None]:
    """Confirm signatures all at once; return each one's error, or None."""

    def confirmed(number: int) -> type[UserFacingError] | None:
        with app.app_context():
            try:
                confirm_signature(number, revision=1, at=NOON)
            except UserFacingError as refusal:
                return type(refusal)
        return None

    with ThreadPoolExecutor(CROWD) as crowd:
        return list(crowd.map(confirmed, numbers))


@pytest.mark.shows("S9")
def test_s9_of_fifty_who_confirm_one_organization_one_holds_its_place(app: Flask) -> None:
    outcomes = confirm_concurrently(app, pending_ids(factories.open_letter(), CROWD, "Example Alliance"))
    assert outcomes == [None] * CROWD
    assert standing() == CROWD
    assert len(db.session.scalars(select(Signature.id).where(Signature.place_key.is_not(None))).all()) == 1


def test_ten_coalitions_that_invite_one_newcomer_at_once_share_her_account_however_they_spell_her(app: Flask) -> None:
    numbers = [factories.coalition(f"Coalition {number}").id for number in range(10)]

    def invited(number: int) -> None:
        with app.app_context():
            invite_staff(number, ("nadia@one.example", "Nadia@one.example")[number % 2], Role.REVIEWER, "operator", NOON)

    with ThreadPoolExecutor(len(numbers)) as crowd:
        list(crowd.map(invited, numbers))
    end_read_transaction()
    assert db.session.scalar(select(func.count(Membership.staff_id.distinct()))) == 1
    assert set(db.session.scalars(select(OutboxMessage.recipient))) == {"nadia@one.example"}
    assert db.session.scalar(select(func.count(Membership.id))) == len(numbers)


@pytest.mark.shows("S6", "S9")
def test_of_fifty_clicks_on_one_link_one_signs(app: Flask) -> None:
    (number,) = pending_ids(factories.open_letter(), 1, "Example Alliance")
    outcomes = confirm_concurrently(app, [number] * CROWD)
    assert sorted(map(str, outcomes)) == sorted(map(str, [None, *[AlreadyConfirmed] * (CROWD - 1)]))
    assert standing() == 1


def test_fifty_organizations_at_once_all_stand(app: Flask) -> None:
    outcomes = confirm_concurrently(app, pending_ids(factories.open_letter(), CROWD, "Alliance {}"))
    assert outcomes == [None] * CROWD
    assert standing() == CROWD
