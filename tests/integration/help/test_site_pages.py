"""Pages about the site: privacy and accessibility."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from letterhub.domain.operations.retention import CONTACT_MONTHS, NETWORK_DAYS, UNCONFIRMED_RETENTION
from tests.support.visitor import Visitor


@pytest.fixture
def contact(app: Flask) -> Iterator[str]:
    """Address for readers, as the operator has set it."""
    settings, mailbox = app.extensions["settings"], "hello@letters.example.org"
    app.extensions["settings"] = replace(settings, contact_email=mailbox)
    yield mailbox
    app.extensions["settings"] = settings


def test_the_privacy_page_names_the_usual_periods(visitor: Visitor) -> None:
    page = visitor.open("/").follow("Privacy")
    page.says(f"{CONTACT_MONTHS} months", f"{NETWORK_DAYS} days", f"{UNCONFIRMED_RETENTION.days} days", "set no cookies")
    page.never_says("Questions about this site")


@pytest.mark.parametrize("path", ["/privacy", "/accessibility"])
def test_the_operators_address_is_on_both_pages(visitor: Visitor, contact: str, path: str) -> None:
    visitor.open(path).says(contact)


def test_without_an_address_the_coalition_is_whom_to_write_to(visitor: Visitor) -> None:
    visitor.open("/").follow("Accessibility").says("WCAG", "Its address is on the letter’s page.")


def test_the_choice_of_a_language_goes_along(visitor: Visitor) -> None:
    visitor.open("/?lang=es").follow("Privacidad").says("no usan cookies")
