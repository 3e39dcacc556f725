"""Exports and imports from the command line: complete files, and one sentence for each error."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from letterhub.clock import now
from letterhub.commands.editions.freeze import freeze
from letterhub.config import Settings
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Letter, Signature
from letterhub.queries.editions.editions import edition_files_to_render
from letterhub.queries.editions.next_edition import edition_preview
from letterhub.rendering.files import RenderedFile
from tests.support import cast, factories
from tests.support.servers.command_line import run_letterhub

SLUG = "clean-rivers-for-everyone"


def test_the_newest_edition_is_exported_as_it_was_drawn(settings: Settings, frozen: Letter, tmp_path: Path) -> None:
    out = tmp_path / "letter.csv"
    first = run_letterhub(settings, "export", SLUG, "--format", "csv", "--out", str(out))
    assert (first.exit_code, first.stdout) == (0, ""), first.output
    content = out.read_bytes()
    factories.signature(frozen, cast.HIRO)
    assert run_letterhub(settings, "export", SLUG, "--format", "csv", "--out", str(out)).exit_code == 0
    assert out.read_bytes() == content
    assert b"Example Alliance" in content
    assert len(edition_files_to_render(now())) == len(FileFormat) - 2  # the manifest waits for the others


def test_a_kept_file_is_compared_with_what_would_be_drawn_now_and_stays(
    settings: Settings, frozen: Letter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("export", SLUG, "--format", "docx", "--compare")
    assert "nothing to compare" in run_letterhub(settings, *command).stderr
    run_letterhub(settings, "export", SLUG, "--format", "docx", "--out", str(tmp_path / "letter.docx"))
    content = (tmp_path / "letter.docx").read_bytes()
    result = run_letterhub(settings, *command)
    assert (result.exit_code, result.stdout) == (0, f"{SLUG}-edition-1.docx is identical to what would be rendered now.\n")
    monkeypatch.setattr("letterhub.cli.export.render_edition", lambda *_, language: RenderedFile(b"other"))
    assert "may have been changed" in run_letterhub(settings, *command).stderr
    monkeypatch.setattr("letterhub.cli.export.toolchain_version", lambda _form: "newer")
    differs = run_letterhub(settings, *command)
    assert (differs.exit_code, "rendered with other tools" in differs.stderr) == (1, True)
    run_letterhub(settings, "export", SLUG, "--format", "docx", "--out", str(tmp_path / "again.docx"))
    assert (tmp_path / "again.docx").read_bytes() == content


def test_a_file_that_the_worker_draws_at_this_moment_is_not_drawn_twice(
    settings: Settings, frozen: Letter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letterhub.cli.export.render_edition_file", lambda _file_id: False)
    result = run_letterhub(settings, "export", SLUG, "--format", "csv", "--out", str(tmp_path / "letter.csv"))
    assert (result.exit_code, "is not ready, or failed" in result.stderr) == (1, True)


def test_a_letter_is_exported_as_it_stands_and_that_is_recorded(settings: Settings, letter: Letter, tmp_path: Path) -> None:
    out = tmp_path / "letter.html"
    result = run_letterhub(settings, "export", SLUG, "--format", "html", "--current", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "Example Alliance" in out.read_text(encoding="utf-8")
    assert [(entry.actor, entry.action) for entry in entries()] == [("operator", "exported as it stands")]


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        ([SLUG, "--format", "pdf"], 1, "No edition of this letter has been frozen yet"),
        ([SLUG, "--format", "pdf", "--edition", "7"], 1, "has no edition 7"),
        ([SLUG, "--format", "pdf", "--edition", "1", "--current"], 2, "not both"),
        (["no-such-letter", "--format", "pdf"], 1, "There is no letter “no-such-letter”"),
        (["a-draft", "--format", "pdf", "--current"], 1, "This letter is a draft"),
        ([SLUG, "--format", "rtf"], 2, "rtf"),
        ([SLUG, "--format", "pdf", "--compare"], 2, "--compare to write nothing"),
    ],
)
def test_what_cannot_be_exported_is_said_and_nothing_is_written(
    settings: Settings, letter: Letter, tmp_path: Path, words: list[str], status: int, sentence: str
) -> None:
    out = tmp_path / "out"
    result = run_letterhub(settings, "export", *words, "--out", str(out))
    assert (result.exit_code, sentence in result.stderr, out.exists()) == (status, True, False), result.output


def test_names_are_imported_and_what_is_left_out_is_told(settings: Settings, letter: Letter, tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("Organization,Name\nWillow Watch,Ada Example\nExample Alliance,Clara Example\n", encoding="utf-8")
    looked = run_letterhub(settings, "signatories", "import", SLUG, str(names), "--dry-run")
    assert (looked.exit_code, looked.stdout, db.session.query(Signature).count()) == (0, "", 1)
    result = run_letterhub(settings, "signatories", "import", SLUG, str(names))
    assert result.stdout == "1 name imported; review it before it is printed.\n"
    assert "names.csv, line 3, Example Alliance: Already on this letter." in result.stderr
    assert "names.csv: 1 of 2 rows are new." in result.stderr
    assert [(entry.actor, entry.action) for entry in entries()] == [("operator", "imported")]


def test_names_are_imported_into_a_draft_that_starts_with_them(settings: Settings, letter: Letter, tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("Organization\nWillow Watch\n", encoding="utf-8")
    for words, count in ((["--dry-run"], 0), ([], 1)):
        result = run_letterhub(settings, "signatories", "import", "a-draft", str(names), *words)
        assert result.exit_code == 0, result.output
        db.session.rollback()
        draft = select(Letter.id).where(Letter.slug == "a-draft").scalar_subquery()
        assert db.session.scalar(select(func.count()).where(Signature.letter_id == draft)) == count


def entries() -> list[AuditEntry]:
    db.session.rollback()
    return db.session.query(AuditEntry).order_by(AuditEntry.id).all()


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that Clara's organization signed, and a draft beside it."""
    factories.draft(replace(factories.TEXT, title="A draft"))
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    return letter


@pytest.fixture
def frozen(letter: Letter) -> Letter:
    """The letter with an edition whose CSV is rendered on request."""
    proof = edition_preview(letter.id)
    assert proof is not None
    freeze(letter.id, proof.version, actor="staff-1", staff_id=None, at=now())
    return letter
