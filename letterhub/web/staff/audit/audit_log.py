"""Audit log pages of a coalition and of a letter, with a check of the hash chain."""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from letterhub.domain.accounts.roles import Role
from letterhub.domain.audit.log import ReferenceKind
from letterhub.queries.accounts import StaffContext
from letterhub.queries.audit.log import ActorFilter, audit_log_page, first_chain_problem
from letterhub.web.access import get_letter_or_404, staff_only
from letterhub.web.forms import parse_integer
from letterhub.web.staff.audit.log_messages import entry_changes, entry_sentence

bp = Blueprint("audit_log", __name__)

MAX_CHECKED_AUTOMATICALLY = 5_000  # entries, about 0.2 s; a longer log is checked on request


@bp.get("/activity")
@staff_only(Role.REVIEWER)
def coalition(staff: StaffContext) -> ResponseReturnValue:
    """Show the audit log of the coalition: members, roles, settings."""
    return _render_page(
        "staff/audit/coalition.html", ReferenceKind.COALITION.reference(staff.coalition_id), staff=staff, zone="UTC"
    )


@bp.get("/letters/<slug>/activity")
@staff_only(Role.REVIEWER)
def letter(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the audit log of a letter."""
    header = get_letter_or_404(staff, slug)
    return _render_page(
        "staff/audit/letter.html",
        ReferenceKind.LETTER.reference(header.letter_id),
        staff=staff,
        header=header,
        zone=header.deadline_zone,
    )


def _render_page(template: str, chain: str, *, zone: str, **context: object) -> Response:
    """Render a page of the log by one kind of actor or all, with a check of its hash chain if it is short or asked for."""
    actor_parameter = request.args.get("whose", "")
    actor_filter = ActorFilter(actor_parameter) if actor_parameter in tuple(ActorFilter) else ActorFilter.ANYONE
    older_than = request.args.get("older_than", None, parse_integer)
    page, first_page = audit_log_page(chain, actor_filter, older_than), older_than is None
    entries = [(action, entry_sentence(action), tuple(entry_changes(action, zone))) for action in page.actions]
    is_checked = "check" in request.args or (first_page and page.length <= MAX_CHECKED_AUTOMATICALLY)
    page_context = {
        "found": page, "entries": entries, "whose": actor_filter, "zone": zone, "first_page": first_page,
        "checked": is_checked, "broken": first_chain_problem(chain) if is_checked else "",
    }  # fmt: skip
    return make_response(render_template(template, **page_context, **context))
