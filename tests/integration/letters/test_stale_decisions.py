"""Commands refuse what was decided on another version than the one that is stored, whatever page they are called from."""

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.letters.revisions import publish_text_change, publish_unsigned_text, undo_text_change
from letterhub.domain.letters.drafts import DraftConflict, TextIsLocked
from letterhub.domain.letters.revisions import RevisionConflict, SameText, TextChange, TextIsSigned
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter, Revision
from tests.support import cast, factories
from tests.support.text_changes import (
    NEW_BODY,
    SUBSTANTIVE_CHANGE,
    TYPO,
    TYPO_BODY,
    add_signatures,
    publish_body,
    save_draft_body,
)

BY = {"actor": "staff-1", "staff_id": 1}


@pytest.fixture
def letter(app: Flask) -> Letter:
    factories.staff(cast.OTTO)
    letter = factories.open_letter()
    add_signatures(letter, 1)
    return letter


def draft_of(letter: Letter) -> Draft:
    draft = db.session.get_one(Draft, letter.id)
    db.session.refresh(draft)
    return draft


def revision_count() -> int:
    return db.session.query(Revision).count()


@pytest.mark.parametrize("ahead", [-1, 1])
def test_a_change_that_was_compared_with_another_revision_is_not_published(letter: Letter, ahead: int) -> None:
    version = save_draft_body(letter, TYPO_BODY)
    with pytest.raises(RevisionConflict):
        publish_text_change(letter.id, version, 1 + ahead, TextChange(TYPO, "A slip."), at=now(), **BY)
    assert revision_count() == 1


@pytest.mark.parametrize("ahead", [-1, 1])
def test_a_change_of_another_draft_is_not_published(letter: Letter, ahead: int) -> None:
    version = save_draft_body(letter, TYPO_BODY)
    with pytest.raises(DraftConflict):
        publish_text_change(letter.id, version + ahead, 1, TextChange(TYPO, "A slip."), at=now(), **BY)
    assert revision_count() == 1


def test_the_same_text_is_published_once(letter: Letter) -> None:
    with pytest.raises(SameText):
        publish_text_change(letter.id, draft_of(letter).version, 1, TextChange(TYPO, "A slip."), at=now(), **BY)
    db.session.rollback()
    assert revision_count() == 1


@pytest.mark.parametrize("ahead", [-1, 1])
def test_another_change_than_the_one_that_was_shown_is_not_undone(letter: Letter, ahead: int) -> None:
    assert publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY) == 2
    with pytest.raises(RevisionConflict):
        undo_text_change(letter.id, 2 + ahead, at=now(), **BY)
    assert revision_count() == 2


def test_a_text_that_somebody_signed_is_not_replaced_in_silence(letter: Letter) -> None:
    version = save_draft_body(letter, TYPO_BODY)
    with pytest.raises(TextIsSigned):
        publish_unsigned_text(letter.id, version, at=now(), **BY)
    assert revision_count() == 1


def test_each_saved_text_is_the_next_version_and_the_same_text_is_none(letter: Letter) -> None:
    first = draft_of(letter).version
    assert [save_draft_body(letter, body) - first for body in (TYPO_BODY, NEW_BODY, NEW_BODY)] == [1, 2, 2]
    assert draft_of(letter).version == first + 2
    text = text_from_facts({**draft_of(letter).text, "body": TYPO_BODY})
    for version in (first, first + 1, first + 3):
        with pytest.raises(DraftConflict):
            save_draft(letter.id, text, version, staff_id=1, at=now())
    assert draft_of(letter).text["body"] == NEW_BODY


@pytest.mark.parametrize("moves", [(LetterMove.WITHDRAW,), (LetterMove.CLOSE, LetterMove.DELIVER)])
def test_a_text_that_is_out_of_reach_takes_no_draft(letter: Letter, moves: tuple[LetterMove, ...]) -> None:
    draft = draft_of(letter)
    text = text_from_facts({**draft.text, "body": NEW_BODY})
    for move in moves:
        letter.move(move, now())
    db.session.commit()
    with pytest.raises(TextIsLocked):
        save_draft(letter.id, text, draft.version, staff_id=1, at=now())
    assert draft_of(letter).text["body"] != NEW_BODY
