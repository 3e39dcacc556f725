"""Freezing a long list: built before the letter is locked, compared under the lock; its proof is shown in pages."""

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.editions import freeze as freezing
from letterhub.domain.editions.edition import LetterChanged
from letterhub.domain.letters.serialization import MAX_LINES_BYTES, compress_lines, decompress_lines, fingerprint
from letterhub.infrastructure.db import db
from letterhub.models import Edition, EditionPage, Letter
from letterhub.queries.editions.frozen_documents import frozen_facts
from letterhub.queries.editions.next_edition import EditionContent, edition_content, letter_version
from letterhub.queries.signatures.listing import NAMES_PER_PAGE, UNPAGED_MAX
from tests.support import cast, factories
from tests.support.visitor import Visitor

LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
LONG = UNPAGED_MAX + 5


def test_who_is_published_while_the_list_is_built_waits_for_nothing_and_is_not_left_out(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built_while_hiro_signs(letter_id: int) -> EditionContent:
        content = edition_content(letter_id)
        factories.signature(db.session.get_one(Letter, letter_id), cast.HIRO)  # commits: nothing is locked
        return content

    letter_id, shown = letter.id, letter_version(letter.id)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(freezing, "edition_content", built_while_hiro_signs)
        with pytest.raises(LetterChanged):
            freezing.freeze(letter_id, shown, actor="staff-1", staff_id=None, at=now())
    assert db.session.query(Edition).count() == 0
    freezing.freeze(letter_id, letter_version(letter_id), actor="staff-1", staff_id=None, at=now())
    assert db.session.query(Edition).one().count == 2


def test_an_edition_holds_the_letter_as_it_is_serialized_and_one_hash_of_the_whole(letter: Letter) -> None:
    freezing.freeze(letter.id, letter_version(letter.id), actor="staff-1", staff_id=None, at=now())
    edition = db.session.query(Edition).one()
    facts = frozen_facts(edition.id)
    assert fingerprint(facts) == edition.sha256
    assert [line["organization"] for line in facts["signatories"]] == [cast.CLARA.organization]
    assert len(edition.signature_ids) == edition.count == 1


def test_lines_that_were_forged_are_no_lines_and_fill_no_memory() -> None:
    assert decompress_lines(compress_lines([{"organization": "Übung"}])) == [{"organization": "Übung"}]
    with pytest.raises(ValueError, match="no compressed lines"):
        decompress_lines(b"no lines")
    with pytest.raises(ValueError, match="Unterminated string"):
        decompress_lines(compress_lines([{"organization": " " * MAX_LINES_BYTES}]))


def test_staff_page_through_the_proof_and_freeze_from_any_page(sam: Visitor, letter: Letter) -> None:
    for number in range(1, LONG):
        factories.signature(letter, cast.HIRO, organization_name=f"Friends {number:03}", website=f"https://f{number}.example")
    proof = sam.visit("editions.preview", **LETTER_VALUES)
    proof.says(f"{LONG} signatories", "Friends 001", f"1 to {NAMES_PER_PAGE} of {LONG}").never_says(f"Friends {LONG - 1:03}")
    last = proof.follow("Next").follow("Next")
    last.says(f"{2 * NAMES_PER_PAGE + 1} to {LONG} of {LONG}", f"Friends {LONG - 1:03}", "The letter is still open.")
    last.submit(f"Freeze this edition with {LONG} names").says("Edition 1 is frozen.")
    assert db.session.query(EditionPage).count() == 3
    sam.visit("editions.preview", **LETTER_VALUES).says("Nothing has changed since edition 1.")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that Clara's organization has signed."""
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    return letter
