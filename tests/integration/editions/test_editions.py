"""Sam freezes an edition after previewing it; its files are rendered once, and never change."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.editions.file_jobs import render_edition_file
from letterhub.commands.operations._render_jobs import LEASE
from letterhub.domain.editions.file_formats import FileFormat, edition_file_name
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.states import LetterMove, SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Edition, EditionFile, Letter, Signature
from letterhub.queries.editions.editions import edition_files_to_render
from letterhub.rendering.files import RENDERERS
from letterhub.rendering.pdf.client import Limits, PdfRenderingFailed
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor

BEGINNINGS = {
    FileFormat.HTML: b"<!DOCTYPE html>", FileFormat.PDF: b"%PDF-", FileFormat.DOCX: b"PK", FileFormat.ODT: b"PK",
    FileFormat.CSV: b'\xef\xbb\xbf"organization"',
    FileFormat.XLSX: b"PK", FileFormat.TXT: b"January 7, 2022", FileFormat.COMMENT: b"The President", FileFormat.JSON: b"{",
}  # fmt: skip
LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}


def test_freezing_shows_what_would_print_and_what_stands_in_the_way(sam: Visitor, letter: Letter) -> None:
    factories.signature(letter, cast.HIRO, SignatureState.CONFIRMED)
    factories.signature(letter, cast.FREE_MAIL_SIGNER, SignatureState.PENDING)
    sam.visit("editions.index", **LETTER_VALUES).says("No editions yet.").follow("Preview an edition").says(
        "Signatories 1", "Revision 1", "One name waits for review and would not be printed.",
        "One signatory hasn’t confirmed yet.", "still open", "Print preview", "Example Alliance",
    )  # fmt: skip


def test_an_edition_is_drawn_as_every_kind_of_file(sam: Visitor, frozen: Page) -> None:
    frozen.says("Edition 1 is frozen.", "The files are being prepared.", "One signatory", "waiting")
    draw_all()
    page = sam.visit("editions.index", **LETTER_VALUES)
    page.says("Web page (one file)", "PDF", "Word", "Signatories (CSV)").never_says("waiting", "being prepared")
    for form, begins in BEGINNINGS.items():
        answer = sam.ask(f"{page.path}/1/{form}")
        assert answer.data.startswith(begins)
        assert (
            answer.headers["Content-Disposition"] == f"attachment; filename={edition_file_name(LETTER_VALUES['slug'], 1, form)}"
        )
        assert b"clara@alliance.example" not in answer.data
    assert [entry.action for entry in db.session.query(AuditEntry)] == ["frozen", *["exported"] * len(FileFormat)]


@pytest.mark.shows("S10")
def test_the_count_in_the_text_is_the_number_of_names_in_the_list(sam: Visitor, letter: Letter) -> None:
    factories.signature(letter, cast.HIRO)
    freeze(sam)
    assert db.session.query(Edition).one().count == 2
    (html,) = [file for file in draw_all() if file.format == "html"]
    assert "We, the two undersigned organizations" in (html.content or b"").decode()


def test_an_edition_tells_its_day_as_the_letter_tells_its_times(
    sam: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    clock.move_to(dt.datetime(2022, 1, 6, 3, 0, tzinfo=dt.UTC))  # the evening before, in Washington
    freeze(sam).says("Wednesday, January 5, 2022, 10:00 p.m. Eastern")
    (html,) = [file for file in draw_all() if file.format == "html"]
    assert "January 5, 2022" in (html.content or b"").decode()


def test_what_changed_since_it_was_shown_is_not_frozen(sam: Visitor, letter: Letter) -> None:
    proof = sam.visit("editions.preview", **LETTER_VALUES)
    factories.signature(letter, cast.HIRO)
    shown = proof.submit("Freeze this edition with one name").says("changed while you were looking", "Signatories 2")
    assert db.session.query(Edition).count() == 0
    shown.submit("Freeze this edition with 2 names").says("Edition 1 is frozen.")


def test_an_empty_list_is_not_frozen(sam: Visitor, signed: Signature) -> None:
    proof = sam.visit("editions.preview", **LETTER_VALUES)
    move(signed, SignatureMove.DECLINE)
    proof.submit("Freeze this edition with one name").says("No names are published yet")
    assert db.session.query(Edition).count() == 0


def test_a_draft_and_a_withdrawn_letter_are_not_frozen(sam: Visitor, letter: Letter) -> None:
    factories.draft(replace(factories.TEXT, title="A draft"))
    sam.visit("editions.preview", coalition=LETTER_VALUES["coalition"], slug="a-draft").says("Open the letter first")
    proof = sam.visit("editions.preview", **LETTER_VALUES)
    letter.move(LetterMove.WITHDRAW, now())
    db.session.commit()
    proof.submit("Freeze this edition with one name").says("This letter was withdrawn, so no more editions can be made.")
    assert db.session.query(Edition).count() == 0


def test_an_edition_stays_as_it_was_and_the_next_one_has_the_late_names(sam: Visitor, letter: Letter, frozen: Page) -> None:
    first = {file.format: file.content for file in draw_all()}
    factories.signature(letter, cast.HIRO)
    freeze(sam)
    files = draw_all()
    assert [edition.number for edition in db.session.query(Edition).order_by(Edition.number)] == [1, 2]
    assert {file.format: file.content for file in files if file.edition.number == 1} == first
    assert all(file.content != first[file.format] for file in files if file.edition.number == 2)


@pytest.mark.parametrize("change", [{"content": b"other"}, {"state": JobState.WAITING}])
def test_a_finished_file_cannot_be_changed(frozen: Page, change: dict[str, object]) -> None:
    file = draw_all()[0]
    for name, value in change.items():
        setattr(file, name, value)
    with pytest.raises(RuntimeError, match="stays as it is"):
        db.session.commit()
    db.session.rollback()


def test_an_edition_cannot_be_changed_nor_deleted(frozen: Page) -> None:
    edition = db.session.query(Edition).one()
    edition.count = 99
    with pytest.raises(RuntimeError, match="frozen"):
        db.session.commit()
    db.session.rollback()
    db.session.delete(db.session.query(Edition).one())
    with pytest.raises(RuntimeError, match="frozen"):
        db.session.commit()
    db.session.rollback()


@pytest.mark.shows("R2")
def test_a_file_whose_drawing_was_killed_is_drawn_again_when_its_lease_is_over(
    frozen: Page, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id = number_of("csv")
    kill_while_drawing(file_id, monkeypatch)
    assert file_id not in edition_files_to_render(now())
    assert render_edition_file(file_id) is False
    clock.shift(LEASE)
    assert file_id in edition_files_to_render(now())
    assert render_edition_file(file_id) is True
    assert render_edition_file(file_id) is False


def test_a_file_is_not_taken_from_a_press_that_is_silent_for_as_long_as_it_may_be(
    frozen: Page, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id = number_of("csv")
    kill_while_drawing(file_id, monkeypatch)
    clock.shift(dt.timedelta(seconds=Limits().wall_seconds))
    assert file_id not in edition_files_to_render(now())


@pytest.mark.shows("S2")
def test_a_file_is_given_up_after_three_broken_tries_until_someone_asks_again(
    sam: Visitor, frozen: Page, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id = number_of("csv")
    for _attempt in range(3):
        kill_while_drawing(file_id, monkeypatch)
        clock.shift(LEASE)
    assert render_edition_file(file_id) is False
    page = sam.visit("editions.index", **LETTER_VALUES).says("failed", "interrupted 3 times")
    page.submit("Try again: Signatories (CSV) of edition 1").says("was queued again", "waiting")
    assert render_edition_file(file_id) is True


@pytest.mark.shows("S2")
def test_a_letter_that_the_press_refuses_fails_with_its_sentence(
    sam: Visitor, frozen: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letterhub.rendering.files.render_letter_pdf", refuse)
    assert render_edition_file(number_of("pdf")) is False
    sam.visit("editions.index", **LETTER_VALUES).says("This letter needs more memory to print than one letter may use.")


def test_a_name_that_no_font_can_draw_is_told_before_and_after(sam: Visitor, letter: Letter) -> None:
    factories.signature(letter, cast.CLARA, organization_name="Old \U000f1234 Letters", website="")
    sam.visit("editions.preview", **LETTER_VALUES).says("“Old \U000f1234 Letters” contains U+F1234")
    freeze(sam)
    draw_all()
    sam.visit("editions.index", **LETTER_VALUES).says("One thing to check in print", "U+F1234")


def test_a_file_is_not_there_before_it_is_drawn_nor_for_another_coalition(app: Flask, sam: Visitor, frozen: Page) -> None:
    sam.open(f"{frozen.path}/1/csv", status=404)
    render_edition_file(number_of("csv"))
    assert sam.ask(f"{frozen.path}/1/csv").status_code == 200
    factories.staff(cast.STRANGER, factories.coalition(cast.OTHER_COALITION))
    stranger = Visitor(app, SITE)
    stranger.sign_in(cast.STRANGER)
    stranger.open(f"{frozen.path}/1/csv", status=404)


def freeze(visitor: Visitor) -> Page:
    proof = visitor.visit("editions.preview", **LETTER_VALUES)
    count = db.session.query(Signature).filter_by(state=SignatureState.PUBLISHED).count()
    return proof.submit(f"Freeze this edition with {count} names" if count > 1 else "Freeze this edition with one name")


def draw_all() -> list[EditionFile]:
    while due := edition_files_to_render(now()):
        assert render_edition_file(due[0])
    db.session.expire_all()
    files = db.session.query(EditionFile).join(Edition).order_by(EditionFile.id).all()
    for file in files:
        db.session.refresh(file, ["content", "edition"])
    return files


def number_of(file_format: str) -> int:
    return db.session.query(EditionFile).filter_by(format=file_format).one().id


def move(signature: Signature, step: SignatureMove) -> None:
    db.session.get_one(Signature, signature.id).move(step, now())
    db.session.commit()


class WorkerKilled(BaseException):
    """Error that ends a worker in the middle of its work."""


def kill_while_drawing(file_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_facts: object) -> bytes:
        raise WorkerKilled

    with monkeypatch.context() as patched:
        patched.setitem(RENDERERS, FileFormat.CSV, killed)
        with pytest.raises(WorkerKilled):
            render_edition_file(file_id)


def refuse(*_facts: object, **_more: object) -> None:
    raise PdfRenderingFailed("This letter needs more memory to print than one letter may use.")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that Clara's organization has signed."""
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    return letter


@pytest.fixture
def signed(letter: Letter) -> Signature:
    """Clara's signature."""
    return db.session.query(Signature).one()


@pytest.fixture
def frozen(letter: Letter, sam: Visitor) -> Page:
    """The page after Sam froze the first edition."""
    return freeze(sam)
