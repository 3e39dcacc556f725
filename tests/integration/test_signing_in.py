"""Staff sign in, sign out and choose other passwords."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.db import db
from letterhub.models import OutboxLine
from tests import factories
from tests.cast import OLIVE, SAM
from tests.databases import SITE
from tests.pages import Visitor

WRONG = "do not go together"


def test_a_member_signs_in_and_out(visitor: Visitor) -> None:
    factories.staff(OLIVE)
    page = visitor.sign_in(OLIVE).says("Olive Owner", OLIVE.email, "Coalition for Clean Rivers")
    page.submit("Sign out")
    assert visitor.open("/account").path == "/sign-in"


def test_signing_in_again_after_a_page_was_asked_for_leads_to_that_page(visitor: Visitor) -> None:
    factories.staff(OLIVE)
    page = visitor.open("/account").says("Sign in to see this page.")
    assert page.submit("Sign in", email=OLIVE.email, password=OLIVE.password).path == "/account"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(visitor: Visitor) -> None:
    factories.staff(OLIVE)
    wrong = visitor.open("/sign-in").submit("Sign in", email=OLIVE.email, password="not her password at all")
    unknown = visitor.open("/sign-in").submit("Sign in", email="nobody@rivers.example", password="not her password at all")
    assert wrong.says(WRONG).text == unknown.text
    assert visitor.open("/account").path == "/sign-in"
