"""Suggested changes of a draft, for staff: listed with their differences, accepted and rejected."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from wtforms import HiddenField

from letterhub.clock import now
from letterhub.commands.drafting.suggestion_decisions import (
    Decider,
    accept_all_suggestions,
    accept_suggestion,
    reject_all_suggestions,
    reject_suggestion,
)
from letterhub.domain.accounts.roles import Role
from letterhub.domain.drafting.comments import MAX_AUTHOR
from letterhub.domain.letters.drafts import trim_text
from letterhub.queries.accounts import StaffContext
from letterhub.queries.drafting.suggestions import draft_suggestions
from letterhub.queries.letters.drafts import load_draft_state
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import CommandForm

bp = Blueprint("draft_suggestions", __name__)


class AcceptForm(CommandForm):
    """Form that accepts a suggestion for the paragraph that the page showed."""

    shown = HiddenField()


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the suggestions."""
    header = get_letter_or_404(staff, slug)
    suggestions = draft_suggestions(header.letter_id, trim_text(load_draft_state(header.letter_id).text))
    return render_template(
        "staff/drafting/suggestions.html", staff=staff, header=header, suggestions=suggestions,
        waiting=sum(one.is_open for one in suggestions), may_decide=staff.role is not Role.REVIEWER and header.state == "draft",
    )  # fmt: skip


@bp.post("/<int:suggestion_id>/accept")
@staff_only(Role.ORGANIZER)
def accept(staff: StaffContext, slug: str, suggestion_id: int) -> ResponseReturnValue:
    """Make a suggested change in the draft."""
    header, form = get_letter_or_404(staff, slug), AcceptForm()
    with flash_errors(_("Accepted: the draft has the change now.")):
        accept_suggestion(header.letter_id, suggestion_id, form.shown.data or "", _decider(staff), now())
    return redirect_to(staff, ".index", slug=slug)


@bp.post("/<int:suggestion_id>/reject")
@staff_only(Role.ORGANIZER)
def reject(staff: StaffContext, slug: str, suggestion_id: int) -> ResponseReturnValue:
    """Reject a suggestion."""
    header = get_letter_or_404(staff, slug)
    with flash_errors(_("Declined. Whoever suggested it sees that on the page of the link.")):
        reject_suggestion(header.letter_id, suggestion_id, _decider(staff), now())
    return redirect_to(staff, ".index", slug=slug)


@bp.post("/accept-all")
@staff_only(Role.ORGANIZER)
def accept_all(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Accept all suggestions about which there is nothing to choose."""
    with flash_errors():
        accepted, left = accept_all_suggestions(get_letter_or_404(staff, slug).letter_id, _decider(staff), now())
        flash(ngettext("Accepted one suggestion.", "Accepted %(num)s suggestions.", accepted), "good")
        if left:
            flash(
                ngettext(
                    "One stays open: its paragraph has changed, or there are several suggestions for it.",
                    "%(num)s stay open: their paragraphs have changed, or there are several suggestions for one.",
                    left,
                ),
                "doubt",
            )
    return redirect_to(staff, ".index", slug=slug)


@bp.post("/reject-all")
@staff_only(Role.ORGANIZER)
def reject_all(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Reject all open suggestions."""
    with flash_errors():
        rejected = reject_all_suggestions(get_letter_or_404(staff, slug).letter_id, _decider(staff), now())
        flash(ngettext("Declined one suggestion.", "Declined %(num)s suggestions.", rejected), "good")
    return redirect_to(staff, ".index", slug=slug)


def _decider(staff: StaffContext) -> Decider:
    """Return the current member, by the name of the account."""
    return Decider(staff.staff_id, (current_user.name or current_user.email)[:MAX_AUTHOR], staff.actor)
