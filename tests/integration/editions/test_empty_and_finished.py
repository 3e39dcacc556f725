"""Editions that cannot be made, and files that cannot be made again: the commands refuse, whatever the page offered."""

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.editions.file_jobs import retry_file
from letterhub.domain.editions.edition import CannotFreeze, FileNotFailed
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Edition, EditionFile
from tests.support import cast, editions, factories


@pytest.mark.parametrize("state", [None, SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.DECLINED])
def test_a_letter_without_a_published_name_is_not_frozen(app: Flask, state: SignatureState | None) -> None:
    letter = factories.open_letter()
    if state is not None:
        factories.signature(letter, cast.CLARA, state)
    with pytest.raises(CannotFreeze):
        editions.freeze_unrendered(letter)
    assert db.session.query(Edition).count() == db.session.query(AuditEntry).filter_by(action="frozen").count() == 0


def test_a_file_that_did_not_fail_is_not_made_again(app: Flask) -> None:
    letter = factories.open_letter()
    factories.signature(letter)
    editions.freeze_unrendered(letter)
    done, waiting, failed = db.session.query(EditionFile).order_by(EditionFile.id).limit(3)
    done.finish(b"a file", [], now())
    failed.fail("Preparing this failed.", now())
    db.session.commit()
    for file in (done, waiting):
        before = file.state
        with pytest.raises(FileNotFailed):
            retry_file(file.id, at=now())
        assert file.state is before
    retry_file(failed.id, at=now())
    assert failed.state is JobState.WAITING
