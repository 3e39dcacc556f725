"""Naughty strings as answers and as questions: never an error, an exact round trip or a clear refusal."""

import pytest
from flask import Flask

from letterhub.domain.line_validation import normalize_line
from letterhub.domain.questions.answers import normalize_text
from letterhub.domain.questions.question import Question, QuestionKind, question_facts, with_added
from letterhub.infrastructure.db import db
from letterhub.models import Letter
from tests.integration.abuse.test_naughty_forms import OURS, is_too_large, newest, sent
from tests.support import factories
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("S17")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with a question of one line, one of several lines, and one of choices."""
    app.config["WTF_CSRF_ENABLED"] = False
    questions = with_added((), Question(0, "One line?", QuestionKind.SHORT_TEXT, is_public=True))
    questions = with_added(questions, Question(0, "Lines?", QuestionKind.LONG_TEXT))
    questions = with_added(questions, Question(0, "Which?", QuestionKind.SEVERAL_CHOICES, choices=("A", "B")))
    letter = factories.open_letter()
    letter.questions = question_facts(questions)
    db.session.commit()
    return letter


@pytest.mark.parametrize("typed", OURS)
def test_an_answer_is_stored_or_refused(visitor: Visitor, otto: Visitor, letter: Letter, typed: str) -> None:
    fields = {"question-1": typed, "question-2": f"{typed}\n{typed}"}
    response = sent(visitor, letter, **fields)
    if is_too_large(typed, 3) and response.status_code == 413:
        return
    assert response.status_code in (302, 303, 422), response.status_code
    if response.status_code == 422:
        return
    one, several = normalize_line(typed), normalize_text(f"{typed}\n{typed}")
    assert newest().answers == ({key: text for key, text in {"1": one, "2": several}.items() if text} or None)
    address = f"/staff/coalition-for-clean-rivers/letters/{letter.slug}/signatures/{newest().id}"
    assert otto.open(address)
    assert sent(visitor, letter, **{"question-3": typed}).status_code in (302, 303, 422)


@pytest.mark.parametrize("typed", OURS)
def test_a_question_is_asked_or_refused(visitor: Visitor, otto: Visitor, letter: Letter, typed: str) -> None:
    address = f"/staff/coalition-for-clean-rivers/letters/{letter.slug}/questions/new"
    data = {"label": typed, "help": typed, "kind": "one-choice", "choices": f"{typed}\nOther", "readers": "public"}
    status = otto.ask(address, method="POST", data=data).status_code
    assert status in (303, 413, 422)
    assert visitor.visit("signing.new", slug=letter.slug)
