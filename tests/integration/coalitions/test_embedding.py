"""A letter in a frame of other websites: only of those that the coalition lists, without a cookie, and nothing in it acts."""

import html
import re
from dataclasses import replace

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.accounts.staff import change_embed_sites
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Letter
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
SITES = ("https://www.example.org", "http://localhost:8080")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with a name, which two websites may show."""
    letter = factories.open_letter(replace(factories.TEXT, title="Clean <b>rivers</b> & “lakes”"))
    factories.signature(letter, cast.CLARA)
    change_embed_sites(letter.coalition_id, SITES, actor="operator", at=now())
    return letter


@pytest.mark.shows("S13")
def test_s13_the_frame_is_for_the_listed_websites_and_has_nothing_that_acts(visitor: Visitor, letter: Letter) -> None:
    answer = visitor.ask(f"/embed/letters/{letter.slug}")
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["frame-ancestors"] == " ".join(SITES)
    assert (policy["form-action"], policy["default-src"], policy["base-uri"]) == ("'none'", "'none'", "'none'")
    assert "X-Frame-Options" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert "s-maxage" in answer.headers["Cache-Control"]
    page = answer.text
    assert "One organization has signed" in page
    assert cast.CLARA.organization in page
    assert "Read and sign" in page
    assert not re.search(r"<(form|button|input|iframe|object)\b", page)
    links = re.findall(r"<a\b[^>]*>", page)
    assert len(links) == 2
    assert all('target="_blank" rel="noopener"' in link and f'href="{SITE}/letters/{letter.slug}' in link for link in links)


@pytest.mark.shows("S13")
def test_s13_only_the_page_for_frames_may_stand_in_one(visitor: Visitor, letter: Letter) -> None:
    for path in (f"/letters/{letter.slug}", f"/letters/{letter.slug}/sign", f"/oembed?url={SITE}/letters/{letter.slug}"):
        headers = visitor.ask(path).headers
        assert headers["Content-Security-Policy"].endswith("frame-ancestors 'none'"), path
        assert headers["X-Frame-Options"] == "DENY", path


def test_without_a_list_there_is_nothing_to_show_in_a_frame(visitor: Visitor, letter: Letter) -> None:
    change_embed_sites(letter.coalition_id, (), actor="operator", at=now())
    for path in (f"/embed/letters/{letter.slug}", f"/oembed?url={SITE}/letters/{letter.slug}", "/embed/letters/none"):
        assert visitor.ask(path).status_code == 404, path


def test_a_closed_letter_is_read_and_not_signed(visitor: Visitor, letter: Letter) -> None:
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    page = visitor.ask(f"/embed/letters/{letter.slug}").text
    assert "Read the letter" in page
    assert "It no longer accepts signatures." in page


def test_staff_list_websites_and_copy_the_code(app: Flask, letter: Letter) -> None:
    change_embed_sites(letter.coalition_id, (), actor="operator", at=now())
    factories.staff(cast.OTTO)
    otto = Visitor(app, SITE)
    otto.sign_in(cast.OTTO)
    otto.visit("overview.detail", coalition=HOME, slug=letter.slug).says("List your websites").never_says("letterhub-letter")
    page = otto.visit("embedding.edit", coalition=HOME).submit("Save websites", status=422, sites="a.example\nhttp://b.example")
    page.says("“http://b.example” must start with https://", "a.example")
    otto.visit("embedding.edit", coalition=HOME).submit("Save websites", sites="www.example.org/blog").says("Saved.")
    code = otto.visit("overview.detail", coalition=HOME, slug=letter.slug).says("https://www.example.org").html
    element = html.unescape(re.findall(r'<textarea id="embed-element".*?>(.*?)</textarea>', code, re.DOTALL)[0])
    assert element.startswith(f'<letterhub-letter src="{SITE}/embed/letters/{letter.slug}"><a href="{SITE}/letters/')
    assert "Clean &lt;b&gt;rivers&lt;/b&gt; &amp; “lakes”</a>" in element
    assert [one.action for one in db.session.query(AuditEntry)][-1] == "embedding changed"
    otto.visit("audit_log.coalition", coalition=HOME).says("changed the websites that may show letters")
    otto.visit("embedding.edit", coalition=HOME).submit("Save websites", sites="").says("No website can show your letters")


def test_the_element_is_small_and_other_websites_may_load_it(visitor: Visitor) -> None:
    answer = visitor.ask("/embed/v1/letterhub-letter.js")
    assert len(answer.data) <= 3 * 1024
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.cache_control.max_age == 3600


def test_oembed_gives_the_frame_of_a_letter(visitor: Visitor, letter: Letter) -> None:
    page = visitor.open(f"/letters/{letter.slug}").html
    address = html.unescape(re.findall(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', page)[0])
    facts = visitor.ask(address.removeprefix(SITE) + "&maxwidth=400&maxheight=9999").json
    assert facts is not None
    assert (facts["version"], facts["type"], facts["width"], facts["height"]) == ("1.0", "rich", 400, 480)
    assert facts["title"] == "Clean <b>rivers</b> & “lakes”"
    assert f'<iframe src="{SITE}/embed/letters/{letter.slug}" title="Clean &lt;b&gt;rivers' in facts["html"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 404), ("?url=", 404), ("?url=https://evil.example/letters/{slug}", 404), ("?url=/letters/{slug}", 404),
        (f"?url={SITE}/letters/none", 404), (f"?url={SITE}/staff/x", 404),
        ("?url=http://[/letters/{slug}", 404), (f"?url={SITE}/letters/{{slug}}%23x", 200),
        (f"?url={SITE}/letters/{{slug}}&format=xml", 501), (f"?url={SITE}/letters/{{slug}}&maxwidth=x", 200),
        (f"?url={SITE}/letters/{{slug}}&maxwidth=-{'9' * 5000}", 200),
    ],
)  # fmt: skip
def test_oembed_answers_for_letters_of_this_site_only(visitor: Visitor, letter: Letter, query: str, status: int) -> None:
    assert visitor.ask(f"/oembed{query.format(slug=letter.slug)}").status_code == status
