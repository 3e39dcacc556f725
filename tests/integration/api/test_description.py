"""Requests that schemathesis makes from the served OpenAPI document: each is answered as the document says."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import (
    ChecksConfig,
    ExamplesPhaseConfig,
    FuzzingPhaseConfig,
    GenerationConfig,
    PhasesConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    SimpleCheckConfig,
    StatefulPhaseConfig,
)
from schemathesis.engine import events, from_schema

from letterhub.domain.abuse.rate_limits import RateLimit
from letterhub.domain.states import SignatureState
from letterhub.models import Letter
from tests.integration.api.conftest import API, Maker
from tests.support import cast, factories
from tests.support.editions import freeze_edition
from tests.support.servers.database_copies import SITE

ACCEPTED = ("2xx", "401", "404", "409", "422")
"""Answers to requests that fit the document: addresses, websites and states have rules that no schema can say."""


@dataclass
class Findings:
    """Faults that schemathesis found, and the operations that answered a success."""

    faults: list[str] = field(default_factory=list)
    succeeded: set[str] = field(default_factory=set)


def at_site(app: Flask) -> Callable[..., Iterable[bytes]]:
    """Return the app as it is reached at the site's own address."""
    address = urlsplit(SITE)

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return app(environ | {"HTTP_HOST": address.netloc, "wsgi.url_scheme": address.scheme}, start_response)

    return serve


def explore(app: Flask, examples: int, headers: dict[str, str]) -> Findings:
    """Return what a run finds that is the same each time: edges of each schema, and random examples if any are asked for."""
    phases = PhasesConfig(
        examples=ExamplesPhaseConfig(enabled=False),
        fuzzing=FuzzingPhaseConfig(enabled=examples > 0),
        stateful=StatefulPhaseConfig(enabled=False),
    )
    checks = ChecksConfig(
        positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=ACCEPTED),
        ignored_auth=SimpleCheckConfig(
            enabled=False
        ),  # breaks in process (schemathesis 4.32); test_tokens.py asks without a token
    )
    project = ProjectConfig(
        headers=headers, phases=phases, checks=checks, continue_on_failure=True,
        generation=GenerationConfig(deterministic=True, max_examples=max(examples, 1), no_shrink=True, database="none"),
    )  # fmt: skip
    config = SchemathesisConfig(seed=1, projects=ProjectsConfig(default=project))
    found = Findings()
    for event in from_schema(schemathesis.openapi.from_wsgi(f"{API}/openapi.json", at_site(app), config=config)).execute():
        if isinstance(event, events.ScenarioFinished):
            label, recorder = event.recorder.label, event.recorder
            faults = [check.failure_info for nodes in recorder.checks.values() for check in nodes if check.failure_info]
            found.faults += [f"{label}: {fault.failure}\n{fault.code_sample}" for fault in faults]
            answers = [one for one in recorder.interactions.values() if one.response and one.response.status_code < 300]
            found.succeeded |= {label for one in answers if label.startswith(f"{one.request.method} ")}
        elif isinstance(event, (events.NonFatalError, events.FatalError)):
            found.faults.append(repr(event))
    return found


@pytest.mark.parametrize(("with_token", "examples"), [(True, 20), (False, 0)], ids=["token", "nobody"])
def test_every_answer_is_as_described(
    app: Flask, letter: Letter, program: Maker, monkeypatch: pytest.MonkeyPatch, with_token: bool, examples: int
) -> None:
    monkeypatch.setattr("letterhub.commands.accounts.api_tokens.API_RATE_LIMIT", RateLimit(10**6, dt.timedelta(milliseconds=1)))
    factories.signature(letter, state=SignatureState.PUBLISHED)
    factories.signature(letter, by=cast.HIRO, state=SignatureState.CONFIRMED)
    freeze_edition(letter)
    found = explore(app, examples, {"Authorization": f"Bearer {program().secret}"} if with_token else {})
    assert not found.faults, "\n\n".join(found.faults)
    assert len(found.succeeded) >= (18 if with_token else 2), f"few requests got through: {found.succeeded}"
