"""Password rules: one normalization and one length limit for all forms, checked before any account is looked up."""

import unicodedata
from typing import Any

from flask_babel import gettext as _
from flask_security import PasswordUtil
from flask_security.utils import get_message
from wtforms import Field, PasswordField

from letterhub.web.flask_security_config import PASSWORD_LENGTH

LONGEST = 1000


class Passwords(PasswordUtil):
    """Password utility without Flask-Security's limit of 128, which it reports as a password that is too short."""

    def normalize(self, password: str) -> str:
        """Return the normalized password, as it is hashed and compared."""
        return spelled(password)

    def validate(self, password: str, is_register: bool, **_facts: Any) -> tuple[list[str] | None, str]:  # noqa: ARG002
        """Return the errors of a chosen password and its normalized form. The forms have checked the longest length."""
        short = len(spelled(password)) < PASSWORD_LENGTH
        told = [get_message("PASSWORD_INVALID_LENGTH", length=PASSWORD_LENGTH)[0]] if short else None
        return told, spelled(password)


class BoundedPasswords:
    """Form mixin that limits the length of passwords: hashing a longer one fails only for addresses with an account."""

    def validate(self, **kwargs: Any) -> bool:
        """Return whether the input is valid. Passwords that are too long are not looked at."""
        typed = (field for field in self if isinstance(field, PasswordField))  # type: ignore[attr-defined]
        if not (beyond := [field for field in typed if is_too_long(field.data or "")]):
            return bool(super().validate(**kwargs))  # type: ignore[misc]
        sentence = _("This is too long: a password has at most %(most)s characters. Check what you typed.", most=LONGEST)
        for field in beyond:
            self.tell(field, sentence)
        return False

    def tell(self, field: Field, sentence: str) -> None:
        """Show a sentence at its field, unless the form overrides this."""
        field.errors = [sentence]


def spelled(password: str) -> str:
    """Return the NFKD form of a password: keyboards differ in whether an accent is a character of its own."""
    return unicodedata.normalize("NFKD", password)


def is_too_long(password: str) -> bool:
    """Return whether a password is too long, as typed or normalized (NFKD may turn one character into 18)."""
    return len(password) > LONGEST or len(spelled(password)) > LONGEST
