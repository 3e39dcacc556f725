"""Queue for password hashes, one at a time per process: each takes 64 MB and both cores for a quarter second.

The hashing thread runs at low priority.
"""

import datetime as dt
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from flask import g, has_app_context
from flask_babel import gettext as _
from passlib.context import CryptContext

from letterhub.clock import now
from letterhub.domain.abuse.rate_limits import TooOften

T = TypeVar("T")

STRANGERS = 3
"""Hashes at work and waiting, from which on a stranger's is rejected."""
MOST = 8
"""The same limit for browsers in which somebody is or was signed in."""
WAIT = dt.timedelta(seconds=5)


class BoundedHashing:
    """Wrapper of Flask-Security's password context. Hashing and verifying raise TooOften when the queue is full."""

    def __init__(self, passwords: CryptContext) -> None:
        self._passwords = passwords
        self._thread = ThreadPoolExecutor(1, "hashing", _behind_others)
        self._waiting, self._counting = 0, threading.Lock()

    def hash(self, *given: Any, **more: Any) -> str:
        """Return the hash of a password. Raises TooOften."""
        return str(self._in_turn(lambda: self._passwords.hash(*given, **more)))

    def verify(self, *given: Any, **more: Any) -> bool:
        """Return whether a password has that hash. Raises TooOften."""
        return bool(self._in_turn(lambda: self._passwords.verify(*given, **more)))

    def _in_turn(self, work: Callable[[], T]) -> T:
        with self._counting:
            if self._waiting >= (STRANGERS if has_app_context() and g.get("stranger") else MOST):
                raise TooOften(_("Many people are signing in right now. Wait a few seconds, then try again."), now() + WAIT)
            self._waiting += 1
        try:
            return self._thread.submit(work).result()
        finally:
            with self._counting:
                self._waiting -= 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._passwords, name)


def _behind_others() -> None:
    """Lower the priority of the calling thread and of threads that it starts. Linux only: threads have priorities there."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
