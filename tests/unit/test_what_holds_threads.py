"""What takes long holds few of a process's threads and little of its memory, whoever asks for it how often."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from passlib.context import CryptContext

from letterhub.web.accounts import OneAtATime
from letterhub.web.public import fields
from tests.databases import settings_for

AT_ONCE = 6


@pytest.fixture
def answer() -> Iterator[threading.Event]:
    """Set once a domain answers; those that wait for it are let go at the end."""
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.shows("S2")
def test_domains_that_never_answer_hold_two_threads_and_the_others_are_served(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, answer: threading.Event
) -> None:
    looked: list[bool] = []

    def slow(_typed: str, *, check_deliverability: bool, **_how: object) -> str:
        looked.append(check_deliverability)
        if check_deliverability:
            answer.wait(30)
        return "known"

    monkeypatch.setattr(fields, "validate_email", slow)
    app = Flask(__name__)
    app.extensions["settings"] = replace(settings_for("sqlite://", tmp_path), check_mail_domains=True)

    def asked(_number: int) -> object:
        with app.app_context():
            return fields._validated("nia@slow.example")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        waits = [threads.submit(asked, number) for number in range(AT_ONCE)]
        until = time.monotonic() + 20
        while sum(one.done() for one in waits) < AT_ONCE - 2 and time.monotonic() < until:
            time.sleep(0.01)
        assert sum(one.done() for one in waits) == AT_ONCE - 2
        answer.set()
    assert sorted(looked) == [False] * (AT_ONCE - 2) + [True] * 2
    asked(0)
    assert looked[-1]  # those who were let go left their places free


@pytest.mark.shows("S2")
def test_passwords_are_hashed_and_compared_one_at_a_time() -> None:
    within, most = [0], [0]
    lock = threading.Lock()

    class Watched(CryptContext):
        def verify(self, *given: Any, **more: Any) -> bool:
            return self._watch(lambda: super(Watched, self).verify(*given, **more))

        def hash(self, *given: Any, **more: Any) -> str:
            return self._watch(lambda: super(Watched, self).hash(*given, **more))

        def _watch(self, act: Callable[[], Any]) -> Any:
            with lock:
                within[0] += 1
                most[0] = max(most[0], within[0])
            time.sleep(0.02)
            try:
                return act()
            finally:
                with lock:
                    within[0] -= 1

    passwords = OneAtATime(Watched(schemes=["plaintext"]))  # type: ignore[no-untyped-call]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        right = list(threads.map(lambda number: passwords.verify(str(number), passwords.hash(str(number))), range(AT_ONCE)))
    assert (right, most[0], passwords.identify("x")) == ([True] * AT_ONCE, 1, "plaintext")
