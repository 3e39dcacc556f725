"""Pages that write a draft at once: steps are taken in order, checked, and written as Markdown; nobody else gets in."""

import datetime as dt
import json
from typing import Any

import pytest
from time_machine import Traveller

from letterhub.clock import now
from letterhub.commands.drafting.writing_sessions import tend_session
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter, WritingAuthor, WritingSession, WritingStep
from letterhub.rendering.editor.document_check import schema_hash
from tests.support import cast, factories
from tests.support.visitor import CSRF_TOKEN, Visitor

HOME = "coalition-for-clean-rivers"


@pytest.fixture
def otto(visitor: Visitor) -> Visitor:
    """An organizer, signed in."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    return visitor


@pytest.fixture
def letter(otto: Visitor) -> Letter:
    """Draft of two paragraphs."""
    return factories.draft(LetterText(title="Clean rivers for everyone", body="We ask.\n\nPlease act."))


class Writer:
    """Page that joined a draft's session."""

    def __init__(self, by: Visitor, letter: Letter, client: str) -> None:
        self.by, self.client = by, client
        self.path = f"/staff/{HOME}/letters/{letter.slug}/write"
        page = by.open(self.path)
        self.token = next(field.get("value") for field in page.tree.iter("input") if field.get("name") == "csrf_token")
        self.joined = self.post("session", client=client).json
        self.version = self.joined["version"]

    def post(self, name: str, **fields: Any) -> Any:
        return self.by.ask(f"{self.path}/{name}", method="POST", data={"csrf_token": self.token, **fields})

    def send(self, *steps: Any, **changes: Any) -> Any:
        sent = {"key": self.joined["key"], "schema": schema_hash(), "client": self.client, "version": self.version}
        return self.post("steps", **{**sent, "anchor": 1, "head": 1, "steps": json.dumps(steps), **changes})

    def poll(self, **changes: Any) -> Any:
        sent = {"key": self.joined["key"], "schema": schema_hash(), "client": self.client, "version": self.version}
        return self.by.ask(f"{self.path}/steps", query_string={**sent, **changes})


def insertion(at: int, text: str) -> dict[str, Any]:
    return {"stepType": "replace", "from": at, "to": at, "slice": {"content": [{"type": "text", "text": text}]}}


def body() -> str:
    db.session.expire_all()
    return text_from_facts(db.session.query(Draft).one().text).body


def test_steps_are_taken_once_in_order_and_written_as_markdown_after_a_pause(otto: Visitor, letter: Letter) -> None:
    one, other = Writer(otto, letter, "one"), Writer(otto, letter, "other")
    assert one.joined["key"] == other.joined["key"]
    assert one.send(insertion(1, "So ")).json["version"] == 1
    overtaken = other.send(insertion(8, " now"))
    assert overtaken.status_code == 409
    assert overtaken.json["clients"] == ["one"]
    assert one.send(insertion(1, "So ")).json["clients"] == ["one"]  # its answer was lost: its own step comes back
    other.version = 1
    assert other.send(insertion(11, " now")).status_code == 200
    assert one.poll(version=1).json["clients"] == ["other"]
    assert [person["client"] for person in one.poll(version=1).json["people"]] == ["other"]
    assert body() == "We ask.\n\nPlease act."
    tend_session(letter.id, now())
    assert body() == "So We ask. now\n\nPlease act."
    assert db.session.query(Draft).one().saved_by_id is not None


LINK = {"type": "text", "text": "x", "marks": [{"type": "link", "attrs": {"href": "javascript:alert(1)"}}]}


def content(*nodes: Any, **ends: int) -> dict[str, Any]:
    return {"stepType": "replace", "from": 1, "to": 1, "slice": {"content": list(nodes)}, **ends}


def nested(depth: int) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "paragraph"}
    for _ in range(depth):
        block = {"type": "blockquote", "content": [block]}
    return block


