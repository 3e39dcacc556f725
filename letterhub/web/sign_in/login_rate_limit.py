"""Rate limits for sign-in: forms that count tries, and the cookie by which a browser is recognized."""

import secrets
from hashlib import sha256
from typing import Any

from flask import Flask, Response, after_this_request, current_app, g, request
from flask_security import current_user
from flask_security.signals import password_reset, user_authenticated

from letterhub.clock import now
from letterhub.commands.abuse.sign_in_limits import acquire_sign_in_attempt, refund_sign_in_attempt
from letterhub.domain.abuse.rate_limits import LimitedAction, RateLimited, SignInAttempt, network_of
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.infrastructure.signed_links import LIFETIMES, Purpose, current_link_signer, current_settings
from letterhub.mail.outbox import normalized_address
from letterhub.web.concurrency_limits import known_device

MAX_KNOWN_ACCOUNTS = 8  # per device cookie


class RateLimitedForm:
    """Form that takes a rate-limit token per try, before anything is looked up. A successful try gives the token back."""

    limited_action: LimitedAction
    error_field: str
    """Name of the field that shows a rate-limit error; "" for above the form."""
    any_account = False
    """True if a browser in which anyone signed in before counts as known, because nobody says who signs in now."""
    is_rate_limited = False

    def account(self) -> str:
        """Return the account that a try counts for."""
        return normalized_account((getattr(self, "user", None) or current_user).email)

    def recovery_hint(self) -> str:
        """Return a sentence on how to continue at once when no tries are left; "" if there is only waiting."""
        return ""

    def validate(self, **kwargs: Any) -> bool:
        """Return whether the input is valid; False, with an error, when the rate limit is reached."""
        settings = current_settings()
        attempt = _sign_in_attempt(self.account(), self.any_account)
        try:
            acquire_sign_in_attempt(self.limited_action, attempt, settings.secret_key, now())
        except RateLimited as refusal:
            self._show_rate_limit(refusal)
            return False
        try:
            is_valid = super().validate(**kwargs)  # type: ignore[misc]
        except RateLimited as refusal:  # the hashing queue is full: nothing was checked
            self._show_rate_limit(refusal)
            g.limited_tries = (*g.get("limited_tries", ()), (self.limited_action, attempt))
            return False
        if is_valid:
            g.limited_tries = (*g.get("limited_tries", ()), (self.limited_action, attempt))
        return bool(is_valid)

    def _show_rate_limit(self, refusal: RateLimited) -> None:
        """Add the sentence of a rate limit to the form, and make the response a 429 that says when to try again."""
        self.is_rate_limited = True
        wait = int((refusal.allowed_at - now()).total_seconds()) + 1

        @after_this_request
        def set_retry_after(response: Response) -> Response:
            response.status_code = 429
            response.headers["Retry-After"] = str(wait)
            return response

        sentence = f"{refusal} {self.recovery_hint()}".strip()
        if self.error_field:
            self[self.error_field].errors = [sentence]  # type: ignore[index]
        else:
            self.form_errors.append(sentence)  # type: ignore[attr-defined]


def init_app(app: Flask) -> None:
    """Set the device cookie after sign-in or a password reset."""
    user_authenticated.connect(_on_sign_in, app)
    password_reset.connect(_on_password_reset, app)


def normalized_account(typed: str | None) -> str:
    """Return the normalized, case-folded address of an account, whether or not it exists."""
    try:
        return normalized_address((typed or "").strip()).casefold()
    except CannotMail:
        return (typed or "").strip().casefold()


def release_tokens() -> None:
    """Give back the tokens of successful tries. Runs after the view, because a command needs a clean session."""
    for action, attempt in g.pop("limited_tries", ()):
        refund_sign_in_attempt(action, attempt, current_settings().secret_key)


def _sign_in_attempt(account: str, any_account: bool) -> SignInAttempt:
    """Return the attempt to sign in to an account; it names the device only if this account, or any, signed in there before."""
    device, *accounts = known_device() or (0,)
    is_known = _account_hash(account) in accounts or (any_account and bool(accounts))
    return SignInAttempt(account, network_of(request.remote_addr), str(device) if is_known else "")


def _on_sign_in(_app: Flask, **signal_args: Any) -> None:
    """Add the account to the device cookie; a browser without one gets a new one."""
    device, *accounts = known_device() or (secrets.randbits(63),)
    _set_device_cookie(device, accounts, signal_args["user"].email)


def _on_password_reset(_app: Flask, **signal_args: Any) -> None:
    """Set a new device cookie, which has its own unused rate limit: the mailed link proves who this is."""
    _set_device_cookie(secrets.randbits(63), (known_device() or (0,))[1:], signal_args["user"].email)


def _set_device_cookie(device: int, accounts: Any, email: str) -> None:
    """Set the device cookie for these accounts and the one that has just signed in, newest first."""
    account_hash = _account_hash(normalized_account(email))
    token = current_link_signer().token(
        Purpose.DEVICE,
        device,
        account_hash,
        *[other_hash for other_hash in accounts if other_hash != account_hash][: MAX_KNOWN_ACCOUNTS - 1],
    )

    @after_this_request
    def add_cookie(response: Response) -> Response:
        response.set_cookie(
            current_app.config["DEVICE_COOKIE_NAME"],
            token,
            max_age=LIFETIMES[Purpose.DEVICE],
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _account_hash(account: str) -> int:
    return int.from_bytes(sha256(account.encode()).digest()[:6])
