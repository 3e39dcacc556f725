"""A deadline beside objections, confirmations and other workers, and a worker that is killed in the middle of it."""

from collections import Counter
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.changes import _settling
from letterhub.commands.changes.deadlines import settle_due_change
from letterhub.commands.signatures.sign import withdraw_signature
from letterhub.config import Settings
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import AuditEntry, EvidenceFact, Letter, TextChangeNotice, add_evidence
from letterhub.queries.audit.consistency import inconsistencies
from tests.conftest import NOON
from tests.support import factories
from tests.support.servers.database_copies import settings_for
from tests.support.servers.processes import PROCESSES
from tests.support.text_changes import DAY, KEEP, add_signatures, publish_change, replies, settle, signature_states

COUNT = 40


@pytest.fixture
def letter(app: Flask) -> Letter:
    """The open letter."""
    return factories.open_letter()


def settle_all(database_url: str, folder: Path, letter_id: int) -> list[str]:
    """Settle a letter's change as a worker does, in a process of its own; return the errors."""
    with create_app(settings_for(database_url, folder)).app_context():
        _settling.BATCH_SIZE = 3
        try:
            while settle_due_change(letter_id, NOON + 4 * DAY):
                pass
        except Exception as fault:  # noqa: BLE001 - the test reports it
            return [repr(fault)]
        finally:
            db.engine.dispose()
    return []


def object_all(database_url: str, folder: Path, signature_ids: list[int]) -> list[str]:
    """Object for signatures in the last second before the deadline, in a process of its own; return the errors."""
    errors = []
    with create_app(settings_for(database_url, folder)).app_context():
        for signature_id in signature_ids:
            try:
                withdraw_signature(signature_id, NOON + 3 * DAY)
            except Exception as fault:  # noqa: BLE001 - the test reports it
                errors.append(repr(fault))
        db.engine.dispose()
    return errors


@pytest.mark.shows("R1")
def test_objections_at_the_deadline_count_beside_two_workers(
    app: Flask, letter: Letter, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    signed = [one.id for one in add_signatures(letter, COUNT)]
    publish_change(letter, settings, KEEP)
    letter_id = letter.id
    db.session.commit()
    with PROCESSES.Pool(3) as pool:
        jobs = [pool.apply_async(settle_all, (database_url, tmp_path, letter_id)) for _ in range(2)]
        jobs.append(pool.apply_async(object_all, (database_url, tmp_path, signed[::2])))
        assert [job.get(120) for job in jobs] == [[], [], []]
    end_read_transaction()
    assert replies() == ["objected", "not-objected"] * (COUNT // 2)
    assert signature_states(letter) == ["withdrawn", "published"] * (COUNT // 2)
    notice = db.session.query(TextChangeNotice).one()
    assert (str(notice.state), notice.silent_count) == ("settled", COUNT // 2)
    assert db.session.query(AuditEntry).filter_by(action="change settled").count() == 1
    assert list(inconsistencies()) == []


@pytest.mark.shows("R2")
def test_a_worker_that_is_killed_in_a_batch_leaves_it_to_the_next(
    letter: Letter, settings: Settings, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_signatures(letter, 5)
    publish_change(letter, settings, KEEP)
    clock.shift(4 * DAY)
    letter_id = letter.id
    monkeypatch.setattr(_settling, "BATCH_SIZE", 2)
    assert settle_due_change(letter_id, now())
    seen = list[int]()

    def die_at_the_second(*arguments: object) -> None:
        seen.append(1)
        if len(seen) == 2:
            raise KeyboardInterrupt
        add_evidence(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(_settling, "add_evidence", die_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            settle_due_change(letter_id, now())
    db.session.rollback()
    assert Counter(replies()) == {"not-objected": 2, "waiting": 3}
    assert settle() == 3
    assert replies() == ["not-objected"] * 5
    facts = db.session.query(EvidenceFact).filter_by(kind="not-objected")
    assert Counter(fact.signature_id for fact in facts) == dict.fromkeys(range(1, 6), 1)
    assert (settle(), db.session.query(AuditEntry).filter_by(action="change settled").count()) == (0, 1)
