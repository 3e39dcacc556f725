"""Files of ten letters, the same as when they were last looked at (tests/support/references)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from letterhub.domain.letters.letter_document import LetterDocument
from letterhub.rendering.docx.file import docx_file
from letterhub.rendering.jinja import render_template
from letterhub.rendering.letter.view import letter_view
from letterhub.rendering.tables.csv_export import csv_table
from letterhub.rendering.text.manifest import manifest
from letterhub.rendering.text.text_export import comment_text, edition_text
from tests.support.references import changed_lines
from tests.support.references.dumps import html_lines, word_lines
from tests.support.references.letters import LETTERS

FOLDER = Path(__file__).parent / "references"
FORMS: dict[str, Callable[[LetterDocument], list[str]]] = {
    "page": lambda letter: html_lines(render_template("export/standalone.html", letter=letter_view(letter), styles="")),
    "word": lambda letter: word_lines(docx_file(letter)),
    "text": lambda letter: edition_text(letter).decode().split("\n"),
    "comment": lambda letter: comment_text(letter).decode().split("\n"),
    "table": lambda letter: csv_table(letter).decode().split("\n"),
    "details": lambda letter: manifest(letter).decode().split("\n"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("letter", LETTERS)
def test_a_file_is_as_it_was(letter: str, form: str) -> None:
    assert changed_lines(FOLDER / letter / f"{form}.txt", FORMS[form](LETTERS[letter]())) == []
