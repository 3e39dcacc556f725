"""Answers to a letter's questions in an uploaded table of names."""

from collections.abc import Sequence
from dataclasses import replace

from letterhub.domain.i18n import _
from letterhub.domain.questions.answers import Answer, answer_from_cell, answered_questions
from letterhub.domain.questions.question import Questions, asked
from letterhub.domain.signatures.signatory_import import ParsedRow
from letterhub.intake.tables.target_fields import SIGNATORY_FIELDS, TargetField, question_fields
from letterhub.queries.questions.questions import letter_questions

MAX_SHOWN = 60
"""Characters of an answer that a note shows."""


def name_fields(letter_id: int) -> Sequence[TargetField]:
    """Return the fields of an import of names into a letter: those of signatories, and its questions."""
    return (*SIGNATORY_FIELDS, *question_fields(letter_questions(letter_id)))


def with_answers(letter_id: int, rows: Sequence[ParsedRow]) -> tuple[ParsedRow, ...]:
    """Return the rows of a letter's table with their answers, which are shown as remarks. What answers no question so is left
    out, with a note."""
    questions = asked(letter_questions(letter_id))
    return tuple(_with_answers(questions, row) for row in rows) if questions else tuple(rows)


def _with_answers(questions: Questions, row: ParsedRow) -> ParsedRow:
    answers, notes = dict[str, Answer](), list[str]()
    for question in questions:
        cell = row.values.get(question.field_name, "")
        answer, error = answer_from_cell(question, cell)
        if answer:
            answers[question.key] = answer
        if error:
            shown, label = cell[:MAX_SHOWN], question.label
            notes.append(_("“%(answer)s” doesn’t answer “%(question)s” and was left out.", answer=shown, question=label))
    given = [f"{one.question.label}: {one.text}" for one in answered_questions(questions, answers)]
    return replace(row, answers=answers or None, notes=(*row.notes, *notes), remarks=(*row.remarks, *given))
