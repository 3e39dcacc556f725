"""Rate limits for sign-in: forms that count tries, and the cookie by which a browser is recognized."""

import secrets
from hashlib import sha256
from typing import Any

from flask import Flask, Response, after_this_request, g, request
from flask_security import current_user
from flask_security.signals import password_reset, user_authenticated

from letterhub.clock import now
from letterhub.commands.abuse.rate_limits import give_try_back, take_try
from letterhub.config import Settings
from letterhub.domain.abuse.rate_limits import Caller, LimitedAct, TooOften, network_of
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.infrastructure.current import links_here, settings_here
from letterhub.infrastructure.links import LIFETIMES, BrokenLink, ExpiredLink, Purpose
from letterhub.mail.outbox import one_address

ACCOUNTS = 8  # per device cookie


class CountedForm:
    """Form that takes a rate-limit token per try, before anything is looked up. A successful try gives the token back."""

    act: LimitedAct
    beside: str
    """Name of the field that shows a rate-limit error; "" for above the form."""

    def account(self) -> str:
        """Return the account that a try counts for."""
        return typed_account((getattr(self, "user", None) or current_user).email)

    def way_out(self) -> str:
        """Return a sentence on how to continue at once when no tries are left; "" if there is only waiting."""
        return ""

    def validate(self, **kwargs: Any) -> bool:
        """Return whether the input is valid; False, with an error, when the rate limit is reached."""
        settings = settings_here()
        caller = _caller(self.account())
        try:
            take_try(self.act, caller, settings.secret_key, now())
        except TooOften as refusal:
            self._refuse(refusal)
            return False
        try:
            right = super().validate(**kwargs)  # type: ignore[misc]
        except TooOften as refusal:  # the hashing queue is full: nothing was checked
            self._refuse(refusal)
            g.tries = (*g.get("tries", ()), (self.act, caller))
            return False
        if right:
            g.tries = (*g.get("tries", ()), (self.act, caller))
        return bool(right)

    def _refuse(self, refusal: TooOften) -> None:
        wait = int((refusal.free_at - now()).total_seconds()) + 1

        @after_this_request
        def told(response: Response) -> Response:
            response.status_code = 429
            response.headers["Retry-After"] = str(wait)
            return response

        sentence = f"{refusal} {self.way_out()}".strip()
        if self.beside:
            self[self.beside].errors = [sentence]  # type: ignore[index]
        else:
            self.form_errors.append(sentence)  # type: ignore[attr-defined]


def install(app: Flask) -> None:
    """Register the hooks that set the device cookie after sign-in or a password reset, and give back tokens."""
    user_authenticated.connect(_signed_in, app)
    password_reset.connect(_chose_password, app)
    app.after_request(_give_back)


def typed_account(typed: str | None) -> str:
    """Return the normalized, case-folded address of an account, whether or not it exists."""
    try:
        return one_address((typed or "").strip()).casefold()
    except CannotMail:
        return (typed or "").strip().casefold()


def _give_back(response: Response) -> Response:
    """Give back the tokens of successful tries. Runs after the request, because a command needs a clean session."""
    for act, caller in g.pop("tries", ()):
        give_try_back(act, caller, settings_here().secret_key)
    return response


def _caller(account: str) -> Caller:
    device, *accounts = known_device() or (0,)
    known = _number_of(account) in accounts
    return Caller(account, network_of(request.remote_addr), str(device) if known else "")


def _signed_in(_app: Flask, **facts: Any) -> None:
    device, *accounts = known_device() or (secrets.randbits(63),)
    _remember(device, accounts, facts["user"].email)


def _chose_password(_app: Flask, **facts: Any) -> None:
    """Set a new device cookie, which has its own unused rate limit: the mailed link proves who this is."""
    _remember(secrets.randbits(63), (known_device() or (0,))[1:], facts["user"].email)


def _remember(device: int, accounts: Any, email: str) -> None:
    settings = settings_here()
    mine = _number_of(typed_account(email))
    token = links_here().token(Purpose.DEVICE, device, mine, *[one for one in accounts if one != mine][: ACCOUNTS - 1])

    @after_this_request
    def kept(response: Response) -> Response:
        response.set_cookie(
            _cookie(settings), token, max_age=LIFETIMES[Purpose.DEVICE], secure=settings.https, httponly=True, samesite="Lax"
        )
        return response


def known_device() -> tuple[int, ...]:
    """Return the device id of the cookie and the ids of its accounts; empty without a valid cookie."""
    try:
        return links_here().opened(Purpose.DEVICE, request.cookies.get(_cookie(settings_here()), "")).subject
    except (BrokenLink, ExpiredLink):
        return ()


def _cookie(settings: Settings) -> str:
    return "__Host-letterhub-device" if settings.https else "letterhub-device"


def _number_of(account: str) -> int:
    return int.from_bytes(sha256(account.encode()).digest()[:6])
