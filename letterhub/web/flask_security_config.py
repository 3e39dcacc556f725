"""Flask-Security configuration: URLs, templates, messages, keys, and safe targets of redirects."""

import datetime as dt
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_security.utils import validate_redirect_url
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from letterhub.config import Settings
from letterhub.domain.line_validation import normalize_line

MIN_PASSWORD_LENGTH = 12
TEMPLATE_FOLDER = "staff/accounts"

URLS = {
    "LOGIN_URL": "/sign-in",
    "LOGOUT_URL": "/sign-out",
    "RESET_URL": "/reset-password",
    "CHANGE_URL": "/account/password",
    "VERIFY_URL": "/account/confirm-password",
    "TWO_FACTOR_SETUP_URL": "/account/two-step-sign-in",
    "TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
    "TWO_FACTOR_RESCUE_URL": "/sign-in/rescue",
    "TWO_FACTOR_SELECT_URL": "/sign-in/second-step",
    "MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
    "MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
    "POST_LOGIN_VIEW": "/staff/",
    "POST_LOGOUT_VIEW": "/sign-in",
    "POST_CHANGE_VIEW": "/account",
    "POST_VERIFY_VIEW": "/account",
    "TWO_FACTOR_POST_SETUP_VIEW": "/account",
    "TWO_FACTOR_ERROR_VIEW": "/sign-in",
}

TEMPLATES = {
    "LOGIN_USER_TEMPLATE": f"{TEMPLATE_FOLDER}/sign_in.html",
    "FORGOT_PASSWORD_TEMPLATE": f"{TEMPLATE_FOLDER}/forgot_password.html",
    "RESET_PASSWORD_TEMPLATE": f"{TEMPLATE_FOLDER}/reset_password.html",
    "CHANGE_PASSWORD_TEMPLATE": f"{TEMPLATE_FOLDER}/change_password.html",
    "VERIFY_TEMPLATE": f"{TEMPLATE_FOLDER}/reauthenticate.html",
    "TWO_FACTOR_SETUP_TEMPLATE": f"{TEMPLATE_FOLDER}/two_factor.html",
    "TWO_FACTOR_VERIFY_CODE_TEMPLATE": f"{TEMPLATE_FOLDER}/two_factor_code.html",
    "MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": f"{TEMPLATE_FOLDER}/recovery_codes.html",
    "MULTI_FACTOR_RECOVERY_TEMPLATE": f"{TEMPLATE_FOLDER}/recovery_code.html",
}

