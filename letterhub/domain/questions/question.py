"""Questions that organizers add to a letter's form: their kinds, and the list that a letter keeps.

A question never changes its meaning: with other words, kind, choices or readers it is a new question, and the one before is no
longer asked. So an answer always stands under the words that were answered.
"""

import datetime as dt
import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.serialization import fingerprint

MAX_QUESTIONS = 10
MAX_CHOICES = 20
LABEL_LENGTH, HELP_LENGTH, CHOICE_LENGTH = 200, 300, 100


class QuestionKind(enum.StrEnum):
    """Kind of a question: what is answered to it."""

    SHORT_TEXT = "short-text"
    LONG_TEXT = "long-text"
    ONE_CHOICE = "one-choice"
    SEVERAL_CHOICES = "several-choices"
    YES_NO = "yes-no"

    @property
    def has_choices(self) -> bool:
        """Return whether organizers list the possible answers."""
        return self in (QuestionKind.ONE_CHOICE, QuestionKind.SEVERAL_CHOICES)

    @property
    def is_text(self) -> bool:
        """Return whether the answer is typed freely."""
        return self in (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT)


class TooManyQuestions(UserFacingError):
    """Raised when a letter asks as many questions as it may."""

    field = "label"


class SameQuestion(UserFacingError):
    """Raised for a question that the letter asks already."""

    field = "label"


class QuestionsLocked(UserFacingError):
    """Raised when a letter was delivered or withdrawn, so that its form stays as it is."""


class QuestionGone(UserFacingError):
    """Raised when a question was changed or removed in the meantime."""


@dataclass(frozen=True, slots=True)
class Question:
    """Question of a letter, in its language. `id` is unique under the letter and never used again; `ended_at` is when it was
    asked last, None while it is."""

    id: int
    label: str
    kind: QuestionKind
    help: str = ""
    choices: tuple[str, ...] = ()
    is_public: bool = False
    is_required: bool = False
    ended_at: dt.datetime | None = None

    @property
    def key(self) -> str:
        """Key of its answer, in stored answers."""
        return str(self.id)

    @property
    def field_name(self) -> str:
        """Name of its field in forms, and of its column in tables."""
        return f"question-{self.id}"

    @property
    def is_public_text(self) -> bool:
        """Return whether the letter's page shows what signatories type freely."""
        return self.is_public and self.kind.is_text

    def means_as(self, other: "Question") -> bool:
        """Return whether another question asks the same of the same readers."""
        return (self.label, self.kind, self.choices, self.is_public) == (
            other.label,
            other.kind,
            other.choices,
            other.is_public,
        )


Questions = tuple[Question, ...]
"""All questions that a letter asks or ever asked: those that it asks in their order, then the others."""


def questions_from_facts(facts: Iterable[Mapping[str, Any]]) -> Questions:
    """Return the questions that a letter keeps as plain values."""
    return tuple(
        Question(
            one["id"], one["label"], QuestionKind(one["kind"]), one["help"], tuple(one["choices"]), one["is_public"],
            one["is_required"], dt.datetime.fromisoformat(one["ended_at"]) if one["ended_at"] else None,
        )
        for one in facts
    )  # fmt: skip


def question_facts(questions: Questions) -> list[dict[str, Any]]:
    """Return questions as plain values."""
    return [
        asdict(one)
        | {"kind": str(one.kind), "choices": [*one.choices], "ended_at": one.ended_at.isoformat() if one.ended_at else None}
        for one in questions
    ]


def asked(questions: Questions) -> Questions:
    """Return the questions that the form asks."""
    return tuple(one for one in questions if one.ended_at is None)


def with_added(questions: Questions, new: Question) -> Questions:
    """Return the questions with a new one asked last. Raises TooManyQuestions."""
    current = asked(questions)
    if len(current) >= MAX_QUESTIONS:
        raise TooManyQuestions(_("A form has up to %(most)s questions. Remove one to add another.", most=MAX_QUESTIONS))
    _check_new_words(new, current)
    return (*current, replace(new, id=_next_id(questions)), *_ended(questions))


def with_changed(questions: Questions, changed: Question, at: dt.datetime) -> Questions:
    """Return the questions with one changed: a new one in its place if it means something else. Raises QuestionGone."""
    before = asked_question(questions, changed.id)
    current = list(asked(questions))
    _check_new_words(changed, [one for one in current if one is not before])
    if before.means_as(changed):
        current[current.index(before)] = changed
        return (*current, *_ended(questions))
    current[current.index(before)] = replace(changed, id=_next_id(questions))
    return (*current, *_ended(questions), replace(before, ended_at=at))


def with_ended(questions: Questions, question_id: int, at: dt.datetime) -> Questions:
    """Return the questions with one that is no longer asked. Raises QuestionGone."""
    before = asked_question(questions, question_id)
    current = [one for one in asked(questions) if one is not before]
    return (*current, *_ended(questions), replace(before, ended_at=at))


def with_moved(questions: Questions, question_id: int, steps: int) -> Questions:
    """Return the questions with one moved up by a negative number of steps, or down, as far as there are others. Raises
    QuestionGone."""
    moved = asked_question(questions, question_id)
    current = [one for one in asked(questions) if one is not moved]
    place = max(0, asked(questions).index(moved) + steps)
    current.insert(place, moved)
    return (*current, *_ended(questions))


def asked_question(questions: Questions, question_id: int) -> Question:
    """Return the question with this id. Raises QuestionGone if it is not asked."""
    for one in asked(questions):
        if one.id == question_id:
            return one
    raise QuestionGone(_("This question was changed or removed in the meantime. Nothing was changed."))


def question_version(question: Question) -> str:
    """Return the version hash of a question, for optimistic concurrency."""
    return fingerprint({"question": question_facts((question,))})[:16]


def column_headings(questions: Sequence[Question]) -> list[str]:
    """Return the heading of each question's column in tables: its words, with the last day for one that is no longer asked."""
    return [
        one.label
        if one.ended_at is None
        else _("%(question)s (asked until %(day)s)", question=one.label, day=_day(one.ended_at))
        for one in questions
    ]


def _check_new_words(question: Question, others: Iterable[Question]) -> None:
    """Raise SameQuestion if another question has these words."""
    if question.label.casefold() in {one.label.casefold() for one in others}:
        raise SameQuestion(_("The form asks this already."))


def _day(moment: dt.datetime) -> str:
    return moment.date().isoformat()


def _ended(questions: Questions) -> Questions:
    return tuple(one for one in questions if one.ended_at is not None)


def _next_id(questions: Questions) -> int:
    return max((one.id for one in questions), default=0) + 1
