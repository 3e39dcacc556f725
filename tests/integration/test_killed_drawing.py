"""A worker that is killed while it draws an edition leaves nothing half-written, and the next one finishes the edition."""

import os
import signal

import pytest
from flask import Flask
from sqlalchemy import update

from letterhub.clock import now
from letterhub.commands.drawing import drawn_again
from letterhub.config import Settings
from letterhub.db import db, one_transaction
from letterhub.domain.editions import Format, JobState
from letterhub.domain.states import SignatureState
from letterhub.models import Edition, EditionFile, Letter, RecordEntry
from tests import editions, factories
from tests.working import wait_for, working

NAMES = 40


@pytest.mark.shows("R2")
def test_an_edition_whose_worker_was_killed_is_whole_after_the_next_start(app: Flask, settings: Settings) -> None:
    edition = editions.freeze_only(signed_by_many())
    with working(settings) as worker:
        wait_for(lambda: any(file.state is JobState.RUNNING for file in files()))
        os.kill(worker.pid, signal.SIGKILL)
    broken = [file for file in files() if file.state is JobState.RUNNING]
    assert broken
    assert all((file.content is None) == (file.state is not JobState.DONE) for file in files())
    leases_run_out()
    with working(settings):
        wait_for(lambda: all(file.state is JobState.DONE for file in files()))
    assert {file.format: len(file.content or b"") == file.size > 0 for file in files()} == dict.fromkeys(Format, True)
    exported = [entry.after["format"] for entry in db.session.query(RecordEntry).filter_by(action="exported")]
    assert sorted(exported) == sorted(Format)
    again = {broken[0].format, Format.CSV, Format.JSON}
    assert {form: drawn_again(edition.id, form) == content_of(edition, form) for form in again} == dict.fromkeys(again, True)


def signed_by_many() -> Letter:
    letter = factories.open_letter()
    for number in range(NAMES):
        factories.signature(letter, organization_name=f"Alliance {number:04}", website="", state=SignatureState.PUBLISHED)
    return letter


def files() -> list[EditionFile]:
    db.session.rollback()
    found = db.session.query(EditionFile).order_by(EditionFile.id).all()
    for file in found:
        db.session.refresh(file, ["state", "content", "size"])
    return found


def content_of(edition: Edition, form: Format) -> bytes | None:
    return db.session.query(EditionFile.content).filter_by(edition_id=edition.id, format=form).scalar()


@one_transaction
def leases_run_out() -> None:
    db.session.execute(update(EditionFile).where(EditionFile.lease_until.is_not(None)).values(lease_until=now()))
