"""Nothing on the pages and in the emails of signatories and readers stays English in another language."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import FOR_STAFF, MailKind
from letterhub.infrastructure.db import db
from letterhub.models import Staff
from tests.support.html_checks import parse_html
from tests.support.languages.messages import Part
from tests.support.languages.pseudo_locale import PSEUDO, untranslated, untranslated_text
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Page, Visitor
from tests.support.xss.emails import one_email_of_each_kind
from tests.support.xss.pseudo import make_site_in, public_addresses, staff_addresses
from tests.support.xss.site import XssSite

REMEDY = (
    "wrap it in `_()`; if it is, name its module in PUBLIC_MODULES or PUBLIC_TEMPLATES of "
    "tests/support/languages/messages.py, run `make messages` and translate it"
)
OF_LETTERS = ("/letters/", "/confirm/", "/signatures/", "/answer/", "/reconfirm/", "/editions/")
NAMES = r"javascript:ran|evil|open|Foundation|Once more|Attack|^No$|Quiet Skies Network"
NAMES += r"|el-XX|signer_name|signer_title|\borganization\b|\bnotes\b"


@pytest.fixture
def greek_site(app: Flask, monkeypatch: pytest.MonkeyPatch) -> XssSite:
    """A site whose texts are all Greek, as is the pseudo-locale."""
    return make_site_in(PSEUDO, monkeypatch)


@pytest.fixture
def greek_staff_site(app: Flask, monkeypatch: pytest.MonkeyPatch) -> XssSite:
    """The same, with staff's sentences, too."""
    return make_site_in(PSEUDO, monkeypatch, tuple(Part))


def english_on(page: Page) -> list[str]:
    """Return what is English on a page."""
    return [text for text in untranslated(page.tree) if not _is_name(text)]


def _is_name(text: str) -> bool:
    return not re.search(r"[A-Za-z]{2,}", re.sub(NAMES, "", text))


def headers_for(address: str) -> dict[str, Any]:
    """Return headers that ask for the pseudo-locale, but for English where the letter decides."""
    return {"Accept-Language": "en" if address.startswith(OF_LETTERS) else PSEUDO}


def emptied_forms(visitor: Visitor, page: Page) -> list[Page]:
    """Return what each form of a page answers when nothing is filled in, so that it says what is missing."""
    answers = []
    for form in page.tree.iter("form"):
        if form.get("method") != "post":
            continue
        hidden = {one.get("name"): one.get("value", "") for one in form.iter("input") if one.get("type") == "hidden"}
        buttons = [one for one in form.iter("button") if one.get("name")] or [None]
        for button in buttons:
            pressed = {button.get("name"): button.get("value", "")} if button is not None else {}
            action = form.get("action") or page.path
            response = visitor.ask(action, method="POST", data=hidden | pressed, headers=headers_for(action))
            if response.mimetype == "text/html":
                answers.append(Page(visitor, response))
    return answers


def test_no_page_has_an_untranslated_text(app: Flask, visitor: Visitor, greek_site: XssSite) -> None:
    found: dict[str, list[str]] = {}
    seen = 0
    for address in public_addresses(app, greek_site):
        response = visitor.ask(address, headers=headers_for(address))
        is_missing = response.status_code == 404 and address.startswith(OF_LETTERS)  # no letter, so the reader's language
        if response.mimetype != "text/html" or response.status_code in (302, 303, 308) or is_missing:
            continue
        page = Page(visitor, response)
        for shown in (page, *emptied_forms(visitor, page)):
            seen += 1
            assert shown.tree.get("lang") == PSEUDO, f"{shown.path} speaks {shown.tree.get('lang')}"
            if english := english_on(shown):
                found.setdefault(shown.path, []).extend(english)
    assert seen > 25
    assert found == {}, f"{found}: {REMEDY}"


def test_no_email_has_an_untranslated_text(settings: Settings, postbox: Inbox, greek_site: XssSite) -> None:
    lines = [line for line in one_email_of_each_kind() if line.kind not in FOR_STAFF | {MailKind.TEST, MailKind.WEBHOOK_PAUSED}]
    (subscribe,) = [line for line in lines if line.kind == MailKind.SUBSCRIBE]  # of a coalition, for a reader of its page
    subscribe.parameters = {"language": PSEUDO}
    db.session.commit()
    found: dict[str, list[str]] = {}
    send_due_mail(settings)
    for mail in postbox.mails:
        kind = mail.message["To"].partition("@")[0]
        if kind in FOR_STAFF | {MailKind.TEST, MailKind.WEBHOOK_PAUSED} or "rivers.example" in mail.message["To"]:
            continue
        html = mail.message.get_body(("html",)).get_content()
        tree = parse_html(html)
        assert tree.get("lang") == PSEUDO, kind
        english = untranslated_text(mail.text) + untranslated_text(mail.message["Subject"]) + untranslated(tree)
        if english := [text for text in english if not _is_name(text)]:
            found[kind] = english
    assert len(lines) > 15
    assert found == {}, f"{found}: {REMEDY}"


def test_no_page_of_staff_has_an_untranslated_text(app: Flask, visitor: Visitor, greek_staff_site: XssSite) -> None:
    visitor.sign_in(greek_staff_site.owner)
    found: dict[str, list[str]] = {}
    seen = 0
    for address in staff_addresses(app):
        response = visitor.ask(address, headers={"Accept-Language": PSEUDO})
        if response.mimetype != "text/html" or response.status_code in (302, 303, 308):
            continue
        page = Page(visitor, response)
        seen += 1
        assert page.tree.get("lang") == PSEUDO, f"{page.path} speaks {page.tree.get('lang')}"
        if english := english_on(page):
            found[page.path] = english
    assert seen > 80
    assert found == {}, f"{found}: {REMEDY}"


def test_no_email_to_staff_has_an_untranslated_text(settings: Settings, postbox: Inbox, greek_staff_site: XssSite) -> None:
    lines = [line for line in one_email_of_each_kind() if line.kind in FOR_STAFF]
    for line in lines:
        line.parameters = line.parameters | {"language": PSEUDO}
    db.session.execute(update(Staff).values(language=PSEUDO))
    db.session.commit()
    send_due_mail(settings)
    found: dict[str, list[str]] = {}
    seen = set()
    for mail in postbox.mails:
        tree = parse_html(mail.message.get_body(("html",)).get_content())
        kind = next((line.kind for line in lines if line.recipient == mail.message["To"]), None)
        if kind is None:
            continue
        seen.add(kind)
        assert tree.get("lang") == PSEUDO, kind
        english = untranslated_text(mail.text) + untranslated_text(mail.message["Subject"]) + untranslated(tree)
        if english := [text for text in english if not _is_name(text)]:
            found[kind] = english
    assert seen == FOR_STAFF
    assert found == {}, f"{found}: {REMEDY}"
