"""S32: however many forms strangers send at once, pages load, staff can work, and no input is lost."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import Purpose, current_link_signer
from letterhub.web import password_reset
from letterhub.web.concurrency_limits import ConcurrencyLimits
from letterhub.web.public.operations import health
from letterhub.web.public.signatures import confirmation
from tests.support import factories
from tests.support.cast import CLARA, OLIVE
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("S32")
AT_WORK, INSIDE, OF_A_NETWORK = 4, 24, 8
CROWD = 40


class Crowd:
    """Strangers who request new links at once, each from a network of its own by default, while responses are blocked."""

    def __init__(self, app: Flask, threads: ThreadPoolExecutor, address: str) -> None:
        self.app, self.threads, self.address = app, threads, address
        self.answers: list[Future[TestResponse]] = []
        self.at_work, self.let_go = threading.Semaphore(0), threading.Event()

    def work(self, *_given: object) -> tuple[()]:
        """Block while holding a slot, instead of the view's work."""
        self.at_work.release()
        assert self.let_go.wait(60)
        return ()

    def comes(self, many: int, network: str = "") -> None:
        """Start so many more requests; return when each works, waits or was refused."""
        there = len(self.answers)
        self.answers += [self.threads.submit(self._ask, network or f"10.0.{there + one}.7") for one in range(many)]
        until = time.monotonic() + 30
        while self._inside() + len(self.turned_away()) < len(self.answers):
            assert time.monotonic() < until, "some neither work nor wait nor were turned away"
            time.sleep(0.01)

    def ends(self) -> list[int]:
        """Unblock all of them; return their status codes."""
        self.let_go.set()
        return sorted(one.result(60).status_code for one in self.answers)

    def turned_away(self) -> list[TestResponse]:
        """Return the responses of those refused so far."""
        return [one.result() for one in self.answers if one.done()]

    def _inside(self) -> int:
        lanes: ConcurrencyLimits = self.app.extensions["concurrency_limits"]
        return lanes.forms.active_count + lanes.accounts.active_count + lanes.health.active_count

    def _ask(self, address: str) -> TestResponse:
        method, data = ("GET", {}) if self.address == "/readyz" else ("POST", {"email": CLARA.email})
        return self.app.test_client().open(
            self.address, method=method, base_url=SITE, data=data, environ_base={"REMOTE_ADDR": address}
        )


@pytest.fixture
def crowd(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crowd]:
    """Strangers at the page of a mailed link."""
    mine = factories.signature(factories.open_letter(), state=SignatureState.PENDING)
    token = current_link_signer().token(Purpose.CONFIRM, mine.id, mine.revision_id, since=mine.created_at)
    with ThreadPoolExecutor(CROWD) as threads:
        crowd = Crowd(app, threads, f"/confirm/{token}/new-link")
        monkeypatch.setattr(confirmation, "email_new_link", crowd.work)
        yield crowd
        crowd.let_go.set()


def test_pages_are_answered_and_staff_work_while_no_form_is(crowd: Crowd, visitor: Visitor) -> None:
    factories.staff(OLIVE)
    visitor.sign_in(OLIVE)
    crowd.comes(CROWD)
    Visitor(visitor.app, SITE).open("/letters/clean-rivers-for-everyone").says("Clean rivers for everyone")
    visitor.open("/account").submit("Save name", name="Olive Example").says("Your name was changed")
    assert crowd.ends() == [200] * INSIDE + [503] * (CROWD - INSIDE)


def test_those_who_wait_hold_no_connection_of_the_database(crowd: Crowd) -> None:
    crowd.comes(CROWD)
    assert [crowd.at_work.acquire(timeout=5) for _ in range(AT_WORK)] == [True] * AT_WORK
    assert not crowd.at_work.acquire(timeout=0.2)
    assert db.engine.pool.checkedout() <= AT_WORK + 1  # type: ignore[attr-defined]  # the test's own connection


def test_questions_of_one_network_about_health_leave_places_for_the_load_balancer(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor(CROWD) as threads:
        crowd = Crowd(app, threads, "/readyz")
        monkeypatch.setattr(health, "unready_site_parts", crowd.work)
        crowd.comes(CROWD, network="10.1.1.7")
        assert {one.status_code for one in crowd.turned_away()} == {429}
        assert visitor.ask("/letters/none").status_code == 404
        crowd.comes(1)
        assert crowd.ends() == [200] * 5 + [429] * (CROWD - 4)


def test_one_network_leaves_places_for_others(crowd: Crowd) -> None:
    crowd.comes(CROWD // 2, network="10.1.1.7")
    assert {one.status_code for one in crowd.turned_away()} == {429}
    assert crowd.turned_away()[0].headers["Retry-After"] == "5"
    crowd.comes(2)
    assert crowd.ends() == [200] * (OF_A_NETWORK + 2) + [429] * (CROWD // 2 - OF_A_NETWORK)


def test_a_place_is_given_back_however_a_request_ends(crowd: Crowd, visitor: Visitor) -> None:
    for _ in range(3 * INSIDE):
        assert visitor.ask("/confirm/broken/new-link", method="POST").status_code == 404
        assert visitor.ask("/reset-password", method="POST", data="{}", content_type="application/json").status_code == 415
    crowd.comes(1)
    assert crowd.ends() == [200]


def test_what_was_typed_is_sent_again_by_a_button(crowd: Crowd, visitor: Visitor) -> None:
    crowd.comes(INSIDE)
    typed = {"email": '"><script>clara@alliance.example', "more": "an ö"}
    page = visitor.open(crowd.address, method="POST", status=503, data=typed)
    page.says("at once. Nothing has been saved yet, but nothing you typed is lost.").never_says("<script>clara")
    assert page.response.headers["Retry-After"] == "10"
    assert page.response.headers["Cache-Control"] == "no-store"
    crowd.ends()
    page.submit("Send it again", status=422).says("It should look like name@example.org")


def test_what_another_site_sends_is_not_offered_to_be_sent_again(crowd: Crowd, visitor: Visitor) -> None:
    crowd.comes(INSIDE)
    headers = {"Sec-Fetch-Site": "cross-site"}
    page = visitor.open(crowd.address, method="POST", status=503, data={"email": CLARA.email}, headers=headers)
    page.says("then reload this page").never_says(CLARA.email)


def test_a_password_is_never_shown_again(app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(CROWD) as threads:
        crowd = Crowd(app, threads, "/reset-password")
        monkeypatch.setattr(password_reset, "queue_password_reset", crowd.work)
        app.config["WTF_CSRF_ENABLED"] = False
        crowd.comes(CROWD)
        typed = {"email": OLIVE.email, "password": "a secret of hers"}
        page = visitor.open("/sign-in", method="POST", status=503, data=typed)
        page.says("then reload this page").never_says("a secret of hers")
        crowd.let_go.set()
