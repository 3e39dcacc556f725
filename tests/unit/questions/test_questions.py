"""Rules of a letter's own questions: how the list changes, and that no answer ever stands under other words."""

import datetime as dt

import pytest

from letterhub.domain.questions.question import (
    MAX_QUESTIONS,
    Question,
    QuestionGone,
    QuestionKind,
    Questions,
    SameQuestion,
    TooManyQuestions,
    asked,
    column_headings,
    question_facts,
    questions_from_facts,
    with_added,
    with_changed,
    with_ended,
    with_moved,
)

AT = dt.datetime(2026, 12, 3, 12, tzinfo=dt.UTC)
SIZE = Question(0, "How many members?", QuestionKind.SHORT_TEXT)
CALL = Question(0, "May the press call?", QuestionKind.YES_NO, is_required=True)
WHY = Question(0, "Why do you sign?", QuestionKind.LONG_TEXT, is_public=True)


def of(*new: Question) -> Questions:
    questions: Questions = ()
    for one in new:
        questions = with_added(questions, one)
    return questions


def labels(questions: Questions) -> list[str]:
    return [one.label for one in asked(questions)]


def test_questions_are_stored_as_they_are() -> None:
    questions = with_ended(of(SIZE, CALL, WHY), 2, AT)
    assert questions_from_facts(question_facts(questions)) == questions


@pytest.mark.parametrize(
    ("changes", "same_id"),
    [
        ({"help": "Roughly."}, True), ({"is_required": True}, True), ({"label": "How many groups?"}, False),
        ({"kind": QuestionKind.LONG_TEXT}, False), ({"is_public": True}, False),
        ({"kind": QuestionKind.ONE_CHOICE, "choices": ("1", "2")}, False),
    ],
)  # fmt: skip
def test_what_asks_something_else_is_a_new_question(changes: dict[str, object], same_id: bool) -> None:
    questions = of(SIZE, CALL)
    facts = question_facts(questions[:1])[0] | changes
    changed = with_changed(questions, questions_from_facts([facts])[0], AT)
    assert [one.id for one in asked(changed)] == ([1, 2] if same_id else [3, 2])
    assert [one.id for one in changed if one.ended_at] == ([] if same_id else [1])


def test_an_id_is_never_used_again() -> None:
    questions = with_added(with_ended(of(SIZE, CALL), 2, AT), WHY)
    assert [(one.id, one.label) for one in asked(questions)] == [(1, SIZE.label), (3, WHY.label)]


@pytest.mark.parametrize(
    ("moved", "steps", "order"),
    [(1, 1, [2, 1, 3]), (3, -1, [1, 3, 2]), (1, -1, [1, 2, 3]), (3, 1, [1, 2, 3]), (3, -9, [3, 1, 2])],
)
def test_questions_are_moved(moved: int, steps: int, order: list[int]) -> None:
    assert [one.id for one in asked(with_moved(of(SIZE, CALL, WHY), moved, steps))] == order


def test_a_form_asks_ten_questions_each_once() -> None:
    questions = of(*(Question(0, f"Question {number}?", QuestionKind.YES_NO) for number in range(MAX_QUESTIONS)))
    with pytest.raises(TooManyQuestions):
        with_added(questions, SIZE)
    questions = with_ended(questions, 4, AT)
    with pytest.raises(SameQuestion):
        with_added(questions, Question(0, "QUESTION 0?", QuestionKind.SHORT_TEXT))
    assert labels(with_added(questions, SIZE))[-1] == SIZE.label


def test_a_question_that_is_gone_is_not_changed() -> None:
    questions = with_ended(of(SIZE), 1, AT)
    for question_id in (1, 7):
        with pytest.raises(QuestionGone):
            with_ended(questions, question_id, AT)
        with pytest.raises(QuestionGone):
            with_moved(questions, question_id, 1)


def test_headings_tell_former_questions() -> None:
    assert column_headings(with_ended(of(SIZE, CALL), 1, AT)) == [CALL.label, "How many members? (asked until 2026-12-03)"]
