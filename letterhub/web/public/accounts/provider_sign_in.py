"""Sign-in by the identity provider: the way there, and what is done once the browser comes back.

The provider sends the browser back by GET, which changes nothing: the page posts what it brought, by itself where scripts run.
"""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user, logout_user
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError
from wtforms.validators import InputRequired, Length

from letterhub.clock import now
from letterhub.commands.accounts.provider import link_provider, sign_in_by_provider
from letterhub.domain.abuse.rate_limits import LimitedAction
from letterhub.domain.accounts.sign_in import CannotSignIn, ProviderIdentity, SignInMethod
from letterhub.queries.sign_in_methods import linked_staff_id, staff_account
from letterhub.web.access import Audience, open_to
from letterhub.web.flask_security_config import safe_path
from letterhub.web.flask_security_two_factor import RECENT, ask_for_second_step
from letterhub.web.sessions import sign_in_by
from letterhub.web.sign_in.login_rate_limit import RateLimitedForm
from letterhub.web.sign_in.provider import ProviderPurpose, begin_request, identity_for, require_provider, take_request

bp = Blueprint("provider_sign_in", __name__)


class CallbackForm(RateLimitedForm, FlaskForm):  # type: ignore[misc]
    """Form with what the browser brought back. Valid, it has the `identity` that the provider vouches for."""

    limited_action, error_field, any_account = LimitedAction.PROVIDER, "code", True
    state = HiddenField(validators=[Length(max=200)])
    code = HiddenField(validators=[InputRequired(), Length(max=8000)])
    iss = HiddenField(validators=[Length(max=500)])

    purpose = ProviderPurpose.SIGN_IN
    next_path = ""
    account_id = 0
    identity: ProviderIdentity

    def account(self) -> str:
        """Return the rate-limit account: nobody is named yet, so each request is its own."""
        return f"provider {self.state.data}"

    def validate_code(self, field: HiddenField) -> None:
        """Ask the provider who signed in."""
        try:
            self.purpose, self.next_path, self.account_id = take_request(self.state.data or "")
            max_age = int(RECENT.total_seconds()) if self.purpose is ProviderPurpose.CONFIRM else 0
            self.identity = identity_for(self.state.data or "", field.data, self.iss.data or "", max_age=max_age)
        except CannotSignIn as refusal:
            raise ValidationError(str(refusal)) from refusal


@bp.get("")
@open_to(Audience.EVERYONE)
def start() -> ResponseReturnValue:
    """Send the browser to the provider."""
    try:
        return redirect(begin_request(ProviderPurpose.SIGN_IN, safe_path(request.args.get("next", ""))))
    except CannotSignIn as refusal:
        return _refused(str(refusal), 503)


@bp.get("/callback")
@open_to(Audience.LINK_HOLDER)
def come_back() -> ResponseReturnValue:
    """Show the page that posts what the provider gave the browser, or why the provider gave nothing."""
    provider = require_provider()
    if request.args.get("error"):
        return _refused(_("%(name)s didn’t sign you in. Try again, or sign in another way.", name=provider.label), 403)
    form = CallbackForm(data={name: request.args.get(name, "") for name in ("state", "code", "iss")})
    return render_template("public/accounts/provider_callback.html", form=form, provider=provider)


@bp.post("/callback")
@open_to(Audience.LINK_HOLDER)
def finish() -> ResponseReturnValue:
    """Sign in, link the current account, or confirm that it is still its owner, by what was begun."""
    form = CallbackForm()
    if not form.validate_on_submit():
        return _refused(str(next((errors[0] for errors in form.errors.values()), "")), 403)
    finishers = {
        ProviderPurpose.SIGN_IN: _sign_in,
        ProviderPurpose.LINK: _link,
        ProviderPurpose.CONFIRM: _confirm,
    }
    try:
        return finishers[form.purpose](form)
    except CannotSignIn as refusal:
        return _refused(str(refusal), 403)


def _sign_in(form: CallbackForm) -> ResponseReturnValue:
    """Sign in to the account of the identity, after its second step if the provider asked for none."""
    provider, identity = require_provider(), form.identity
    staff = staff_account(sign_in_by_provider(identity, provider.roles, provider.label, now()))
    if not identity.has_second_step and (response := _second_step(staff.id, form.next_path)):
        return response
    sign_in_by(staff, SignInMethod.PROVIDER)
    return redirect(form.next_path or url_for("dashboard.choose_coalition"), 303)


def _second_step(staff_id: int, next_path: str) -> ResponseReturnValue | None:
    """Return the redirect to the second step, which begins signed out; None if none is needed."""
    if current_user.is_authenticated:
        logout_user()
    return ask_for_second_step(staff_account(staff_id), SignInMethod.PROVIDER, next_path)


def _link(form: CallbackForm) -> ResponseReturnValue:
    """Link the account that began this, if it is still signed in here."""
    provider = require_provider()
    if not current_user.is_authenticated or current_user.id != form.account_id:
        raise CannotSignIn(_("You were signed out meanwhile. Sign in, then link your account again."))
    link_provider(current_user.id, form.identity, provider.label, now())
    flash(_("Your account is linked. From now on, you can sign in with %(name)s.", name=provider.label), "good")
    return redirect(url_for("account.edit"), 303)


def _confirm(form: CallbackForm) -> ResponseReturnValue:
    """Note that the current account's owner is there, if the provider says so just now."""
    linked = linked_staff_id(form.identity.issuer, form.identity.subject)
    if not current_user.is_authenticated or not current_user.id == form.account_id == linked:
        raise CannotSignIn(_("This is not the person whom your account is linked to. Try again, or enter your password."))
    session["fs_paa"] = now().timestamp()
    return redirect(form.next_path or url_for("account.edit"), 303)


def _refused(sentence: str, status: int) -> ResponseReturnValue:
    return render_template("public/accounts/sign_in_refused.html", sentence=sentence), status
