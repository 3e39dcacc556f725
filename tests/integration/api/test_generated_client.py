"""A Python client that is generated from the served OpenAPI document works with a running site."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from letterhub.config import Settings
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import end_read_transaction
from letterhub.models import Letter
from tests.integration.api.conftest import API, Maker
from tests.support import cast, factories
from tests.support.editions import freeze_edition
from tests.support.servers.database_copies import settings_for
from tests.support.servers.mail_server import Inbox
from tests.support.servers.running_site import running_site

NAME = "client_of_letterhub"
FILES = {"content_type_overrides": {"*/*": "application/octet-stream"}}
"""Configuration of the generator: files of any media type are bytes."""


@pytest.fixture
def settings(database_url: str, tmp_path: Path, listener: socket.socket, postbox: Inbox) -> Settings:
    """Settings of a site on that port."""
    return settings_for(database_url, tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}", postbox.port)


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """Function that generates a client of the site at an address, as a module."""

    def generate(address: str) -> Any:
        config = tmp_path / "generator.json"
        config.write_text(json.dumps({"post_hooks": [], **FILES}))
        subprocess.run(
            [
                sys.executable, "-m", "openapi_python_client", "generate", "--url", f"{address}{API}/openapi.json",
                "--config", config, "--meta", "none", "--output-path", tmp_path / NAME, "--fail-on-warning",
            ],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        monkeypatch.syspath_prepend(tmp_path)
        return import_module(NAME)

    yield generate
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


def ask(operation: str, **values: Any) -> Any:
    """Return the parsed answer of an operation."""
    return import_module(f"{NAME}.api.default.{operation}").sync(**values)


def test_a_generated_client_reads_and_writes(
    app: Flask, letter: Letter, program: Maker, listener: socket.socket, settings: Settings, client: Callable[[str], Any]
) -> None:
    factories.signature(letter, state=SignatureState.PUBLISHED)
    waiting = factories.signature(letter, by=cast.HIRO, state=SignatureState.CONFIRMED)
    freeze_edition(letter)
    slug, waiting_id, secret, site = letter.slug, waiting.id, program().secret, settings.public_url
    end_read_transaction()
    with running_site(app, listener):
        made = client(site)
        anyone = made.Client(base_url=f"{site}{API}")
        assert [one.slug for one in ask("public_letters", client=anyone).items] == [slug]
        own = made.AuthenticatedClient(base_url=f"{site}{API}", token=secret)
        (found,) = ask("letters", client=own).items
        assert (found.slug, found.state.value, found.awaiting_review_count) == (slug, "open", 1)

        (signature,) = [one for one in ask("signatures", client=own, slug=slug).items if one.id == waiting_id]
        models = import_module(f"{NAME}.models")
        decision = models.DecisionRequest(decision=models.DecisionKind.PUBLISH, version=signature.version)
        sent = {"client": own, "slug": slug, "signature_id": waiting_id, "body": decision}
        decided = [ask("decide", **sent, idempotency_key="one") for _twice in range(2)]
        assert {one.state.value for one in decided} == {"published"}
        assert isinstance(ask("decide", **sent, idempotency_key="other"), models.Problem)

        file = ask("edition_file", client=own, slug=slug, number=1, file_format="txt")
        assert file.payload.read().startswith(b"txt of edition 1")
        assert ask("letter", client=own, slug="unknown").status == 404
