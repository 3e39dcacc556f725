"""The demo is complete after one call, and unchanged by the next."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from letterhub.cli import demo as demo_command
from letterhub.cli import main
from letterhub.clock import now
from letterhub.commands.operations.demo import load_demo
from letterhub.domain.states import LetterState, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from letterhub.paths import ROOT
from letterhub.queries.letters.drafts import load_draft_state
from letterhub.queries.operations.health import audit_log_problems
from letterhub.queries.organizations.likeness_questions import questions_by_signature
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


def test_every_address_of_the_demo_is_invented(app: Flask) -> None:
    load_demo(ROOT / "demo", now())
    for email in db.session.scalars(select(Signature.email)):
        assert email.endswith((".example", ".example.gov")), email


def test_it_says_where_it_keeps_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_command, "_run", lambda *_environment_and_port: 0)
    ended = CliRunner().invoke(main, ["demo", "--port", "8999"], env={"LETTERHUB_DATA_DIR": str(tmp_path)})
    assert f"Your changes are kept in {tmp_path}/ for next time." in ended.output
