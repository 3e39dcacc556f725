"""Staff sessions: each sign-in has a key of its own, which the server stores and can revoke, and the way it was made.

See docs/design/security.md.
"""

import secrets
from typing import Any

from flask import Flask, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import user_logged_out
from flask_security import current_user
from flask_security.signals import user_authenticated
from flask_security.utils import login_user, set_request_attr

from letterhub.clock import now
from letterhub.commands.accounts.sessions import begin_session, end_session
from letterhub.domain.accounts.sign_in import SignInMethod
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.accounts import session_account

SESSION_KEY = "sign_in"
PENDING_METHOD = "sign_in_method"
"""Key of the account id and method of a sign-in that may still wait for its second step."""
BROWSER_WORD = "browser"
"""Key of the random word that ties what this browser is asked for to it."""
CODE_ENDPOINT = "security.two_factor_token_validation"


def init_app(app: Flask) -> None:
    """Replace Flask-Security's user loader and record when sessions begin and end."""
    app.login_manager.user_loader(_load_staff)  # type: ignore[attr-defined]
    user_authenticated.connect(_on_sign_in, app)
    user_logged_out.connect(_on_sign_out, app)


def _load_staff(uniquifier: str) -> Any:
    """Return the account of this session; None if it has ended, or if the site requires two-factor and the account has none.

    A passkey is two factors, and a sign-in by the provider was only completed with a second one, there or here.
    """
    staff, method = session_account(uniquifier, session.get(SESSION_KEY, ""), now())
    has_second_factor = staff is not None and (staff.tf_primary_method or method is not SignInMethod.PASSWORD)
    if staff is None or (current_settings().two_factor and not has_second_factor):
        return None
    g.session_method = staff.id, method
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return staff


def expect_sign_in(staff_id: int, method: SignInMethod) -> None:
    """Note the method of the sign-in that is about to be completed, or continued with a second step."""
    session[PENDING_METHOD] = [staff_id, method]


def forget_expected_sign_in() -> None:
    """Forget the noted method: someone begins again, with a password."""
    session.pop(PENDING_METHOD, None)


def expected_method() -> SignInMethod:
    """Return the method of the sign-in that waits for its second step."""
    return SignInMethod((session.get(PENDING_METHOD) or (0, SignInMethod.PASSWORD))[1])


def sign_in_by(staff: Any, method: SignInMethod) -> None:
    """Sign an account in, without a second step."""
    expect_sign_in(staff.id, method)
    login_user(staff, authn_via=[method])


def restart_session(staff: Any) -> None:
    """Sign the current account in again after all its sessions were ended; keeps the age of the last authentication."""
    authenticated_at = session.get("fs_paa", 0)
    login_user(staff)
    session["fs_paa"] = authenticated_at


def current_method() -> SignInMethod:
    """Return how the current session began."""
    method: SignInMethod = g.get("session_method", (0, SignInMethod.PASSWORD))[1]
    return method


def browser_word() -> str:
    """Return this browser's random word, which ends with each sign-in and sign-out: what is signed with it is worth nothing in
    another browser, or under another session."""
    if BROWSER_WORD not in session:
        session[BROWSER_WORD] = secrets.token_urlsafe(32)
    return str(session[BROWSER_WORD])


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
    _reset_words()
    g.ended_session = session.pop(SESSION_KEY, "") or g.get("ended_session", "")
    session[SESSION_KEY] = secrets.token_urlsafe(32)
    method = _method_of_sign_in(staff.id)
    g.new_session = staff.id, session[SESSION_KEY], method
    g.session_method = staff.id, method
    if current_settings().two_factor and staff.tf_primary_method and not staff.mf_recovery_codes:
        flash(_("You have no recovery codes yet. Create some in your account, in case you lose your phone."), "")


def _method_of_sign_in(staff_id: int) -> SignInMethod:
    """Return the method that was noted for this account, or that of the session that starts over."""
    pending = session.pop(PENDING_METHOD, None) or g.get("session_method", (0, SignInMethod.PASSWORD))
    return SignInMethod(pending[1]) if pending[0] == staff_id else SignInMethod.PASSWORD


def _on_sign_out(_app: Flask, **_signal_args: Any) -> None:
    _reset_words()
    g.ended_session = session.pop(SESSION_KEY, "")


def _reset_words() -> None:
    """End what pages that are open in this browser were signed with: CSRF tokens, prompts for a passkey."""
    session.pop("csrf_token", None)
    session.pop(BROWSER_WORD, None)
    g.pop("csrf_token", None)


def save_session_changes() -> None:
    """Store and end sessions after the view, when Flask-Security has committed: a command needs a clean session."""
    if ended_key := g.pop("ended_session", ""):
        end_session(ended_key)
    if new_session := g.pop("new_session", None):
        staff_id, key, method = new_session
        begin_session(staff_id, key, method, now())
