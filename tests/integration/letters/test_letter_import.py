"""An operator imports letters written elsewhere, and staff continue them."""

import re
from pathlib import Path

import pytest
from flask import Flask

from letterhub.config import Settings
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Draft
from tests.support import cast, factories
from tests.support.missing import shared_files
from tests.support.servers.command_line import run_letterhub
from tests.support.visitor import Visitor

FILES = shared_files("letters/*/*.md")
HOME = "coalition-for-clean-rivers"
DRAFT = re.compile(rf"/staff/{HOME}/letters/clean-rivers-[0-9a-f]{{12}}/write\n")
FILE = """---
title: Clean rivers
addressee: |
  The President
  The White House
salutation: "Dear President Example:"
closing: Respectfully,
color: blue
---
We ask for {{count}} rivers.
"""


def imported(settings: Settings, file: Path, coalition: str = HOME) -> tuple[int, str, str]:
    ended = run_letterhub(settings, "letter", "import", str(file), "--coalition", coalition)
    return ended.exit_code, ended.stdout, ended.stderr


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A letter as an organizer might send it."""
    (tmp_path / "rivers.md").write_text(FILE, encoding="utf-8")
    return tmp_path / "rivers.md"


def test_a_file_becomes_a_draft_under_the_coalitions_letterhead(app: Flask, settings: Settings, file: Path) -> None:
    factories.coalition()
    status, printed, notes = imported(settings, file)
    assert status == 0
    assert DRAFT.fullmatch(printed)
    assert "color" in notes
    text = text_from_facts(db.session.query(Draft).one().text)
    assert (text.addressees[0].lines, text.letterhead.name) == (("The White House",), cast.COALITION)
    assert [(entry.actor, entry.action) for entry in db.session.query(AuditEntry)] == [("operator", "created")]


def test_a_coalition_that_is_not_here_is_named(app: Flask, settings: Settings, file: Path) -> None:
    status, printed, trouble = imported(settings, file, "quiet-skies")
    assert (status, printed) == (1, "")
    assert "There is no coalition at the address quiet-skies." in trouble


def test_the_only_coalition_of_a_site_need_not_be_named(app: Flask, settings: Settings, file: Path) -> None:
    none = run_letterhub(settings, "letter", "import", str(file))
    assert (none.exit_code, "letterhub coalition create" in none.stderr) == (1, True)
    factories.coalition()
    one = run_letterhub(settings, "letter", "import", str(file))
    assert one.exit_code == 0
    assert DRAFT.fullmatch(one.stdout)
    factories.coalition("Quiet Skies")
    two = run_letterhub(settings, "letter", "import", str(file))
    assert (two.exit_code, f"--coalition with one of {HOME}, quiet-skies." in two.stderr) == (2, True)


def test_a_file_that_cannot_be_read_is_named_with_its_line(app: Flask, settings: Settings, file: Path) -> None:
    factories.coalition()
    file.write_text("---\ntitle: Clean rivers\npaper: parchment\n---\nText.\n", encoding="utf-8")
    status, _printed, trouble = imported(settings, file)
    assert (status, trouble.count("\n")) == (2, 1)
    assert "rivers.md, line 3" in trouble
    assert db.session.query(Draft).count() == 0


@pytest.mark.needs_shared("letters")
def test_real_letters_are_imported_and_saved_again_without_a_change(app: Flask, settings: Settings, visitor: Visitor) -> None:
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    for file in FILES:
        status, printed, trouble = imported(settings, file)
        assert status == 0, f"{file.name}: {trouble}"
        page = visitor.open(printed.strip())
        page.submit("Save")
    drafts = db.session.query(Draft).all()
    assert len(drafts) == len(FILES)
    assert {draft.version for draft in drafts} == {1}
