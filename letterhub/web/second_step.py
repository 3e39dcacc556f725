"""Setting up the second step, moving it and turning it off: by whoever gave the password of late, for that account alone."""

import datetime as dt
import secrets
from typing import Any

from flask import Flask, Response, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import Security, SQLAlchemyUserDatastore, current_user, login_user
from flask_security.tf_plugin import tf_clean_session
from flask_security.utils import check_and_update_authn_fresh, do_flash, get_message
from itsdangerous import URLSafeTimedSerializer, want_bytes

from letterhub.clock import now
from letterhub.commands.accounts import end_second_step, set_second_step
from letterhub.config import Settings

WITHIN = dt.timedelta(minutes=30)
BEGUN, WHOSE, STATE = "half_signed_in_at", "tf_user_id", "tf_state"  # the latter two as the library calls them
SIGN_IN, VALIDATED = "security.login", "security.two_factor_setup_validate"


def install(app: Flask, security: Security, settings: Settings) -> None:
    """Sees to what the library does not: how old a half-done sign-in is, and whose set-up it is that a token names."""
    keys = [*reversed(settings.secret_key_fallbacks), settings.secret_key]  # the last one signs
    security.tf_setup_serializer = OfOneAccount(keys, salt=security.tf_setup_serializer.salt)
    app.before_request(_forget_what_is_half_done)
    app.before_request(_ask_for_the_password)
    app.after_request(_begun)


class SecondSteps(SQLAlchemyUserDatastore):
    """The library's way to accounts. A change of the second step is a command of ours: it ends all that was begun before it."""

    def tf_set(self, user: Any, primary_method: str, totp_secret: str | None = None, phone: str | None = None) -> None:  # noqa: ARG002
        """Keeps the app that showed a right code. Raises SecondStepChanged.

        The library calls this for everyone who typed one; who signs in with the app that is there changes nothing.
        """
        if current_user.is_authenticated:
            set_second_step(user.id, session["_user_id"], primary_method, totp_secret or "", secrets.token_hex(32))
            _stay_signed_in()
        elif session.get(STATE) != "ready":
            set_second_step(user.id, session[WHOSE], primary_method, totp_secret or "", secrets.token_hex(32), first=True)

    def tf_reset(self, user: Any) -> None:
        """The password alone signs in again."""
        end_second_step(user.id, session["_user_id"], secrets.token_hex(32))
        _stay_signed_in()


class OfOneAccount(URLSafeTimedSerializer):
    """Tokens that are good for whoever is signed in alone, and until the next change of the password or of the second step."""

    def dumps(self, obj: Any, salt: str | bytes | None = None) -> str:
        """A token for the account that is signed in."""
        return super().dumps(obj, self._of(salt))

    def loads(  # type: ignore[override]
        self, s: str | bytes, max_age: int | None = None, return_timestamp: bool = False, salt: str | bytes | None = None
    ) -> Any:
        """What a token holds; raises BadSignature where it is another account's."""
        return super().loads(s, max_age, return_timestamp, self._of(salt))

    def _of(self, salt: str | bytes | None) -> bytes:
        owner: str = current_user.fs_uniquifier
        return want_bytes(salt or self.salt or b"") + b" of " + owner.encode()


def _stay_signed_in() -> None:
    """Every session of the account has ended; this one begins anew, and its password is as old as it was."""
    given_at = session.get("fs_paa", 0)
    login_user(current_user._get_current_object())  # noqa: SLF001
    session["fs_paa"] = given_at


def _forget_what_is_half_done() -> None:
    """A password that was right half an hour ago is asked for once more; and who gives one begins from the start."""
    if request.blueprint != "security" or WHOSE not in session:
        return
    age = abs(now().timestamp() - session.get(BEGUN, 0))
    if age > WITHIN.total_seconds() or (request.endpoint == SIGN_IN and request.method == "POST"):
        tf_clean_session()  # type: ignore[no-untyped-call]


def _begun(response: Response) -> Response:
    """What was half done before this sign-in is forgotten: whose it is now has just been said."""
    if request.endpoint == SIGN_IN and request.method == "POST" and WHOSE in session:
        session[BEGUN] = now().timestamp()
    return response


def _ask_for_the_password() -> ResponseReturnValue | None:
    """Before a code sets the second step up: the library asks on the page before that, and takes the code in any session."""
    if request.endpoint != VALIDATED or not current_user.is_authenticated:
        return None
    config = current_app.config
    if check_and_update_authn_fresh(config["SECURITY_FRESHNESS"], config["SECURITY_FRESHNESS_GRACE_PERIOD"], "session"):
        return None
    do_flash(*get_message("REAUTHENTICATION_REQUIRED"))
    return redirect(url_for("security.verify", next=url_for("security.two_factor_setup")))