HOSTILE = {
    "no step": 7,
    "an unknown step": {"stepType": "evaluate"},
    "nothing": {},
    "a position beyond the end": insertion(9_999, "x"),
    "a position before the start": insertion(-1, "x"),
    "a position that is a text": {**insertion(1, "x"), "from": "1"},
    "an end before the start": content({"type": "text", "text": "x"}, **{"from": 5, "to": 2}),
    "an unknown node": content({"type": "script"}),
    "an unknown mark": content({"type": "text", "text": "x", "marks": [{"type": "blink"}]}),
    "a script behind a link": content(LINK),
    "a script behind a link, by a mark": {
        "stepType": "addMark", "mark": {"type": "link", "attrs": {"href": "JavaScript:alert(1)"}}, "from": 1, "to": 4,
    },
    "text outside of blocks": {**insertion(0, "x")},
    "an empty document": {"stepType": "replace", "from": 0, "to": 22},
    "too deep": {"stepType": "replace", "from": 0, "to": 0, "slice": {"content": [nested(70)]}},
    "far too deep": {"stepType": "replace", "from": 0, "to": 0, "slice": {"content": [nested(300)]}},
    "too long": insertion(1, "x" * 160_000),
    "half a surrogate pair": insertion(1, "\ud83d"),
    "a heading of level 9": {
        "stepType": "replace", "from": 0, "to": 0, "slice": {"content": [{"type": "heading", "attrs": {"level": 9}}]},
    },
    "an attribute of no node": {"stepType": "attr", "pos": 900, "attr": "level", "value": 2},
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_steps_that_the_editor_could_not_make_are_refused(otto: Visitor, letter: Letter, kind: str) -> None:
    page = Writer(otto, letter, "one")
    answer = page.send(insertion(1, "a"), HOSTILE[kind])
    assert answer.status_code == 422
    assert answer.json["sentence"].startswith("The text could not be read.")
    assert page.send(insertion(1, "fine")).status_code == 200
    tend_session(letter.id, now())
    assert body() == "fineWe ask.\n\nPlease act."


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"steps": "{"}, 422),
        ({"steps": '"text"'}, 422),
        ({"steps": "[NaN]"}, 422),
        ({"steps": json.dumps([insertion(1, "x")] * 101)}, 422),
        ({"steps": "[" * 100_000}, 422),
        ({"client": ""}, 422),
        ({"version": "x"}, 422),
        ({"anchor": "-5"}, 422),
        ({"head": str(2**40)}, 422),
        ({"version": "77"}, 410),
        ({"key": "of another letter"}, 410),
        ({"schema": "older"}, 410),
        ({"csrf_token": "forged"}, 400),
    ],
)
def test_requests_of_no_page_are_refused(otto: Visitor, letter: Letter, changes: dict[str, str], status: int) -> None:
    page = Writer(otto, letter, "one")
    assert page.send(insertion(1, "x"), **changes).status_code == status
    tend_session(letter.id, now())
    assert body() == "We ask.\n\nPlease act."


def test_steps_reach_neither_another_draft_nor_a_page_of_somebody_else(otto: Visitor, olive: Visitor, letter: Letter) -> None:
    page, hers = Writer(otto, letter, "one"), Writer(olive, letter, "hers")
    other = factories.draft(LetterText(title="Another letter", body="Another."))
    foreign = Writer(otto, other, "one")
    assert foreign.send(insertion(1, "x"), key=page.joined["key"]).status_code == 410
    assert hers.send(insertion(1, "x"), client="one").status_code == 410
    assert db.session.query(WritingStep).count() == 0


def test_a_page_without_a_name_joins_nothing(otto: Visitor, letter: Letter) -> None:
    """The steps of a saved form have no page, so no page may be called so."""
    page = Writer(otto, letter, "one")
    assert page.post("session", client="").status_code == 422
    assert [author.client for author in db.session.query(WritingAuthor)] == ["one"]


@pytest.mark.parametrize(("member", "status"), [(cast.SAM, 403), (cast.STRANGER, 404)], ids=["reviewer", "stranger"])
def test_only_staff_who_may_write_get_in(visitor: Visitor, member: cast.Member, status: int) -> None:
    draft = factories.draft()
    factories.staff(member, of=factories.coalition(cast.OTHER_COALITION) if status == 404 else None)
    visitor.sign_in(member)
    path = f"/staff/{HOME}/letters/{draft.slug}/write"
    token = CSRF_TOKEN.search(visitor.ask("/account").text)
    assert token
    for name in ("session", "steps"):
        data = {"csrf_token": token[1], "client": "x", "schema": schema_hash()}
        assert visitor.ask(f"{path}/{name}", method="POST", data=data).status_code == status
    assert visitor.ask(f"{path}/steps").status_code == status


def test_a_save_of_the_form_becomes_steps_of_those_who_write_on_the_sheet(
    otto: Visitor, olive: Visitor, letter: Letter
) -> None:
    form = olive.open(f"/staff/{HOME}/letters/{letter.slug}/write")
    page = Writer(otto, letter, "one")
    page.send(insertion(1, "So "))
    form.submit("Save", body="We ask.\n\nPlease act now.\n\nThanks.")
    assert body() == "So We ask.\n\nPlease act now.\n\nThanks."
    answer = page.poll(version=1).json
    assert set(answer["clients"]) == {""}
    again = Writer(otto, letter, "again")
    texts = [block["content"][0]["text"] for block in again.joined["document"]["content"]]
    assert texts == ["So We ask.", "Please act now.", "Thanks."]


def test_a_session_ends_when_nobody_writes_any_more_and_its_steps_are_dropped(
    otto: Visitor, letter: Letter, clock: Traveller
) -> None:
    page = Writer(otto, letter, "one")
    page.send(insertion(1, "So "))
    clock.shift(dt.timedelta(minutes=9))
    page.version = 1
    assert page.send().status_code == 200
    clock.shift(dt.timedelta(minutes=2))
    tend_session(letter.id, now())
    assert db.session.query(WritingStep).count() == 0
    assert page.poll(version=0).status_code == 410
    assert page.send(insertion(1, "And ")).status_code == 200
    clock.shift(dt.timedelta(minutes=11))
    tend_session(letter.id, now())
    assert db.session.query(WritingSession).count() == 0
    assert page.send(insertion(1, "x")).status_code == 410
    assert body() == "And So We ask.\n\nPlease act."


def test_a_text_that_only_markdown_has_ends_the_session(otto: Visitor, letter: Letter) -> None:
    page = Writer(otto, letter, "one")
    otto.open(page.path).submit("Save", body="A note[^1].\n\n[^1]: within[^2]\n\n[^2]: a note")
    assert page.poll().status_code == 410
    assert "can only be edited as Markdown" in page.post("session", client="one").json["sentence"]
