"""Two-factor setup, change and removal, for the account's owner only and soon after entering the password.

See docs/design/security.md.
"""

import datetime as dt
import secrets
from typing import Any

from flask import current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import Security, SQLAlchemyUserDatastore, current_user
from flask_security.proxies import _security
from flask_security.tf_plugin import tf_clean_session
from flask_security.utils import check_and_update_authn_fresh, do_flash, get_message
from itsdangerous import URLSafeTimedSerializer, want_bytes

from letterhub.clock import now
from letterhub.commands.accounts.two_factor import disable_two_factor, set_two_factor
from letterhub.config import Settings
from letterhub.domain.accounts.sign_in import SignInMethod
from letterhub.queries.sign_in_methods import ways_in_of
from letterhub.web.sessions import expect_sign_in, expected_method, forget_expected_sign_in, restart_session

PENDING_SIGN_IN_LIFETIME = dt.timedelta(minutes=30)
PASSWORD_ENTERED_AT, PENDING_USER_ID, TWO_FACTOR_STATE = (
    "half_signed_in_at",
    "tf_user_id",
    "tf_state",
)  # the last two are Flask-Security's
SIGN_IN_ENDPOINT, SETUP_VALIDATION_ENDPOINT = "security.login", "security.two_factor_setup_validate"
SETUP_ENDPOINT = "security.two_factor_setup"
RECENT = dt.timedelta(minutes=15)
"""Longest time since someone signed in, or confirmed that it is them, to change passkeys and links to the provider."""


def extend_security(security: Security, settings: Settings) -> None:
    """Add what Flask-Security lacks: half-done sign-ins expire, and setup tokens belong to one account."""
    keys = [*reversed(settings.secret_key_fallbacks), settings.secret_key]  # itsdangerous signs with the last one
    security.tf_setup_serializer = AccountBoundSerializer(keys, salt=security.tf_setup_serializer.salt)


class TwoFactorDatastore(SQLAlchemyUserDatastore):
    """User datastore whose two-factor changes are commands, which end other sessions and pending sign-ins."""

    def tf_set(self, user: Any, primary_method: str, totp_secret: str | None = None, phone: str | None = None) -> None:  # noqa: ARG002
        """Store the app whose code was valid. Raises TwoFactorChanged.

        Flask-Security calls this for every valid code; a sign-in with the app on record changes nothing.
        """
        if current_user.is_authenticated:
            set_two_factor(user.id, session["_user_id"], primary_method, totp_secret or "", secrets.token_hex(32))
            restart_session(current_user._get_current_object())  # noqa: SLF001 - a proxy would stand for itself
        elif session.get(TWO_FACTOR_STATE) != "ready":
            set_two_factor(
                user.id, session[PENDING_USER_ID], primary_method, totp_secret or "", secrets.token_hex(32), first=True
            )

    def tf_reset(self, user: Any) -> None:
        """Turn two-factor off: the password alone signs in."""
        disable_two_factor(user.id, session["_user_id"], secrets.token_hex(32))
        restart_session(current_user._get_current_object())  # noqa: SLF001 - a proxy would stand for itself


class AccountBoundSerializer(URLSafeTimedSerializer):
    """Token serializer whose tokens belong to the current user, until the password or two-factor app changes."""

    def dumps(self, obj: Any, salt: str | bytes | None = None) -> str:
        """Return a token for the current user."""
        return super().dumps(obj, self._account_salt(salt))

    def loads(  # type: ignore[override]
        self, s: str | bytes, max_age: int | None = None, return_timestamp: bool = False, salt: str | bytes | None = None
    ) -> Any:
        """Return the content of a token. Raises BadSignature if it belongs to another account."""
        return super().loads(s, max_age, return_timestamp, self._account_salt(salt))

    def _account_salt(self, salt: str | bytes | None) -> bytes:
        owner: str = current_user.fs_uniquifier
        return want_bytes(salt or self.salt or b"") + b" of " + owner.encode()


def expire_pending_sign_in() -> None:
    """Drop a sign-in that waits for its code after 30 minutes, or when the password is sent again."""
    sends_password = request.endpoint == SIGN_IN_ENDPOINT and request.method == "POST"
    if sends_password:
        forget_expected_sign_in()
    if PENDING_USER_ID not in session:
        return
    age = abs(now().timestamp() - session.get(PASSWORD_ENTERED_AT, 0))
    if sends_password or age > PENDING_SIGN_IN_LIFETIME.total_seconds():
        tf_clean_session()  # type: ignore[no-untyped-call]


def record_password_time() -> None:
    """Record the time of a password sign-in that waits for its code."""
    if request.endpoint == SIGN_IN_ENDPOINT and request.method == "POST" and PENDING_USER_ID in session:
        session[PASSWORD_ENTERED_AT] = now().timestamp()


def ask_for_second_step(staff: Any, method: SignInMethod, next_path: str) -> ResponseReturnValue | None:
    """Return the redirect to the second step of a sign-in that began without a password; None if none is needed."""
    response: ResponseReturnValue | None = _security.two_factor_plugins.tf_enter(
        staff, remember_me=False, primary_authn_via=method, next_loc=next_path or None
    )
    if response:
        expect_sign_in(staff.id, method)
        session[PASSWORD_ENTERED_AT] = now().timestamp()
    return response


def refuse_first_setup() -> ResponseReturnValue | None:
    """Return a redirect if someone who just entered a password would set up a first authenticator app although the account has
    another second step: whoever stole the password could. Else None."""
    if request.endpoint != SETUP_ENDPOINT or current_user.is_authenticated or PENDING_USER_ID not in session:
        return None
    ways = ways_in_of(session[PENDING_USER_ID])
    if ways.passkeys:
        sentence = _("This account has passkeys instead of an authenticator app. Sign in with one of them.")
    elif ways.is_linked and expected_method() is SignInMethod.PASSWORD:
        sentence = _("This account has no authenticator app. Sign in with the provider that it is linked to.")
    else:
        return None
    tf_clean_session()  # type: ignore[no-untyped-call]
    forget_expected_sign_in()
    flash(sentence, "stop")
    return redirect(url_for(SIGN_IN_ENDPOINT))


def require_recent_password() -> ResponseReturnValue | None:
    """Return a redirect to the password page if a code would complete setup long after the password was entered; else None.

    Flask-Security checks this only on the page before.
    """
    if request.endpoint != SETUP_VALIDATION_ENDPOINT or not current_user.is_authenticated:
        return None
    return require_recent_sign_in(url_for(SETUP_ENDPOINT), current_app.config["SECURITY_FRESHNESS"])


def require_recent_sign_in(next_path: str, within: dt.timedelta = RECENT) -> ResponseReturnValue | None:
    """Return a redirect to the page that asks who is there, then to `next_path`, unless that was asked recently; else None."""
    if check_and_update_authn_fresh(within, current_app.config["SECURITY_FRESHNESS_GRACE_PERIOD"], "session"):
        return None
    do_flash(*get_message("REAUTHENTICATION_REQUIRED"))
    return redirect(url_for("security.verify", next=next_path))
