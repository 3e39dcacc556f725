"""The audit log in words, verified, and tamper-evident (S20)."""

import datetime as dt
import json
from collections.abc import Callable

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from letterhub.commands.accounts.staff import join_with_existing_account, remove_member
from letterhub.config import Settings
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Letter, Membership, Signature, append_audit_entry
from letterhub.queries.audit.log import PAGE_SIZE
from letterhub.queries.operations.health import audit_log_problems
from letterhub.web.staff.audit import audit_log
from tests.support import factories
from tests.support.audit_backfill import backfill_audit_log
from tests.support.cast import CLARA, OLIVE, OTHER_COALITION, SAM, STRANGER
from tests.support.servers.command_line import run_letterhub
from tests.support.visitor import Page, Visitor

RIVERS = "coalition-for-clean-rivers"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter of the coalition that Olive and Sam work for."""
    factories.staff(OLIVE)
    return factories.open_letter()


@pytest.fixture
def signature(letter: Letter) -> Signature:
    """Clara's signature, published."""
    return factories.signature(letter, CLARA)


@pytest.fixture
def act(letter: Letter, clock: time_machine.Traveller) -> Callable[..., None]:
    """Append an entry to the letter's audit log, a minute after the previous one."""

    def write(action: str, actor: str, subject: str = "", **changed: dict[str, object]) -> None:
        at = dt.datetime.now(dt.UTC)
        append_audit_entry(db.session(), f"letter-{letter.id}", actor, action, at=at, subject=subject, **changed)
        db.session.commit()
        clock.shift(dt.timedelta(minutes=1))

    return write


def record_of(visitor: Visitor, letter: Letter, **query: object) -> Page:
    return visitor.visit("audit_log.letter", coalition=RIVERS, slug=letter.slug, **query)


def acts(page: Page) -> list[str]:
    return [" ".join("".join(p.itertext()).split()) for p in page.tree.iter("p") if p.get("class") == "audit-entry-sentence"]


def test_acts_stand_in_words_with_names_changes_and_times_the_last_on_top(
    visitor: Visitor, letter: Letter, signature: Signature, act: Callable[..., None]
) -> None:
    sam = factories.staff(SAM)
    visitor.sign_in(OLIVE)
    act("confirmed", f"signatory-{signature.id}", f"signature-{signature.id}")
    act(
        "published", f"staff-{sam.id}", f"signature-{signature.id}", before={"state": "confirmed"}, after={"state": "published"}
    )
    act(
        "corrected",
        f"staff-{sam.id}",
        f"signature-{signature.id}",
        before={"location": "Springfeld"},
        after={"location": "Springfield"},
    )
    act("expired", "worker", f"signature-{signature.id}")
    act("frozen", f"staff-{sam.id}", "edition-1", after={"count": 61})
    page = record_of(visitor, letter)
    assert acts(page) == [
        "Sam Reviewer froze edition 1.",
        "The signature of Example Alliance expired: nobody confirmed it.",
        "Sam Reviewer corrected the line of Example Alliance.",
        "Sam Reviewer published Example Alliance.",
        "Example Alliance confirmed its signature.",
    ]
    page.says(
        "Wednesday, January 5, 2022, 12:01 p.m. Eastern",
        "Springfeld → Springfield",
        "Count 61",
        "Log intact: 5 entries, none altered.",
    )


def test_moments_are_told_in_the_zone_of_the_letter_and_what_the_sentence_says_is_not_said_twice(
    visitor: Visitor, letter: Letter, act: Callable[..., None]
) -> None:
    visitor.sign_in(OLIVE)
    act("created", "operator", after={"title": "Clean rivers", "slug": "clean-rivers"})
    act("closed", "operator", before={"state": "open"}, after={"state": "closed"})
    act("deadline moved", "operator", before={"deadline_at": None}, after={"deadline_at": "2022-01-07T21:00:00+00:00"})
    page = record_of(visitor, letter).says("Deadline Friday, January 7, 2022, 4:00 p.m. Eastern", "Address clean-rivers")
    page.says("created “Clean rivers”.").never_says("Title Clean rivers", "State open")


