"""Staff sessions: each sign-in has a key of its own, which the server stores and can revoke. See docs/design/security.md."""

import secrets
from typing import Any

from flask import Flask, Response, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import user_logged_out
from flask_security import current_user
from flask_security.signals import user_authenticated
from flask_security.utils import set_request_attr

from letterhub.clock import now
from letterhub.commands.accounts.sessions import begin_sign_in, end_sign_in
from letterhub.infrastructure.current import settings_here
from letterhub.queries.accounts.sessions import signed_in_as
from letterhub.web.security_headers import SAFE

KEY = "sign_in"
CODE_PAGE = "security.two_factor_token_validation"


def install(app: Flask) -> None:
    """Replace Flask-Security's user loader and record when sessions begin and end."""
    app.login_manager.user_loader(_whose)  # type: ignore[attr-defined]
    user_authenticated.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)
    app.before_request(_no_code_is_asked_for)
    app.after_request(_keep)


def _whose(uniquifier: str) -> Any:
    """Return the account of this session; None if it has ended, or if the site requires two-factor and the account has none."""
    staff = signed_in_as(uniquifier, session.get(KEY, ""), now())
    settings = settings_here()
    if staff is None or (settings.second_step and not staff.tf_primary_method):
        return None
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return staff


def _no_code_is_asked_for() -> ResponseReturnValue | None:
    """Redirect a signed-in user away from the two-factor code page.

    Flask-Security would sign them out there, so any link could, or would finish an old two-factor setup.
    """
    if request.endpoint != CODE_PAGE or not current_user.is_authenticated:
        return None
    return redirect(url_for("account.own"))


def _signed_in(_app: Flask, **facts: Any) -> None:
    """Start a session with a new key and new CSRF tokens, which prevents session fixation."""
    staff = facts["user"]
    _forget_tokens()
    g.ended, session[KEY] = session.pop(KEY, ""), secrets.token_urlsafe(32)
    g.begun = staff.id, session[KEY]
    if settings_here().second_step and not staff.mf_recovery_codes:
        flash(_("You have no recovery codes yet. Make some in your account, for the day you don’t have your phone."), "")


def _signed_out(_app: Flask, **_facts: Any) -> None:
    _forget_tokens()
    g.ended = session.pop(KEY, "")


def _forget_tokens() -> None:
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)


def _keep(response: Response) -> Response:
    """Store and end sessions after the request, when Flask-Security has committed: a command needs a clean session."""
    if request.method not in SAFE:
        if ended := g.pop("ended", ""):
            end_sign_in(ended)
        if begun := g.pop("begun", None):
            staff_id, key = begun
            begin_sign_in(staff_id, key, now())
    return response
