"""Webhooks of a coalition: list, form, one webhook with its log, and its buttons."""

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.webhooks.webhooks import (
    add_webhook,
    change_webhook,
    pause_webhook,
    remove_webhook,
    replace_secret,
    replay_delivery,
    resume_webhook,
    send_test_event,
)
from letterhub.domain.accounts.roles import Role
from letterhub.domain.webhooks.deliveries import LOGGED_DELIVERIES, MAX_WEBHOOKS
from letterhub.queries.accounts import StaffContext
from letterhub.queries.webhooks.webhooks import ListedWebhook, delivery_page, webhook_of, webhooks_of
from letterhub.web.access import flash_errors, redirect_to, staff_only
from letterhub.web.forms import new_idempotency_key, parse_integer
from letterhub.web.staff.webhooks.webhook_forms import EVENT_LABELS, WebhookForm

bp = Blueprint("webhooks", __name__)


@bp.get("")
@staff_only(Role.OWNER)
def index(staff: StaffContext) -> ResponseReturnValue:
    """List the coalition's webhooks."""
    webhooks = webhooks_of(staff.coalition_id)
    return render_template("staff/webhooks/index.html", staff=staff, webhooks=webhooks, most=MAX_WEBHOOKS)


@bp.route("/new", methods=["GET", "POST"])
@staff_only(Role.OWNER)
def create(staff: StaffContext) -> ResponseReturnValue:
    """Show the form for a new webhook; a POST adds it, and shows its secret once."""
    form = WebhookForm()
    if form.validate_on_submit():
        with form.showing_errors():
            webhook_id, secret = add_webhook(
                staff.coalition_id, form.label.data, form.url.data, form.chosen_events, staff_id=staff.staff_id,
                actor=staff.actor, at=now(), form_token=request.form.get("form_token", ""),
            )  # fmt: skip
            return _render_detail(staff, _webhook_or_404(staff, webhook_id), secret)
    page = render_template("staff/webhooks/form.html", staff=staff, form=form, webhook=None, once=new_idempotency_key())
    return page, 422 if form.errors else 200


@bp.get("/<int:webhook_id>")
@staff_only(Role.OWNER)
def detail(staff: StaffContext, webhook_id: int) -> ResponseReturnValue:
    """Show a webhook with its log."""
    return _render_detail(staff, _webhook_or_404(staff, webhook_id))


@bp.route("/<int:webhook_id>/edit", methods=["GET", "POST"])
@staff_only(Role.OWNER)
def edit(staff: StaffContext, webhook_id: int) -> ResponseReturnValue:
    """Show the form for a webhook; a POST changes it."""
    webhook = _webhook_or_404(staff, webhook_id)
    form = WebhookForm(
        label=webhook.label, url=webhook.url, events=[str(one) for one in webhook.events], expected_version=webhook.version
    )
    if form.validate_on_submit():
        with form.showing_errors():
            change_webhook(
                staff.coalition_id, webhook_id, form.label.data, form.url.data, form.chosen_events, form.version,
                actor=staff.actor, at=now(),
            )  # fmt: skip
            flash(_("Saved."), "good")
            return redirect_to(staff, ".detail", webhook_id=webhook_id)
        form.expected_version.data = str(webhook.version)  # so that saving again replaces what somebody else changed
    page = render_template("staff/webhooks/form.html", staff=staff, form=form, webhook=webhook, once="")
    return page, 422 if form.errors or form.form_errors else 200


@bp.post("/<int:webhook_id>/secret")
@staff_only(Role.OWNER)
def new_secret(staff: StaffContext, webhook_id: int) -> ResponseReturnValue:
    """Make a new secret, and show it once."""
    webhook = _webhook_or_404(staff, webhook_id)
    with flash_errors():
        secret = replace_secret(staff.coalition_id, webhook_id, actor=staff.actor, at=now())
        return _render_detail(staff, _webhook_or_404(staff, webhook_id), secret)
    return redirect_to(staff, ".detail", webhook_id=webhook.id)


@bp.post("/<int:webhook_id>/test")
@staff_only(Role.OWNER)
def send_test(staff: StaffContext, webhook_id: int) -> ResponseReturnValue:
    """Send a test event."""
    _webhook_or_404(staff, webhook_id)
    with flash_errors():
        send_test_event(staff.coalition_id, webhook_id, at=now())
        flash(_("A test is on its way. Reload this page in a moment to see the answer."), "good")
    return redirect_to(staff, ".detail", webhook_id=webhook_id, _anchor="log")


@bp.post("/<int:webhook_id>/pause")
@staff_only(Role.OWNER)
def pause(staff: StaffContext, webhook_id: int) -> ResponseReturnValue:
    """Pause a webhook."""
    _webhook_or_404(staff, webhook_id)
    with flash_errors(_("Paused. New events wait until you resume it.")):
        pause_webhook(staff.coalition_id, webhook_id, actor=staff.actor, at=now())
    return redirect_to(staff, ".detail", webhook_id=webhook_id)


@bp.post("/<int:webhook_id>/resume")
@staff_only(Role.OWNER)
def resume(staff: StaffContext, webhook_id: int) -> ResponseReturnValue:
    """Resume a webhook."""
    _webhook_or_404(staff, webhook_id)
    with flash_errors(_("Resumed. What waited is on its way.")):
        resume_webhook(staff.coalition_id, webhook_id, actor=staff.actor, at=now())
    return redirect_to(staff, ".detail", webhook_id=webhook_id)


@bp.post("/<int:webhook_id>/remove")
@staff_only(Role.OWNER)
def remove(staff: StaffContext, webhook_id: int) -> ResponseReturnValue:
    """Remove a webhook."""
    _webhook_or_404(staff, webhook_id)
    with flash_errors():
        label = remove_webhook(staff.coalition_id, webhook_id, actor=staff.actor, at=now())
        flash(_("The webhook “%(name)s” was removed.", name=label), "good")
    return redirect_to(staff, ".index")


@bp.post("/<int:webhook_id>/deliveries/<int:delivery_id>/replay")
@staff_only(Role.OWNER)
def replay(staff: StaffContext, webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    """Send a delivery again."""
    webhook = _webhook_or_404(staff, webhook_id)
    with flash_errors():
        replay_delivery(staff.coalition_id, webhook_id, delivery_id, at=now())
        flash(_("It waits until you resume the webhook.") if webhook.paused_at else _("It is on its way again."), "good")
    return redirect_to(staff, ".detail", webhook_id=webhook_id, _anchor="log")


def _webhook_or_404(staff: StaffContext, webhook_id: int) -> ListedWebhook:
    return webhook_of(staff.coalition_id, webhook_id) or abort(404)


def _render_detail(staff: StaffContext, webhook: ListedWebhook, secret: str = "") -> str:
    """Render a webhook with its log, and with a secret that was just made."""
    found = delivery_page(webhook.id, request.args.get("page", 1, parse_integer))
    return render_template(
        "staff/webhooks/detail.html", staff=staff, webhook=webhook, secret=secret, found=found, labels=EVENT_LABELS,
        is_overlapping=webhook.former_until is not None and webhook.former_until > now(), most=LOGGED_DELIVERIES,
    )  # fmt: skip
