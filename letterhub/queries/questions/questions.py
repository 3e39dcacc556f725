"""Questions of a letter, and the answers that its page shows."""

from collections.abc import Sequence

from sqlalchemy import select

from letterhub.domain.questions.answers import AnsweredQuestion, answered_questions
from letterhub.domain.questions.question import Questions, questions_from_facts
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature


def letter_questions(letter_id: int) -> Questions:
    """Return all questions that a letter asks or ever asked."""
    return questions_from_facts(db.session.scalars(select(Letter.questions).where(Letter.id == letter_id)).one())


def public_answers(questions: Questions, signature_ids: Sequence[int]) -> tuple[tuple[AnsweredQuestion, ...], ...]:
    """Return what the letter's page shows of the answers of each listed signature, in order."""
    rows = db.session.execute(select(Signature.id, Signature.answers).where(Signature.id.in_(signature_ids)))
    stored = {row.id: row.answers for row in rows}
    return tuple(answered_questions(questions, stored.get(signature_id), public_only=True) for signature_id in signature_ids)


def table_questions(letter_id: int) -> Questions:
    """Return the questions that have a column in tables: those that are asked, and former ones that somebody answered."""
    questions = letter_questions(letter_id)
    if all(one.ended_at is None for one in questions):
        return questions
    rows = db.session.scalars(select(Signature.answers).where(Signature.letter_id == letter_id, Signature.answers.is_not(None)))
    answered = {key for answers in rows for key in answers or {}}
    return tuple(one for one in questions if one.ended_at is None or one.key in answered)
