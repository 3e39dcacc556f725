"""Questions of a letter's form: added, changed, moved and removed by its organizers."""

import datetime as dt
from collections.abc import Callable

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.questions.question import (
    Question,
    QuestionGone,
    Questions,
    QuestionsLocked,
    asked_question,
    question_facts,
    question_version,
    questions_from_facts,
    with_added,
    with_changed,
    with_ended,
    with_moved,
)
from letterhub.domain.states import LETTER_STATE_NAMES, LetterState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, append_audit_entry


@one_transaction
def add_question(letter_id: int, new: Question, *, actor: str, at: dt.datetime) -> None:
    """Ask a new question last. Raises TooManyQuestions, SameQuestion and QuestionsLocked."""
    _change(letter_id, lambda questions: with_added(questions, new), "question added", new.label, actor, at)


@one_transaction
def change_question(letter_id: int, changed: Question, expected_version: str, *, actor: str, at: dt.datetime) -> None:
    """Change the question with this id; one that means something else is a new question.

    `expected_version` is the version hash of the one that was shown. Raises QuestionGone, SameQuestion and QuestionsLocked.
    """

    def change(questions: Questions) -> Questions:
        if question_version(asked_question(questions, changed.id)) != expected_version:
            raise QuestionGone(_("This question was changed in the meantime. Open it again to see the change."))
        return with_changed(questions, changed, at)

    _change(letter_id, change, "question changed", changed.label, actor, at)


@one_transaction
def move_question(letter_id: int, question_id: int, steps: int, *, actor: str, at: dt.datetime) -> None:
    """Move a question up, by a negative number of steps, or down. Raises QuestionGone and QuestionsLocked."""
    _change(letter_id, lambda questions: with_moved(questions, question_id, steps), "questions ordered", "", actor, at)


@one_transaction
def remove_question(letter_id: int, question_id: int, *, actor: str, at: dt.datetime) -> str:
    """Ask a question no longer; return its words. Answers to it are kept. Raises QuestionGone and QuestionsLocked."""
    questions = questions_from_facts(db.session.get_one(Letter, letter_id, with_for_update=True).questions)
    label = asked_question(questions, question_id).label
    _change(letter_id, lambda questions: with_ended(questions, question_id, at), "question removed", label, actor, at)
    return label


def _change(
    letter_id: int, change: Callable[[Questions], Questions], action: str, name: str, actor: str, at: dt.datetime
) -> None:
    """Change the questions of a letter, which is locked, and log it unless nothing changes."""
    letter = db.session.get_one(Letter, letter_id, with_for_update=True, populate_existing=True)
    if letter.state in (LetterState.DELIVERED, LetterState.WITHDRAWN):
        state = LETTER_STATE_NAMES[letter.state]
        raise QuestionsLocked(_("This letter is %(state)s, so its questions can’t be changed.", state=state))
    facts = question_facts(change(questions_from_facts(letter.questions)))
    if facts != letter.questions:
        letter.questions = facts
        after = {"name": name} if name else {}
        append_audit_entry(db.session(), ReferenceKind.LETTER.reference(letter_id), actor, action, at=at, after=after)