def test_the_same_word_of_staff_and_of_a_signatory_is_told_apart(
    visitor: Visitor, letter: Letter, signature: Signature, act: Callable[..., None]
) -> None:
    visitor.sign_in(OLIVE)
    act("withdrawn", f"signatory-{signature.id}", f"signature-{signature.id}")
    act("withdrawn", "operator")
    act("something new", "worker", "edition-2")
    act("something new", "worker", "First-edition-2-Press")
    assert acts(record_of(visitor, letter)) == [
        "Letterhub: something new First-edition-2-Press",
        "Letterhub: something new edition-2",
        "The operator of this site withdrew the letter.",
        "Example Alliance withdrew its signature.",
    ]


@pytest.mark.shows("S3")
def test_a_name_with_a_percent_sign_or_markup_is_said_as_it_is(
    visitor: Visitor, letter: Letter, act: Callable[..., None]
) -> None:
    name = "100%(who)s <b>Green</b>"
    green = factories.signature(letter, CLARA, organization_name=name)
    visitor.sign_in(OLIVE)
    act("published", "operator", f"signature-{green.id}")
    assert acts(record_of(visitor, letter)) == [f"The operator of this site published {name}."]


def test_the_record_is_filtered_by_whose_acts_it_shows(
    visitor: Visitor, letter: Letter, signature: Signature, act: Callable[..., None]
) -> None:
    visitor.sign_in(OLIVE)
    act("confirmed", f"signatory-{signature.id}", f"signature-{signature.id}")
    act("exported", "worker", "edition-1")
    page = record_of(visitor, letter)
    assert acts(page.follow("Signatories")) == ["Example Alliance confirmed its signature."]
    assert acts(
        page.follow(
            "Letterhub",
        )
    ) == ["A file of edition 1 was prepared."]
    page.follow("Operators").says("No activity of this kind yet.")


def test_the_size_of_a_file_has_separators(visitor: Visitor, letter: Letter, act: Callable[..., None]) -> None:
    visitor.sign_in(OLIVE)
    act("exported", "worker", "edition-1", after={"format": "pdf", "size": 342258})
    record_of(visitor, letter).says("Bytes 342,258")


def test_a_long_record_is_read_page_by_page(visitor: Visitor, letter: Letter, act: Callable[..., None]) -> None:
    visitor.sign_in(OLIVE)
    for _ in range(PAGE_SIZE + 1):
        act("closed", "operator")
    page = record_of(visitor, letter, whose="operator")
    assert len(acts(page)) == PAGE_SIZE
    page = page.follow("Next")
    assert len(acts(page)) == 1
    assert len(acts(page.follow("Previous"))) == PAGE_SIZE


def test_the_team_has_a_record_of_its_own(visitor: Visitor, letter: Letter) -> None:
    visitor.sign_in(OLIVE)
    page = visitor.visit("team.index", coalition=RIVERS)
    page = page.submit("Send invitation", email="nadia@rivers.example", role="reviewer").follow("Activity")
    assert acts(page.says("Role reviewer")) == ["Olive Owner invited nadia@rivers.example."]


def test_nobody_passes_for_letterhub_by_a_name(visitor: Visitor, letter: Letter, act: Callable[..., None]) -> None:
    sam = factories.staff(SAM)
    sam.name = "operator"
    number = factories.save(sam).id
    worker = factories.signature(letter, CLARA, organization_name="worker")
    visitor.sign_in(OLIVE)
    act("closed", f"staff-{number}")
    act("confirmed", f"signatory-{worker.id}", f"signature-{worker.id}")
    assert acts(record_of(visitor, letter)) == ["worker confirmed its signature.", "operator closed the letter."]


def test_who_is_only_invited_goes_by_her_address(visitor: Visitor, letter: Letter) -> None:
    factories.staff(STRANGER, of=factories.coalition(OTHER_COALITION))
    visitor.sign_in(OLIVE)
    page = visitor.visit("team.index", coalition=RIVERS)
    page = page.submit("Send invitation", email=STRANGER.email, role="reviewer").follow("Activity")
    assert acts(page.never_says(STRANGER.name)) == [f"Olive Owner invited {STRANGER.email}."]
    invited = db.session.query(Membership).filter_by(joined_at=None).one()
    join_with_existing_account(invited.id, invited.staff_id, dt.datetime.now(dt.UTC))
    now_known = ["Stella Stranger joined the team.", "Olive Owner invited Stella Stranger."]
    record = visitor.visit("audit_log.coalition", coalition=RIVERS)
    assert acts(record) == now_known
    remove_member(invited.coalition_id, invited.id, "operator", dt.datetime.now(dt.UTC))
    record = visitor.visit("audit_log.coalition", coalition=RIVERS)
    assert acts(record) == ["The operator of this site removed Stella Stranger from the team.", *now_known]


