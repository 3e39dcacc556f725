"""Staff sessions: each sign-in has a key of its own, which the server stores and can revoke. See docs/design/security.md."""

import secrets
from typing import Any

from flask import Flask, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import user_logged_out
from flask_security import current_user
from flask_security.signals import user_authenticated
from flask_security.utils import set_request_attr

from letterhub.clock import now
from letterhub.commands.accounts.sessions import begin_session, end_session
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.accounts import session_account

SESSION_KEY = "sign_in"
CODE_ENDPOINT = "security.two_factor_token_validation"


def init_app(app: Flask) -> None:
    """Replace Flask-Security's user loader and record when sessions begin and end."""
    app.login_manager.user_loader(_load_staff)  # type: ignore[attr-defined]
    user_authenticated.connect(_on_sign_in, app)
    user_logged_out.connect(_on_sign_out, app)


def _load_staff(uniquifier: str) -> Any:
    """Return the account of this session; None if it has ended, or if the site requires two-factor and the account has none."""
    staff = session_account(uniquifier, session.get(SESSION_KEY, ""), now())
    settings = current_settings()
    if staff is None or (settings.two_factor and not staff.tf_primary_method):
        return None
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return staff


def skip_code_page() -> ResponseReturnValue | None:
    """Redirect a signed-in user away from the two-factor code page.

    Flask-Security would sign them out there, so any link could, or would finish an old two-factor setup.
    """
    if request.endpoint != CODE_ENDPOINT or not current_user.is_authenticated:
        return None
    return redirect(url_for("account.edit"))


def _on_sign_in(_app: Flask, **signal_args: Any) -> None:
    """Start a session with a new key and new CSRF tokens, which prevents session fixation."""
    staff = signal_args["user"]
    _reset_csrf_token()
    g.ended_session, session[SESSION_KEY] = session.pop(SESSION_KEY, ""), secrets.token_urlsafe(32)
    g.new_session = staff.id, session[SESSION_KEY]
    if current_settings().two_factor and not staff.mf_recovery_codes:
        flash(_("You have no recovery codes yet. Create some in your account, in case you lose your phone."), "")


def _on_sign_out(_app: Flask, **_signal_args: Any) -> None:
    _reset_csrf_token()
    g.ended_session = session.pop(SESSION_KEY, "")


def _reset_csrf_token() -> None:
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)


def save_session_changes() -> None:
    """Store and end sessions after the view, when Flask-Security has committed: a command needs a clean session."""
    if ended_key := g.pop("ended_session", ""):
        end_session(ended_key)
    if new_session := g.pop("new_session", None):
        staff_id, key = new_session
        begin_session(staff_id, key, now())
