"""Rendering with an unforeseen error: the attempt ends at once, and after the third, staff read what to do."""

import logging

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.audit import verification_reports
from letterhub.commands.audit.verification_reports import render_report, request_report
from letterhub.commands.editions.file_jobs import render_edition_file
from letterhub.commands.letters import pdf_previews
from letterhub.commands.letters.pdf_previews import render_preview, request_preview
from letterhub.commands.operations._render_jobs import MOST_ATTEMPTS, RETRY_DELAY
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db
from letterhub.jobs.runner import create_queue
from letterhub.jobs.tasks import WorkerTasks
from letterhub.models import EditionFile, Letter, Preview, Report
from letterhub.queries.audit.verification_reports import reports_to_render
from letterhub.queries.editions.editions import edition_files_to_render
from letterhub.queries.letters.pdf_previews import previews_to_render
from letterhub.rendering.files import RENDERERS
from tests.support import cast, editions, factories
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor

LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
SENTENCE = "Preparing this failed 3 times. Try again later."


def breaks(*_: object, **__: object) -> None:
    raise ValueError("exceeded 255 char limit")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with a name, and a frozen edition."""
    letter = factories.open_letter()
    factories.signature(letter)
    editions.freeze_unrendered(letter)
    return letter


def word() -> EditionFile:
    db.session.rollback()
    return db.session.query(EditionFile).filter_by(format=FileFormat.DOCX).populate_existing().one()


def test_a_file_is_tried_again_soon_then_given_up_with_a_sentence_and_staff_can_ask_again(
    app: Flask, letter: Letter, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = word().id
    with monkeypatch.context() as broken:
        broken.setitem(RENDERERS, FileFormat.DOCX, breaks)
        for attempt in range(1, MOST_ATTEMPTS + 1):
            assert number in edition_files_to_render(now())
            with pytest.raises(ValueError, match="255"):
                render_edition_file(number)
            assert word().attempts == attempt
            assert number not in edition_files_to_render(now())
            clock.shift(RETRY_DELAY)
    assert word().state is JobState.FAILED
    assert not render_edition_file(number)
    factories.staff(cast.SAM)
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    page = sam.visit("editions.index", **LETTER_VALUES).says("failed", SENTENCE)
    page.submit("Try again: Word of edition 1").says("was queued again")
    assert render_edition_file(number)


def test_a_fault_before_the_drawing_ends_the_try_too(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("letterhub.queries.editions.export_files.frozen_document", breaks)
    with pytest.raises(ValueError, match="255"):
        render_edition_file(word().id)
    assert word().lease_until == now() + RETRY_DELAY


def test_pages_and_reports_end_their_tries_alike(
    letter: Letter, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = factories.staff(cast.SAM)
    preview = request_preview(letter.id, staff_id=sam.id, at=now())
    report = request_report(letter.id, with_addresses=False, staff_id=sam.id, actor="staff-1", at=now())
    monkeypatch.setattr(pdf_previews, "count_pages", breaks)
    monkeypatch.setattr(verification_reports, "report_pdf", breaks)
    for _ in range(MOST_ATTEMPTS):
        assert (previews_to_render(now()), reports_to_render(now())) == ((preview,), (report,))
        with pytest.raises(ValueError, match="255"):
            render_preview(preview)
        with pytest.raises(ValueError, match="255"):
            render_report(report)
        clock.shift(RETRY_DELAY)
    db.session.rollback()
    for job in (db.session.get_one(Preview, preview), db.session.get_one(Report, report)):
        assert (job.state, job.error.startswith(SENTENCE)) == (JobState.FAILED, True)


def test_the_queue_logs_and_counts_the_fault(
    app: Flask, letter: Letter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(RENDERERS, FileFormat.DOCX, breaks)
    huey = create_queue(app.extensions["settings"])
    huey.immediate = True
    tasks = WorkerTasks(app, huey, going=lambda: True, threads=2)
    with caplog.at_level(logging.ERROR):
        tasks.render_edition_file(word().id)
    [record] = [record for record in caplog.records if record.exc_info]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ValueError)
    assert word().attempts == 1
