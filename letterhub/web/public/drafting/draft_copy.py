"""Copies of a draft for holders of a secret link: PDF with numbered lines and Word. GET changes nothing.

See docs/design/drafting/copies.md.
"""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.letters.pdf_previews import request_draft_copy
from letterhub.domain.errors import UserFacingError
from letterhub.queries.drafting.word_copy import word_copy
from letterhub.queries.letters.pdf_previews import draft_copy_facts, preview_file
from letterhub.web.access import Audience, open_to
from letterhub.web.drafting.copy_files import PDF_TYPE, WORD_TYPE, file_response
from letterhub.web.public.drafting.shared_draft import draft_behind_link_or_404
from letterhub.web.public.link_pages import init_link_blueprint

bp = init_link_blueprint(Blueprint("draft_copy", __name__))


@bp.get("/drafts/<token>/copy")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show the state of the PDF, and links to both files."""
    return _render_page(token)


@bp.post("/drafts/<token>/copy")
@open_to(Audience.LINK_HOLDER)
def create(token: str) -> ResponseReturnValue:
    """Request the PDF of the text as it is now; each version is prepared once, whoever asks."""
    request_draft_copy(draft_behind_link_or_404(token).letter_id, now())
    return redirect(url_for(".detail", token=token), 303)


@bp.get("/drafts/<token>/copy.pdf")
@open_to(Audience.LINK_HOLDER)
def pdf(token: str) -> ResponseReturnValue:
    """Return the newest PDF."""
    draft = draft_behind_link_or_404(token)
    copy = draft_copy_facts(draft.letter_id) if draft.is_draft else None
    file = preview_file(draft.letter_id, copy.id) if copy else None
    return file_response(*(file or abort(404)), PDF_TYPE)


@bp.get("/drafts/<token>/copy.docx")
@open_to(Audience.LINK_HOLDER)
def word(token: str) -> ResponseReturnValue:
    """Return the text as it is now as a Word document; the page with a sentence if it can't be written."""
    draft = draft_behind_link_or_404(token)
    if not draft.is_draft:
        abort(404)
    try:
        return file_response(*word_copy(draft.letter_id, now()), WORD_TYPE)
    except UserFacingError as refusal:
        return _render_page(token, str(refusal)), 422


def _render_page(token: str, problem: str = "") -> str:
    draft = draft_behind_link_or_404(token)
    if not draft.is_draft:
        return render_template("public/drafting/opened.html", draft=draft, is_invited=False)
    copy = draft_copy_facts(draft.letter_id)
    return render_template("public/drafting/copy.html", draft=draft, token=token, copy=copy, problem=problem)
