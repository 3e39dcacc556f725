"""The front page, opened without a particular letter in mind."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_babel import gettext, ngettext

from letterhub.clock import now
from letterhub.domain.letters.letter_document import SignatoryCounts
from letterhub.domain.signatures.signing import is_open
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.queries.letters.public_lists import LetterListPage, LetterSection, site_letters
from tests.support import factories
from tests.support.visitor import Visitor


def test_the_front_page_and_a_missing_page_are_pages_like_all_others(visitor: Visitor) -> None:
    assert visitor.open("/").heading
    visitor.open("/no-such-page", status=404).says("Page not found")


def test_the_front_page_says_each_title_in_its_language(visitor: Visitor) -> None:
    factories.open_letter(replace(factories.TEXT, title="أنهار نظيفة", language="ar"))
    title = next(one for one in visitor.open("/").tree.iter("bdi") if one.text == "أنهار نظيفة")
    assert (title.get("lang"), title.get("dir")) == ("ar", "rtl")


def test_the_front_page_counts_as_people_do(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.open_letter()
    found = site_letters(now())
    part = found.sections[0]
    many = replace(found, sections=(replace(part, letters=(replace(part.letters[0], counts=SignatoryCounts(12345)),)),))
    monkeypatch.setattr("letterhub.web.public.letters.home.site_letters", lambda *_: many)
    visitor.open("/").says("12,345 signatories")


def test_the_front_page_leads_to_every_letter(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("letterhub.queries.letters.public_lists.PAGE_SIZE", 2)
    for days in (None, 3, 2, 1):
        text = replace(factories.TEXT, title=f"Until day {days}")
        factories.open_letter(text, deadline_at=days and now() + dt.timedelta(days=days))
    page = visitor.open("/").says("Until day 1", "Until day 2", "Page 1").never_says("Until day 3", "Previous")
    page.follow("Next").says("Until day 3", "Until day None", "Page 2").never_says("Next").follow("Previous").says(
        "Until day 1"
    )
    visitor.open("/?page=9").says("Until day None")


def test_counts_in_sentences_are_grouped_in_templates_and_in_python(app: Flask) -> None:
    sentence = "{{ ngettext('One', '%(num)s names', 12345) }}, {{ _('%(pages)s of %(name)s', pages=1000, name='1000') }}"
    with app.test_request_context():
        assert render_template_string(sentence) == "12,345 names, 1,000 of 1000"
        assert ngettext("%(num)s name", "%(num)s names", 12345) == "12,345 names"
        assert gettext("%(bytes)s bytes", bytes=1000) == "1,000 bytes"


@pytest.mark.parametrize("deadline", [None, -1, 0, 1])
@pytest.mark.parametrize("state", LetterState)
def test_letters_that_can_be_signed_are_listed_as_open(app: Flask, state: LetterState, deadline: int | None) -> None:
    letter = factories.open_letter(deadline_at=None if deadline is None else now() + dt.timedelta(microseconds=deadline))
    letter.state = state
    db.session.commit()
    assert (LetterSection.OPEN in sections(site_letters(now()))) is is_open(state, letter.deadline_at, now())


def sections(found: LetterListPage) -> list[LetterSection]:
    """Return the sections on a page."""
    return [part.section for part in found.sections]


def titled(title: str, state: LetterState = LetterState.OPEN, **facts: Any) -> None:
    """Save a letter with this title in a state."""
    letter = factories.open_letter(replace(factories.TEXT, title=title), **facts)
    letter.state = state
    db.session.commit()


def test_delivered_letters_stay_on_the_front_page_after_those_that_can_be_signed(visitor: Visitor) -> None:
    visitor.open("/").says("No letters are open for signatures right now.").never_says("Delivered")
    titled("Delivered first", LetterState.DELIVERED, delivered_at=now() - dt.timedelta(days=9), delivered_to="The Mayor")
    titled("Delivered last", LetterState.DELIVERED, delivered_at=now() - dt.timedelta(days=2))
    visitor.open("/").says("No letters are open for signatures right now. These were delivered:")
    titled("Open now")
    titled("Closed", LetterState.CLOSED, closed_at=now())
    titled("Withdrawn", LetterState.WITHDRAWN, delivered_at=now() - dt.timedelta(days=3))
    past = now() - dt.timedelta(hours=1)
    titled("Takes late names", delivered_at=now() - dt.timedelta(days=5), delivered_to="The Governor")
    titled("Took late names", delivered_at=now() - dt.timedelta(days=7), deadline_at=past)
    titled("Over", deadline_at=past)
    page = visitor.open("/").says(
        "Open for signatures 2", "Delivered 3", "delivered to The Mayor on ", "delivered to The Governor on "
    )
    page.never_says("Withdrawn", "Closed", "Over")
    titles = ["Open now", "Takes late names", "Delivered last", "Took late names", "Delivered first"]
    places = [page.text.index(title) for title in titles]
    assert places == sorted(places)


@pytest.mark.shows("S13")
def test_the_front_page_sets_no_cookie(visitor: Visitor) -> None:
    assert "Set-Cookie" not in visitor.open("/").response.headers
