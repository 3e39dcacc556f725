"""Sign-in by an issuer that others wrote: npm's `oidc-provider` on this machine, with its own pages, keys and checks."""

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.app import create_app
from letterhub.config import Settings
from letterhub.infrastructure.db import db
from letterhub.models import LoginSession, ProviderLink
from tests.support import factories
from tests.support.cast import OLIVE
from tests.support.database.stored_rows import rows
from tests.support.servers.database_copies import SITE
from tests.support.servers.oidc_provider import NpmProvider, run_npm_provider
from tests.support.servers.provider_steps import RIVERS, UNVERIFIED, come_back, sent_to, way_to_link
from tests.support.visitor import Visitor

pytestmark = [
    pytest.mark.shows("S30"),
    pytest.mark.skipif(not shutil.which("npm"), reason="without npm, our own issuer stands for all others"),
]


@pytest.fixture
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NpmProvider]:
    """A provider who knows Olive."""
    people = {"olive": {"email": OLIVE.email, "email_verified": True, "name": "Olive at the provider"}}
    with run_npm_provider(tmp_path_factory.mktemp("oidc-provider"), people) as running:
        yield running


@pytest.fixture
def settings(settings: Settings, provider: NpmProvider) -> Settings:
    """Settings of a site that trusts that provider."""
    return replace(settings, identity_provider=provider.settings(has_second_step=True))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_olive_links_signs_in_and_is_refused_where_the_answer_proves_nothing(
    app: Flask, settings: Settings, provider: NpmProvider, clock: time_machine.Traveller
) -> None:
    clock.move_to(provider.now())
    factories.staff(OLIVE)

    def come_from_there(visitor: Visitor, away: str, status: int = 200) -> str:
        return come_back(visitor, provider.sign_in(away, "olive"), status).text

    visitor = Visitor(app, SITE)
    assert "already has an account here" in come_from_there(visitor, sent_to(visitor), 403)
    assert rows(ProviderLink) == []
    visitor.sign_in(OLIVE)
    assert f"as {OLIVE.email}" in come_from_there(visitor, way_to_link(visitor))
    visitor = Visitor(app, SITE)
    assert "Olive Owner" in come_from_there(visitor, sent_to(visitor, f"/sign-in/provider?next=/staff/{RIVERS}/team"))
    assert [str(one.method) for one in rows(LoginSession)] == ["password", "provider"]

    for parameter in ("nonce", "code_challenge"):  # the one is in the token, the other checked by the provider
        stranger = Visitor(app, SITE)
        away = re.sub(rf"(&{parameter}=)[^&]+", r"\g<1>" + "A" * 43, sent_to(stranger))
        assert UNVERIFIED in come_from_there(stranger, away, 403)
        assert stranger.open("/account").path == "/sign-in"
    late = Visitor(app, SITE)
    away = sent_to(late)
    clock.shift(dt.timedelta(minutes=4))  # the token is valid for one
    assert UNVERIFIED in come_from_there(late, away, 403)
    clock.shift(dt.timedelta(minutes=-4))
    wrong = replace(provider.settings(), client_secret="another secret")
    app = create_app(replace(settings, identity_provider=wrong))
    with app.app_context():
        unknown = Visitor(app, SITE)
        assert UNVERIFIED in come_from_there(unknown, sent_to(unknown), 403)
        db.session.remove()
