"""Passwords as they are typed: every form takes the same ones, and refuses a longer one before it looks for anybody."""

import unicodedata
from typing import Any

from flask_babel import gettext as _
from flask_security import PasswordUtil
from flask_security.utils import get_message
from wtforms import Field, PasswordField

from letterhub.web.account_settings import PASSWORD_LENGTH

LONGEST = 1000


class Passwords(PasswordUtil):
    """The library's, but for its own end at 128, which it would tell as a password that is too short."""

    def normalize(self, password: str) -> str:
        """The spelling in which it is kept and compared."""
        return spelled(password)

    def validate(self, password: str, is_register: bool, **_facts: Any) -> tuple[list[str] | None, str]:  # noqa: ARG002
        """What is wrong with one that was chosen, and its spelling; the forms have seen to its end."""
        short = len(spelled(password)) < PASSWORD_LENGTH
        told = [get_message("PASSWORD_INVALID_LENGTH", length=PASSWORD_LENGTH)[0]] if short else None
        return told, spelled(password)


class BoundedPasswords:
    """A form whose passwords have an end: hashing one beyond its own would fail, for an address that has an account alone."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether what was typed is right, where it may be looked at."""
        typed = (field for field in self if isinstance(field, PasswordField))  # type: ignore[attr-defined]
        if not (beyond := [field for field in typed if is_too_long(field.data or "")]):
            return bool(super().validate(**kwargs))  # type: ignore[misc]
        sentence = _("This is too long: a password has at most %(most)s characters. Check what you typed.", most=LONGEST)
        for field in beyond:
            self.tell(field, sentence)
        return False

    def tell(self, field: Field, sentence: str) -> None:
        """Beside its field, unless the form says otherwise."""
        field.errors = [sentence]


def spelled(password: str) -> str:
    """The one spelling of a password, whichever keyboard it is typed on: an accent may be a sign of its own."""
    return unicodedata.normalize("NFKD", password)


def is_too_long(password: str) -> bool:
    """Whether a password is beyond the end, as it was typed or as it is compared, where one sign may become eighteen."""
    return len(password) > LONGEST or len(spelled(password)) > LONGEST
