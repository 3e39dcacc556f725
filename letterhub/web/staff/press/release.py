"""Front page of a letter's release: its press page, the recipients' replies, and messages to signatories."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.domain.accounts.roles import Role
from letterhub.domain.mail.mail_words import WordedMail
from letterhub.domain.press.press_page import is_released
from letterhub.queries.accounts import StaffContext
from letterhub.queries.mail.mail_words import editable_words
from letterhub.queries.press.press_pages import editable_press_page
from letterhub.queries.press.replies import staff_replies
from letterhub.queries.press.signatory_messages import sent_messages
from letterhub.web.access import get_letter_or_404, staff_only

bp = Blueprint("release", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show what there is, and the way to each."""
    header = get_letter_or_404(staff, slug)
    page = editable_press_page(header.letter_id)
    return render_template(
        "staff/press/release.html", staff=staff, header=header, tab="release",
        page=page, is_public=is_released(page.release_at, now()),
        replies=staff_replies(header.letter_id), messages=sent_messages(header.letter_id, 1),
        draft=editable_words(header.letter_id)[WordedMail.MESSAGE], may_edit=staff.role.covers(Role.ORGANIZER),
    )  # fmt: skip
