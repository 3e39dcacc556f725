"""Form for a question on a letter's form."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from letterhub.domain.organizations.name_keys import spelling_key
from letterhub.domain.questions.answers import normalize_text
from letterhub.domain.questions.question import (
    CHOICE_LENGTH,
    HELP_LENGTH,
    LABEL_LENGTH,
    MAX_CHOICES,
    Question,
    QuestionKind,
    question_version,
)
from letterhub.web.forms import CommandForm, choice_field, clean_line
from letterhub.web.staff.signatures.review import check_printable

STAFF_ONLY, PUBLIC = "staff", "public"
KIND_LABELS = {
    QuestionKind.SHORT_TEXT: _("Text, one line"),
    QuestionKind.LONG_TEXT: _("Text, several lines"),
    QuestionKind.ONE_CHOICE: _("One choice from a list"),
    QuestionKind.SEVERAL_CHOICES: _("Several choices from a list"),
    QuestionKind.YES_NO: _("Yes or no"),
}


class QuestionForm(CommandForm):
    """Form for a question. `expected_version` is the version of the one that it changes."""

    label = StringField(
        _("Question"), filters=[clean_line],
        validators=[DataRequired(_("Enter the question.")), Length(max=LABEL_LENGTH), check_printable],
    )  # fmt: skip
    help = StringField(_("Help text"), filters=[clean_line], validators=[Length(max=HELP_LENGTH), check_printable])
    kind = choice_field(_("Kind of answer"), KIND_LABELS)
    choices = TextAreaField(_("Choices"), filters=[lambda typed: normalize_text(typed or "")])
    readers = RadioField(
        _("Who sees the answers"),
        default=STAFF_ONLY,
        choices=[
            SelectChoice(STAFF_ONLY, _("Staff only")),
            SelectChoice(PUBLIC, _("Everyone: they appear on the letter’s page, below the name")),
        ],
    )
    is_required = BooleanField(_("An answer is required"))
    expected_version = HiddenField()

    @property
    def listed_choices(self) -> tuple[str, ...]:
        """Choices that were typed, one a line."""
        return tuple(filter(None, (self.choices.data or "").split("\n")))

    def validate_choices(self, _field: Any) -> None:
        """Require choices where the kind has them, which can be told apart."""
        if not QuestionKind(self.kind.data).has_choices:
            return
        listed = self.listed_choices
        if not 2 <= len(listed) <= MAX_CHOICES:
            raise ValidationError(gettext("List 2 to %(most)s choices, each on a line of its own.", most=MAX_CHOICES))
        if any(len(one) > CHOICE_LENGTH for one in listed):
            raise ValidationError(gettext("A choice has up to %(most)s characters.", most=CHOICE_LENGTH))
        if any(";" in one for one in listed):
            raise ValidationError(gettext("Leave out semicolons: tables use them between several choices."))
        if len({spelling_key(one) for one in listed}) < len(listed):
            raise ValidationError(gettext("Two choices are alike. List each once."))

    def to_question(self, question_id: int = 0) -> Question:
        """Return the question that was entered."""
        kind = QuestionKind(self.kind.data)
        return Question(
            question_id, self.label.data, kind, self.help.data, self.listed_choices if kind.has_choices else (),
            self.readers.data == PUBLIC, self.is_required.data,
        )  # fmt: skip


def question_form_from(question: Question) -> QuestionForm:
    """Return the form with a question as it is, or as it was submitted."""
    return QuestionForm(
        data={
            "label": question.label, "help": question.help, "kind": question.kind, "choices": "\n".join(question.choices),
            "readers": PUBLIC if question.is_public else STAFF_ONLY, "is_required": question.is_required,
            "expected_version": question_version(question),
        }
    )  # fmt: skip
