"""Answers to a letter's questions: what may be answered, what is stored, and how it reads.

Stored are `Answers`: by the key of the question a text, or a list of choices; "yes" or "no" to a question of that kind. What
was not answered is not among them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from letterhub.domain.i18n import _
from letterhub.domain.line_validation import contains_web_address, line_error, normalize_line
from letterhub.domain.organizations.name_keys import spelling_key
from letterhub.domain.questions.question import Question, QuestionKind, Questions

Answer = str | list[str]
Answers = Mapping[str, Answer]

SHORT_LENGTH, LONG_LENGTH = 300, 2_000
MAX_INPUT = 8_000
YES, NO = "yes", "no"
_YES_WORDS = frozenset({"yes", "y", "true", "1", "x", "ja", "oui", "si"})
_NO_WORDS = frozenset({"no", "n", "false", "0", "nein", "non"})
MANY_CHOICES_SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """Answer as people read it, under the words that were answered."""

    question: Question
    text: str


def normalize_text(typed: str) -> str:
    """Return a text of several lines, each as one that can be printed, without empty lines around it or two in a row."""
    lines = [normalize_line(line) for line in re.split(r"\r\n?|\n", typed[:MAX_INPUT])]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def answer_error(question: Question, answer: Answer) -> str:
    """Return the sentence that refuses an answer; "" if it can be stored. No answer is never refused here."""
    if not answer:
        return ""
    match question.kind:
        case QuestionKind.ONE_CHOICE | QuestionKind.SEVERAL_CHOICES:
            chosen = [answer] if isinstance(answer, str) else answer
            return "" if set(chosen) <= set(question.choices) else _("Choose from the list.")
        case QuestionKind.YES_NO:
            return "" if answer in (YES, NO) else _("Choose yes or no.")
        case QuestionKind.SHORT_TEXT | QuestionKind.LONG_TEXT:
            return _text_error(question, str(answer))


def _text_error(question: Question, text: str) -> str:
    most = SHORT_LENGTH if question.kind is QuestionKind.SHORT_TEXT else LONG_LENGTH
    if len(text) > most:
        return _("This answer is longer than %(most)s characters.", most=most)
    lines = text.split("\n")
    if trouble := next(filter(None, (line_error(line, most) for line in lines)), ""):
        return _("We can’t print this: it %(trouble)s.", trouble=trouble)
    if question.is_public and any(
        contains_web_address(line[start : start + 500]) for line in lines for start in range(0, len(line), 400)
    ):
        return _("This answer appears on the letter. Leave out web addresses, email addresses and phone numbers.")
    return ""


def required_error(question: Question) -> str:
    """Return the sentence for a required question without an answer."""
    return _("Answer the question “%(question)s”.", question=question.label)


def merge_answers(stored: Answers | None, new: Answers | None) -> dict[str, Answer] | None:
    """Return the stored answers with new ones: those to other questions are kept, and an empty one takes an answer away. None
    if nothing is answered."""
    merged = {key: answer for key, answer in {**(stored or {}), **(new or {})}.items() if answer}
    return merged or None


def answered_questions(
    questions: Questions, answers: Answers | None, *, public_only: bool = False
) -> tuple[AnsweredQuestion, ...]:
    """Return what was answered, in the order of the questions; with `public_only`, what the letter's page shows."""
    shown = [one for one in questions if not public_only or (one.is_public and one.ended_at is None)]
    return tuple(
        AnsweredQuestion(one, answer_text(one, (answers or {})[one.key])) for one in shown if one.key in (answers or {})
    )


def answer_text(question: Question, answer: Answer) -> str:
    """Return an answer as people read it."""
    if question.kind is QuestionKind.YES_NO:
        return _("Yes") if answer == YES else _("No")
    return answer if isinstance(answer, str) else MANY_CHOICES_SEPARATOR.join(answer)


def answer_cells(questions: Sequence[Question], answers: Answers | None) -> list[str]:
    """Return the cells of a table's row, one for each question, "" for no answer."""
    stored = answers or {}
    return [answer_text(one, stored[one.key]) if one.key in stored else "" for one in questions]


def answer_from_cell(question: Question, cell: str) -> tuple[Answer, str]:
    """Return the answer in a table's cell, "" for none, and the sentence that refuses it, "" for none."""
    text = normalize_text(cell)
    match question.kind:
        case QuestionKind.LONG_TEXT:
            answer: Answer = text
        case QuestionKind.SHORT_TEXT:
            answer = normalize_line(text)
        case QuestionKind.YES_NO:
            word = spelling_key(text)
            answer = YES if word in _YES_WORDS else NO if word in _NO_WORDS else text
        case QuestionKind.ONE_CHOICE:
            answer = _choice(question, text)
        case QuestionKind.SEVERAL_CHOICES:
            answer = _choices(question, text)
    error = answer_error(question, answer)
    return ("", error) if error else (answer, "")


def _choices(question: Question, text: str) -> list[str]:
    """Return the choices that a text lists, each once, in the question's order; parts that are none as they are."""
    found = []
    for part in re.split(r"[;\n]", text):
        whole = _choice(question, part)
        found += [whole] if whole in question.choices else [_choice(question, piece) for piece in part.split(",")]
    return in_order(question, filter(None, found))


def in_order(question: Question, chosen: Iterable[str]) -> list[str]:
    """Return choices each once, in the question's order; what is no choice comes last, to be refused."""
    once = dict.fromkeys(chosen)
    return [one for one in question.choices if one in once] + [one for one in once if one not in question.choices]


def _choice(question: Question, text: str) -> str:
    key = spelling_key(text)
    return next((one for one in question.choices if spelling_key(one) == key), text.strip())


def changed_questions(questions: Questions, before: Answers | None, after: Answers | None) -> tuple[Question, ...]:
    """Return the questions whose answers differ."""
    return tuple(one for one in questions if (before or {}).get(one.key) != (after or {}).get(one.key))


def has_public_text(questions: Questions, answers: Answers | None) -> bool:
    """Return whether freely typed answers would appear on the letter's page."""
    return any(one.is_public_text and one.ended_at is None and one.key in (answers or {}) for one in questions)
