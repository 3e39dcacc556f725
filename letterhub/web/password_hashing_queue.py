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
from letterhub.domain.abuse.rate_limits import RateLimited

T = TypeVar("T")

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
