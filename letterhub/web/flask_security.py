"""Staff accounts by Flask-Security. The only web module that touches tables, because the library needs the staff table."""

import datetime as dt
from functools import partial
from typing import Any

from flask import Flask, Request, flash
from flask_babel import gettext as _
from flask_security import EmailValidateException, MailUtil, MfRecoveryCodesUtil, RoleMixin, Security, current_user
from flask_security.totp import Totp
from flask_security.utils import get_message
from passlib.exc import TokenError, UsedTokenError
from passlib.totp import TOTP, AppWallet, TotpMatch

from letterhub.clock import now
from letterhub.commands.accounts.two_factor import accept_code, use_recovery_code
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.domain.operations.clock_skew import WrongClock
from letterhub.domain.operations.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import normalized_address
from letterhub.models import Staff
from letterhub.queries.operations.health import clock_problem
from letterhub.queries.sign_in_methods import link_of, passkeys_of
from letterhub.web import sessions
from letterhub.web.flask_security_config import security_config
from letterhub.web.flask_security_forms import FORMS
from letterhub.web.flask_security_two_factor import TwoFactorDatastore, extend_security
from letterhub.web.password_reset import request_password_reset
from letterhub.web.passwords import PasswordRules, QueuedHashing
from letterhub.web.sign_in import login_rate_limit
from letterhub.web.sign_in.passkeys import PasskeyPurpose, has_passkeys, prompt_to_use
from letterhub.web.sign_in.provider import current_provider


class UnusedRole(RoleMixin):
    """Role class that Flask-Security requires. Unused: a role belongs to a Membership."""


class NormalizingMailUtil(MailUtil):
    """Mail utility that normalizes addresses as the outbox does, so that an account is found by its own address."""

    def send_mail(self, template: str, *_rendered: Any, **_context: Any) -> None:
        """Raise RuntimeError: all mails of Flask-Security are off, and the reset mail is a mail of this project."""
        raise RuntimeError(f"no mail of ours stands for {template}")

    def normalize(self, email: str) -> str:
        """Return the address as accounts store it, with the domain in ASCII. Raises EmailValidateException."""
        try:
            return normalized_address(email)
        except CannotMail as refusal:
            raise EmailValidateException(get_message("INVALID_EMAIL_ADDRESS")[0]) from refusal

    def validate(self, email: str) -> str:
        """Return the normalized address. Does not check deliverability, so that the form reveals nothing."""
        return self.normalize(email)


class EncryptedTotp(Totp):
    """TOTP codes of authenticator apps, each valid once. Secrets are encrypted with the first key; all keys decrypt."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        self._totp = TOTP.using(issuer=issuer, wallet=AppWallet(secrets, default_tag=next(iter(secrets))))

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        """Return whether a code is valid now. Uses the database's clock if this machine's clock is off.

        If neither clock can be trusted, a page that refuses a code says that this may be why.
        """
        problem = clock_problem()
        seconds_ahead = problem.seconds_ahead if problem and problem.which is WrongClock.THIS_MACHINE else 0.0
        at, last_counter = now() - dt.timedelta(seconds=seconds_ahead), self.get_last_counter(user)
        try:
            self.set_last_counter(
                user, self._totp.verify(token, totp_secret, time=at, window=window, last_counter=last_counter)
            )
        except TokenError:
            if problem and problem.which is WrongClock.UNKNOWN:
                flash(_("This site’s clock is wrong, so a correct code may be rejected. Tell whoever runs the site."), "doubt")
            return False
        return True

    def get_last_counter(self, user: Any) -> int | None:
        """Return the 30-second counter of the last code that was accepted."""
        last: int | None = user.tf_last_counter
        return last

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """Store the counter of a valid code. Raises UsedTokenError if another request used it first."""
        if not accept_code(user.id, tmatch.counter):
            raise UsedTokenError


class SingleUseRecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes, each valid once. A valid code is deleted by the check itself, so that no second request can use it."""

    def check_recovery_code(self, user: Any, code: str) -> bool:
        """Return whether the code belongs to the user and no other request used it first."""
        matching_codes = (
            encrypted_code for encrypted_code in user.mf_recovery_codes or () if self._decrypt_codes([encrypted_code]) == [code]
        )
        return any(use_recovery_code(user.id, encrypted_code) for encrypted_code in matching_codes)

    def delete_recovery_code(self, _user: Any, _code: str) -> bool:
        """Return True: `check_recovery_code` has deleted the code."""
        return True


def init_app(app: Flask, settings: Settings) -> None:
    """Set up Flask-Security with the URLs, templates and forms of this site."""
    app.config.update(security_config(settings))
    security = Security(
        app, TwoFactorDatastore(db, Staff, UnusedRole), mail_util_cls=NormalizingMailUtil, totp_cls=EncryptedTotp,
        mf_recovery_codes_util_cls=SingleUseRecoveryCodes, password_util_cls=PasswordRules, **FORMS,
    )  # fmt: skip
    app.view_functions["security.forgot_password"] = (
        request_password_reset  # Flask-Security's view hashes a password for each address
    )
    security.pwd_context = QueuedHashing(security.pwd_context)
    for serializer in (security.reset_serializer, security.tf_setup_serializer):
        serializer.secret_keys.reverse()  # itsdangerous signs with the last key; Flask-Security puts the newest first
    security.principal.identity_loaders.clear()  # it loads the user on every page, and nothing here needs it
    login_rate_limit.init_app(app)
    extend_security(security, settings)
    sessions.init_app(app)
    security.want_json(_wants_no_json)
    security.login_context_processor(partial(_demo_sign_ins, settings.demo))
    security.login_context_processor(_ways_to_sign_in)
    security.verify_context_processor(_ways_to_confirm)


def _wants_no_json(_request: Request) -> bool:
    """Return False: these pages never answer in JSON."""
    return False


def _demo_sign_ins(demo: bool) -> dict[str, Any]:
    return {"demo_sign_ins": DEMO_ACCOUNTS if demo else (), "demo_password": DEMO_PASSWORD if demo else ""}


def _ways_to_sign_in() -> dict[str, Any]:
    """Return the context of the sign-in page: the provider, and a prompt for a passkey, None where there are none."""
    return {
        "provider": current_provider(),
        "passkey_prompt": prompt_to_use(PasskeyPurpose.SIGN_IN) if has_passkeys() else None,
    }


def _ways_to_confirm() -> dict[str, Any]:
    """Return the context of the page that asks who is there: the ways that this account has."""
    passkeys, provider = passkeys_of(current_user.id), current_provider()
    return {
        "provider": provider if provider and link_of(current_user.id, provider.issuer) else None,
        "passkey_prompt": prompt_to_use(PasskeyPurpose.CONFIRM, passkeys) if passkeys and has_passkeys() else None,
    }
