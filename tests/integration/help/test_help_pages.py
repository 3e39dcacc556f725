"""Help pages: contents, pages with their place and pictures, and search; public, cached, without a cookie."""

import pytest
from flask import Flask

from letterhub.web.assets import IMMUTABLE
from letterhub.web.page_cache import CACHE_BRIEFLY
from tests.support.visitor import Visitor


def test_the_contents_lead_to_every_page(visitor: Visitor) -> None:
    page = visitor.open("/help")
    page.says("Organizers", "Open your first letter", "Journalists", "Check a letter", "Settings")
    assert page.follow("Open your first letter").says("Create the draft")


def test_a_page_shows_its_place_and_leads_on(visitor: Visitor) -> None:
    page = visitor.open("/help/organizers/names-first")
    assert page.heading == "Names before you open"
    page.says("Previous Write with partners", "Next Invitations and reminders")
    page.follow("Invitations and reminders").says("Whom you can invite")


def test_documents_for_operators_are_pages_whose_comments_are_left_out(visitor: Visitor) -> None:
    page = visitor.open("/help/operations")
    page.says("7. Backups and restore drills", "letterhub migrate")
    page.never_says("<!--")


def test_the_pages_of_a_folder_stand_below_its_index(visitor: Visitor) -> None:
    page = visitor.open("/help/design")
    page.follow("Contacts and invitations").says("Whom a coalition asks to sign", "Design notes")


@pytest.mark.parametrize("address", ["/help", "/help/journalists/checking", "/help/search?q=mail"])
def test_pages_are_cached_and_set_no_cookie(visitor: Visitor, address: str) -> None:
    response = visitor.ask(address)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == CACHE_BRIEFLY
    assert "Set-Cookie" not in response.headers


def test_pictures_are_those_of_the_documents_alone(visitor: Visitor) -> None:
    response = visitor.ask("/help/pictures/guide/pictures/review.webp")
    assert (response.status_code, response.mimetype) == (200, "image/webp")
    assert response.headers["Cache-Control"] == IMMUTABLE
    for path in ("operations.md", "guide/pictures/none.webp", "../static/img/icon.svg", "..%2Fpyproject.toml", "guide"):
        assert visitor.ask(f"/help/pictures/{path}").status_code == 404


def test_unknown_pages_are_not_found(visitor: Visitor) -> None:
    for path in ("nothing", "organizers", "../pyproject", "organizers/first-letter.md"):
        assert visitor.ask(f"/help/{path}").status_code == 404


def test_a_search_finds_sections_that_have_all_words(visitor: Visitor) -> None:
    page = visitor.open("/help/search?q=WITHDRAW+signature")
    page.says("Your signature: Withdraw it")
    page.follow("Your signature: Withdraw it").says("It comes off the letter immediately")
    visitor.open("/help/search?q=LETTERHUB_MAIL_URL").says("Install in ten minutes: The real thing")
    visitor.open("/help/search?q=withdraw+zzz").says(
        "Nothing has all of these words: “withdraw zzz”. Try fewer words, or others."
    )
    visitor.open("/help/search").says("Enter a word or two above.")
    visitor.open("/help/search?q=***").says("Nothing has all of these words")


def test_a_query_is_only_text(visitor: Visitor) -> None:
    visitor.open("/help/search?q=<script>alert(1)</script>").says("<script>alert(1)</script>")
    visitor.open("/help/search?q=" + "a" * 5000).says("Nothing has all of these words")


def test_every_page_of_staff_and_readers_leads_to_the_help(visitor: Visitor, app: Flask) -> None:
    visitor.open("/").follow("Help").says("Organizers")
    visitor.open("/editions").follow("What the answers mean").says("Check a letter")
