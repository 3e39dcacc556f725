"""Answers of a signatory, which staff correct."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField

from letterhub.commands.questions.answers import correct_answers
from letterhub.domain.accounts.roles import Role
from letterhub.domain.questions.question import asked
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.questions.questions import letter_questions
from letterhub.queries.signatures.review import SignatureDetails
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.answer_fields import AnswerFields, form_data_from_answers
from letterhub.web.forms import CommandForm
from letterhub.web.staff.signatures.evidence import signature_or_404, signature_target

bp = Blueprint("answer_correction", __name__)


class AnswersForm(AnswerFields, CommandForm):
    """Form that corrects the answers of a signature; `expected_version` is that of its line and answers as shown."""

    requires_answers = False
    expected_version = HiddenField()

    def __init__(self, header: LetterHeader, signature: SignatureDetails) -> None:
        self.questions = asked(letter_questions(header.letter_id))
        stored = form_data_from_answers(self.questions, signature.answers)
        super().__init__(data=stored | {"expected_version": signature.line_version})


@bp.route("/<int:signature_id>/answers", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def edit(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """Show the answers of a signature in a form; a POST corrects them."""
    header = get_letter_or_404(staff, slug)
    signature = signature_or_404(header, signature_id)
    form = AnswersForm(header, signature)
    if form.validate_on_submit():
        with form.showing_errors():
            correct_answers(signature_target(staff, signature_id, form.expected_version.data), form.to_answers() or {})
            flash(_("Corrected."), "good")
            return redirect_to(staff, "signatures.detail", slug=slug, signature_id=signature_id)
    page = render_template(
        "staff/questions/answers.html", staff=staff, header=header, tab="signatures", name=signature, form=form
    )
    return page, 422 if form.errors else 200
