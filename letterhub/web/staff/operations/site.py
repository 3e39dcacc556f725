"""Pages of the site's operator: state of the site, accounts, activity. They show no letter's text and no signatory.

See docs/design/monitoring.md.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.domain.audit.log import SITE_CHAIN
from letterhub.domain.line_validation import normalize_line
from letterhub.queries.audit.log import audit_log_page, first_chain_problem
from letterhub.queries.operations.site_staff import account_page
from letterhub.queries.operations.site_status import site_status
from letterhub.web.access import Audience, open_to
from letterhub.web.forms import parse_integer
from letterhub.web.staff.accounts.team_forms import ROLE_NAMES
from letterhub.web.staff.audit.log_messages import entry_changes, entry_sentence

bp = Blueprint("site", __name__)

ZONE = "UTC"
MAX_CHECKED_AUTOMATICALLY = 5_000  # entries; a longer log is checked on request


@bp.get("")
@open_to(Audience.SITE_OPERATOR)
def index() -> ResponseReturnValue:
    """Show the state of the site."""
    return render_template("staff/operations/status.html", status=site_status(now()))


@bp.get("/staff")
@open_to(Audience.SITE_OPERATOR)
def staff() -> ResponseReturnValue:
    """List the accounts of the site."""
    words = normalize_line(request.args.get("q", ""))[:200]
    page = account_page(words, request.args.get("page", 1, parse_integer))
    return render_template(
        "staff/operations/staff.html", accounts=page.accounts, found=page.found, words=words, roles=ROLE_NAMES
    )


@bp.get("/activity")
@open_to(Audience.SITE_OPERATOR)
def activity() -> ResponseReturnValue:
    """Show the audit log of the site, with a check of its hash chain."""
    older_than = request.args.get("older_than", None, parse_integer)
    page = audit_log_page(SITE_CHAIN, older_than=older_than)
    entries = [(action, entry_sentence(action), tuple(entry_changes(action, ZONE))) for action in page.actions]
    is_checked = older_than is None and (page.length <= MAX_CHECKED_AUTOMATICALLY or "check" in request.args)
    return render_template(
        "staff/operations/activity.html", found=page, entries=entries, first_page=older_than is None, zone=ZONE,
        checked=is_checked, broken=first_chain_problem(SITE_CHAIN) if is_checked else "",
    )  # fmt: skip
