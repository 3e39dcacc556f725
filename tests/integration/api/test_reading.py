"""Programs read what the pages show, a page at a time, and nothing that isn't printed."""

from dataclasses import replace

import pytest
from flask import Flask

from letterhub.domain.letters.letter_document import SignatoryStyle
from letterhub.domain.states import SignatureState
from letterhub.models import Letter
from letterhub.queries import api_pages
from letterhub.web.api.api import ENDPOINTS
from tests.integration.api.conftest import API, Maker, Program
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor


@pytest.mark.shows("S11", "S13")
def test_everyone_reads_a_letter_and_its_signatories_as_printed(app: Flask) -> None:
    letter = factories.open_letter(replace(factories.TEXT, shown=SignatoryStyle.ORGANIZATION), deadline_at=None)
    factories.signature(letter, state=SignatureState.PUBLISHED)
    factories.signature(letter, by=cast.HIRO, state=SignatureState.PENDING)
    reader = Program(app)
    facts = reader.get(f"public/letters/{letter.slug}")
    assert (facts["title"], facts["is_open"], facts["organizations"]) == (factories.TEXT.title, True, 1)
    assert facts["sign_url"].endswith(f"/letters/{letter.slug}/sign")
    response = reader.ask(f"public/letters/{letter.slug}/signatories")
    (name,) = response.json["items"]
    assert (name["name"], name["detail"], response.json["next"]) == (cast.CLARA.organization, "", None)
    text = response.get_data(as_text=True)
    assert cast.CLARA.email not in text
    assert cast.CLARA.name not in text
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in response.headers
    again = reader.ask(f"public/letters/{letter.slug}/signatories", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert [one["slug"] for one in reader.get("public/letters")["items"]] == [letter.slug]
    coalition = reader.get(f"public/coalitions/{facts['coalition_slug']}")
    assert Visitor(app, SITE).ask(coalition["feed_url"]).mimetype == "application/atom+xml"
    assert Visitor(app, SITE).ask(reader.get("public")["openapi_url"]).status_code == 200


def test_drafts_are_not_public(app: Flask) -> None:
    draft = factories.draft()
    for path in (f"public/letters/{draft.slug}", f"public/letters/{draft.slug}/signatories", "public/editions/AAAA-BBBB"):
        assert Program(app).ask(path).status_code == 404


def test_names_that_come_between_two_pages_shift_none(letter: Letter, program: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_pages, "SIZE", 2)
    ids = [
        factories.signature(letter, by=one, state=SignatureState.CONFIRMED).id
        for one in (cast.CLARA, cast.HIRO, cast.FREE_MAIL_SIGNER)
    ]
    reader = program()
    first = reader.get(f"letters/{letter.slug}/signatures?state=confirmed")
    rest = reader.get(first["next"])
    assert [one["id"] for one in (*first["items"], *rest["items"])] == ids
    assert rest["next"] is None
    signature = reader.get(f"letters/{letter.slug}/signatures/{ids[0]}")
    assert signature == first["items"][0]
    assert signature["email"] == cast.CLARA.email
    assert "other-domain" not in signature["doubts"]
    assert signature["started_at"].endswith("Z")


def test_every_reading_endpoint_answers_with_an_etag(letter: Letter, program: Maker) -> None:
    factories.signature(letter, state=SignatureState.PUBLISHED)
    reader = program()
    for declared in ENDPOINTS:
        if declared.method == "GET" and declared.scope and set(declared.path) <= {"slug"}:
            path = API + declared.rule.replace("<slug>", letter.slug)
            response = reader.ask(path)
            assert response.status_code == 200, (path, response.get_data(as_text=True))
            assert response.headers["Cache-Control"] == "private, no-cache"
            assert reader.ask(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304, path


def test_a_fault_is_a_problem_with_the_number_of_the_request(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("letterhub.web.api.public_letters.public_coalition", lambda _slug: 1 / 0)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    response = Program(app).ask("public/coalitions/rivers")
    assert (response.status_code, response.mimetype) == (500, "application/problem+json")
    assert response.json["request_id"] == response.headers["X-Request-ID"]


def test_the_description_names_every_endpoint_and_the_page_shows_it(app: Flask) -> None:
    document = Program(app).get("openapi.json")
    assert document["openapi"] == "3.1.0"
    operations = {one["operationId"] for path in document["paths"].values() for one in path.values()}
    assert operations == {one.name for one in ENDPOINTS}
    page = Visitor(app, SITE).visit("api.reference")
    page.says(*(f"{one.method} {API}{one.rule}" for one in ENDPOINTS))
