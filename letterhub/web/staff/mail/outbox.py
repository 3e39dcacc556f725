"""Outbox page: waiting, sent and failed mails, and retry."""

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.mail.send import retry_mail
from letterhub.domain.accounts.roles import Role
from letterhub.domain.mail.outgoing_mail import CannotRetry, MailState
from letterhub.queries.accounts import StaffContext
from letterhub.queries.mail.outbox import is_coalition_mail, mail_counts, outbox_page
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import parse_integer

bp = Blueprint("outbox", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext) -> ResponseReturnValue:
    """List the mails of one state or of all, newest first."""
    state_parameter = request.args.get("state", "")
    state = MailState(state_parameter) if state_parameter in tuple(MailState) else None
    recipient = request.args.get("q", "").strip()[:200]
    older_than = request.args.get("older_than", None, parse_integer)
    failing = get_letter_or_404(staff, slug) if (slug := request.args.get("slug", "")) else None
    page = outbox_page(
        staff.coalition_id, state=state, recipient=recipient, older_than=older_than,
        failing_letter_id=failing.letter_id if failing else None,
    )  # fmt: skip
    return render_template(
        "staff/mail/index.html", staff=staff, found=page, counts=mail_counts(staff.coalition_id), state=state,
        recipient=recipient, first_page=older_than is None, failing=failing,
    )  # fmt: skip


@bp.post("/<int:mail_id>/retry")
@staff_only(Role.REVIEWER)
def retry(staff: StaffContext, mail_id: int) -> ResponseReturnValue:
    """Queue a failed mail again."""
    if not is_coalition_mail(staff.coalition_id, mail_id):
        abort(404)
    try:
        recipient = retry_mail(mail_id, staff.coalition_id, now())
        flash(_("The email to %(recipient)s is on its way again.", recipient=recipient), "good")
    except CannotRetry as refusal:
        flash(str(refusal), "stop")
    return redirect_to(staff, ".index", state=MailState.FAILED)
