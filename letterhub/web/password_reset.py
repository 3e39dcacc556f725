"""Page that requests a password reset mail. Work and response are the same for every address."""

from contextlib import suppress

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from letterhub.clock import now
from letterhub.commands.accounts.account import queue_password_reset
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.infrastructure.signed_links import current_settings
from letterhub.web.flask_security_forms import RequestPasswordResetForm


def request_password_reset() -> ResponseReturnValue:
    """Show the form; a POST queues the reset mail. The worker looks the address up, so the response time reveals nothing."""
    form = RequestPasswordResetForm(email=current_user.email if current_user.is_authenticated else "")
    if form.validate_on_submit():
        with suppress(CannotMail):  # an invalid address has no account
            queue_password_reset(form.email.data, current_settings().secret_key, now())
        flash(_("If this address has an account, we have emailed it a link to set a new password."), "good")
        return redirect(url_for("security.forgot_password"), 303)
    return render_template("staff/accounts/forgot_password.html", forgot_password_form=form)
