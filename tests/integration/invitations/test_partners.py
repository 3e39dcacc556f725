"""Partners who recruit have links of their own: what comes by them is counted without cookies and personal data."""

import json

import pytest
from flask import Flask

from letterhub.config import Settings
from letterhub.domain.invitations.partners import source_from
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import LinkSigner, Purpose
from letterhub.models import Letter, Partner, SubmissionOrigin
from tests.support import cast, factories
from tests.support.servers.database_copies import SECRET_KEY, SITE
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, manage_link, newest_link, signatures
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"


def partners_page(otto: Visitor, letter: Letter) -> Page:
    return otto.visit("partners.index", coalition=HOME, slug=letter.slug)


def secret_page(visitor: Visitor) -> str:
    """Return the path of the only partner's page."""
    end_read_transaction()
    partner = db.session.query(Partner).one()
    return f"/partner/{LinkSigner((SECRET_KEY,)).token(Purpose.PARTNER, partner.id, since=partner.created_at)}"


def sign_via(visitor: Visitor, letter: Letter, via: str, by: cast.Signer = cast.CLARA) -> Page:
    page = visitor.open(f"/letters/{letter.slug}?via={via}").follow("Sign for your organization")
    return page.submit("Send me the link", **by.form, authorized=True)


def test_who_signs_by_a_partners_link_is_counted_on_its_page(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    otto.visit("invitations.index", coalition=HOME, slug=letter.slug).follow("Partners who recruit, and their links")
    page = partners_page(otto, letter).says("No partner has a link yet.").submit("Make a link", name="River Keepers")
    page.says("River Keepers has a link now.", f"{SITE}/letters/{letter.slug}?via=river-keepers")
    page.submit("Make a link", status=422, name="river keepers").says("has a link already")
    assert page.follow("Their page, to send to them: River Keepers").path == secret_page(visitor)
    response = visitor.ask(f"/letters/{letter.slug}?via=river-keepers")
    assert "Set-Cookie" not in response.headers
    sign_via(visitor, letter, "river-keepers").says("Check your email")
    visitor.open(secret_page(visitor)).says("River Keepers", "Forms submitted 1", "Confirmed by email 0", "On the letter 0")
    visitor.open(newest_link(settings, postbox)).submit("Sign for our organization", authorized=True)
    otto.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=signatures()[0].id).submit("Publish")
    page = visitor.open(secret_page(visitor)).says("Confirmed by email 1", "On the letter 1")
    page.never_says("Clara", "alliance.example")
    partners_page(otto, letter).says("River Keepers", "1 1 1")
    answer = visitor.ask(secret_page(visitor))
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "noindex" in page.html
    data = json.loads(visitor.ask(f"{manage_link(signatures()[0])}/data").data)
    assert data["where_the_form_came_from"]["via"] == "river-keepers"


@pytest.mark.parametrize("again", ["yes", "meant"])
def test_who_corrects_the_address_still_came_by_the_partners_link(visitor: Visitor, letter: Letter, again: str) -> None:
    sign_via(visitor, letter, "river-keepers")
    page = visitor.open(f"/letters/{letter.slug}/sign?again={again}")
    page.submit("Send me the link", email="clara@gmail.com").says("Check your email")
    origins = db.session.query(SubmissionOrigin).order_by(SubmissionOrigin.signature_id)
    assert [(row.mail_domain, row.via) for row in origins] == [
        ("alliance.example", "river-keepers"), ("gmail.com", "river-keepers"),
    ]  # fmt: skip


def test_other_words_are_counted_together_and_odd_ones_not_at_all(otto: Visitor, visitor: Visitor, letter: Letter) -> None:
    sign_via(visitor, letter, "Newsletter")
    sign_via(visitor, letter, "%22%3E%3Cscript%3E", cast.HIRO)
    assert [row.via for row in db.session.query(SubmissionOrigin).order_by(SubmissionOrigin.signature_id)] == [
        "newsletter",
        "",
    ]
    partners_page(otto, letter).says("Links with other words", "1 0 0")


@pytest.mark.parametrize(
    ("word", "source"),
    [
        ("river-keepers", "river-keepers"), (" Keepers2 ", "keepers2"), (None, ""), ("", ""), ("a b", ""), ("-a", ""),
        ("a--b", ""), ("é", ""), ("a" * 40, "a" * 40), ("a" * 41, ""), ("a\n", "a"), ("<b>", ""),
    ],
)  # fmt: skip
def test_only_plain_words_are_kept(word: str | None, source: str) -> None:
    assert source_from(word) == source


def test_a_partner_that_is_removed_has_no_page_and_its_forms_stay_counted(
    otto: Visitor, visitor: Visitor, letter: Letter
) -> None:
    page = partners_page(otto, letter).submit("Make a link", name="River Keepers")
    secret = secret_page(visitor)
    sign_via(visitor, letter, "river-keepers")
    page.submit("Remove River Keepers").says("The partner was removed.", "Links with other words")
    visitor.open(secret, status=404)
    visitor.open(f"/letters/{letter.slug}?via=river-keepers")
    assert audit_actions()[-2:] == ["partner added", "partner removed"] or "partner removed" in audit_actions()


def test_before_the_letter_opens_its_page_tells_no_address(otto: Visitor, visitor: Visitor, app: Flask) -> None:
    draft = factories.draft(deadline_at=None)
    partners_page(otto, draft).submit("Make a link", name="River Keepers")
    visitor.open(secret_page(visitor)).says("The letter isn’t open yet.").never_says(draft.slug, "Clean rivers for everyone")


def test_a_reviewer_sees_numbers_and_no_secret_page(app: Flask, otto: Visitor, letter: Letter) -> None:
    partners_page(otto, letter).submit("Make a link", name="River Keepers")
    factories.staff(cast.SAM)
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    partners_page(sam, letter).says("River Keepers").never_says("/partner/", "Make a link")
