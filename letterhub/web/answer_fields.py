"""Fields of forms for a letter's own questions: on the public form, and where staff correct a signature."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, RadioField, SelectChoice, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from letterhub.domain.questions.answers import (
    LONG_LENGTH,
    NO,
    SHORT_LENGTH,
    YES,
    Answer,
    Answers,
    answer_error,
    in_order,
    normalize_text,
    required_error,
)
from letterhub.domain.questions.question import Question, QuestionKind, Questions
from letterhub.web.forms import clean_line


class AnswerFields:
    """Mixin of a form with a field for each of a letter's `questions`, named `question-1` and so on.

    It stands before the form's class. Where `requires_answers` is off, required questions may stay without an answer unless
    their keys are among those `answered_before`.
    """

    _fields: dict[str, Field]
    _prefix: str
    meta: Any
    questions: Questions = ()
    requires_answers = True
    answered_before: frozenset[str] = frozenset()

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Add the fields, then read the input into all."""
        for question in self.questions:
            is_required = question.is_required and (self.requires_answers or question.key in self.answered_before)
            options = {"name": question.field_name, "prefix": self._prefix, "translations": self.meta.get_translations(self)}
            field = self.meta.bind_field(self, _answer_field(question, is_required=is_required), options)
            field.is_answer_required = is_required
            self._fields[question.field_name] = field
        super().process(*args, **kwargs)  # type: ignore[misc]

    @property
    def answer_fields(self) -> list[tuple[Question, Field]]:
        """Questions with their fields, in order. A field knows whether it `is_answer_required`."""
        return [(question, self._fields[question.field_name]) for question in self.questions]

    def to_answers(self) -> Answers | None:
        """Return the answers, empty ones for what was not answered; None for a letter without questions."""
        return {question.key: field.data or "" for question, field in self.answer_fields} or None


def form_data_from_answers(questions: Questions, answers: Answers | None) -> dict[str, Any]:
    """Return the form data that gives answers."""
    return {one.field_name: answers[one.key] for one in questions if answers and one.key in answers}


def _answer_field(question: Question, *, is_required: bool) -> Any:
    """Return the field of a question, unbound. Nothing is chosen at first."""
    validators = (_answered(question, is_required=is_required),)
    match question.kind:
        case QuestionKind.SHORT_TEXT:
            render = {"maxlength": SHORT_LENGTH}
            return StringField(question.label, filters=(clean_line,), validators=validators, render_kw=render)
        case QuestionKind.LONG_TEXT:
            render = {"maxlength": LONG_LENGTH, "rows": 4}
            filters = (lambda typed: normalize_text(typed or ""),)
            return TextAreaField(question.label, filters=filters, validators=validators, render_kw=render)
        case QuestionKind.SEVERAL_CHOICES:
            return SelectMultipleField(
                question.label, choices=[SelectChoice(one, one) for one in question.choices], validators=validators,
                filters=(lambda chosen: in_order(question, chosen or ()),), validate_choice=False,
                option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False),
            )  # fmt: skip
        case QuestionKind.ONE_CHOICE | QuestionKind.YES_NO:
            choices = [SelectChoice(one, one) for one in question.choices] or [
                SelectChoice(YES, _("Yes")),
                SelectChoice(NO, _("No")),
            ]
            if not is_required:
                choices.append(SelectChoice("", _("No answer")))
            return RadioField(
                question.label,
                choices=choices,
                validators=validators,
                filters=(lambda chosen: chosen or "",),
                validate_choice=False,
            )


def _answered(question: Question, *, is_required: bool) -> Callable[[Any, Field], None]:
    """Return the validator of an answer."""

    def validate(_form: Any, field: Field) -> None:
        answer: Answer = field.data or ""
        if sentence := answer_error(question, answer) or (required_error(question) if is_required and not answer else ""):
            raise ValidationError(sentence)

    return validate
