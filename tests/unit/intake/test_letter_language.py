"""The language of a letter file is read from its head, or told by its words."""

import pytest

from letterhub.intake.letters.letter_file import read_letter


@pytest.mark.parametrize(
    ("head", "language", "notes"),
    [
        ("language: pt-BR", "pt-BR", 0),
        ("lang: fr", "fr", 0),
        ("date: 2026-01-07", "de", 1),
    ],
)
def test_the_language_is_read_or_told_by_the_words(head: str, language: str, notes: int) -> None:
    body = "Wir bitten Sie, die Flüsse zu schützen, und zwar für alle, die von dem Wasser leben und es nicht selbst können."
    text, found = read_letter(f"---\ntitle: T\n{head}\n---\n{body}".encode(), "letter.md")
    assert text.language == language
    assert len(found) == notes
    assert all("look like German. Write “language: de” there." in note for note in found)
