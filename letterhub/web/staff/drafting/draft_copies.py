"""Copies of a draft for staff: PDF with numbered lines, prepared by the worker, and Word.

See docs/design/drafting/copies.md.
"""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.letters.pdf_previews import request_draft_copy
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.states import LetterState
from letterhub.queries.accounts import StaffContext
from letterhub.queries.drafting.word_copy import word_copy
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.letters.pdf_previews import draft_copy_facts, preview_file
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.drafting.copy_files import PDF_TYPE, WORD_TYPE, file_response

bp = Blueprint("draft_copies", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def detail(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the state of the PDF, and links to both files."""
    return _render_page(staff, _draft_or_404(staff, slug))


@bp.post("")
@staff_only(Role.REVIEWER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Request the PDF of the saved text; each version is prepared once, whoever asks."""
    request_draft_copy(_draft_or_404(staff, slug).letter_id, now())
    return redirect_to(staff, ".detail", slug=slug)


@bp.get("/pdf")
@staff_only(Role.REVIEWER)
def pdf(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Return the newest PDF."""
    letter_id = _draft_or_404(staff, slug).letter_id
    copy = draft_copy_facts(letter_id)
    file = preview_file(letter_id, copy.id) if copy else None
    return file_response(*(file or abort(404)), PDF_TYPE)


@bp.get("/docx")
@staff_only(Role.REVIEWER)
def word(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Return the saved text as a Word document; the page with a sentence if it can't be written."""
    header = _draft_or_404(staff, slug)
    try:
        return file_response(*word_copy(header.letter_id, now()), WORD_TYPE)
    except UserFacingError as refusal:
        return _render_page(staff, header, str(refusal)), 422


def _draft_or_404(staff: StaffContext, slug: str) -> LetterHeader:
    """Return the header of a letter that is still a draft."""
    header = get_letter_or_404(staff, slug)
    return header if header.state is LetterState.DRAFT else abort(404)


def _render_page(staff: StaffContext, header: LetterHeader, problem: str = "") -> str:
    copy = draft_copy_facts(header.letter_id)
    return render_template("staff/drafting/copies.html", staff=staff, header=header, copy=copy, problem=problem)
