"""An import runs in batches beside the signers: killed, overtaken, stopped or refused amid it, it loses and doubles nothing."""

from typing import Any

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.operations._render_jobs import LEASE
from letterhub.commands.signatures import _import_steps, import_jobs
from letterhub.commands.signatures.import_jobs import run_import
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Letter
from letterhub.queries.signatures.signatory_import import imports_to_run
from letterhub.rendering.pdf.client import cancel_unless
from tests.support import cast, factories
from tests.support.imports import RIVERS, ServerKilled, imported, killed_at_the_second_call, look_at
from tests.support.visitor import Visitor


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_jobs, "BATCH_SIZE", 2)


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that nobody has signed."""
    return factories.open_letter()


@pytest.mark.shows("R2")
def test_an_import_whose_worker_was_killed_goes_on_after_its_last_batch(
    sam: Visitor, letter: Letter, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = look_at(sam, RIVERS).submit("Import 5 names").says("Waiting to be imported")
    (import_id,) = imports_to_run(now())
    with monkeypatch.context() as broken:
        broken.setattr(_import_steps, "append_audit_entry", killed_at_the_second_call())
        with pytest.raises(ServerKilled):
            run_import(import_id)
    assert len(imported()) == 2
    sam.open(page.path).says("The names are being imported: 2 so far.")
    assert imports_to_run(now()) == ()
    assert not run_import(import_id)  # its lease still runs
    clock.shift(LEASE)
    factories.signature(letter, cast.FREE_MAIL_SIGNER, organization_name="Friends of River 3", website="")
    assert imports_to_run(now()) == (import_id,)
    assert run_import(import_id)
    sam.open(page.path).says("4 names were added to the queue.")
    assert [one.organization_name for one in imported()] == [f"Friends of River {number}" for number in (0, 1, 2, 4)]
    assert not run_import(import_id)
    assert [entry.after.get("count") for entry in db.session.query(AuditEntry)] == [None, 2, 1, 1]


def test_of_two_workers_at_one_import_each_batch_is_written_by_one(
    sam: Visitor, letter: Letter, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_at(sam, RIVERS).submit("Import 5 names")
    (import_id,) = imports_to_run(now())
    prepare, others = _import_steps.prepare_row, []

    def prepared_while_another_worker_finishes(*facts: Any) -> Any:
        if not others:
            others.append(clock.shift(LEASE))
            assert run_import(import_id)
        return prepare(*facts)

    monkeypatch.setattr(import_jobs, "prepare_row", prepared_while_another_worker_finishes)
    assert not run_import(import_id)
    assert [one.organization_name for one in imported()] == [f"Friends of River {number}" for number in range(5)]


def test_a_worker_that_stops_gives_its_import_back(sam: Visitor, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    look_at(sam, RIVERS).submit("Import 5 names")
    (import_id,) = imports_to_run(now())
    going = iter((True, False))
    with cancel_unless(lambda: next(going)):
        assert not run_import(import_id)
    assert (len(imported()), imports_to_run(now())) == (2, (import_id,))
    assert run_import(import_id)
    assert len(imported()) == 5


def test_an_import_into_a_letter_that_was_withdrawn_meanwhile_says_what_it_added(
    sam: Visitor, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, letter_id = look_at(sam, RIVERS).submit("Import 5 names"), letter.id
    add, calls = _import_steps.add_batch, []

    def withdrawn_after_the_first(*facts: Any, **more: Any) -> int:
        calls.append(facts)
        if len(calls) == 2:
            db.session.get_one(Letter, letter_id).state = LetterState.WITHDRAWN
        return add(*facts, **more)

    monkeypatch.setattr(import_jobs, "add_batch", withdrawn_after_the_first)
    assert not run_import(*imports_to_run(now()))
    sam.open(page.path).says("This letter was withdrawn.", "2 names were added to the queue before that.")
