"""Fifty clear names are published one by one by keyboard: one key each, after the name is shown."""

import logging
import time

import pytest
from playwright.sync_api import Page, expect

from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Signature
from tests.browser.signed_in import sign_in
from tests.support import cast, factories

MANY = 50
LETTER_PAGES = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"


@pytest.fixture
def waiting(site: str) -> list[Signature]:
    """Fifty names that wait and are clear, and one that is not."""
    factories.staff(cast.SAM)
    letter = factories.open_letter()
    factories.signature(letter, cast.FREE_MAIL_SIGNER, SignatureState.CONFIRMED)
    return [
        factories.signature(
            letter, cast.CLARA, SignatureState.CONFIRMED, organization_name=f"Alliance of River {number}",
            website=f"https://river{number}.example", email=f"clara@river{number}.example",
        )
        for number in range(MANY)
    ]  # fmt: skip


def test_fifty_clear_names_take_fifty_one_keys(page: Page, waiting: list[Signature], caplog: pytest.LogCaptureFixture) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review?pick=clear")
    start = time.perf_counter()
    page.keyboard.press("j")
    for number in range(MANY):
        expect(page.get_by_label(f"Select Alliance of River {number}", exact=True)).to_be_focused()
        page.keyboard.press("p")
        expect(page.get_by_role("status")).to_have_text(f"Published Alliance of River {number}.")
    caplog.set_level(logging.INFO)
    logging.getLogger(__name__).info("%d names by %d keys in %.1f s", MANY, MANY + 1, time.perf_counter() - start)
    expect(page.get_by_text("No waiting names match")).to_be_visible()
    db.session.rollback()
    left = [one.organization_name for one in db.session.query(Signature) if one.state is SignatureState.CONFIRMED]
    assert left == [cast.FREE_MAIL_SIGNER.organization]