TAMPERING = {
    "another actor": "UPDATE audit_entry SET actor = 'staff-99' WHERE number = 2",
    "another moment": "UPDATE audit_entry SET at = '2022-01-05 17:00:30' WHERE number = 2",
    "another action": "UPDATE audit_entry SET action = 'declined' WHERE number = 2",
    "another fact": "UPDATE audit_entry SET after = :after WHERE number = 2",
    "an entry less": "DELETE FROM audit_entry WHERE number = 2",
    "the last one less": "DELETE FROM audit_entry WHERE number = 3",
    "all of them less": "DELETE FROM audit_entry",
    "another order": "UPDATE audit_entry SET number = CASE number WHEN 1 THEN -2 WHEN 2 THEN -1 ELSE number END",
    "another hash": "UPDATE audit_entry SET hash = previous WHERE number = 3",
    "a shorter chain": "UPDATE audit_chain SET length = 2",
}


@pytest.fixture
def three_acts(act: Callable[..., None]) -> None:
    """Three entries in the letter's audit log."""
    for action in ("opened", "closed", "reopened"):
        act(action, "operator", after={"state": action})


@pytest.mark.shows("S20")
@pytest.mark.parametrize("statement", TAMPERING.values(), ids=TAMPERING)
def test_what_is_changed_behind_letterhubs_back_is_noticed(
    visitor: Visitor, letter: Letter, three_acts: None, statement: str
) -> None:
    visitor.sign_in(OLIVE)
    record_of(visitor, letter).says("Log intact: 3 entries, none altered.").never_says("This log was altered")
    behind_its_back(statement)
    record_of(visitor, letter).says("This log was altered.")


def test_a_moment_of_another_time_zone_is_no_change(letter: Letter) -> None:
    at = dt.datetime.now(dt.timezone(dt.timedelta(hours=-5)))
    append_audit_entry(db.session(), f"letter-{letter.id}", "operator", "opened", at=at)
    db.session.commit()
    assert f"letter-{letter.id}" not in audit_log_problems()


def test_a_very_long_record_is_checked_when_someone_asks(
    visitor: Visitor, letter: Letter, three_acts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "MAX_CHECKED_AUTOMATICALLY", 2)
    visitor.sign_in(OLIVE)
    behind_its_back(TAMPERING["another actor"])
    page = record_of(visitor, letter).never_says("Log intact", "This log was altered")
    page.follow("Check that none was altered").says("This log was altered.")


@pytest.mark.shows("S20")
def test_the_operator_is_told_of_a_record_that_is_not_whole(letter: Letter, three_acts: None, settings: Settings) -> None:
    backfill_audit_log()
    assert run_letterhub(settings, "check").exit_code == 0
    behind_its_back(TAMPERING["an entry less"])
    ended = run_letterhub(settings, "check")
    assert ended.exit_code == 1
    assert f"letter-{letter.id}: Entry 2 is missing." in ended.output


def behind_its_back(statement: str) -> None:
    with db.engine.begin() as connection:
        values = {"after": json.dumps({"state": "withdrawn"})} if ":after" in statement else {}
        connection.execute(text(statement), values)
        connection.execute(text("UPDATE audit_entry SET number = -number WHERE number < 0"))


@pytest.mark.shows("S20")
def test_letterhub_itself_can_neither_change_nor_delete_an_entry(letter: Letter, act: Callable[..., None]) -> None:
    act("closed", "operator")
    entry = db.session.query(AuditEntry).one()
    entry.actor = "staff-99"
    with pytest.raises(RuntimeError, match="written and stays"):
        db.session.flush()
    db.session.rollback()
    db.session.delete(db.session.query(AuditEntry).one())
    with pytest.raises(RuntimeError, match="written and stays"):
        db.session.flush()
    db.session.rollback()
