"""A worker killed while it renders an edition leaves nothing half-written, and the next one finishes the edition."""

import os
import signal

import pytest
from flask import Flask
from sqlalchemy import update

from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import AuditEntry, Edition, EditionFile, Letter
from letterhub.queries.editions.export_files import render_edition
from tests.support import cast, editions, factories
from tests.support.servers.worker_process import run_worker, wait_until
from tests.support.visitor import Visitor

NAMES = 40


@pytest.mark.shows("R2")
def test_an_edition_whose_worker_was_killed_is_whole_after_the_next_start(app: Flask, settings: Settings) -> None:
    edition = editions.freeze_unrendered(signed_by_many())
    with run_worker(settings) as worker:
        wait_until(lambda: any(file.state is JobState.RUNNING for file in files()))
        os.kill(worker.pid, signal.SIGKILL)
    broken = [file for file in files() if file.state is JobState.RUNNING]
    assert broken
    assert all((file.content is None) == (file.state is not JobState.DONE) for file in files())
    leases_run_out()
    with run_worker(settings):
        wait_until(lambda: all(file.state is JobState.DONE for file in files()))
    assert {file.format: len(file.content or b"") == file.size > 0 for file in files()} == dict.fromkeys(FileFormat, True)
    exported = [entry.after["format"] for entry in db.session.query(AuditEntry).filter_by(action="exported")]
    assert sorted(exported) == sorted(FileFormat)
    again = {broken[0].format, FileFormat.CSV, FileFormat.JSON}
    assert {form: render_edition(edition.id, form).content == content_of(edition, form) for form in again} == dict.fromkeys(
        again, True
    )


@pytest.mark.shows("S2")
def test_pages_and_forms_are_answered_while_a_letter_is_drawn_that_takes_too_much(
    app: Flask, visitor: Visitor, settings: Settings
) -> None:
    endless = factories.replace(factories.TEXT, body="A paragraph.\n\n" * 7_900)
    other = factories.open_letter(factories.replace(factories.TEXT, title="Quiet skies"), deadline_at=None)
    letter = signed_by_many(endless)
    edition = editions.freeze_unrendered(letter)
    with run_worker(settings):
        wait_until(lambda: state_of(edition, FileFormat.PDF) is JobState.RUNNING)
        visitor.visit("letters.detail", slug=letter.slug).says("Alliance 0001")
        form = visitor.visit("signing.new", slug=other.slug)
        form.submit("Send me the link", **cast.CLARA.form, authorized=True).says("Check your email")
        assert state_of(edition, FileFormat.PDF) is JobState.RUNNING


def state_of(edition: Edition, file_format: FileFormat) -> JobState:
    return next(file.state for file in files() if file.edition_id == edition.id and file.format is file_format)


def signed_by_many(text: LetterText = factories.TEXT) -> Letter:
    letter = factories.open_letter(text)
    for number in range(NAMES):
        factories.signature(letter, organization_name=f"Alliance {number:04}", website="", state=SignatureState.PUBLISHED)
    return letter


def files() -> list[EditionFile]:
    db.session.rollback()
    found = db.session.query(EditionFile).order_by(EditionFile.id).all()
    for file in found:
        db.session.refresh(file, ["state", "content", "size"])
    return found


def content_of(edition: Edition, file_format: FileFormat) -> bytes | None:
    return db.session.query(EditionFile.content).filter_by(edition_id=edition.id, format=file_format).scalar()


@one_transaction
def leases_run_out() -> None:
    db.session.execute(update(EditionFile).where(EditionFile.lease_until.is_not(None)).values(lease_until=now()))
