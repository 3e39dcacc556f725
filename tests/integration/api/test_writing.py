"""Programs decide, add, invite and freeze by the commands of the pages, once for each idempotency key."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from letterhub.clock import now
from letterhub.commands.signatures.sign import withdraw_signature
from letterhub.domain.accounts.api_tokens import ApiScope
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import ApiToken, ApiWrite, AuditEntry, Delivery, Edition, Invitation, Letter, OutboxMessage, Signature
from tests.integration.api.conftest import Maker
from tests.support import cast, editions, factories
from tests.support.visitor import Visitor

ELM = {"organization": "Elm Trust", "email": "nia@elms.example"}


def path_to(letter: Letter, signature: Signature) -> str:
    return f"letters/{letter.slug}/signatures/{signature.id}"


def test_a_decision_is_that_of_the_queue_and_the_log_names_the_program(olive: Visitor, letter: Letter, program: Maker) -> None:
    signature, holder = factories.signature(letter, state=SignatureState.CONFIRMED), program()
    path = path_to(letter, signature)
    version = holder.get(path)["version"]
    assert holder.post(f"{path}/decisions", {"decision": "publish", "version": "old"}, 409)["detail"]
    published = holder.post(f"{path}/decisions", {"decision": "publish", "version": version})
    assert published["state"] == "published"
    again = holder.post(f"{path}/decisions", {"decision": "publish", "version": version}, 409)
    assert "“Members”" not in again["detail"]
    problem = holder.post(f"{path}/decisions", {"decision": "decline", "version": version}, 422)
    assert (problem["field"], problem["detail"]) == ("reason", "Enter a reason. It goes into the activity log.")
    declined = holder.post(f"{path}/decisions", {"decision": "decline", "version": version, "reason": "Asked by phone"})
    assert (declined["state"], holder.get(path)["decline_reason"]) == ("declined", "Asked by phone")
    assert holder.post(f"{path}/decisions", {"decision": "return", "version": version})["state"] == "confirmed"
    token = db.session.query(ApiToken).one()
    entries = db.session.query(AuditEntry).filter_by(actor=f"token-{token.id}").order_by(AuditEntry.id)
    assert [entry.action for entry in entries] == ["published", "declined", "returned"]
    log = olive.visit("audit_log.letter", coalition="coalition-for-clean-rivers", slug=letter.slug)
    log.says(f"“Members” published {cast.CLARA.organization}.")


@pytest.mark.shows("S21")
def test_a_write_that_is_sent_twice_is_done_once(letter: Letter, program: Maker) -> None:
    holder, path = program(), f"letters/{letter.slug}/invitations"
    first = holder.post(path, ELM, 202, key="one")
    response = holder.ask(path, "POST", "one", json=ELM)
    assert (response.status_code, response.json, response.headers["Idempotent-Replayed"]) == (202, first, "true")
    assert db.session.query(Invitation).count() == 1
    assert holder.post(path, ELM | {"email": "b@elms.example"}, 422, key="one")["detail"].startswith("This idempotency key")
    assert holder.post(path, ELM, 422, key="two")["field"] == "email"
    assert db.session.query(ApiWrite).count() == 1, "what was refused uses up no key"
    assert db.session.query(OutboxMessage).count() == 1


def test_a_contact_is_added_once_with_its_person(letter: Letter, program: Maker) -> None:
    holder = program()
    sent = {"name": "Elm Trust", "website": "elms.example", "tags": "Rivers, north", "person_email": "nia@elms.example"}
    added = holder.post("contacts", sent)
    contact = holder.get(f"contacts/{added['id']}")
    assert (contact["name"], contact["tags"], contact["people"][0]["email"]) == ("Elm Trust", ["north", "rivers"], ELM["email"])
    assert holder.post("contacts", sent, 422)["field"] == "name"
    assert holder.post("contacts", sent | {"website": "javascript:alert(1)"}, 422)["field"] == "website"
    assert [one["id"] for one in holder.get("contacts")["items"]] == [contact["id"]]


@pytest.mark.shows("S21")
def test_a_write_answers_nothing_that_only_a_read_scope_may_see_and_erasure_must_find(letter: Letter, program: Maker) -> None:
    signature, reader = factories.signature(letter, state=SignatureState.CONFIRMED), program(ApiScope.READ_SIGNATURES)
    version = reader.get(path_to(letter, signature))["version"]
    writer = program(ApiScope.WRITE_SIGNATURES, ApiScope.WRITE_CONTACTS, ApiScope.WRITE_INVITATIONS)
    writer.post(f"{path_to(letter, signature)}/decisions", {"decision": "publish", "version": version})
    writer.post("contacts", {"name": "Elm Trust", "person_name": "Nia Elm", "person_email": ELM["email"]})
    writer.post(f"letters/{letter.slug}/invitations", ELM | {"signer_name": "Nia Elm"}, 202)
    stored = " ".join(write.answer for write in db.session.query(ApiWrite))
    for personal in (signature.email, signature.signer_name, ELM["email"], "Nia Elm"):
        assert personal not in stored


def test_an_edition_is_frozen_with_the_version_that_was_read(letter: Letter, program: Maker) -> None:
    factories.signature(letter, state=SignatureState.PUBLISHED)
    holder, path = program(), f"letters/{letter.slug}/editions"
    version = holder.get(path)["version"]
    assert "changed" in holder.post(path, {"version": "old"}, 409)["detail"]
    assert holder.post(path, {"version": version}) == {"number": 1}
    (edition,) = holder.get(path)["items"]
    assert (edition["number"], edition["count"], edition["files"][0]["state"]) == (1, 1, "waiting")
    assert holder.ask(f"{path}/1/files/pdf").status_code == 404
    assert db.session.query(Edition).one().count == 1
    assert holder.get(f"letters/{letter.slug}/deliveries") == []


BY_HAND: dict[str, Any] = {
    "recipients": ["The White House", "The Senate"],
    "method": "hand",
    "day": "2022-01-05",
    "time": "11:59",
}


@pytest.mark.shows("S21")
def test_a_delivery_is_recorded_as_by_the_page(program: Maker, clock: time_machine.Traveller) -> None:
    letter, holder = factories.closed_letter(), program()
    clock.move_to(now() - dt.timedelta(minutes=5))
    edition = editions.freeze_edition(letter)
    clock.move_to(now() + dt.timedelta(minutes=5))
    path = f"letters/{letter.slug}/editions/1/deliveries"
    for wrong, field in (
        ({"time": "12:01"}, "day"), ({"day": "2022-01-04"}, "day"), ({"time": "25:00"}, "time"),
        ({"method": "letterhub"}, "method"), ({"recipients": []}, "recipients"), ({"recipients": [" "]}, "recipients"),
        ({"recipients": ["The\nSenate"]}, "recipients"), ({"receipt": "r" * 1001}, "receipt"),
    ):  # fmt: skip
        problem = holder.post(path, BY_HAND | wrong, 422)
        assert field in (problem.get("field") or problem["detail"]), problem
    stranger = program(member=cast.STRANGER, of=factories.coalition(cast.OTHER_COALITION))
    assert stranger.post(path, BY_HAND, 404)
    assert holder.post(path.replace("editions/1", "editions/2"), BY_HAND, 404)
    assert db.session.query(Delivery).count() == 0
    for _time in range(2):
        assert holder.post(path, BY_HAND | {"copies": True}, key="once") == {"number": 1, "copies": 2}
    recorded = holder.get(f"letters/{letter.slug}/deliveries")
    assert {one["recipient"] for one in recorded} == set(BY_HAND["recipients"])
    assert (recorded[0]["delivered_at"], recorded[0]["number"]) == ("2022-01-05T16:59:00Z", 1)
    assert holder.get(f"letters/{letter.slug}")["state"] == "delivered"
    assert db.session.query(OutboxMessage).count() == 2
    withdraw_signature(db.session.query(Signature.id).order_by(Signature.id).limit(1).scalar(), now())
    assert "no longer hold" in holder.post(path, BY_HAND, 409)["detail"]
    assert edition.number == 1
