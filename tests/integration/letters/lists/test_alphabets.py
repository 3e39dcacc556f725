"""Letters whose language got an alphabet after they were opened are sorted by it; editions keep the order that they had."""

from dataclasses import replace

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.letters.sorting import sort_by_alphabet
from letterhub.domain.letters import signatory_order
from letterhub.domain.letters.letter_document import LetterDocument
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.queries.editions.frozen_documents import frozen_document
from letterhub.queries.letters.letter_lookup import letters_of_another_alphabet
from letterhub.queries.letters.public_letter import letter_document
from tests.support import editions, factories

NAMES_AS_OPENED = ["نور", "همه", "وحدت"]
NAMES_IN_PERSIAN_ORDER = ["نور", "وحدت", "همه"]


def test_letters_opened_before_their_alphabet_was_known_are_sorted_anew_and_editions_stay(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = factories.open_letter(replace(factories.TEXT, language="fa"))
    letter.alphabet = ""
    for name in reversed(NAMES_IN_PERSIAN_ORDER):
        factories.signature(letter, organization_name=name)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    with monkeypatch.context() as earlier:
        earlier.setattr(signatory_order, "alphabet_of", lambda _language: "")
        edition = editions.freeze_unrendered(letter)

    assert letters_of_another_alphabet() == ((letter.id, "fa"),)
    sort_by_alphabet(letter.id, "fa")
    assert letters_of_another_alphabet() == ()
    assert _names(letter_document(letter.id)) == NAMES_IN_PERSIAN_ORDER
    assert _names(frozen_document(edition.id)) == NAMES_AS_OPENED


def _names(document: LetterDocument) -> list[str]:
    return [one.name for one in document.signatories]
