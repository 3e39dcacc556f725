"""Secret links to pages of a letter: one for a form that is sent twice, each for its own page, and no name in the audit log."""

import re

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.links.secret_links import create_secret_link, revoke_secret_link
from letterhub.commands.press.press_pages import release_press_page, save_press_page
from letterhub.domain.links.secret_links import LinkKind, LinkLifetime
from letterhub.domain.press.press_page import PressWords
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Letter, SecretLink
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


def make_link(letter: Letter, name: str, form_token: str = "", kind: LinkKind = LinkKind.PRESS) -> str:
    facts = {"staff_id": None, "actor": "staff-1", "at": now(), "form_token": form_token}
    return create_secret_link(letter.id, kind, name, LinkLifetime.MONTH, **facts)  # type: ignore[arg-type]


def revoke_first(letter: Letter) -> None:
    first = db.session.query(SecretLink.id).order_by(SecretLink.id).first()[0]  # type: ignore[index]
    revoke_secret_link(letter.id, LinkKind.PRESS, first, actor="staff-1", at=now())


def test_a_form_that_is_sent_twice_makes_one_link_and_shows_it_again(letter: Letter) -> None:
    first = make_link(letter, "Ada Example", "form-1")
    assert make_link(letter, "Ada Example", "form-1") == first
    assert db.session.query(SecretLink).count() == 1
    others = make_link(letter, "Ada Example", "form-2"), make_link(letter, "Hiro Example", "form-1")
    tokens = {first, *others, make_link(letter, "Ada Example", "form-1", LinkKind.PROGRESS)}
    assert (len(tokens), min(map(len, tokens))) == (4, 64)
    revoke_first(letter)
    assert make_link(letter, "Ada Example", "form-1") not in tokens


def test_a_link_opens_its_own_page_alone(visitor: Visitor, letter: Letter) -> None:
    tokens = {kind: make_link(letter, "Ada Example", kind=kind) for kind in LinkKind}
    pages = {LinkKind.PROGRESS: "progress", LinkKind.PRESS: "press", LinkKind.DRAFT: "drafts"}
    found = {
        (page, kind): visitor.ask(f"/{pages[page]}/{token}").status_code for page in pages for kind, token in tokens.items()
    }
    assert found == {(page, kind): 200 if page is kind else 404 for page in LinkKind for kind in LinkKind}


def test_a_link_is_revoked_on_the_page_of_its_kind_alone(otto: Visitor, visitor: Visitor, letter: Letter) -> None:
    token = make_link(letter, "Ada Example")
    otto.visit("secret_links.index", coalition=HOME, slug=letter.slug, kind="progress").never_says("Ada Example")
    revoke_secret_link(letter.id, LinkKind.PROGRESS, 1, actor="staff-1", at=now())
    assert visitor.ask(f"/press/{token}").status_code == 200


@pytest.mark.parametrize("kind", LinkKind)
def test_a_double_click_on_the_page_shows_the_same_link(otto: Visitor, letter: Letter, kind: LinkKind) -> None:
    page = otto.visit("secret_links.index", coalition=HOME, slug=letter.slug, kind=str(kind))
    shown = [page.submit("Make a link", label="Ada Example").html for _click in range(2)]
    links = [re.findall(r'href="https?://letters\.example\.org/(?:press|progress|drafts)/([^"]+)"', html) for html in shown]
    assert links[0] == links[1] != []
    assert db.session.query(SecretLink).count() == 1


def test_the_audit_log_which_is_never_erased_says_not_for_whom_a_link_was(otto: Visitor, letter: Letter) -> None:
    make_link(letter, "Ada Example of the Daily")
    revoke_first(letter)
    place = {"coalition": HOME, "slug": letter.slug}
    otto.visit("secret_links.index", kind="progress", **place).submit("Make a link", label="Ada Example of the Board")
    logged = [str((entry.before, entry.after)) for entry in db.session.query(AuditEntry)]
    assert not [one for one in logged if "Ada Example" in one]
    page = otto.visit("audit_log.letter", **place)
    page.says("made a secret link to the press page.", "created a link to the progress page.", "Link number")
    otto.visit("secret_links.index", kind="press", **place).says("Ada Example of the Daily", "Link 1")


def test_after_the_hour_a_link_offers_nothing_that_is_not_delivered(visitor: Visitor, letter: Letter) -> None:
    editions.freeze_edition(letter)
    token = make_link(letter, "The Daily Example")
    assert visitor.ask(f"/press/{token}/pdf").status_code == 200
    release_press_page(letter.id, now(), actor="staff-1", at=now())
    for path in ("", "/pdf", "/logos.zip"):
        answer = visitor.ask(f"/press/{token}{path}")
        assert (answer.status_code, answer.headers["Location"]) == (302, PUBLIC_PATH)
