"""Link of the account to the identity provider: link, unlink, and confirm by it that one is still its owner."""

import secrets

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm

from letterhub.clock import now
from letterhub.commands.accounts.provider import unlink_provider
from letterhub.domain.accounts.sign_in import CannotSignIn, LastWayIn
from letterhub.identity_provider import IdentityProvider
from letterhub.queries.sign_in_methods import link_of, staff_account
from letterhub.web.access import Audience, open_to
from letterhub.web.flask_security_config import safe_path
from letterhub.web.flask_security_two_factor import require_recent_sign_in
from letterhub.web.sessions import restart_session
from letterhub.web.sign_in.provider import ProviderPurpose, begin_request, current_provider

bp = Blueprint("provider_link", __name__)


@bp.get("")
@open_to(Audience.SIGNED_IN)
def link() -> ResponseReturnValue:
    """Show what linking means, with the link to the provider. Only whoever sees this page knows where it leads."""
    provider = _provider_or_404()
    if response := require_recent_sign_in(url_for(".link")):
        return response
    if link_of(current_user.id, provider.issuer):
        return redirect(url_for("account.edit"))
    try:
        address = begin_request(ProviderPurpose.LINK, "", prompt="select_account")
    except CannotSignIn as refusal:
        flash(str(refusal), "stop")
        return redirect(url_for("account.edit"))
    return render_template("staff/accounts/link_provider.html", provider=provider, address=address)


@bp.get("/confirm")
@open_to(Audience.SIGNED_IN)
def confirm() -> ResponseReturnValue:
    """Send the browser to the provider, which has to ask who is there."""
    _provider_or_404()
    next_path = safe_path(request.args.get("next", ""))
    try:
        return redirect(begin_request(ProviderPurpose.CONFIRM, next_path, prompt="login", max_age="0"))
    except CannotSignIn as refusal:
        flash(str(refusal), "stop")
        return redirect(url_for("security.verify", next=next_path or None))


@bp.route("/unlink", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
def unlink() -> ResponseReturnValue:
    """Ask for confirmation; a POST unlinks the account and signs it out on other devices."""
    provider = _provider_or_404()
    stored = link_of(current_user.id, provider.issuer) or abort(404)
    if response := require_recent_sign_in(url_for(".unlink")):
        return response
    if not FlaskForm().validate_on_submit():
        return render_template("staff/accounts/unlink_provider.html", provider=provider, link=stored)
    try:
        unlink_provider(current_user.id, provider.issuer, provider.label, secrets.token_hex(32), now())
    except (LastWayIn, CannotSignIn) as refusal:
        flash(str(refusal), "stop")
        return redirect(url_for("account.edit"), 303)
    restart_session(staff_account(current_user.id))
    flash(_("Your account is no longer linked to %(name)s.", name=provider.label), "good")
    return redirect(url_for("account.edit"), 303)


def _provider_or_404() -> IdentityProvider:
    return current_provider() or abort(404)
