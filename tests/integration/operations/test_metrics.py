"""The metrics are the same from every process, and hold no personal data (S7)."""

import datetime as dt
import re
import signal
import threading
from dataclasses import replace

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from time_machine import Traveller

from letterhub.app import create_app, site_context
from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.heartbeat import record_heartbeat
from letterhub.commands.operations.metrics import add_metric_counts, flush_metrics
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.readiness import HeartbeatKind
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.monitoring import (
    COMMANDS,
    ERROR_PAGES,
    JOB_FAULTS,
    JOB_SECONDS,
    REQUEST_SECONDS,
    REQUESTS,
    UNFLUSHED,
)
from letterhub.mail.outbox import queue_mail
from letterhub.models import Heartbeat, Letter, Metric
from letterhub.web import request_hooks
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.servers.worker_process import TIMEOUT, run_worker, wait_until
from tests.support.signing_steps import fill_in, manage_link, newest_link, only_signature
from tests.support.visitor import Visitor

Figures = dict[tuple[str, tuple[str, ...]], float]
TOKEN = "a-word-for-the-watcher-0123456789"


@pytest.fixture(autouse=True)
def _reset_metrics() -> None:
    """Reset the metrics of this process."""
    for metric in (REQUESTS, REQUEST_SECONDS, COMMANDS, ERROR_PAGES, JOB_SECONDS, JOB_FAULTS):
        metric.clear()
    UNFLUSHED.handed_over.clear()
    request_hooks._metrics_for.cache_clear()


