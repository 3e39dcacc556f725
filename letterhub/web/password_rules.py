"""Password rules: one normalization and one length limit for all forms, checked before any account is looked up."""

import unicodedata
from typing import Any

from flask_babel import gettext as _
from flask_security import PasswordUtil
from flask_security.utils import get_message
from wtforms import Field, PasswordField

from letterhub.web.flask_security_config import MIN_PASSWORD_LENGTH

MAX_PASSWORD_LENGTH = 1000


class PasswordRules(PasswordUtil):
    """Password utility without Flask-Security's limit of 128, which it reports as a password that is too short."""

    def normalize(self, password: str) -> str:
        """Return the normalized password, as it is hashed and compared."""
        return normalize_password(password)

    def validate(self, password: str, is_register: bool, **_facts: Any) -> tuple[list[str] | None, str]:  # noqa: ARG002
        """Return the errors of a chosen password and its normalized form. The forms have checked the longest length."""
        is_too_short = len(normalize_password(password)) < MIN_PASSWORD_LENGTH
        errors = [get_message("PASSWORD_INVALID_LENGTH", length=MIN_PASSWORD_LENGTH)[0]] if is_too_short else None
        return errors, normalize_password(password)


class PasswordLengthMixin:
    """Form mixin that limits the length of passwords: hashing a longer one fails only for addresses with an account."""

    def validate(self, **kwargs: Any) -> bool:
        """Return whether the input is valid. Passwords that are too long are not looked at."""
        typed = (field for field in self if isinstance(field, PasswordField))  # type: ignore[attr-defined]
        if not (too_long := [field for field in typed if is_too_long(field.data or "")]):
            return bool(super().validate(**kwargs))  # type: ignore[misc]
        sentence = _("This password is too long. It can have at most %(most)s characters.", most=MAX_PASSWORD_LENGTH)
        for field in too_long:
            self.show_error(field, sentence)
        return False

    def show_error(self, field: Field, sentence: str) -> None:
        """Show a sentence at its field, unless the form overrides this."""
        field.errors = [sentence]


def normalize_password(password: str) -> str:
    """Return the NFKD form of a password: keyboards differ in whether an accent is a character of its own."""
    return unicodedata.normalize("NFKD", password)


def is_too_long(password: str) -> bool:
    """Return whether a password is too long, as typed or normalized (NFKD may turn one character into 18)."""
    return len(password) > MAX_PASSWORD_LENGTH or len(normalize_password(password)) > MAX_PASSWORD_LENGTH
