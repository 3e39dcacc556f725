"""Passwords: one normalization and one length limit for all forms, and a queue for their hashes, one at a time.

The hashing thread runs at low priority.
"""

import datetime as dt
import os
import sys
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from flask import g, has_app_context
from flask_babel import gettext as _
from flask_security import PasswordUtil
from flask_security.utils import get_message
from passlib.context import CryptContext
from wtforms import Field, PasswordField

from letterhub.clock import now
from letterhub.domain.abuse.rate_limits import RateLimited
from letterhub.web.flask_security_config import MIN_PASSWORD_LENGTH

T = TypeVar("T")

MAX_PASSWORD_LENGTH = 1000
MAX_QUEUED_ANONYMOUS = 3
"""Hashes at work and waiting, from which on a stranger's is rejected."""
MAX_QUEUED = 8
"""The same limit for browsers in which somebody is or was signed in."""
RETRY_AFTER = dt.timedelta(seconds=5)


class QueuedHashing:
    """Wrapper of Flask-Security's password context. Hashing and verifying raise RateLimited when the queue is full."""

    def __init__(self, passwords: CryptContext) -> None:
        self._passwords = passwords
        self._thread = ThreadPoolExecutor(1, "hashing", _lower_priority)
        self._waiting, self._lock = 0, threading.Lock()

    def hash(self, *args: Any, **kwargs: Any) -> str:
        """Return the hash of a password. Raises RateLimited."""
        return str(self._run_queued(lambda: self._passwords.hash(*args, **kwargs)))

    def verify(self, *args: Any, **kwargs: Any) -> bool:
        """Return whether a password has that hash. Raises RateLimited."""
        return bool(self._run_queued(lambda: self._passwords.verify(*args, **kwargs)))

    def _run_queued(self, work: Callable[[], T]) -> T:
        """Run the work on the hashing thread. Raises RateLimited if too many wait for it."""
        with self._lock:
            if self._waiting >= (MAX_QUEUED_ANONYMOUS if has_app_context() and g.get("stranger") else MAX_QUEUED):
                raise RateLimited(
                    _("Many people are signing in right now. Wait a few seconds, then try again."), now() + RETRY_AFTER
                )
            self._waiting += 1
        try:
            return self._thread.submit(work).result()
        finally:
            with self._lock:
                self._waiting -= 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._passwords, name)


def _lower_priority() -> None:
    """Lower the priority of the calling thread and of threads that it starts. Linux only: threads have priorities there."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


class PasswordRules(PasswordUtil):
    """Password utility without Flask-Security's limit of 128, which it reports as a password that is too short."""

    def normalize(self, password: str) -> str:
        """Return the normalized password, as it is hashed and compared."""
        return normalize_password(password)

    def validate(self, password: str, is_register: bool, **_account: Any) -> tuple[list[str] | None, str]:  # noqa: ARG002
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
