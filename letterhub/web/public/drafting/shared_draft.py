"""Draft of a letter for holders of a secret link: the sheet as it will print, and comments. GET changes nothing.

See docs/design/drafting/partners.md.
"""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length

from letterhub.clock import now
from letterhub.commands.drafting.comments import CommentAuthor, add_comment, answer_thread
from letterhub.commands.links.secret_links import record_link_use
from letterhub.domain.drafting.comments import MAX_AUTHOR, choose_passage
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import SignatoryCounts
from letterhub.queries.drafting.comments import draft_paragraphs, draft_threads
from letterhub.queries.drafting.shared_draft import SharedDraft, shared_draft
from letterhub.rendering.letter.view import LetterView
from letterhub.web.access import Audience, open_to
from letterhub.web.drafting.comment_forms import CommentForm, ThreadForm, anchor_of
from letterhub.web.forms import Required, line
from letterhub.web.languages import speak_of
from letterhub.web.public.letters.letters import letter_view_without_list
from letterhub.web.public.link_forms import LinkForm
from letterhub.web.public.link_pages import init_link_blueprint

bp = init_link_blueprint(Blueprint("shared_draft", __name__))


def name_field() -> StringField:
    """Return the field for the name of who uses a link."""
    return line(_l("Your name"), Required(_l("Enter your name.")), Length(max=MAX_AUTHOR))


class PartnerCommentForm(CommentForm, LinkForm):
    """Form for a comment by the holder of a link, with a name."""

    name = name_field()


class PartnerThreadForm(ThreadForm, LinkForm):
    """Form for a reply by the holder of a link, with a name."""

    signatory_kind = None
    name = name_field()


@bp.get("/drafts/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show the draft and its comments. A visit of a browser is counted; programs that check links are not."""
    draft = draft_behind_link_or_404(token)
    if request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate":
        record_link_use(draft.link_id, now())
    return _render_page(draft, token)


@bp.post("/drafts/<token>/comments")
@open_to(Audience.LINK_HOLDER)
def comment(token: str) -> ResponseReturnValue:
    """Store a comment."""
    draft, form = _draft_to_comment_or_404(token), PartnerCommentForm()
    if form.validate():
        with form.showing_errors():
            passage = choose_passage(draft_paragraphs(draft.text), form.passage.data or "", form.words.data)
            author = CommentAuthor(form.name.data, link_id=draft.link_id)
            thread_id = add_comment(draft.letter_id, form.text.data, passage, author, now())
            return redirect(url_for(".detail", token=token, _anchor=anchor_of(thread_id)), 303)
    return _render_page(draft, token, form), 422


@bp.post("/drafts/<token>/comments/<int:thread_id>")
@open_to(Audience.LINK_HOLDER)
def answer(token: str, thread_id: int) -> ResponseReturnValue:
    """Store a reply to a comment; settle it, or open it again."""
    draft, form = _draft_to_comment_or_404(token), PartnerThreadForm()
    if form.validate():
        with form.showing_errors():
            author = CommentAuthor(form.name.data, link_id=draft.link_id)
            answer_thread(draft.letter_id, thread_id, form.text.data, author, now(), switch=form.switch.data)
            return redirect(url_for(".detail", token=token, _anchor=anchor_of(thread_id)), 303)
    return _render_page(draft, token, answer_form=form, answered_id=thread_id), 422


def draft_behind_link_or_404(token: str) -> SharedDraft:
    """Return the draft of a secret link, and speak its language."""
    draft = shared_draft(token, now()) or abort(404)
    speak_of(draft.text.language)
    return draft


def _draft_to_comment_or_404(token: str) -> SharedDraft:
    """Return the draft of a link that may comment. Aborts with 403 for one that may only read."""
    draft = draft_behind_link_or_404(token)
    return draft if draft.may_comment else abort(403)


def _render_page(
    draft: SharedDraft,
    token: str,
    form: PartnerCommentForm | None = None,
    answer_form: PartnerThreadForm | None = None,
    answered_id: int = 0,
) -> str:
    """Render the draft; `form` or `answer_form`, the latter at the thread with `answered_id`, keep what was typed."""
    if not draft.is_draft:
        return render_template("public/drafting/opened.html", draft=draft, is_invited=False)
    sheet, paragraphs, problem = _sheet(draft)
    names: dict[str, Any] = {"name": draft.person}
    form = form or PartnerCommentForm(formdata=None, data=names)
    form.offer(paragraphs)
    threads = draft_threads(draft.letter_id, paragraphs)
    answers = {one.id: PartnerThreadForm(formdata=None, data=names) for one in threads}
    if answer_form is not None and answered_id in answers:
        answers[answered_id] = answer_form
    for thread_id, reply in answers.items():
        reply.with_id_prefix(f"answer-{thread_id}")
    return render_template(
        "public/drafting/shared_draft.html", draft=draft, token=token, sheet=sheet, problem=problem, form=form,
        threads=threads, answers=answers, answered_id=answered_id,
    )  # fmt: skip


def _sheet(draft: SharedDraft) -> tuple[LetterView | None, Sequence[str], str]:
    """Return the sheet and its paragraphs, or the sentence that says why the text can't be shown."""
    try:
        return letter_view_without_list(draft.text, SignatoryCounts(), level=2), draft_paragraphs(draft.text), ""
    except UserFacingError as refusal:
        return None, (), str(refusal)
