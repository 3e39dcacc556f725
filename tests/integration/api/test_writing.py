"""Programs decide, add, invite and freeze by the commands of the pages, once for each idempotency key."""

import pytest

from letterhub.domain.accounts.api_tokens import ApiScope
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import ApiToken, ApiWrite, AuditEntry, Edition, Invitation, Letter, OutboxMessage, Signature
from tests.integration.api.conftest import Maker
from tests.support import cast, factories
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
