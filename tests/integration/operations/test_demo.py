"""The demo is complete after one call, and unchanged by the next."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from letterhub.cli import demo as demo_command
from letterhub.cli.demo import DELIVERED, DELIVERED_LETTER, take_next_step
from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.demo import load_demo
from letterhub.commands.operations.demo_closed_letter import load_closed_letter
from letterhub.config import Settings
from letterhub.domain.states import LetterState, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import DeliveryEmail, EditionFile, Letter, Reply, Signature
from letterhub.paths import ROOT
from letterhub.queries.audit.log import first_chain_problem
from letterhub.queries.letters.drafts import load_draft_state
from letterhub.queries.operations.health import audit_log_problems
from letterhub.queries.organizations.likeness_questions import questions_by_signature
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Visitor


def counts() -> dict[SignatureState, int]:
    """Return the number of signatures in each state."""
    rows = db.session.execute(select(Signature.state, func.count()).group_by(Signature.state))
    return {state: count for state, count in rows}  # noqa: C416


def test_the_demo_has_signatories_and_names_that_wait(app: Flask) -> None:
    assert load_demo(ROOT / "demo", now())
    assert counts() == {SignatureState.PUBLISHED: 62, SignatureState.CONFIRMED: 5, SignatureState.PENDING: 1}


@pytest.mark.shows("S20")
def test_the_demo_is_as_its_record_tells(app: Flask) -> None:
    assert load_demo(ROOT / "demo", now())
    assert audit_log_problems() == {}


def test_loading_it_again_changes_nothing(app: Flask) -> None:
    load_demo(ROOT / "demo", now())
    before = counts()
    assert not load_demo(ROOT / "demo", now())
    assert counts() == before


def test_its_open_letter_is_on_the_front_page_and_its_draft_is_not(app: Flask, visitor: Visitor) -> None:
    load_demo(ROOT / "demo", now())
    page = visitor.visit("home.index")
    page.says("Keep every public library open and connected", "62 signatories", "Open Shelves Coalition")
    page.never_says("bookmobiles cross")


def test_one_of_the_names_that_wait_is_a_question_to_staff(app: Flask) -> None:
    load_demo(ROOT / "demo", now())
    waiting = db.session.scalars(select(Signature).where(Signature.state == SignatureState.CONFIRMED)).all()
    questions = questions_by_signature([signature.id for signature in waiting])
    assert [one.organization_name for one in waiting if one.id in questions] == ["The Lantern Libraries League"]


def test_nothing_of_its_open_letter_waits_to_be_published(app: Flask) -> None:
    load_demo(ROOT / "demo", now())
    [letter_id] = db.session.scalars(select(Letter.id).where(Letter.state == LetterState.OPEN))
    assert not load_draft_state(letter_id).differs_from_public


def test_a_letter_is_delivered_and_answered_step_by_step(
    app: Flask, settings: Settings, postbox: Inbox, visitor: Visitor
) -> None:
    load_demo(ROOT / "demo", now())
    letter = load_closed_letter(DELIVERED, now())
    assert letter is not None
    assert take_next_step(letter, DELIVERED)
    assert take_next_step(letter, DELIVERED)
    assert db.session.query(DeliveryEmail).count() == 0  # it waits for the files
    assert audit_log_problems() == {}
    for file in db.session.query(EditionFile):
        file.finish(b"a file", [], now())
    db.session.commit()
    assert take_next_step(letter, DELIVERED)
    assert take_next_step(letter, DELIVERED)
    assert db.session.query(Reply).count() == 0  # it waits for the recipients’ mail servers
    send_due_mail(settings)
    assert not take_next_step(letter, DELIVERED)
    (mail,) = postbox.to("governor@state-house.example")
    assert mail.message["Subject"].strip() == "Fund a summer of reading in every county: a letter from 18 organizations"
    assert mail.text.startswith("Dear Governor Ejemplo,\n\nPlease find attached")
    page = visitor.open(f"/letters/{DELIVERED_LETTER}").says("18 organizations and 5 individuals have signed")
    page.says(
        "Delivered to Governor Ejemplo",
        "Delivered to Speaker Sample",
        "Delivered to Chair Imaginary",
        "Thank you for your letter",
    )
    visitor.open(f"/letters/{DELIVERED_LETTER}/press").says("18 organizations ask for a summer of reading")
    assert first_chain_problem(f"letter-{letter.letter_id}") == ""
    assert load_closed_letter(DELIVERED, now()) == letter
    assert not take_next_step(letter, DELIVERED)
    assert (db.session.query(DeliveryEmail).count(), db.session.query(Reply).count()) == (1, 1)


def test_every_address_of_the_demo_is_invented(app: Flask) -> None:
    load_demo(ROOT / "demo", now())
    load_closed_letter(DELIVERED, now())
    for email in db.session.scalars(select(Signature.email)):
        assert email.endswith((".example", ".example.gov")), email


def test_it_says_where_it_keeps_what_one_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo_command._print_urls(8999, tmp_path)
    assert f"Your changes are kept in {tmp_path}/ for next time." in capsys.readouterr().out
