"""Steps of a visitor who signs in by an identity provider."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask

from letterhub.app import create_app
from letterhub.config import Settings
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Membership, Staff
from tests.support.cast import OLIVE
from tests.support.html_checks import text_of
from tests.support.servers.issuer import Claims, Issuer
from tests.support.visitor import Page, Visitor

OLIVE_THERE: Claims = {"sub": "person-1", "email": OLIVE.email, "email_verified": True, "name": "Olive at the provider"}
RIVERS = "coalition-for-clean-rivers"
GROUP_ROLES = (
    f"reviewers=reviewer@{RIVERS}; writers=organizer@{RIVERS}; bosses=owner@{RIVERS}; writers=reviewer@quiet-skies-network"
)
UNVERIFIED = "We couldn’t verify the answer of Rivers SSO."


@contextmanager
def other_site(settings: Settings, issuer: Issuer, two_factor: bool = False, **more: Any) -> Iterator[Flask]:
    """Run the same site with other settings of its provider."""
    app = create_app(replace(settings, two_factor=two_factor, identity_provider=issuer.provider(**more)))
    with app.app_context():
        yield app
        db.session.remove()


def sent_to(visitor: Visitor, address: str = "/sign-in/provider") -> str:
    """Return the provider's address to which the site sends a browser."""
    response = visitor.ask(address)
    assert response.status_code == 302, response.get_data(as_text=True)
    return str(response.headers["Location"])


def come_back(visitor: Visitor, address: str, status: int = 200, **changes: str) -> Page:
    """Go on from where the provider sends the browser, with these changes to what it brings."""
    parts = urlsplit(address)
    brought = {**dict(parse_qsl(parts.query)), **changes}
    page = visitor.open(f"{parts.path}?{urlencode({name: value for name, value in brought.items() if value})}")
    return page.submit("Continue", status=status)


def sign_in_by(visitor: Visitor, issuer: Issuer, next_path: str = "/account", status: int = 200) -> Page:
    """Sign in as the person who is signed in at the issuer."""
    return come_back(visitor, issuer.sign_in(sent_to(visitor, f"/sign-in/provider?next={next_path}")), status)


def way_to_link(visitor: Visitor) -> str:
    """Return the provider's address that the account page leads to, to link the account."""
    page = visitor.open("/account").follow("Link your account")
    return next(anchor.get("href", "") for anchor in page.tree.iter("a") if "Continue to" in text_of(anchor))


def link(visitor: Visitor, issuer: Issuer, **changes: Any) -> Page:
    """Link the account that is signed in to the person who is signed in at the issuer."""
    return come_back(visitor, issuer.sign_in(way_to_link(visitor)), **changes)


def roles_of(email: str) -> dict[str, str]:
    """Return the role that somebody has in each coalition, by its id."""
    end_read_transaction()
    memberships = db.session.query(Membership).join(Staff).filter(Staff.email == email)
    return {str(one.coalition_id): str(one.role) for one in memberships if one.joined_at}
