"""The public letter page: its list, its panel, its caching, and what it never shows."""

import datetime as dt
import json
import re
import secrets
import tracemalloc
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.domain.letters.letter_document import Letterhead, Logo, SignatoryOrder
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from letterhub.queries.signatures.listing import NAMES_PER_PAGE, UNPAGED_MAX
from letterhub.web.public.letters.letters import MIN_SEARCHABLE
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.database_statements import record_statements
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that counts its signatories."""
    return factories.open_letter(
        replace(factories.TEXT, body="We, the {{count}} undersigned, ask.", order=SignatoryOrder.SECTIONS)
    )


def sign_many(letter: Letter, count: int) -> None:
    """Publish signatures of "Alliance 0001" and so on."""
    revision = factories.revision_of(letter).id
    for number in range(1, count + 1):
        name = f"Alliance {number:04}"
        row = Signature(
            letter_id=letter.id, revision_id=revision, organization_name=name, signer_name="Nia Example", email="n@one.example",
            state=SignatureState.PUBLISHED, created_at=NOON, place_key=name, section="local",
        )  # fmt: skip
        db.session.add(row)
    db.session.commit()


def names(page: Page) -> list[str]:
    """Return the names in the list, in order."""
    spans = [span for span in page.tree.iter("span") if span.get("class") == "signatory-name"]
    return [" ".join("".join(span.itertext()).split()) for span in spans]


def test_the_list_has_leads_first_then_sections_then_the_alphabet(visitor: Visitor, letter: Letter) -> None:
    for name, facts in {
        "Zebra Lead": {"lead": True},
        "The Arc": {"section": "national"},
        "éclair": {"section": "national"},
        "Bridge": {"section": "local"},
    }.items():
        factories.signature(letter, organization_name=name, **facts)
    page = visitor.visit("letters.detail", slug=letter.slug).says("4 organizations have signed", "We, the 4 undersigned")
    assert names(page) == ["Zebra Lead", "The Arc", "éclair", "Bridge"]
    page.says("National organizations", "Local organizations")


def test_before_the_first_name_no_count_is_told(visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("letters.detail", slug=letter.slug).never_says("the 0 undersigned", "zero")
    page.says("We, the [number] undersigned, ask.", "The number appears once someone signs.")
    visitor.visit("signing.new", slug=letter.slug).says("We, the [number] undersigned")
    factories.signature(letter)
    visitor.visit("letters.detail", slug=letter.slug).says("We, the 1 undersigned").never_says("[number]", "The number in the")


def test_one_signs_from_beside_the_letter_and_from_its_end(visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("letters.detail", slug=letter.slug)
    assert page.text.count("Sign for your organization") == 2
    letter.move(LetterMove.CLOSE, NOON)
    db.session.commit()
    visitor.visit("letters.detail", slug=letter.slug).never_says("Sign for your organization")


@pytest.mark.shows("S10")
@pytest.mark.parametrize("state", [state for state in SignatureState if state is not SignatureState.PUBLISHED])
def test_only_what_is_published_is_shown_and_counted(visitor: Visitor, letter: Letter, state: SignatureState) -> None:
    factories.signature(letter, state=state)
    factories.signature(letter, cast.HIRO)
    page = visitor.visit("letters.detail", slug=letter.slug).says("One organization has signed", "We, the 1 undersigned")
    assert names(page) == [cast.HIRO.organization]


@pytest.mark.shows("S11")
def test_no_address_is_shown_anywhere(visitor: Visitor, letter: Letter) -> None:
    factories.signature(letter)
    visitor.visit("letters.detail", slug=letter.slug).never_says(cast.CLARA.email, "clara@")


@pytest.mark.parametrize("count", [MIN_SEARCHABLE - 1, MIN_SEARCHABLE])
def test_a_list_of_thirty_can_be_searched(visitor: Visitor, letter: Letter, count: int) -> None:
    sign_many(letter, count)
    page = visitor.visit("letters.detail", slug=letter.slug)
    assert ("Find a signatory" in page.text) is (count == MIN_SEARCHABLE)


def test_a_search_finds_names_whatever_their_case_and_accents(visitor: Visitor, letter: Letter) -> None:
    sign_many(letter, MIN_SEARCHABLE)
    factories.signature(letter, organization_name="Société d’Énergie")
    page = visitor.visit("letters.detail", slug=letter.slug).submit("Search", q="societe D'energie")
    assert names(page) == ["Société d’Énergie"]
    page.says("One signatory matches", "31 organizations have signed", "We, the 31 undersigned")
    page.submit("Search", q="nobody <b>").says("No signatory matches “nobody <b>”.").follow("Show all")
    assert len(names(visitor.visit("letters.detail", slug=letter.slug, q="!?"))) == 0


@pytest.mark.shows("S10")
def test_a_long_list_comes_in_pages_that_show_each_name_once(visitor: Visitor, letter: Letter) -> None:
    sign_many(letter, UNPAGED_MAX + NAMES_PER_PAGE + 1)
    page = visitor.visit("letters.detail", slug=letter.slug).says("301 organizations have signed", "1 to 100 of 301")
    shown = names(page)
    while "Next" in {" ".join(anchor.itertext()) for anchor in page.tree.iter("a")}:
        page = page.follow("Next").says("301 organizations have signed")
        shown += names(page)
    assert shown == [f"Alliance {number:04}" for number in range(1, 302)]
    assert names(page.follow("Previous"))[0] == "Alliance 0201"
    for odd in ("0", "-4", "99999999999999999999", "two"):
        assert visitor.visit("letters.detail", slug=letter.slug, page=odd)


def test_the_count_of_questions_does_not_grow_with_the_list(visitor: Visitor, letter: Letter) -> None:
    with record_statements() as few:
        visitor.visit("letters.detail", slug=letter.slug)
    sign_many(letter, 50)
    with record_statements() as many:
        visitor.visit("letters.detail", slug=letter.slug)
    assert len(many) == len(few) > 0


@pytest.mark.parametrize(
    ("moves", "sentence"),
    [
        ((LetterMove.CLOSE,), "Closed on Wednesday, January 5, 2022, 12:00 p.m. Eastern."),
        (
            (LetterMove.CLOSE, LetterMove.DELIVER),
            "Delivered to the President on Wednesday, January 5, 2022, 12:00 p.m. Eastern.",
        ),
        ((LetterMove.WITHDRAW,), "Withdrawn on Wednesday, January 5, 2022, 12:00 p.m. Eastern."),
    ],
)
def test_the_panel_says_what_became_of_the_letter(
    visitor: Visitor, letter: Letter, moves: tuple[LetterMove, ...], sentence: str
) -> None:
    for move in moves:
        letter.move(move, NOON)
    letter.delivered_to = "the President"
    db.session.commit()
    visitor.visit("letters.detail", slug=letter.slug).says(sentence).never_says("Sign for your organization")


def test_the_panel_counts_down_and_closes_by_itself(visitor: Visitor, letter: Letter, clock: time_machine.Traveller) -> None:
    page = visitor.visit("letters.detail", slug=letter.slug)
    page.says("Open until Friday, January 7, 2022, 12:00 p.m. Eastern (in 2 days)")
    clock.shift(dt.timedelta(days=3))
    page = visitor.visit("letters.detail", slug=letter.slug).says("Closed on Friday, January 7, 2022, 12:00 p.m. Eastern.")
    page.never_says("Sign for your organization")


def test_the_page_tells_those_who_share_it_what_it_is(visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("letters.detail", slug=letter.slug)
    meta_tags = {meta.get("property") or meta.get("name"): meta.get("content") for meta in page.tree.iter("meta")}
    assert meta_tags["og:title"] == "Clean rivers for everyone"
    assert meta_tags["description"] == meta_tags["og:description"] == "We, the [number] undersigned, ask."
    assert meta_tags["og:url"] == f"https://letters.example.org/letters/{letter.slug}"


@pytest.mark.shows("S13")
def test_the_page_sets_no_cookie_and_is_told_apart_by_its_content(visitor: Visitor, letter: Letter) -> None:
    first = visitor.ask(f"/letters/{letter.slug}")
    assert not {"Set-Cookie", "Vary"} & set(first.headers.keys())
    assert first.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=")
    same = visitor.ask(f"/letters/{letter.slug}", headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    factories.signature(letter)
    other = visitor.ask(f"/letters/{letter.slug}", headers={"If-None-Match": first.headers["ETag"]})
    assert (other.status_code, other.headers["ETag"] == first.headers["ETag"]) == (200, False)


def test_staff_who_are_signed_in_read_the_same_page(visitor: Visitor, letter: Letter) -> None:
    stranger = visitor.ask(f"/letters/{letter.slug}")
    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    member = visitor.ask(f"/letters/{letter.slug}")
    assert member.headers["ETag"] == stranger.headers["ETag"]
    assert not {"Set-Cookie", "Vary"} & set(member.headers.keys())


@pytest.mark.shows("S3")
def test_a_hostile_text_stays_text(visitor: Visitor, app: Flask) -> None:
    text = replace(
        factories.TEXT, title="<script>alert(1)</script>", body="<img src=x onerror=alert(1)> [x](javascript:alert(1))"
    )
    letter = factories.open_letter(text)
    factories.signature(letter, organization_name="<b>Bold</b>", signer_name='"><i>')
    page = visitor.visit("letters.detail", slug=letter.slug).says("<b>Bold</b>", "<script>alert(1)</script>")
    assert not re.search(r'<script(?! src| type="application/ld)|<img|<b>|<i>|=.javascript:', page.html)


def test_the_page_says_its_letter_as_data_for_programs(visitor: Visitor) -> None:
    title = "Rivers </script><script>alert(1)</script>"
    letter = factories.open_letter(replace(factories.TEXT, title=title))
    factories.signature(letter)
    page = visitor.visit("letters.detail", slug=letter.slug).html
    (content,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    data = json.loads(content)
    assert (data["name"], data["url"]) == (title, f"{SITE}/letters/{letter.slug}")
    assert data["hasPart"]["numberOfItems"] == 1
    listed = visitor.ask(data["hasPart"]["url"].removeprefix(SITE)).get_json()
    assert [one["name"] for one in listed["items"]] == names(visitor.visit("letters.detail", slug=letter.slug))


def test_a_letter_with_a_large_logo_is_not_kept_over_and_over(app: Flask) -> None:
    logo = Logo("image/png", secrets.token_bytes(300_000), "A river")
    letter = factories.open_letter(replace(factories.TEXT, letterhead=Letterhead(name="Rivers", logo=logo)))
    reader = app.test_client()

    def read_after_one_more(number: int) -> int:
        factories.signature(letter, organization_name=f"Alliance {number}")
        return len(reader.get(f"/letters/{letter.slug}", base_url=SITE).data)

    assert read_after_one_more(0) > 400_000
    tracemalloc.start()
    for number in range(1, 20):
        read_after_one_more(number)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 6_000_000
