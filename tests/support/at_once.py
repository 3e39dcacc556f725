"""Two threads that do the same at the same moment, as two people would who press one button."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask

from letterhub.infrastructure.db import end_read_transaction

R = TypeVar("R")


def run_twice_at_once(app: Flask, act: Callable[[], R]) -> list[R]:
    """Return the results of two threads that do the same at the same moment."""
    barrier = Barrier(2)

    def acted(_: int) -> R:
        with app.app_context():
            barrier.wait()
            return act()

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(acted, range(2)))
    end_read_transaction()
    return results
