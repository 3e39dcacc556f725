"""Sign-in by passkey: the browser's answer is posted from the sign-in page. A passkey stands for two factors."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from letterhub.domain.accounts.sign_in import SignInMethod
from letterhub.queries.sign_in_methods import staff_account
from letterhub.web.access import Audience, open_to
from letterhub.web.flask_security_config import safe_path
from letterhub.web.sessions import sign_in_by
from letterhub.web.sign_in.passkeys import PasskeyForm, PasskeyPurpose

bp = Blueprint("passkey_sign_in", __name__)


@bp.post("")
@open_to(Audience.EVERYONE)
def sign_in() -> ResponseReturnValue:
    """Sign in the owner of the passkey; otherwise return to the sign-in page, which says what is wrong."""
    form = PasskeyForm(PasskeyPurpose.SIGN_IN)
    next_path = safe_path(form.next.data or "")
    if not form.validate_on_submit() or form.passkey is None:
        if form.is_rate_limited:
            return render_template("public/accounts/sign_in_refused.html", sentence=form.refusal()), 429
        flash(form.refusal(), "stop")
        return redirect(url_for("security.login", next=next_path or None), 303)
    sign_in_by(staff_account(form.passkey.staff_id), SignInMethod.PASSKEY)
    return redirect(next_path or url_for("dashboard.choose_coalition"), 303)