MESSAGES = {
    "GENERIC_AUTHN_FAILED": (_("This email address and password don’t match. Check both, or reset your password."), "stop"),
    "UNAUTHENTICATED": (_("Sign in to see this page."), ""),
    "REAUTHENTICATION_REQUIRED": (_("You signed in a while ago. Enter your password again to continue."), ""),
    "REAUTHENTICATION_SUCCESSFUL": (_("Thank you. You can continue."), "good"),
    "ANONYMOUS_USER_REQUIRED": (_("You are already signed in."), ""),
    "INVALID_REDIRECT": (_("The page you were being sent to is not on this site."), "stop"),
    "INVALID_EMAIL_ADDRESS": (_("This is not an email address. Check its spelling."), "stop"),
    "EMAIL_NOT_PROVIDED": (_("Enter your email address."), "stop"),
    "PASSWORD_NOT_PROVIDED": (_("Enter a password."), "stop"),
    "PASSWORD_INVALID_LENGTH": (_("Choose a password of at least %(length)s characters."), "stop"),
    "RETYPE_PASSWORD_MISMATCH": (_("The passwords don’t match. Enter the new password twice."), "stop"),
    "INVALID_PASSWORD": (_("This is not your password."), "stop"),
    "PASSWORD_IS_THE_SAME": (_("This is already your password. Choose another."), "stop"),
    "PASSWORD_RESET_REQUEST": (_("If this address has an account, we have emailed it a link to set a new password."), "good"),
    "PASSWORD_RESET_EXPIRED": (_("This link has expired. Request a new one here."), "stop"),
    "INVALID_RESET_PASSWORD_TOKEN": (_("This link has been used before or is incomplete. Request a new one here."), "stop"),
    "PASSWORD_RESET_NO_LOGIN": (_("Your new password is set. Sign in with it."), "good"),
    "PASSWORD_CHANGE": (_("Your password was changed. You’ve been signed out on other devices."), "good"),
    "TWO_FACTOR_INVALID_TOKEN": (_("This code is wrong or has expired. Enter the one that your app shows now."), "stop"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (_("You are signed in."), "good"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        _("Two-step sign-in is on. Next, create recovery codes in case you lose your phone."), "good"
    ),
    "TWO_FACTOR_PERMISSION_DENIED": (_("Start by signing in with your password."), "stop"),
    "TWO_FACTOR_DISABLED": (_("Two-step sign-in is off."), "good"),
    "TWO_FACTOR_SETUP_EXPIRED": (_("This took longer than %(within)s. Start over."), "stop"),
    "API_ERROR": (_("This page has expired. Start over."), "stop"),
    "INVALID_RECOVERY_CODE": (_("This is not one of your recovery codes, or it has been used before."), "stop"),
    "NO_RECOVERY_CODES_SETUP": (_("You have no recovery codes yet. Create some below."), "stop"),
}  # fmt: skip


def security_config(settings: Settings) -> Mapping[str, Any]:
    """Return the Flask-Security settings. Registration, passkeys and the library's own mails are off."""
    return (
        {
            f"SECURITY_{name}": value
            for name, value in {**URLS, **TEMPLATES, **_password_config(settings), **_two_factor_config(settings)}.items()
        }
        | {f"SECURITY_MSG_{name}": sentence for name, sentence in MESSAGES.items()}
        | {
            "SECURITY_RETURN_GENERIC_RESPONSES": True,
            "SECURITY_API_ENABLED_METHODS": ["session"],
            "SECURITY_DEFAULT_REMEMBER_ME": False,
            "SECURITY_LOGOUT_METHODS": ["POST"],
            "SECURITY_CACHE_CONTROL": None,  # `request_security` sets it for every page
            "SECURITY_STATIC_FOLDER": None,
            "SECURITY_CLI_USERS_NAME": None,
            "SECURITY_CLI_ROLES_NAME": None,
            "REMEMBER_COOKIE_SECURE": settings.https,
            "REMEMBER_COOKIE_SAMESITE": "Lax",
        }
    )


def _password_config(settings: Settings) -> Mapping[str, Any]:
    """Return the settings for hashing, resetting and changing passwords."""
    return {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": ["argon2"],
        "HASHING_SCHEMES": ["hex_sha512"],  # for a token that is never used: see NormalizingMailUtil
        "DEPRECATED_HASHING_SCHEMES": [],
        "PASSWORD_SALT": settings.secret_key,
        "PASSWORD_LENGTH_MIN": MIN_PASSWORD_LENGTH,
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "RECOVERABLE": True,
        "CHANGEABLE": True,
        "EMAIL_PLAINTEXT": False,
        "EMAIL_HTML": False,
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
    }


def _two_factor_config(settings: Settings) -> Mapping[str, Any]:
    """Return the settings for authenticator apps and recovery codes, with keys that old secrets still open with."""
    keys = (settings.secret_key, *settings.secret_key_fallbacks)
    return {
        "TWO_FACTOR": True,
        "TWO_FACTOR_REQUIRED": settings.two_factor,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,  # seconds: one code before and one after the present one
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "FRESHNESS": dt.timedelta(days=1),  # longest time since the password was entered, to change two-factor
        "FRESHNESS_GRACE_PERIOD": dt.timedelta(0),  # each visit would restart it
        "TOTP_ISSUER": "Letterhub",
        "TOTP_SECRETS": {sha256(key.encode()).hexdigest()[:8]: key for key in keys},
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [urlsafe_b64encode(sha256(key.encode()).digest()) for key in keys],
    }


NEXT_PARAMETER = "next"
MAX_URL_LENGTH = 2000


def clean_next() -> None:
    """Replace an unreadable `next` parameter before Flask-Security reads it, which would fail only after the one-time code was
    used up."""
    request.args, request.form = _with_safe_next(request.args), _with_safe_next(request.form)


def _with_safe_next(params: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    """Return the parameters of a request; a `next` that is no path on this site becomes ""."""
    clean_params = MultiDict(params)
    if NEXT_PARAMETER in clean_params:
        clean_params[NEXT_PARAMETER] = safe_path(clean_params[NEXT_PARAMETER])
    return ImmutableMultiDict(clean_params)


def safe_path(url: str) -> str:
    """Return the URL path if it is on this site; "" otherwise. A path with one leading slash names no host."""
    path = normalize_line(url) if len(url) <= MAX_URL_LENGTH else ""
    is_local = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_local and validate_redirect_url(path) else ""
