"""Several machines: two serve and one works; they share the database alone, and no state stays on any of them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from letterhub.app import create_app
from letterhub.config import Settings
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import EditionFile, Letter
from tests.support import factories
from tests.support.cast import CLARA, SAM
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.servers.worker_process import run_worker, wait_until
from tests.support.signing_steps import LINK_PATTERN, fill_in
from tests.support.visitor import Visitor

LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
WANTED = {FileFormat.HTML, FileFormat.PDF, FileFormat.CSV}

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class LoadBalancedClient(Visitor):
    """Client whose requests a load balancer sends to the machines in turn."""

    def __init__(self, apps: list[Flask]) -> None:
        super().__init__(apps[0], SITE)
        self.clients = [app.test_client() for app in apps]
        for client in self.clients:
            client._cookies = self.client._cookies  # one browser
        self.client_cycle = cycle(self.clients)

    def ask(self, address: str, *, method: str = "GET", **sent: object) -> TestResponse:
        """Return the response of the next machine."""
        follow, answer = sent.pop("follow_redirects", False), None
        while answer is None or (follow and 300 <= answer.status_code < 400 and answer.location):
            self.client = next(self.client_cycle)
            if answer is not None:
                address, method, sent = answer.location, "GET", {}
            answer = super().ask(address, method=method, **sent)
        return answer


@pytest.fixture
def machines(settings: Settings, tmp_path: Path) -> list[Settings]:
    """The settings of three machines, each with a data folder of its own."""
    folders = [tmp_path / name for name in ("web-1", "web-2", "worker")]
    for folder in folders:
        folder.mkdir()
    return [replace(settings, data_dir=folder) for folder in folders]


@pytest.fixture
def web(machines: list[Settings]) -> Iterator[list[Flask]]:
    apps = [create_app(machine) for machine in machines[:2]]
    with apps[0].app_context():
        yield apps
        db.session.remove()


@pytest.fixture
def letter(web: list[Flask]) -> Letter:
    return factories.open_letter(deadline_at=None)


def drawn() -> set[str]:
    end_read_transaction()
    return set(db.session.scalars(select(EditionFile.format).where(EditionFile.state == JobState.DONE)))


def test_a_letter_is_signed_published_frozen_and_exported_whichever_machine_answers(
    web: list[Flask], machines: list[Settings], letter: Letter, postbox: Inbox
) -> None:
    factories.staff(SAM)
    clara, sam = LoadBalancedClient(web), LoadBalancedClient(web)
    with run_worker(machines[2]):
        fill_in(clara, letter).says("Check your email")
        wait_until(lambda: bool(postbox.to(CLARA.email)))
        link = LINK_PATTERN.search(postbox.to(CLARA.email)[0].text)
        assert link
        clara.open(urlsplit(link[0]).path).submit("Sign for our organization", authorized=True)

        sam.sign_in(SAM)
        sam.visit("review.index", **LETTER_VALUES).submit("Publish Example Alliance").says("Published Example Alliance.")
        frozen = (
            sam.visit("editions.preview", **LETTER_VALUES)
            .submit("Freeze this edition with one name")
            .says("Edition 1 is frozen.")
        )
        wait_until(lambda: drawn() >= WANTED)
    for _ in web:
        with closing(sam.ask(f"{frozen.path}/1/csv")) as file:
            assert b'"Example Alliance","Clara Example","Director"' in file.data
        with closing(sam.ask(f"{frozen.path}/1/pdf")) as file:
            assert file.data.startswith(b"%PDF")
        clara.visit("letters.detail", slug=letter.slug).says("Example Alliance", "Clara Example, Director")
    assert [list(machine.data_dir.iterdir()) for machine in machines] == [[], [], []]