def metrics_page(visitor: Visitor) -> str:
    """Return the metrics page, as a program on this machine gets it."""
    answer = visitor.ask("/metrics", headers={"Host": "127.0.0.1:8000"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    return answer.get_data(as_text=True)


def metric_values(visitor: Visitor) -> Figures:
    """Return every metric by name and labels."""
    families = text_string_to_metric_families(metrics_page(visitor))
    return {(one.name, tuple(one.labels.values())): one.value for family in families for one in family.samples}


@pytest.mark.shows("S7")
def test_s7_figures_of_signing_hold_no_address_no_name_no_slug_and_no_token(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    draft = factories.draft(replace(factories.TEXT, title="A quiet secret"))
    fill_in(visitor, letter)
    fill_in(visitor, letter, status=422, email="nobody")
    confirm = newest_link(settings, postbox)
    visitor.open(confirm).submit("Sign for our organization", authorized=True)
    manage = manage_link(only_signature())
    visitor.open(manage).submit("Withdraw the signature", sure=True)
    visitor.open("/signatures/no-such-token", status=404)
    visitor.open("/no-such-page", status=404)
    flush_metrics()
    found = metric_values(visitor)
    assert found["letterhub_signatures_total", ("begun",)] == 1
    assert found["letterhub_signatures_total", ("confirmed",)] == 1
    assert found["letterhub_signatures_total", ("withdrawn",)] == 1
    assert found["letterhub_mails_total", ("sent",)] == 1
    assert found["letterhub_requests_total", ("signing.create", "3xx")] == 1
    assert found["letterhub_requests_total", ("signing.create", "4xx")] == 1
    assert found["letterhub_requests_total", ("none", "4xx")] == 1
    assert found["letterhub_refusals_total", ("InvalidLink",)] == 1
    assert found["letterhub_request_seconds_count", ("signing.create",)] == 2
    sizes = [
        labels[1] for name, labels in found if name == "letterhub_request_seconds_bucket" and labels[0] == "signing.create"
    ]
    assert sizes == ["0.005", "0.025", "0.1", "0.5", "2.5", "10.0", "+Inf"]  # the empty ones too
    assert found["letterhub_request_seconds_bucket", ("signing.create", "+Inf")] == 2
    typed = (*cast.CLARA.form.values(), letter.slug, draft.slug, "secret", "127.0.0.1", "clara", "alliance", cast.COALITION)
    page = metrics_page(visitor)
    assert [secret for secret in (*typed, *(link.split("/")[2] for link in (confirm, manage))) if secret in page] == []


def test_every_process_tells_what_all_have_counted(app: Flask, visitor: Visitor, settings: Settings, letter: Letter) -> None:
    for _ in range(2):
        visitor.open(f"/letters/{letter.slug}")
    flush_metrics()
    add_metric_counts(
        {("letterhub_requests_total", '{"endpoint": "letters.detail", "status": "2xx"}'): 40.0}
    )  # by another process
    end_read_transaction()
    values = metric_values(visitor)
    with site_context(settings) as other:
        assert metric_values(Visitor(other, SITE)) == values
    assert values["letterhub_requests_total", ("letters.detail", "2xx")] == 42


def test_what_could_not_be_handed_over_is_handed_over_later_and_once(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.open("/")
    with monkeypatch.context() as broken:
        broken.setattr(db.session(), "commit", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            flush_metrics()
    for _ in range(3):
        flush_metrics()
    assert metric_values(visitor)["letterhub_requests_total", ("home.index", "2xx")] == 1


def test_many_that_hand_over_at_once_lose_nothing(app: Flask) -> None:
    def count() -> None:
        with app.app_context():
            for _ in range(10):
                add_metric_counts({("letterhub_refusals_total", f'{{"reason": "R{number}"}}'): 1.0 for number in range(5)})

    threads = [threading.Thread(target=count) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    end_read_transaction()
    assert [figure.value for figure in db.session.query(Metric)] == [40.0] * 5


def test_idle_processes_write_nothing(app: Flask, visitor: Visitor) -> None:
    record_heartbeat(HeartbeatKind.WORKER, "one", "a1b2c3d4e5f6", now())
    for address in ("/healthz", "/readyz"):
        visitor.ask(address)
    metrics_page(visitor)
    assert UNFLUSHED.pending() == {}


def test_mail_workers_and_letters_are_told_as_they_stand(
    visitor: Visitor, letter: Letter, clock: Traveller, settings: Settings, postbox: Inbox
) -> None:
    signature = factories.signature(letter, state=SignatureState.CONFIRMED, from_flood=True)
    for minutes in (0, 0, 60):
        line = queue_mail(MailKind.SIGNED, cast.CLARA.email, at=now(), signature_id=signature.id)
        line.due_at = now() + dt.timedelta(minutes=minutes)
        factories.save(line)
    postbox.answer = "550 no"
    send_due_mail(settings)
    postbox.answer = postbox.ACCEPTED
    factories.save(queue_mail(MailKind.SIGNED, cast.CLARA.email, at=now(), signature_id=signature.id))
    record_heartbeat(HeartbeatKind.WORKER, "one", "a1b2c3d4e5f6", now())
    clock.shift(dt.timedelta(minutes=20))
    found = metric_values(visitor)
    mails = {state: found["letterhub_outbox_mails", (state,)] for state in ("waiting", "due", "on its way", "failed")}
    assert mails == {"waiting": 1, "due": 1, "on its way": 0, "failed": 2}
    assert found["letterhub_outbox_oldest_due_seconds", ()] == 1200
    assert (found["letterhub_workers", ()], found["letterhub_last_sign_seconds", ("worker",)]) == (0, 1200)
    assert {part: found["letterhub_ready", (part,)] for part in ("worker", "queue", "mail")} == {
        "worker": 0,
        "queue": 1,
        "mail": 0,
    }
    assert (found["letterhub_letters", ("open",)], found["letterhub_letters_flooded", ()]) == (1, 1)
    clock.shift(dt.timedelta(days=1))
    assert metric_values(visitor)["letterhub_letters_flooded", ()] == 0


def test_a_worker_shows_itself_and_tells_at_its_end_what_it_did(
    app: Flask, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signature = factories.signature(letter)
    factories.save(queue_mail(MailKind.SIGNED, cast.CLARA.email, at=now(), signature_id=signature.id))

    def signs() -> set[HeartbeatKind]:
        end_read_transaction()
        return {heartbeat.kind for heartbeat in db.session.query(Heartbeat)}

    with run_worker(settings) as worker:
        wait_until(lambda: signs() == {HeartbeatKind.WORKER, HeartbeatKind.QUEUE} and len(postbox.mails) == 1)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(TIMEOUT) == 0
    found = metric_values(visitor)
    assert found["letterhub_job_seconds_count", ("send_mail",)] >= 1
    assert found["letterhub_mails_total", ("sent",)] == 1


def asks(visitor: Visitor, host: str = "letters.example.org", by: str = "127.0.0.1", **headers: str) -> int:
    sent = {"Host": host} | {name.replace("_", "-"): value for name, value in headers.items()}
    return visitor.ask("/metrics", headers=sent, environ_base={"REMOTE_ADDR": by}).status_code


@pytest.mark.shows("S16")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("proxies", [0, 1])
def test_figures_are_read_from_this_machine_alone(app: Flask, settings: Settings, proxies: int) -> None:
    here = create_app(replace(settings, trusted_proxies=proxies))
    visitor = Visitor(here, SITE)
    with here.app_context():
        for host in ("127.0.0.1:8000", "localhost", "[::1]:8000"):
            assert asks(visitor, host) == 200
        assert asks(visitor, "localhost", by="::1") == asks(visitor, "localhost", by="::ffff:127.0.0.1") == 200
        for by in ("127.0.0.1", "::1", "203.0.113.7"):  # the site's name in Host: a proxy may have forwarded it
            assert asks(visitor, by=by) == 403
        assert asks(visitor, "127.0.0.1", by="203.0.113.7") == 400
        for through in ({"X_Forwarded_For": "203.0.113.7"}, {"X_Forwarded_For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}):
            assert asks(visitor, **through) == 403
            assert asks(visitor, "localhost", **through) == 400


@pytest.mark.shows("S16")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_token_is_shown_from_elsewhere_and_this_machine_needs_none(app: Flask, settings: Settings) -> None:
    guarded = create_app(replace(settings, metrics_token=TOKEN))
    visitor = Visitor(guarded, SITE)
    with guarded.app_context():
        for by in ("127.0.0.1", "203.0.113.7"):
            assert asks(visitor, by=by, Authorization=f"Bearer {TOKEN}") == 200
            for wrong in ("", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é"):
                assert asks(visitor, by=by, Authorization=wrong) == 403
            assert asks(visitor, by=by) == 403
        assert asks(visitor, "127.0.0.1:8000") == 200
        assert asks(visitor, "127.0.0.1:8000", Authorization="Bearer wrong") == 403
        assert asks(visitor, "127.0.0.1:8000", by="203.0.113.7") == 400
        assert asks(visitor, "127.0.0.1:8000", X_Forwarded_For="127.0.0.1") == 400
        assert asks(visitor, by="203.0.113.7", X_Forwarded_For="127.0.0.1") == 403
        assert TOKEN not in visitor.ask("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).get_data(as_text=True)


def test_labels_are_of_a_few_kinds_alone(visitor: Visitor, letter: Letter) -> None:
    visitor.open("/", method="POST", status=405)
    visitor.open(f"/letters/{letter.slug}")
    flush_metrics()
    names = set(re.findall(r'[{,](\w+)="', metrics_page(visitor)))
    assert names <= {"endpoint", "status", "command", "outcome", "reason", "job", "state", "act", "sign", "part", "le"}
