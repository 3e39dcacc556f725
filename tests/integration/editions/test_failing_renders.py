"""Rendering with an unforeseen error: the attempt ends at once, and after the third, staff read what to do."""

import logging

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.audit import reports as reporting
from letterhub.commands.audit.reports import ask_for_report, draw_report
from letterhub.commands.editions import export_jobs as drawing
from letterhub.commands.editions.export_jobs import DRAWN, draw_file
from letterhub.commands.letters import previews as previewing
from letterhub.commands.letters.previews import ask_for_pages, draw_preview
from letterhub.commands.operations._jobs import AFTER_A_FAULT, MOST_ATTEMPTS
from letterhub.domain.editions.edition import Format, JobState
from letterhub.infrastructure.db import db
from letterhub.jobs.runner import queue_of
from letterhub.jobs.tasks import Tasks
from letterhub.models import EditionFile, Letter, Preview, Report
from letterhub.queries.audit.reports import reports_to_draw
from letterhub.queries.editions.editions import files_to_draw
from letterhub.queries.letters.previews import previews_to_draw
from tests.support import cast, editions, factories
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor

ROOM = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
SENTENCE = "The program failed three times while it prepared this. Try again later."


def breaks(*_: object, **__: object) -> None:
    raise ValueError("exceeded 255 char limit")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with a name, and a frozen edition."""
    letter = factories.open_letter()
    factories.signature(letter)
    editions.freeze_only(letter)
    return letter


def word() -> EditionFile:
    db.session.rollback()
    return db.session.query(EditionFile).filter_by(format=Format.DOCX).populate_existing().one()


def test_a_file_is_tried_again_soon_then_given_up_with_a_sentence_and_staff_can_ask_again(
    app: Flask, letter: Letter, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = word().id
    with monkeypatch.context() as broken:
        broken.setitem(DRAWN, Format.DOCX, breaks)
        for attempt in range(1, MOST_ATTEMPTS + 1):
            assert number in files_to_draw(now())
            with pytest.raises(ValueError, match="255"):
                draw_file(number)
            assert word().attempts == attempt
            assert number not in files_to_draw(now())
            clock.shift(AFTER_A_FAULT)
    assert word().state is JobState.FAILED
    assert not draw_file(number)
    factories.staff(cast.SAM)
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    page = sam.visit("editions.listed", **ROOM).says("not made", SENTENCE)
    page.submit("Try the Word of edition 1 again").says("was queued again")
    assert draw_file(number)


def test_a_fault_before_the_drawing_ends_the_try_too(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "document_of_edition", breaks)
    with pytest.raises(ValueError, match="255"):
        draw_file(word().id)
    assert word().lease_until == now() + AFTER_A_FAULT


def test_pages_and_reports_end_their_tries_alike(
    letter: Letter, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = factories.staff(cast.SAM)
    preview = ask_for_pages(letter.id, staff_id=sam.id, at=now())
    report = ask_for_report(letter.id, with_addresses=False, staff_id=sam.id, actor="staff-1", at=now())
    monkeypatch.setattr(previewing, "count_of_pages", breaks)
    monkeypatch.setattr(reporting, "report_pdf", breaks)
    for _ in range(MOST_ATTEMPTS):
        assert (previews_to_draw(now()), reports_to_draw(now())) == ((preview,), (report,))
        with pytest.raises(ValueError, match="255"):
            draw_preview(preview)
        with pytest.raises(ValueError, match="255"):
            draw_report(report)
        clock.shift(AFTER_A_FAULT)
    db.session.rollback()
    for job in (db.session.get_one(Preview, preview), db.session.get_one(Report, report)):
        assert (job.state, job.error.startswith(SENTENCE)) == (JobState.FAILED, True)


def test_the_queue_logs_and_counts_the_fault(
    app: Flask, letter: Letter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(DRAWN, Format.DOCX, breaks)
    huey = queue_of(app.extensions["settings"])
    huey.immediate = True
    tasks = Tasks(app, huey, going=lambda: True, threads=2)
    with caplog.at_level(logging.ERROR):
        tasks.draw_file(word().id)
    [told] = [record for record in caplog.records if record.exc_info]
    assert told.exc_info is not None
    assert isinstance(told.exc_info[1], ValueError)
    assert word().attempts == 1
