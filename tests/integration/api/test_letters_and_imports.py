"""Programs write letters and import tables by the rules of the pages: drafts alone, and nothing unseen."""

import pytest

from letterhub.clock import now
from letterhub.commands.signatures.import_jobs import run_import
from letterhub.domain.accounts.api_tokens import ApiScope
from letterhub.domain.states import LetterState, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Contact, Draft, Letter, Revision, Signature, Upload
from letterhub.queries.signatures.signatory_import import imports_to_run
from tests.integration.api.conftest import Maker
from tests.support import cast, factories
from tests.support.visitor import Visitor

TABLE = "Organization,Name,Title,Email,Miles\nElm Trust,Nia Elm,Director,nia@elms.example,3\nOak Fund,Ada Oak,Chair,,5\n"
LETTER = {
    "title": "Clean Lakes", "body": "We, the {{count}}, write.", "salutation": "Dear all:", "date": "2022-01-05",
    "addressees": [{"name": "The President", "lines": ["The White House"]}], "cc": ["Example Clerk", "Another"],
}  # fmt: skip


def test_a_letter_is_created_once_as_a_draft(olive: Visitor, program: Maker) -> None:
    holder = program()
    created = holder.post("letters", LETTER, key="one")
    assert holder.post("letters", LETTER, key="one") == created
    slug = created["slug"]
    assert holder.get(f"letters/{slug}")["state"] == "draft"
    draft = holder.get(f"letters/{slug}/draft")
    assert {name: draft[name] for name in LETTER} == LETTER
    assert (draft["version"], draft["locked_reason"], draft["language"]) == (1, "", "en")
    assert holder.ask(f"/letters/{slug}").status_code == 404
    assert db.session.query(Letter).count() == 1
    assert db.session.query(AuditEntry).filter_by(action="created").one().actor.startswith("token-")
    olive.visit("editor.edit", coalition="coalition-for-clean-rivers", slug=slug).says("Clean Lakes")


def test_parts_of_a_draft_are_changed_and_the_others_stay(letter: Letter, program: Maker) -> None:
    holder, path = program(), f"letters/{letter.slug}/draft"
    before = holder.get(path)
    saved = holder.post(path, {"version": before["version"], "body": "Other words.", "closing": ""}, 200)
    after = holder.get(path)
    assert after["version"] == saved["version"] == before["version"] + 1
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"version", "body", "closing", "differs_from_public"}
    assert after["differs_from_public"]
    late = holder.post(path, {"version": before["version"], "body": "Late words."}, 409)
    assert "Read it again" in late["detail"]
    assert holder.get(path)["body"] == "Other words."
    assert db.session.query(Revision).count() == 1, "readers see what staff published"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"), ({"title": "e" + "\u0301" * 60}, "title"), ({"body": "a" * 150_001}, "body"),
        ({"language": "e n"}, "language"), ({"date": "soon"}, "date"), ({"unknown": 1}, ""),
        ({"addressees": [{"name": "e" + "\u0301" * 60}]}, "addressees"), ({"cc": ["x" * 301]}, "cc"),
    ],
)  # fmt: skip
def test_what_the_editor_refuses_is_refused_with_its_field(program: Maker, wrong: dict[str, object], field: str) -> None:
    problem = program().post("letters", LETTER | wrong, 422)
    assert problem.get("field", "").startswith(field), problem
    assert db.session.query(Draft).count() == 0


def test_a_text_that_is_fixed_is_not_changed(letter: Letter, program: Maker) -> None:
    letter.state = LetterState.CLOSED
    letter.closed_at = now()
    db.session.commit()
    path, holder = f"letters/{letter.slug}/draft", program()
    draft = holder.get(path)
    assert draft["locked_reason"]
    assert holder.post(path, {"version": draft["version"], "body": "Other words."}, 409)["detail"]


