"""Rules of answers: what is stored, refused and shown, from a form or from a table's cell."""

import pytest

from letterhub.domain.questions.answers import (
    Answer,
    answer_error,
    answer_from_cell,
    answer_text,
    answered_questions,
    changed_questions,
    has_public_text,
    merge_answers,
    normalize_text,
)
from letterhub.domain.questions.question import Question, QuestionKind

TEXT = Question(1, "How many members?", QuestionKind.SHORT_TEXT)
PUBLIC = Question(2, "Why do you sign?", QuestionKind.LONG_TEXT, is_public=True)
ONE = Question(3, "Which region?", QuestionKind.ONE_CHOICE, choices=("North", "South, East", "São Paulo"), is_public=True)
SEVERAL = Question(4, "How can you help?", QuestionKind.SEVERAL_CHOICES, choices=("Calls", "Letters, posts", "Money"))
YES_NO = Question(5, "May the press call?", QuestionKind.YES_NO)


@pytest.mark.parametrize(
    ("question", "cell", "answer"),
    [
        (TEXT, "  40\n ", "40"), (TEXT, "", ""), (PUBLIC, "One.\r\n\r\n\r\n\r\nTwo.", "One.\n\nTwo."),
        (ONE, "north", "North"), (ONE, "south east", "South, East"), (ONE, "Sao Paulo", "São Paulo"), (ONE, "", ""),
        (SEVERAL, "Money; calls", ["Calls", "Money"]), (SEVERAL, "Letters, posts", ["Letters, posts"]),
        (SEVERAL, "Calls, Money", ["Calls", "Money"]), (SEVERAL, "Money\nMoney", ["Money"]), (SEVERAL, "", []),
        (YES_NO, "YES", "yes"), (YES_NO, "x", "yes"), (YES_NO, "No.", "no"), (YES_NO, "0", "no"), (YES_NO, "", ""),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_an_answer(question: Question, cell: str, answer: Answer) -> None:
    assert answer_from_cell(question, cell) == (answer, "")


@pytest.mark.parametrize(
    ("question", "answer", "words"),
    [
        (TEXT, "x" * 301, "longer than 300"), (PUBLIC, "x" * 2001, "longer than 2,000"),
        (TEXT, "Z" + "\u0300" * 9, "stacks too many"),
        (PUBLIC, "Please see https://win.example/now", "Leave out web addresses"),
        (PUBLIC, "x " * 300 + "https://win.example/now", "Leave out web addresses"),
        (ONE, "West", "Choose from the list"), (SEVERAL, ["Calls", "Parties"], "Choose from the list"),
        (YES_NO, "maybe", "Choose yes or no"),
    ],
)  # fmt: skip
def test_what_answers_no_question_is_refused(question: Question, answer: Answer, words: str) -> None:
    assert words in answer_error(question, answer)


@pytest.mark.parametrize(
    ("question", "answer"),
    [(TEXT, "See https://alliance.example"), (PUBLIC, "We drink it.\nAll of us."), (TEXT, ""), (ONE, ""), (SEVERAL, [])],
)
def test_other_answers_are_stored(question: Question, answer: Answer) -> None:
    assert answer_error(question, answer) == ""


def test_answers_read_as_people_write() -> None:
    assert answer_text(YES_NO, "yes") == "Yes"
    assert answer_text(SEVERAL, ["Calls", "Money"]) == "Calls; Money"
    assert answer_text(TEXT, "40") == "40"


def test_what_is_exported_is_imported_again() -> None:
    for question, answer in ((YES_NO, "no"), (SEVERAL, ["Letters, posts", "Money"]), (ONE, "South, East"), (PUBLIC, "A\nB")):
        assert answer_from_cell(question, answer_text(question, answer)) == (answer, "")


def test_answers_are_merged_by_question() -> None:
    assert merge_answers({"1": "40", "9": "kept"}, {"1": "", "2": "Why"}) == {"9": "kept", "2": "Why"}
    assert merge_answers({"1": "40"}, {"1": ""}) is None
    assert merge_answers(None, None) is None


def test_the_public_reads_public_answers_alone() -> None:
    answers = {"1": "40", "2": "It matters.", "5": "yes"}
    questions = (TEXT, PUBLIC, YES_NO)
    assert [one.text for one in answered_questions(questions, answers)] == ["40", "It matters.", "Yes"]
    assert [one.text for one in answered_questions(questions, answers, public_only=True)] == ["It matters."]
    assert has_public_text(questions, answers)
    assert not has_public_text(questions, {"1": "40"})
    assert not has_public_text((ONE,), {"3": "North"})
    assert changed_questions(questions, answers, {"1": "41", "5": "yes"}) == (TEXT, PUBLIC)


@pytest.mark.parametrize(
    ("typed", "text"),
    [("a\x00b\u202e", "ab"), ("\n\n", ""), ("  one  \r two ", "one\ntwo"), ("\u2028", ""), ("e\u0301", "é")],
)
def test_a_text_is_normalized(typed: str, text: str) -> None:
    assert normalize_text(typed) == text
