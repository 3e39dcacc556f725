"""Password hashes, one at a time in each process, with few that wait: each takes 64 MB and both cores for a quarter second.

They are made by a thread that leaves the processor to others where these want it.
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
from letterhub.domain.allowances import TooOften

T = TypeVar("T")

STRANGERS = 3
"""Hashes of a process in hand and waiting, beyond which a stranger's is refused."""
MOST = 8
"""The same for staff: whoever is signed in, or was before in this browser."""
WAIT = dt.timedelta(seconds=5)


class BoundedHashing:
    """The library's passwords. Hashing and comparing raise TooOften, at once, where too many wait already."""

    def __init__(self, passwords: CryptContext) -> None:
        self._passwords = passwords
        self._thread = ThreadPoolExecutor(1, "hashing", _behind_others)
        self._waiting, self._counting = 0, threading.Lock()

    def hash(self, *given: Any, **more: Any) -> str:
        """The hash of a password."""
        return str(self._in_turn(lambda: self._passwords.hash(*given, **more)))

    def verify(self, *given: Any, **more: Any) -> bool:
        """Whether a password has that hash."""
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
    """Lowers the priority of the thread that calls, and of those that it starts: on Linux, where each has one of its own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
