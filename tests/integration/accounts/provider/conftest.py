"""A site whose staff sign in by an issuer on this machine. A module's ROLES, if any, says which groups give roles."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from letterhub.config import Settings
from letterhub.identity_provider import parse_roles
from tests.support import factories
from tests.support.cast import OLIVE
from tests.support.servers.database_copies import SITE
from tests.support.servers.issuer import Issuer, run_issuer
from tests.support.servers.provider_steps import OLIVE_THERE, link, sign_in_by
from tests.support.visitor import Visitor


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer who knows Olive, a writer."""
    with run_issuer() as running:
        running.person = {**OLIVE_THERE, "groups": ["writers"]}
        yield running


@pytest.fixture
def settings(settings: Settings, issuer: Issuer, request: pytest.FixtureRequest) -> Settings:
    """Settings of a site that trusts that issuer."""
    roles = parse_roles(getattr(request.module, "ROLES", ""))
    return replace(settings, identity_provider=issuer.provider(has_second_step=True, roles=roles))


@pytest.fixture
def linked(app: Flask, issuer: Issuer) -> Visitor:
    """Olive, whose account is linked, signed in by password."""
    factories.staff(OLIVE)
    visitor = Visitor(app, SITE)
    visitor.sign_in(OLIVE)
    link(visitor, issuer).says("Your account is linked.", "Linked on", f"as {OLIVE.email}")
    return visitor


@pytest.fixture
def in_no_group(issuer: Issuer) -> None:
    """At the provider, Olive is in no group, from before the account is linked."""
    issuer.person["groups"] = []


@pytest.fixture
def olive(in_no_group: None, linked: Visitor, issuer: Issuer) -> Visitor:
    """Olive, an owner by invitation, signed in by the provider."""
    sign_in_by(linked, issuer)
    return linked
