"""Slow operations occupy few threads and little memory of a process, however often they are requested."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from itertools import islice
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g
from passlib.context import CryptContext

from letterhub.app import create_app
from letterhub.domain.abuse.rate_limits import RateLimited
from letterhub.web import forms
from letterhub.web.passwords import MAX_QUEUED, MAX_QUEUED_ANONYMOUS, QueuedHashing
from tests.support.servers.database_copies import settings_for

AT_ONCE = 6


@pytest.fixture
def answer() -> Iterator[threading.Event]:
    """Event that lets a domain's lookup return; set at the end of the test."""
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.shows("S2")
def test_domains_that_never_answer_hold_two_threads_and_the_others_are_served(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, answer: threading.Event
) -> None:
    looked: list[bool] = []

    def slow(_typed: str, *, check_deliverability: bool, **_how: object) -> SimpleNamespace:
        looked.append(check_deliverability)
        if check_deliverability:
            answer.wait(30)
        return SimpleNamespace(ascii_email="nia@slow.example")

    monkeypatch.setattr(forms, "validate_email", slow)
    app = Flask(__name__)
    app.extensions["settings"] = replace(settings_for("sqlite://", tmp_path), check_mail_domains=True)

    def call(_number: int) -> None:
        with app.app_context():
            forms.deliverable_address(None, SimpleNamespace(data="nia@slow.example"))

    with ThreadPoolExecutor(AT_ONCE) as threads:
        waits = [threads.submit(call, number) for number in range(AT_ONCE)]
        until = time.monotonic() + 20
        while sum(one.done() for one in waits) < AT_ONCE - 2 and time.monotonic() < until:
            time.sleep(0.01)
        assert sum(one.done() for one in waits) == AT_ONCE - 2
        answer.set()
    assert sorted(looked) == [False] * (AT_ONCE - 2) + [True] * 2
    call(0)
    assert looked[-1]  # the aborted lookups freed their slots


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

    passwords = QueuedHashing(Watched(schemes=["plaintext"]))  # type: ignore[no-untyped-call]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        right = list(threads.map(lambda number: passwords.verify(str(number), passwords.hash(str(number))), range(AT_ONCE)))
    assert (right, most[0], passwords.identify("x")) == ([True] * AT_ONCE, 1, "plaintext")


@pytest.mark.shows("S32")
@pytest.mark.parametrize(("stranger", "most"), [(True, MAX_QUEUED_ANONYMOUS), (False, MAX_QUEUED)], ids=["strangers", "staff"])
def test_whoever_comes_while_too_many_passwords_wait_is_told_at_once(
    stranger: bool, most: int, answer: threading.Event, tmp_path: Any
) -> None:
    class Slow(CryptContext):
        def hash(self, *given: Any, **more: Any) -> str:
            answer.wait(30)
            return str(super().hash(*given, **more))

    app = create_app(settings_for("sqlite://", tmp_path))
    passwords = QueuedHashing(Slow(schemes=["plaintext"]))  # type: ignore[no-untyped-call]

    def call(number: int) -> str:
        with app.test_request_context():
            g.stranger = stranger
            return passwords.hash(str(number))

    with ThreadPoolExecutor(MAX_QUEUED + 2) as threads:
        waits = [threads.submit(call, number) for number in range(most + 2)]
        refused = list(islice(as_completed(waits, timeout=20), 2))
        assert {type(one.exception()) for one in refused} == {RateLimited}
        answer.set()
    assert sum(one.exception() is None for one in waits) == most
    assert call(0) == "0"
