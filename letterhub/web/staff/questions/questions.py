"""Questions that organizers add to a letter's form."""

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.questions.questions import add_question, change_question, move_question, remove_question
from letterhub.domain.accounts.roles import Role
from letterhub.domain.questions.question import MAX_QUESTIONS, asked
from letterhub.domain.states import LetterState
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.questions.questions import letter_questions
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.staff.questions.question_form import KIND_LABELS, QuestionForm, question_form_from

bp = Blueprint("questions", __name__)
STEPS = {"up": -1, "down": 1}


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the questions that the form asks."""
    header = get_letter_or_404(staff, slug)
    questions = asked(letter_questions(header.letter_id))
    return render_template(
        "staff/questions/index.html", staff=staff, header=header, tab="settings", questions=questions, kinds=KIND_LABELS,
        may_change=staff.role.covers(Role.ORGANIZER) and header.state not in (LetterState.DELIVERED, LetterState.WITHDRAWN),
        is_full=len(questions) >= MAX_QUESTIONS, most=MAX_QUESTIONS,
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the form for a new question; a POST adds it."""
    header, form = get_letter_or_404(staff, slug), QuestionForm()
    if form.validate_on_submit():
        with form.showing_errors():
            add_question(header.letter_id, form.to_question(), actor=staff.actor, at=now())
            flash(_("The form asks this question now."), "good")
            return redirect_to(staff, ".index", slug=slug)
    return _render_form(staff, header, form)


@bp.route("/<int:question_id>", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def edit(staff: StaffContext, slug: str, question_id: int) -> ResponseReturnValue:
    """Show the form for a question; a POST changes it."""
    header = get_letter_or_404(staff, slug)
    current = asked(letter_questions(header.letter_id))
    question = next((one for one in current if one.id == question_id), None) or abort(404)
    form = question_form_from(question)
    if form.validate_on_submit():
        with form.showing_errors():
            changed, version = form.to_question(question_id), form.expected_version.data or ""
            change_question(header.letter_id, changed, version, actor=staff.actor, at=now())
            flash(_("Saved."), "good")
            return redirect_to(staff, ".index", slug=slug)
    return _render_form(staff, header, form, question_id)


@bp.post("/<int:question_id>/move")
@staff_only(Role.ORGANIZER)
def move(staff: StaffContext, slug: str, question_id: int) -> ResponseReturnValue:
    """Move a question up or down."""
    header, steps = get_letter_or_404(staff, slug), STEPS.get(request.form.get("to", "")) or abort(400)
    with flash_errors():
        move_question(header.letter_id, question_id, steps, actor=staff.actor, at=now())
    return redirect_to(staff, ".index", slug=slug, _anchor=f"question-{question_id}")


@bp.post("/<int:question_id>/delete")
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, slug: str, question_id: int) -> ResponseReturnValue:
    """Ask a question no longer."""
    header = get_letter_or_404(staff, slug)
    with flash_errors():
        label = remove_question(header.letter_id, question_id, actor=staff.actor, at=now())
        flash(_("The form no longer asks “%(question)s”. Answers to it are kept.", question=label), "good")
    return redirect_to(staff, ".index", slug=slug)


def _render_form(
    staff: StaffContext, header: LetterHeader, form: QuestionForm, question_id: int | None = None
) -> ResponseReturnValue:
    page = render_template(
        "staff/questions/form.html", staff=staff, header=header, tab="settings", form=form, question_id=question_id
    )
    return page, 422 if form.errors else 200
