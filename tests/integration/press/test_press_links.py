"""Secret links of the press: one for a form that is sent twice, no name in the audit log, and nothing undelivered afterward."""

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.press.press_pages import create_press_link, release_press_page, revoke_press_link, save_press_page
from letterhub.commands.progress.progress_links import create_progress_link
from letterhub.domain.press.press_page import PressWords
from letterhub.domain.progress.progress_links import LinkLifetime
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Letter, PressLink, ProgressLink
from tests.support import editions, factories
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
PUBLIC_PATH = "/letters/clean-rivers-for-everyone/press"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A closed letter with a press page."""
    letter = factories.closed_letter()
    words = PressWords("Rivers need help", "We ask.")
    save_press_page(letter.id, words, 0, staff_id=None, actor="staff-1", at=now())  # type: ignore[arg-type]
    return letter


def make_link(letter: Letter, name: str, form_token: str = "") -> str:
    return create_press_link(letter.id, name, staff_id=None, actor="staff-1", at=now(), form_token=form_token)  # type: ignore[arg-type]


def test_a_form_that_is_sent_twice_makes_one_link_and_shows_it_again(letter: Letter) -> None:
    first = make_link(letter, "Ada Example", "form-1")
    assert make_link(letter, "Ada Example", "form-1") == first
    assert db.session.query(PressLink).count() == 1
    tokens = {first, make_link(letter, "Ada Example", "form-2"), make_link(letter, "Hiro Example", "form-1")}
    assert (len(tokens), min(map(len, tokens))) == (3, 64)
    revoke_press_link(letter.id, db.session.query(PressLink.id).order_by(PressLink.id).first()[0], actor="staff-1", at=now())
    assert make_link(letter, "Ada Example", "form-1") not in tokens


def test_so_does_a_link_to_the_progress_page(letter: Letter) -> None:
    tokens = {
        create_progress_link(
            letter.id,
            "Board",
            LinkLifetime.MONTH,
            staff_id=None,
            actor="staff-1",
            at=now(),
            form_token="form-1",  # type: ignore[arg-type]
        )
        for _twice in range(2)
    }
    assert (len(tokens), db.session.query(ProgressLink).count()) == (1, 1)


def test_a_double_click_on_the_page_shows_the_same_link(otto: Visitor, letter: Letter) -> None:
    for endpoint, field in (("press_links.index", "name"), ("progress_links.index", "label")):
        page = otto.visit(endpoint, coalition=HOME, slug=letter.slug)
        shown = [page.submit("Make a link", **{field: "Ada Example"}).html for _click in range(2)]
        links = [html.partition("letters.example.org/p")[2].partition('"')[0] for html in shown]
        assert links[0] == links[1]
    assert (db.session.query(PressLink).count(), db.session.query(ProgressLink).count()) == (1, 1)


def test_the_audit_log_which_is_never_erased_says_not_for_whom_a_link_was(otto: Visitor, letter: Letter) -> None:
    make_link(letter, "Ada Example of the Daily")
    revoke_press_link(letter.id, db.session.query(PressLink.id).scalar(), actor="staff-1", at=now())
    otto.visit("progress_links.index", coalition=HOME, slug=letter.slug).submit("Make a link", label="Ada Example of the Board")
    logged = [str((entry.before, entry.after)) for entry in db.session.query(AuditEntry)]
    assert not [one for one in logged if "Ada Example" in one]
    page = otto.visit("audit_log.letter", coalition=HOME, slug=letter.slug)
    page.says("made a secret link to the press page.", "created a link to the progress page.", "Link number")
    otto.visit("press_links.index", coalition=HOME, slug=letter.slug).says("Ada Example of the Daily", "Link 1")


def test_after_the_hour_a_link_offers_nothing_that_is_not_delivered(visitor: Visitor, letter: Letter) -> None:
    editions.freeze_edition(letter)
    token = make_link(letter, "The Daily Example")
    assert visitor.ask(f"/press/{token}/pdf").status_code == 200
    release_press_page(letter.id, now(), actor="staff-1", at=now())
    for path in ("", "/pdf", "/logos.zip"):
        answer = visitor.ask(f"/press/{token}{path}")
        assert (answer.status_code, answer.headers["Location"]) == (302, PUBLIC_PATH)
