"""Questions of a letter on the page where an invited mailbox signs with one button."""

import pytest
from flask import Flask

from letterhub.config import Settings
from letterhub.domain.questions.question import Question, QuestionKind, question_facts, with_added
from letterhub.infrastructure.db import db
from letterhub.models import Letter
from tests.integration.invitations.test_invited_signing import HOME, WILLOW, mailed_link
from tests.support import factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import only_signature, signatures
from tests.support.visitor import Visitor

REGION = Question(0, "Which region?", QuestionKind.ONE_CHOICE, choices=("North", "South"), is_required=True)
WHY = Question(0, "Why do you sign?", QuestionKind.LONG_TEXT, is_public=True)


@pytest.fixture
def link(app: Flask, otto: Visitor, settings: Settings, postbox: Inbox) -> str:
    """The link in the mail that invites Ada to a letter with a required question and one that is not."""
    letter: Letter = factories.open_letter(optional_fields=["website"])
    letter.questions = question_facts(with_added(with_added((), REGION), WHY))
    db.session.commit()
    otto.visit("invitations.index", coalition=HOME, slug=letter.slug).submit("Send invitation", **WILLOW)
    return mailed_link(settings, postbox)


def test_required_questions_are_asked_beside_the_button(visitor: Visitor, link: str) -> None:
    page = visitor.open(link).says("Which region?", "Why do you sign? (optional)", "Make a correction first")
    assert '<details class="choice-collapsible" open' not in page.html
    page = page.submit("We sign", status=422, authorized=True).says("Answer the question “Which region?”")
    assert signatures() == []
    page.submit("We sign", authorized=True, **{"question-1": "North"}).says("Your signature is confirmed")
    assert only_signature().answers == {"1": "North"}


def test_the_prefilled_form_asks_them_too(visitor: Visitor, link: str) -> None:
    page = visitor.open(link).follow("Not your address? Sign with your own").says("Which region?")
    sent = {"email": "leo@willow.example", "authorized": True, "question-1": "South", "question-2": "It is ours."}
    page.submit("Send me the link", **sent).says("Check your email")
    assert only_signature().answers == {"1": "South", "2": "It is ours."}
