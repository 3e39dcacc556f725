"""Comments on a draft, for staff: all threads beside the sheet, answered and settled."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_security import current_user

from letterhub.clock import now
from letterhub.commands.drafting.comments import CommentAuthor, add_comment, answer_thread
from letterhub.domain.accounts.roles import Role
from letterhub.domain.drafting.comments import MAX_AUTHOR, choose_passage
from letterhub.domain.errors import UserFacingError
from letterhub.queries.accounts import StaffContext
from letterhub.queries.drafting.comments import draft_paragraphs, draft_threads
from letterhub.queries.letters.drafts import load_draft_state
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.drafting.comment_forms import CommentForm, ThreadForm, anchor_of
from letterhub.web.staff.letters.editor import draft_preview

bp = Blueprint("draft_comments", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the comments beside the draft."""
    return _render_page(staff, slug)


@bp.post("")
@staff_only(Role.REVIEWER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Store a comment."""
    header, form = get_letter_or_404(staff, slug), CommentForm()
    if form.validate():
        with form.showing_errors():
            paragraphs = draft_paragraphs(load_draft_state(header.letter_id).text)
            passage = choose_passage(paragraphs, form.passage.data or "", form.words.data)
            thread_id = add_comment(header.letter_id, form.text.data, passage, _author(staff), now())
            return redirect_to(staff, ".index", slug=slug, _anchor=anchor_of(thread_id))
    return _render_page(staff, slug, form), 422


@bp.post("/<int:thread_id>")
@staff_only(Role.REVIEWER)
def answer(staff: StaffContext, slug: str, thread_id: int) -> ResponseReturnValue:
    """Store a reply to a comment; settle it, or open it again."""
    header, form = get_letter_or_404(staff, slug), ThreadForm()
    if form.validate():
        with form.showing_errors():
            answer_thread(header.letter_id, thread_id, form.text.data, _author(staff), now(), switch=form.switch.data)
            return redirect_to(staff, ".index", slug=slug, _anchor=anchor_of(thread_id))
    return _render_page(staff, slug, answer_form=form, answered_id=thread_id), 422


def _author(staff: StaffContext) -> CommentAuthor:
    """Return the current member as an author, by the name of the account."""
    return CommentAuthor((current_user.name or current_user.email)[:MAX_AUTHOR], staff_id=staff.staff_id)


def _render_page(
    staff: StaffContext,
    slug: str,
    form: CommentForm | None = None,
    answer_form: ThreadForm | None = None,
    answered_id: int = 0,
) -> str:
    """Render the page; `form` or `answer_form`, the latter at the thread with `answered_id`, keep what was typed."""
    header = get_letter_or_404(staff, slug)
    text = load_draft_state(header.letter_id).text
    try:
        paragraphs = draft_paragraphs(text)
    except UserFacingError:  # the sheet says why
        paragraphs = ()
    form = form or CommentForm(formdata=None)
    form.offer(paragraphs)
    threads = draft_threads(header.letter_id, paragraphs)
    answers = {one.id: ThreadForm(formdata=None) for one in threads}
    if answer_form is not None and answered_id in answers:
        answers[answered_id] = answer_form
    for thread_id, reply in answers.items():
        for field in reply:
            field.id = field.label.field_id = f"answer-{thread_id}-{field.id}"
    return render_template(
        "staff/drafting/comments.html", staff=staff, header=header, sheet=draft_preview(text, header.counts), form=form,
        threads=threads, answers=answers, answered_id=answered_id,
    )  # fmt: skip
