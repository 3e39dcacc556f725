"""Suggested changes of a draft by holders of a secret link: listed, made, and withdrawn. GET changes nothing.

See docs/design/drafting/suggestions.md.
"""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from letterhub.clock import now
from letterhub.commands.drafting.suggestions import add_suggestion, withdraw_suggestion
from letterhub.domain.drafting.suggestions import (
    MAX_CONTENT,
    MAX_REASON,
    SuggestedChange,
    SuggestionKind,
    choose_paragraph,
    paragraph_name,
)
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.drafts import normalize_body
from letterhub.domain.unicode import REMOVE_DIRECTION_OVERRIDES, is_visible
from letterhub.queries.drafting.shared_draft import SharedDraft
from letterhub.queries.drafting.suggestions import draft_blocks, draft_suggestions
from letterhub.web.access import Audience, open_to
from letterhub.web.drafting.comment_forms import clean_comment
from letterhub.web.forms import Required, choice_field
from letterhub.web.public.drafting.shared_draft import draft_behind_link_or_404, name_field
from letterhub.web.public.link_forms import AreYouSureForm, LinkForm
from letterhub.web.public.link_pages import init_link_blueprint

bp = init_link_blueprint(Blueprint("suggestions", __name__))


def clean_content(typed: str | None) -> str:
    """Return Markdown without control characters, direction overrides, which would have staff accept other words than they see,
    and blanks around it; far too long input is cut, and still refused."""
    text = normalize_body((typed or "")[: 2 * MAX_CONTENT]).translate(REMOVE_DIRECTION_OVERRIDES).strip()
    return text if is_visible(text) else ""


class SuggestionForm(LinkForm):
    """Form for a suggestion: what to do with a paragraph, the new Markdown, and a reason."""

    signatory_kind = None
    paragraph = HiddenField()
    kind = choice_field(
        _l("What to do"),
        {
            SuggestionKind.REPLACE: _l("Word it differently"),
            SuggestionKind.ADD: _l("Add a paragraph after it"),
            SuggestionKind.DROP: _l("Leave it out"),
        },
    )
    content = TextAreaField(_l("New wording"), filters=[clean_content], validators=[Length(max=MAX_CONTENT)])
    reason = TextAreaField(_l("Reason"), filters=[clean_comment], validators=[Length(max=MAX_REASON)])
    name = name_field()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Require the new wording, unless the paragraph is to be left out."""
        needed = [] if self.kind.data is SuggestionKind.DROP else [Required(_l("Enter the new wording."))]
        return bool(super().validate(*args, extra_validators={"content": needed}, **kwargs))


@bp.get("/drafts/<token>/suggestions")
@open_to(Audience.LINK_HOLDER)
def index(token: str) -> ResponseReturnValue:
    """List the paragraphs, and the suggestions with what became of them."""
    return _render_list(_draft_to_change_or_404(token), token)


@bp.get("/drafts/<token>/suggestions/new")
@open_to(Audience.LINK_HOLDER)
def new(token: str) -> ResponseReturnValue:
    """Show the form for one paragraph; the list if it has changed since."""
    draft = _draft_to_change_or_404(token)
    if not draft.is_draft:
        return _opened(draft)
    try:
        blocks = draft_blocks(draft.text)
        number = choose_paragraph(blocks, request.args.get("paragraph", ""))
    except UserFacingError as refusal:
        return _render_list(draft, token, str(refusal)), 422
    typed = {"paragraph": paragraph_name(number, blocks[number]), "content": blocks[number], "name": draft.person}
    return _render_form(draft, token, SuggestionForm(formdata=None, data=typed), blocks[number])


@bp.post("/drafts/<token>/suggestions")
@open_to(Audience.LINK_HOLDER)
def create(token: str) -> ResponseReturnValue:
    """Store a suggestion."""
    draft, form = _draft_to_change_or_404(token), SuggestionForm()
    if not draft.is_draft:
        return _opened(draft), 422
    blocks, was = draft_blocks(draft.text), ""
    with form.showing_errors():
        number = choose_paragraph(blocks, form.paragraph.data or "")
        was = blocks[number]
        if form.validate():
            content = "" if form.kind.data is SuggestionKind.DROP else form.content.data
            change = SuggestedChange(form.kind.data, number, was, content)
            made_id = add_suggestion(draft.letter_id, change, form.reason.data, draft.link_id, form.name.data, now())
            return redirect(url_for(".index", token=token, _anchor=f"suggestion-{made_id}"), 303)
    return _render_form(draft, token, form, was), 422


@bp.post("/drafts/<token>/suggestions/<int:suggestion_id>/withdraw")
@open_to(Audience.LINK_HOLDER)
def withdraw(token: str, suggestion_id: int) -> ResponseReturnValue:
    """Withdraw a suggestion that came by this link."""
    draft, form = _draft_to_change_or_404(token), AreYouSureForm()
    if form.validate():
        try:
            withdraw_suggestion(draft.letter_id, suggestion_id, draft.link_id, now())
            return redirect(url_for(".index", token=token, _anchor=f"suggestion-{suggestion_id}"), 303)
        except UserFacingError as refusal:
            return _render_list(draft, token, str(refusal)), 422
    return _render_list(draft, token, str(form.sure.errors[0])), 422


def _draft_to_change_or_404(token: str) -> SharedDraft:
    """Return the draft of a link that may suggest changes. Aborts with 403 for one that may not."""
    draft = draft_behind_link_or_404(token)
    return draft if draft.may_suggest else abort(403)


def _opened(draft: SharedDraft) -> str:
    return render_template("public/drafting/opened.html", draft=draft, is_invited=False)


def _render_list(draft: SharedDraft, token: str, problem: str = "") -> str:
    if not draft.is_draft:
        return _opened(draft)
    blocks = draft_blocks(draft.text)
    suggestions = draft_suggestions(draft.letter_id, draft.text)
    withdrawals = {one.id: AreYouSureForm(formdata=None) for one in suggestions if one.is_open and one.link_id == draft.link_id}
    for suggestion_id, form in withdrawals.items():
        form.with_id_prefix(f"withdraw-{suggestion_id}")
    return render_template(
        "public/drafting/suggestions.html", draft=draft, token=token, problem=problem, suggestions=suggestions,
        paragraphs=[(paragraph_name(number, block), block) for number, block in enumerate(blocks)], withdrawals=withdrawals,
    )  # fmt: skip


def _render_form(draft: SharedDraft, token: str, form: SuggestionForm, was: str) -> str:
    return render_template("public/drafting/suggestion.html", draft=draft, token=token, form=form, was=was)
