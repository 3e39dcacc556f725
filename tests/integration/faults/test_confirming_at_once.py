"""Confirmations at the same moment as a change of the text or a merge of organizations: what they lock, and their rows.

R1, S9, S22 to S24: what signers of a letter share is locked last, and what staff change waits for them, or they for it.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from letterhub.clock import now
from letterhub.commands.organizations.directory import merge_organizations
from letterhub.commands.signatures import _place_assignment, confirm
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.organizations.matching import NameAndSite
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.signatures.evidence import Fact, FactKind
from letterhub.domain.signatures.signing import TextChanged
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction, one_transaction
from letterhub.infrastructure.statements import insert_rows
from letterhub.mail.outbox import message_columns, queue_mail
from letterhub.models import (
    Consent,
    EvidenceFact,
    Organization,
    OrganizationKey,
    OutboxMessage,
    Signature,
    add_evidence,
    consent_columns,
    create_organization,
    evidence_columns,
    find_or_create_organizations,
    record_consent,
    search_organizations,
)
from letterhub.queries.accounts import StaffContext
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, add_signatures, publish_body

CROWD = 10


def confirmed_at_once(app: Flask, numbers: list[int], meanwhile: Any) -> list[type[Exception] | None]:
    """Confirm signatures in several threads while something else happens; return the error of each, or None."""

    def confirmed(number: int) -> type[Exception] | None:
        with app.app_context():
            try:
                confirm_signature(number, revision=1, at=now())
            except UserFacingError as refusal:
                return type(refusal)
        return None

    def happening() -> None:
        with app.app_context():
            meanwhile()

    with ThreadPoolExecutor(CROWD) as crowd:
        outcomes = [crowd.submit(confirmed, number) for number in numbers[: CROWD // 2]]
        other = crowd.submit(happening)
        outcomes += [crowd.submit(confirmed, number) for number in numbers[CROWD // 2 :]]
        other.result()
        return [outcome.result() for outcome in outcomes]


@pytest.mark.shows("S9", "S19")
def test_nobody_signs_a_text_that_was_changed_at_that_moment(app: Flask) -> None:
    letter = factories.open_letter()
    numbers = [row.id for row in add_signatures(letter, 20, SignatureState.PENDING)]
    factories.staff(cast.OTTO)
    letter_id = letter.id
    db.session.remove()
    outcomes = confirmed_at_once(
        app, numbers, lambda: publish_body(db.session.get_one(type(letter), letter_id), SUBSTANTIVE_CHANGE, NEW_BODY)
    )
    end_read_transaction()
    states = dict(db.session.execute(select(Signature.id, Signature.state)).all())
    assert {None, TextChanged} >= set(outcomes)
    for number, outcome in zip(numbers, outcomes, strict=True):
        assert states[number] is (SignatureState.OUTDATED if outcome is None else SignatureState.PENDING)


@pytest.mark.shows("S9")
def test_newcomers_join_an_organization_and_none_that_was_merged_meanwhile(app: Flask) -> None:
    letter, home = factories.open_letter(), factories.coalition()
    one, other = (factories.organization(name, home.id) for name in ("Rivers Example League", "Quiet Skies Union"))
    spellings = [f"Quiet Skies Union{end}" for end in (", Inc.", " Ltd", " GmbH", " e.V.", ", LLC", " Inc", " PLC", " AG")]
    numbers = [
        factories.signature(
            letter, cast.CLARA, SignatureState.PENDING, organization_name=name, website="", organization_id=None,
            email=f"n{at}@a{at}.example",
        ).id
        for at, name in enumerate(spellings)
    ]  # fmt: skip
    otto = factories.staff(cast.OTTO)
    staff = StaffContext(otto.id, home.id, home.slug, home.name, Role.ORGANIZER)
    first, second = one.id, other.id
    db.session.remove()
    outcomes = confirmed_at_once(app, numbers, lambda: merge_organizations(staff, first, second, now()))
    assert outcomes == [None] * len(numbers)
    end_read_transaction()
    roots = dict(db.session.execute(select(Organization.id, Organization.root_id)).all())
    assert all(roots[root] is None for root in roots.values() if root is not None)
    assert roots[second] == first


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_confirmation_holds_nothing_that_other_signers_need(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = factories.open_letter()
    early, late = (row.id for row in add_signatures(letter, 2, SignatureState.PENDING))
    confirm_signature(early, revision=1, at=NOON)
    seen: dict[str, bool] = {}
    assign_place = _place_assignment.assign_place

    def probed(*facts: Any, **more: Any) -> None:
        assign_place(*facts, **more)
        seen.update({table: is_locked(table, "NO KEY UPDATE") for table in ("coalition", "letter", "audit_chain")})
        seen["closing"] = is_locked("letter", "UPDATE")

    monkeypatch.setattr(confirm, "assign_place", probed)
    confirm_signature(late, revision=1, at=NOON)
    assert seen == {"coalition": False, "letter": False, "audit_chain": False, "closing": True}


def is_locked(table: str, mode: str) -> bool:
    """Return whether another transaction holds a row of the table in the way of such a lock."""
    with db.engine.connect() as other:
        try:
            other.execute(text(f"SELECT 1 FROM {table} FOR {mode} NOWAIT"))
        except OperationalError:
            return True
    return False


def columns_of(model: type[Any], *but: str) -> list[dict[str, Any]]:
    """Return the values of all rows of a table, without their ids."""
    table = model.__table__
    rows = db.session.execute(select(table).order_by(table.c.id)).mappings()
    return [{name: value for name, value in row.items() if name not in ("id", *but)} for row in rows]


def test_rows_past_the_session_are_those_of_the_models(app: Flask) -> None:
    letter = factories.open_letter()
    signature, revision = factories.signature(letter, cast.CLARA), factories.revision_of(letter)
    about = {"signature_id": signature.id}
    shown = ShownConsent(("Example Alliance", "Clara Example"), "I am authorized.", "Sign", "en")
    facts = [
        Fact(FactKind.MAILBOX, "signatory-1", NOON, facts={"domain": "a.example"}),
        Fact(FactKind.ODD_LETTERS, "worker", NOON, "f" * 64),
    ]
    references = {"coalition_id": letter.coalition_id, "letter_id": letter.id} | about
    for fact in facts:
        add_evidence(db.session(), signature.id, fact)
    record_consent(db.session(), signature.id, shown, revision, NOON)
    queue_mail(MailKind.SIGNED, signature.email, at=NOON, **references)
    db.session.flush()
    mail = message_columns(MailKind.SIGNED, EmailAddress(signature.email), {}, NOON) | references | {"due_at": NOON}
    consent = about | consent_columns(shown, revision.number, revision.sha256, NOON)
    rows = [*((EvidenceFact, about | evidence_columns(fact)) for fact in facts), (Consent, consent)]
    insert_rows(db.session.connection(), (OutboxMessage, mail), rows)
    for model, count in ((EvidenceFact, 2), (Consent, 1), (OutboxMessage, 1)):
        written = columns_of(model, "message_id")
        assert written[-count:] == written[-2 * count : -count]
        assert len(written) >= 2 * count


def test_an_organization_past_the_session_is_that_of_the_model(app: Flask) -> None:
    home, away = (factories.coalition(name).id for name in ("Home", "Away"))
    name = NameAndSite("Rivers Example League", "rivers.example")

    @one_transaction
    def created() -> int:
        session = db.session()
        find_or_create_organizations(session, away, {("rivers example league", name.domain): name.name}, NOON)
        return create_organization(session, home, search_organizations(session, home, frozenset(), name), NOON)

    mine = created()
    one, other = columns_of(Organization, "coalition_id")
    assert one == other
    keys = select(OrganizationKey.key, OrganizationKey.organization_id).order_by(OrganizationKey.key)
    keys_by_owner: dict[bool, list[int]] = {True: [], False: []}
    for key, owner in db.session.execute(keys):
        keys_by_owner[owner == mine].append(key)
    assert keys_by_owner[True] == keys_by_owner[False]
