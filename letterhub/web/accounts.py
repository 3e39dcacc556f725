"""Staff accounts by Flask-Security: the one web file that touches tables, because the library needs the staff table."""

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from letterhub.config import Settings
from letterhub.db import db
from letterhub.models import Staff


class NoRoles:
    """Flask-Security's own roles are not used: a role is held in a coalition (see Membership)."""


def install(app: Flask, settings: Settings) -> None:
    """Signing in and out, under our own addresses and templates."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_SALT=settings.secret_key,
        SECURITY_PASSWORD_LENGTH_MIN=12,
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/desk/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_LOGIN_USER_TEMPLATE="staff/accounts/sign_in.html",
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_REDIRECT_VALIDATE_MODE=["absolute", "regex"],
        REMEMBER_COOKIE_SECURE=settings.https,
        REMEMBER_COOKIE_SAMESITE="Lax",
    )
    Security(app, SQLAlchemyUserDatastore(db, Staff, NoRoles))
