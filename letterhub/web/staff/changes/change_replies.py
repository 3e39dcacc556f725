"""Replies to a substantive change: who confirmed, objected or has not replied, whom the notice missed, and the deadline."""

from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.changes.deadlines import extend_deadline
from letterhub.domain.accounts.roles import Role
from letterhub.domain.changes.replies import UNREACHED_REASONS, NotRunning, ReplyState
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.signing import utc_to_local
from letterhub.queries.accounts import StaffContext
from letterhub.queries.changes.changes import Change, current_change, last_change, reply_counts
from letterhub.queries.changes.replies import ReplySearch, count_unreached, reply_page
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.dates import full_datetime
from letterhub.web.forms import parse_integer
from letterhub.web.staff.changes.change_forms import DeadlineForm
from letterhub.web.staff.signatures.search_parameters import MAX_QUERY_LENGTH

bp = Blueprint("change_replies", __name__)

UNREACHED = "missed"
"""Filter for those whom the notice has not reached in time, beside the states of a reply."""


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the replies that a search finds, with counts, and the deadline."""
    return _render_page(staff, get_letter_or_404(staff, slug))


@bp.post("/deadline")
@staff_only(Role.ORGANIZER)
def extend(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Move the deadline to a later time."""
    header, form = get_letter_or_404(staff, slug), DeadlineForm()
    if not form.validate():
        return _render_page(staff, header, form), 422
    try:
        deadline_at = form.deadline_at()
        extend_deadline(header.letter_id, deadline_at, actor=staff.actor, at=now())
    except NotRunning as refusal:
        flash(str(refusal), "stop")
        return redirect_to(staff, ".index", slug=slug)
    except UserFacingError as refusal:
        form.add_error(refusal)
        return _render_page(staff, header, form), 422
    flash(_("Signatories can reply until %(deadline)s.", deadline=full_datetime(deadline_at, form.deadline_zone.data)), "good")
    return redirect_to(staff, ".index", slug=slug)


def _render_page(staff: StaffContext, header: LetterHeader, form: DeadlineForm | None = None) -> str:
    change = current_change(header.letter_id) or last_change(header.letter_id)
    context: dict[str, Any] = {"change": None}
    if change is not None:
        context = {
            "change": change, "counts": reply_counts(change.revision_id), "form": form or _deadline_form(change),
            "found": reply_page(change, _search_from_query()),
            "missed": count_unreached(change) if change.is_running else 0,
            "can_extend": change.is_running and change.terms.deadline_at > now() and staff.role.covers(Role.ORGANIZER),
        }  # fmt: skip
    return render_template(
        "staff/changes/replies.html", staff=staff, header=header, asked=_query_parameters(), states=list(ReplyState),
        reasons=UNREACHED_REASONS, **context,
    )  # fmt: skip


def _deadline_form(change: Change) -> DeadlineForm:
    day, time = utc_to_local(change.terms.deadline_at, change.terms.zone)
    data = {"deadline_date": day, "deadline_time": time, "deadline_zone": change.terms.zone}
    return DeadlineForm(formdata=None, data=data)


def _search_from_query() -> ReplySearch:
    """Return the search of the query string. Invalid values are ignored."""
    state = request.args.get("state", "")
    return ReplySearch(
        state=ReplyState(state) if state in list(ReplyState) else None,
        is_unreached=state == UNREACHED,
        words=request.args.get("q", "").strip()[:MAX_QUERY_LENGTH],
        page=max(request.args.get("page", 1, type=parse_integer), 1),
    )


def _query_parameters() -> dict[str, str]:
    return {name: value for name in ("q", "state") if (value := request.args.get(name, ""))}