def test_a_table_of_signatories_is_uploaded_previewed_and_applied(letter: Letter, program: Maker) -> None:
    factories.signature(letter, cast.CLARA, SignatureState.PUBLISHED)
    holder, path = program(), f"letters/{letter.slug}/imports"
    table = {"file_name": "names.csv", "table": f"{TABLE}{cast.CLARA.organization},,,,1\n"}
    assert holder.post(path, table, 422)["field"] == "columns"
    assert holder.post(path, table | {"columns": {"Miles": "distance"}}, 422)["detail"].startswith("“distance” is none of")
    assert holder.post(path, table | {"columns": {"Kilometers": ""}}, 422)["field"] == "columns"
    assert "already" in holder.post(path, table | {"columns": {"Miles": "email"}}, 422)["detail"]
    assert db.session.query(Upload).count() == 0
    uploaded = holder.post(path, table | {"columns": {"Miles": ""}})
    assert {one["heading"]: one["field"] for one in uploaded["columns"]}["Name"] == "signer_name"
    preview = holder.get(f"{path}/{uploaded['id']}")
    assert preview["counts"] == {"new": 2, "already-listed": 1}
    assert (preview["rows"][2]["outcome"], preview["rows"][2]["reason"]) == ("already-listed", "Already on this letter.")
    assert db.session.query(Signature).count() == 1, "a preview imports nothing"
    apply = {"version": preview["version"], "notify": False}
    job = holder.post(f"{path}/{uploaded['id']}/apply", apply, 202, key="once")
    assert holder.post(f"{path}/{uploaded['id']}/apply", apply, 202, key="once") == job
    assert holder.post(f"{path}/{uploaded['id']}/apply", apply, 404)
    for number in imports_to_run(now()):
        run_import(number)
    done = holder.get(f"letters/{letter.slug}/import-jobs/{job['id']}")
    assert (done["state"], done["imported"], done["progress"]) == ("done", 2, 100)
    names = {one.organization_name for one in db.session.query(Signature)}
    assert names >= {"Elm Trust", "Oak Fund"}
    (entry,) = db.session.query(AuditEntry).filter_by(action="import requested")
    assert entry.actor.startswith("token-")
    again = holder.post(path, {"file_name": "more.csv", "table": TABLE})
    assert again["columns"] == uploaded["columns"], "columns are remembered for the next table with these headings"


def test_names_that_changed_since_the_preview_are_not_imported(letter: Letter, program: Maker) -> None:
    holder, path = program(), f"letters/{letter.slug}/imports"
    uploaded = holder.post(path, {"file_name": "names.csv", "table": TABLE, "columns": {"Miles": ""}})
    job = holder.post(f"{path}/{uploaded['id']}/apply", {"version": "old", "notify": True}, 202)
    for number in imports_to_run(now()):
        run_import(number)
    found = holder.get(f"letters/{letter.slug}/import-jobs/{job['id']}")
    assert (found["state"], found["imported"]) == ("failed", 0)
    assert "preview it again" in found["error"]


def test_contacts_are_imported_as_previewed(program: Maker) -> None:
    holder = program()
    table = {"file_name": "list.csv", "table": TABLE, "columns": {"Miles": "notes"}}
    uploaded = holder.post("contacts/imports", table)
    preview = holder.get(f"contacts/imports/{uploaded['id']}")
    assert preview["counts"] == {"new": 2}
    assert "changed" in holder.post(f"contacts/imports/{uploaded['id']}/apply", {"version": "old"}, 409)["detail"]
    done = holder.post(f"contacts/imports/{uploaded['id']}/apply", {"version": preview["version"]}, 200)
    assert done == {"new": 2, "added_to": 0}
    assert {one.name for one in db.session.query(Contact)} == {"Elm Trust", "Oak Fund"}
    assert holder.post(f"contacts/imports/{uploaded['id']}/apply", {"version": preview["version"]}, 404)


@pytest.mark.shows("S16", "S21")
def test_uploads_and_drafts_of_others_are_nobodys_business(letter: Letter, program: Maker) -> None:
    uploaded = program().post(
        f"letters/{letter.slug}/imports", {"file_name": "names.csv", "table": TABLE, "columns": {"Miles": ""}}
    )["id"]
    of_contacts = program().post("contacts/imports", {"file_name": "l.csv", "table": TABLE, "columns": {"Miles": ""}})["id"]
    stranger = program(member=cast.STRANGER, of=factories.coalition(cast.OTHER_COALITION))
    for path in (
        f"letters/{letter.slug}/imports/{uploaded}",
        f"letters/{letter.slug}/draft",
        f"contacts/imports/{of_contacts}",
    ):
        assert stranger.ask(path).status_code == 404
    assert stranger.post(f"letters/{letter.slug}/draft", {"version": 1, "body": "x"}, 404)
    assert stranger.post(f"contacts/imports/{of_contacts}/apply", {"version": "x"}, 404)
    assert program().ask(f"contacts/imports/{uploaded}").status_code == 404, "a letter's table is none of contacts"
    assert program().ask(f"letters/{letter.slug}/imports/{of_contacts}").status_code == 404
    reader = program(ApiScope.READ_LETTERS)
    assert reader.post("letters", LETTER, 403)
    assert reader.post(f"letters/{letter.slug}/imports", {"file_name": "n.csv", "table": TABLE}, 403)
