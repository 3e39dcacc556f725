"""News that the form offers: never checked at first, kept as evidence, exported to staff, ended by link or by staff."""

import csv
import io

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.config import Settings
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import Purpose
from letterhub.models import AuditEntry, Letter
from tests.integration.invitations.test_invited_signing import WILLOW, mailed_link
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, fill_in, manage_link, newest_link, only_signature, token_for
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
WORDS = "Send me news from the Coalition for Clean Rivers."


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter whose form offers news."""
    return factories.open_letter(news_text=WORDS, news_version=1)


def news_link() -> str:
    return f"/news/{token_for(only_signature(), Purpose.NEWS)}"


def exported(otto: Visitor, letter: Letter) -> list[list[str]]:
    response = otto.visit("news_offers.index", coalition=HOME, slug=letter.slug)
    if "Download as CSV" not in response.text:
        return []
    token = response.html.partition('name="csrf_token" value="')[2].partition('"')[0]
    content = otto.ask(f"{response.path}/export", method="POST", data={"csrf_token": token}).get_data(as_text=True)
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))[1:]


def test_who_checks_the_box_and_confirms_is_in_the_file(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    assert 'name="news" type="checkbox" value="1"' in visitor.visit("signing.new", slug=letter.slug).says(WORDS).html
    fill_in(visitor, letter, news=True)
    facts = only_signature().news_consent or {}
    assert (facts["text"], facts["version"], facts["agreed_at"]) == (WORDS, 1, now().isoformat())
    assert exported(otto, letter) == []
    visitor.open(newest_link(settings, postbox)).submit("Sign for our organization", authorized=True)
    newest_link(settings, postbox)
    assert "/news/" in postbox.to(cast.CLARA.email)[-1].text
    ((email, signer, _title, _name, words, _at, link),) = exported(otto, letter)
    assert (email, signer, words) == (cast.CLARA.email, "Clara Example", WORDS)
    assert link.endswith(news_link())
    assert audit_actions()[-1] == "news contacts exported"


def test_the_mailbox_reads_which_news_a_stranger_asked_for_and_declines_it_before_confirming(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    fill_in(visitor, letter, news=True)
    link = newest_link(settings, postbox)
    visitor.open(link).says(WORDS).follow("Don’t send this news").submit("End the news", sure=True)
    visitor.open(link).never_says(WORDS).submit("Sign for our organization", authorized=True)
    assert exported(otto, letter) == []


def test_who_leaves_the_box_alone_gets_none(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    fill_in(visitor, letter)
    visitor.open(newest_link(settings, postbox)).submit("Sign for our organization", authorized=True)
    newest_link(settings, postbox)
    assert only_signature().news_consent is None
    assert "/news/" not in postbox.to(cast.CLARA.email)[-1].text
    assert exported(otto, letter) == []
    visitor.open(news_link()).says("You get no news from Coalition for Clean Rivers")


def test_news_are_ended_by_link_and_by_staff(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    fill_in(visitor, letter, news=True)
    visitor.open(newest_link(settings, postbox)).submit("Sign for our organization", authorized=True)
    page = visitor.open(manage_link(only_signature())).follow("End the news").says(WORDS)
    page.submit("End the news", status=422)
    assert (only_signature().news_consent or {})["ended_at"] is None
    page.submit("End the news", sure=True).says("You get no news")
    assert (only_signature().news_consent or {})["ended_by"] == "signatory"
    assert exported(otto, letter) == []
    only_signature().news_consent = {**(only_signature().news_consent or {}), "ended_at": None}
    signature = only_signature()
    signature.news_consent = {**(signature.news_consent or {}), "ended_at": None, "ended_by": ""}
    db.session.commit()
    page = otto.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=signature.id).says(WORDS)
    page.submit("End the news").says("Ended on")
    assert audit_actions().count("news ended") == 2
    erase_on_request(signature.id, now())
    assert only_signature().news_consent is None


def test_other_words_are_agreed_to_anew(otto: Visitor, visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    news = otto.visit("news_offers.index", coalition=HOME, slug=letter.slug)
    news.submit("Save the words", text="Sell my address.").says("Saved.")
    news.submit("Save the words", text="Other", status=422).says("were changed in the meantime")
    page = page.submit("Send me the link", status=422, **cast.CLARA.form, authorized=True, news=True)
    page.says("The words beside this box changed.", "Sell my address.").submit("Send me the link").says("Check your email")
    assert only_signature().news_consent is None
    entry = db.session.query(AuditEntry).filter_by(action="news offered").one()
    assert (entry.before, entry.after) == ({"text": WORDS}, {"text": "Sell my address."})


def test_an_invited_mailbox_is_offered_news_beside_its_button(
    otto: Visitor, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    letter = factories.open_letter(optional_fields=["website"], news_text=WORDS, news_version=1)
    otto.visit("invitations.index", coalition=HOME, slug=letter.slug).submit("Send invitation", **WILLOW)
    visitor.open(mailed_link(settings, postbox)).submit("We sign", authorized=True, news=True)
    assert (only_signature().news_consent or {})["text"] == WORDS


def test_a_letter_that_offers_none_asks_nothing(visitor: Visitor, app: Flask) -> None:
    visitor.visit("signing.new", slug=factories.open_letter().slug).never_says('name="news"')
