"""A name that ends with a period is used by pages, notices and emails in sentences that end with one."""

import pytest
from flask import Flask

from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.states import SignatureState
from letterhub.models import Letter
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import confirm_link, signatures
from tests.support.visitor import Visitor

LETTER_VALUES = {"coalition": "rivers-inc", "slug": "clean-rivers-for-everyone"}
NAME = "Otters, Inc."


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter of a coalition whose name and the letter's title end with a period."""
    home = factories.coalition("Rivers Inc.")
    factories.staff(cast.SAM, home)
    return factories.open_letter(factories.replace(factories.TEXT, title="Clean rivers for everyone."), home)


def test_a_decision_is_told_in_a_sentence_that_ends_once(app: Flask, letter: Letter) -> None:
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    factories.signature(letter, cast.CLARA, SignatureState.CONFIRMED, organization_name=NAME)
    page = sam.visit("review.index", **LETTER_VALUES).submit(f"Publish {NAME}").says("Published Otters, Inc. Undo")
    page.submit("Undo").says("Otters, Inc. is back in the queue.").never_says("Inc..")


def test_public_pages_and_mails_end_their_sentences_once(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    form = visitor.visit("signing.new", slug=letter.slug).says("Hosted by Rivers Inc.").never_says("Inc..")
    form.submit("Send me the link", **cast.CLARA.form | {"organization": NAME}, authorized=True).never_says("Inc..")
    visitor.open(confirm_link(signatures()[-1])).never_says("Inc..").submit(
        "Sign for our organization", authorized=True
    ).never_says("Inc..")
    visitor.visit("letters.detail", slug=letter.slug).never_says("Inc..", "everyone..")
    send_due_mail(settings)
    for mail in postbox.mails:
        assert "Inc.." not in mail.text
        assert "everyone.." not in mail.text
