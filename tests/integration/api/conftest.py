"""A program with a token, and a coalition whose letter has names."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letterhub.clock import now
from letterhub.commands.accounts.api_tokens import create_api_token
from letterhub.domain.accounts.api_tokens import ApiScope, TokenLifetime
from letterhub.domain.accounts.roles import Role
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Staff
from letterhub.queries.accounts import StaffContext
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor

API = "/api/v1"
KEYS = itertools.count(1)


class Program:
    """Program that asks the API with a token, or without one."""

    def __init__(self, app: Flask, secret: str = "") -> None:
        self.visitor, self.secret = Visitor(app, SITE), secret

    def ask(self, path: str, method: str = "GET", key: str | None = None, **sent: Any) -> TestResponse:
        headers = dict(sent.pop("headers", {}))
        if self.secret:
            headers.setdefault("Authorization", f"Bearer {self.secret}")
        if method == "POST":
            headers.setdefault("Idempotency-Key", key or f"key-{next(KEYS)}")
        return self.visitor.ask(path if path.startswith("/") else f"{API}/{path}", method=method, headers=headers, **sent)

    def get(self, path: str) -> Any:
        response = self.ask(path)
        assert response.status_code == 200, response.get_data(as_text=True)
        return response.json

    def post(self, path: str, body: dict[str, Any], status: int = 201, key: str | None = None) -> Any:
        response = self.ask(path, "POST", key, json=body)
        assert response.status_code == status, response.get_data(as_text=True)
        return response.json


Maker = Callable[..., Program]


@pytest.fixture
def program(app: Flask) -> Maker:
    """Function that gives a program a token of an owner with these scopes, all by default."""

    def make(
        *scopes: ApiScope, member: cast.Member = cast.OLIVE, of: Coalition | None = None, at: dt.datetime | None = None
    ) -> Program:
        coalition = of or factories.coalition()
        person = db.session.query(Staff).filter_by(email=member.email).one_or_none() or factories.staff(member, of=coalition)
        owner = StaffContext(person.id, coalition.id, coalition.slug, coalition.name, Role.OWNER)
        secret = create_api_token(owner, "Members", scopes or tuple(ApiScope), TokenLifetime.MONTH, at or now(), "")
        return Program(app, secret)

    return make
