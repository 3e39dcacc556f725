"""How often one may try to sign in: forms that count before they look, and the cookie by which a browser is known again."""

import secrets
from hashlib import sha256
from typing import Any

from flask import Flask, Response, after_this_request, g, request
from flask_security import current_user
from flask_security.signals import password_reset, user_authenticated

from letterhub.clock import now
from letterhub.commands.allowances import give_try_back, take_try
from letterhub.config import Settings
from letterhub.domain.allowances import Caller, LimitedAct, TooOften, network_of
from letterhub.domain.mails import CannotMail
from letterhub.here import links_here, settings_here
from letterhub.links import LIFETIMES, BrokenLink, ExpiredLink, Purpose
from letterhub.mail.outbox import one_address

ACCOUNTS = 8  # that one browser is known for


class CountedForm:
    """A form whose every try counts, for an account and before anything is looked up; a right one counts for nothing."""

    act: LimitedAct
    beside: str
    """The field beside which a refusal is told; "" above the form."""

    def account(self) -> str:
        """Whose password or code it is."""
        return typed_account((getattr(self, "user", None) or current_user).email)

    def way_out(self) -> str:
        """How one goes on at once where the tries are spent; "" where one waits."""
        return ""

    def validate(self, **kwargs: Any) -> bool:
        """Whether what was typed is right, where it may be looked at."""
        settings = settings_here()
        caller = _caller(self.account())
        try:
            take_try(self.act, caller, settings.secret_key, now())
        except TooOften as refusal:
            self._refuse(refusal)
            return False
        try:
            right = super().validate(**kwargs)  # type: ignore[misc]
        except TooOften as refusal:  # too many passwords wait to be hashed: nothing was looked at
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
    """Knows a browser again in which someone signed in, or chose a password by the mailed link."""
    user_authenticated.connect(_signed_in, app)
    password_reset.connect(_chose_password, app)
    app.after_request(_give_back)


def typed_account(typed: str | None) -> str:
    """What the spellings of an account's address share, whether there is such an account or not."""
    try:
        return one_address((typed or "").strip()).casefold()
    except CannotMail:
        return (typed or "").strip().casefold()


def _give_back(response: Response) -> Response:
    """After the request, when what it changed is kept: a command begins with a clean page."""
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
    """Whoever holds the mailed link gets a purse that nobody took anything from."""
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
    """The number of this browser, and those of the accounts that it is known for; empty where it is not known."""
    try:
        return links_here().opened(Purpose.DEVICE, request.cookies.get(_cookie(settings_here()), "")).subject
    except (BrokenLink, ExpiredLink):
        return ()


def _cookie(settings: Settings) -> str:
    return "__Host-letterhub-device" if settings.https else "letterhub-device"


def _number_of(account: str) -> int:
    return int.from_bytes(sha256(account.encode()).digest()[:6])
