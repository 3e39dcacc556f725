"""The text of a letter on paper: what a typesetter would see to, read from the file or measured in it."""

from pathlib import Path

from letterhub.domain.document import LetterDocument, LetterText
from letterhub.rendering.pdf import pdf
from tests.papers import text_of_pdf


def printed(tmp_path: Path, body: str, **parts: object) -> Path:
    """A letter without anything but its text, as a file."""
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf(LetterDocument(LetterText("T", body, **parts))).data)  # type: ignore[arg-type]
    return path


def test_a_list_counts_from_the_number_that_was_written(tmp_path: Path) -> None:
    text = text_of_pdf(printed(tmp_path, "1. One\n\nBetween.\n\n2. Two\n3. Three\n"))
    assert [number for number in ("1. One", "2. Two", "3. Three") if number not in text] == []
