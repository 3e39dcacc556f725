"""`letterhub check` detects changes of tables that bypassed the commands, and reports nothing after commands alone (S20)."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text, update

from letterhub.clock import now
from letterhub.commands.abuse.bulk_decline import decline_in_bulk, undo_bulk_decline
from letterhub.commands.editions.file_jobs import render_edition_file
from letterhub.commands.letters.revisions import publish_text_change, undo_text_change
from letterhub.commands.operations.purge import purge_expired_data
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.commands.signatures.ownership_inquiries import answer_inquiry, send_inquiry
from letterhub.commands.signatures.reconfirmation import reconfirm_signature
from letterhub.commands.signatures.review import ReviewSelection, decline_signatures, publish_signatures, return_signatures
from letterhub.commands.signatures.sign import correct_signature, disown_signature, sign_letter, withdraw_signature
from letterhub.commands.signatures.signatory_import import import_file
from letterhub.config import Settings
from letterhub.domain.abuse.bulk_decline import ExpectedMatches, SubmissionPattern
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.revisions import ChangeKind, TextChange
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.operations.retention import ErasableData
from letterhub.domain.signatures.ownership_inquiries import Answer
from letterhub.domain.signatures.review import SignatureTarget, line_version
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Draft, EditionFile, Letter, Signature
from letterhub.queries.operations.health import audit_log_problems
from letterhub.queries.operations.storage import file_problem
from tests.support import editions, factories
from tests.support.audit_backfill import backfill_audit_log
from tests.support.cast import OLIVE
from tests.support.servers.command_line import run_letterhub
from tests.support.text_changes import terms

pytestmark = pytest.mark.shows("S20")


@pytest.fixture
def letter(app: Flask) -> Letter:
    letter = factories.open_letter()
    backfill_audit_log()
    numbers = [sign(letter, number) for number in range(6)]
    for number in numbers[:4]:
        confirm_signature(number, revision=1, at=now())
    publish(letter, *numbers[:2])
    editions.freeze_unrendered(letter)
    assert render_edition_file(csv_file())
    assert audit_log_problems() == {}
    return letter


def sign(letter: Letter, number: int, **also: int) -> int:
    line = Signatory(f"Alliance {number}", "Nia Example", "Director", website=f"https://a{number}.example", section="national")
    return sign_letter(letter.id, SigningRequest(line, EmailAddress(f"n@a{number}.example"), None), at=now(), **also)


def chosen(letter: Letter, *numbers: int) -> ReviewSelection:
    end_read_transaction()
    rows = db.session.scalars(select(Signature).where(Signature.id.in_(numbers)))
    versions = {row.id: line_version(row.signatory) for row in rows}
    return ReviewSelection(letter.coalition_id, letter.id, numbers, "staff-1", now(), versions)


def publish(letter: Letter, *numbers: int) -> None:
    assert len(publish_signatures(chosen(letter, *numbers)).changed_ids) == len(numbers)


def csv_file() -> int:
    return db.session.scalars(select(EditionFile.id).where(EditionFile.format == FileFormat.CSV)).one()


@contextmanager
def bypassing_commands(*statements: str) -> Iterator[None]:
    end_read_transaction()
    names = db.session.execute(text("SELECT id, state, kind, organization_name, signer_name FROM signature")).mappings().all()
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()
    yield
    end_read_transaction()
    for name in names:
        has = ", ".join(f"{column} = :{column}" for column in name)
        db.session.execute(text(f"UPDATE signature SET {has} WHERE id = :id"), dict(name))
    db.session.commit()


ANOTHER_NAME = "signature-1 has a different name than the audit log says."
CHANGED = {
    "UPDATE signature SET state = 'published' WHERE id = 5": "signature-5 is published, but the audit log says pending.",
    "UPDATE signature SET state = 'declined' WHERE id = 1": "signature-1 is declined, but the audit log says published.",
    "UPDATE signature SET state = 'withdrawn' WHERE id = 3": "signature-3 is withdrawn, but the audit log says confirmed.",
    "UPDATE signature SET state = 'outdated' WHERE id = 2": "signature-2 is outdated, but the audit log says published.",
    "UPDATE signature SET organization_name = 'Else' WHERE id = 1": ANOTHER_NAME,
    "UPDATE signature SET organization_name = 'Forged', signer_name = 'Alliance 0' WHERE id = 1": ANOTHER_NAME,
    "UPDATE signature SET kind = 'individual' WHERE id = 1": ANOTHER_NAME,
    "UPDATE edition SET sha256 = public_id": "edition-1 is not the one in the audit log.",
    "UPDATE edition SET document = '{\"signatories\": []}'": "edition-1 does not contain what was frozen.",
    **{
        f"UPDATE {part} = '{json}'": "edition-1 does not contain what was frozen."
        for part in ("edition SET document", "edition_page SET lines")
        for json in ("{}", "[]", "null", "7", "[1]")
    },
    "UPDATE audit_entry SET after = '[]' WHERE action = 'frozen'": "was changed after it was written.",
    "UPDATE audit_entry SET after = '{\"state\": \"lost\"}' WHERE action = 'confirmed'": "was changed after it was written.",
    "UPDATE edition_file SET state = 'waiting'": "The csv of edition-1 is gone.",
    "UPDATE audit_chain SET name = 'letter-99' WHERE name LIKE 'letter-%'": "letter-1: The whole chain is gone.",
    "UPDATE audit_chain SET name = 'gone' WHERE name LIKE 'coalition-%'": "coalition-1: The whole chain is gone.",
}


@pytest.mark.parametrize("change", ["organization_name = 'Forged'", "kind = 'individual'"])
def test_a_name_whose_signer_was_corrected_is_told_still(letter: Letter, change: str) -> None:
    line = db.session.get_one(Signature, 1).signatory
    correct_signature(1, replace(line, signer_name="Ada Example"), now())
    with bypassing_commands(f"UPDATE signature SET {change} WHERE id = 1"):
        assert audit_log_problems() == {f"letter-{letter.id}": ANOTHER_NAME}


@pytest.mark.parametrize(("statement", "problem"), CHANGED.items())
def test_what_is_changed_past_the_record_is_told(letter: Letter, settings: Settings, statement: str, problem: str) -> None:
    with bypassing_commands(statement):
        ended = run_letterhub(settings, "check")
    assert (ended.exit_code, problem in ended.output) == (1, True), ended.output


def test_a_file_that_was_replaced_with_its_hash_is_told(letter: Letter) -> None:
    forged = b"organization\r\nForged\r\n"
    values = {"content": forged, "sha256": hashlib.sha256(forged).hexdigest(), "size": len(forged)}
    db.session.execute(update(EditionFile).where(EditionFile.format == FileFormat.CSV).values(values))
    db.session.commit()
    assert audit_log_problems() == {f"letter-{letter.id}": "The csv of edition-1 is not the file in the audit log."}
    assert file_problem(csv_file())


def test_a_sweep_speaks_for_no_other_name(letter: Letter) -> None:
    sign(letter, 7)
    db.session.execute(text("UPDATE signature SET created_at = '2020-01-01'  WHERE id = 7"))
    db.session.execute(text("UPDATE submission_origin SET started_at = '2020-01-01'  WHERE signature_id = 7"))
    db.session.commit()
    decline_all(letter)
    with bypassing_commands("UPDATE signature SET state = 'declined' WHERE id = 7"):
        assert audit_log_problems() == {f"letter-{letter.id}": "signature-7 is declined, but the audit log says pending."}
        db.session.execute(
            text("INSERT INTO bulk_decline_item (bulk_decline_id, signature_id, state_before) VALUES (1, 7, 'pending')")
        )
        db.session.commit()
        assert audit_log_problems() == {f"letter-{letter.id}": "bulk-decline-1 declined other names than the audit log says."}


def test_many_are_told_in_one_line(letter: Letter) -> None:
    with bypassing_commands("UPDATE signature SET state = 'expired'"):
        (problem,) = audit_log_problems().values()
    assert problem == "signature-1 is expired, but the audit log says published. 5 more are affected in the same way."


def withdrawn(letter: Letter) -> None:
    withdraw_signature(1, now())
    disown_signature(5, now())


def started_over(letter: Letter) -> None:
    sign(letter, 50, replaces=6)


def corrected(letter: Letter) -> None:
    line = db.session.get_one(Signature, 1).signatory
    correct_signature(1, Signatory("Quite Another", "Ada", "Chair", website=line.website, section="state"), now())
    correct_signature(1, Signatory("", "Ada Example", kind=SignatoryKind.INDIVIDUAL, affiliation="Else"), now())


def decided(letter: Letter) -> None:
    decline_signatures(chosen(letter, 1), "no", SignatureState.PUBLISHED)
    decline_signatures(chosen(letter, 3), "no")
    return_signatures(chosen(letter, 1), SignatureState.DECLINED)


def imported(letter: Letter) -> None:
    table = b"Organization,Name,Title\nImported One,Ada,Chair\nImported Two,Ben,Chair\n"
    assert import_file(letter.id, "names.csv", table, actor="staff-1", at=now()) == 2


def change_text(letter: Letter) -> None:
    draft = db.session.get_one(Draft, letter.id)
    draft.text, draft.version = {**draft.text, "body": "Another text."}, draft.version + 1
    db.session.commit()
    change = TextChange(ChangeKind.SUBSTANCE, "It asks for more now.", terms())
    publish_text_change(letter.id, draft.version, 1, change, actor="staff-1", staff_id=1, at=now())


def changed(letter: Letter) -> None:
    imported(letter)
    change_text(letter)
    reconfirm_signature(1, revision=2, at=now())
    withdraw_signature(3, now())


def changed_and_taken_back(letter: Letter) -> None:
    change_text(letter)
    undo_text_change(letter.id, 2, actor="staff-1", staff_id=1, at=now())


def decline_all(letter: Letter) -> None:
    pattern = SubmissionPattern(hour=now().replace(minute=0, second=0, microsecond=0))
    everyone = ExpectedMatches(6, 6, published=True)
    assert decline_in_bulk(letter.id, pattern, everyone, "a machine", actor="staff-1", at=now()) == 6


def declined_in_bulk(letter: Letter) -> None:
    decline_all(letter)
    withdraw_signature(4, now())


def declined_in_bulk_and_restored(letter: Letter) -> None:
    declined_in_bulk(letter)
    assert undo_bulk_decline(letter.id, 1, actor="staff-1", at=now()).restored_count == 5


def erased(letter: Letter) -> None:
    for number in (1, 3, 5):
        erase_on_request(number, now())


def erased_where_declined(letter: Letter) -> None:
    decline_signatures(chosen(letter, 1), "no", SignatureState.PUBLISHED)
    erase_on_request(1, now())


def ask(letter: Letter, number: int) -> Callable[[], None]:
    """Ask a second address about a name; return a function that answers no."""
    signature_target = SignatureTarget(
        letter.coalition_id, number, line_version(db.session.get_one(Signature, number).signatory), "staff-1", now()
    )
    inquiry_id = send_inquiry(signature_target, f"office@a{number - 1}.example", "its site", staff_id=1, sure=False)
    return lambda: answer_inquiry(inquiry_id, Answer.NO, expected_version=signature_target.expected_version, at=now())


def denied_before_and_amid_a_change(letter: Letter) -> None:
    ask(letter, 1)()
    no = ask(letter, 2)
    change_text(letter)
    no()
    undo_text_change(letter.id, 2, actor="staff-1", staff_id=1, at=now())


def denied_and_signed_again(letter: Letter) -> None:
    no = ask(letter, 2)
    change_text(letter)
    no()
    reconfirm_signature(2, revision=2, at=now())


def declined_in_bulk_changed_and_restored(letter: Letter) -> None:
    decline_all(letter)
    change_text(letter)
    assert undo_bulk_decline(letter.id, 1, actor="staff-1", at=now()).restored_count == 6


def declined_changed_and_returned(letter: Letter) -> None:
    decline_signatures(chosen(letter, 1), "no", SignatureState.PUBLISHED)
    change_text(letter)
    decline_signatures(chosen(letter, 2), "no", SignatureState.OUTDATED)
    return_signatures(chosen(letter, 1, 2), SignatureState.DECLINED)


ACTS = (
    withdrawn, started_over, corrected, decided, imported, changed, changed_and_taken_back, declined_in_bulk,
    declined_in_bulk_and_restored, erased, erased_where_declined, denied_before_and_amid_a_change, denied_and_signed_again,
    declined_in_bulk_changed_and_restored, declined_changed_and_returned,
)  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_commands_leave_nothing_to_tell(letter: Letter, act: Callable[[Letter], None]) -> None:
    factories.staff(OLIVE)
    act(letter)
    assert audit_log_problems() == {}


def test_what_the_clock_does_leaves_nothing_to_tell(letter: Letter, clock: time_machine.Traveller) -> None:
    decided(letter)
    clock.shift(dt.timedelta(days=800))
    assert sum(purge_expired_data(letter.id, data_kind, now()) for data_kind in ErasableData)
    assert audit_log_problems() == {}
