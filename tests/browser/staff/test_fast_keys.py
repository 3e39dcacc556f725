"""Keys of the review queue pressed faster than the server responds: each acts once, on the name that was shown."""

import pytest
from playwright.sync_api import Locator, Page, expect

from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Signature
from tests.browser.signed_in import sign_in
from tests.support import cast, factories

LETTER_PAGES = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"
SLOW_SERVER = """const quick = window.fetch;
window.fetch = async (...asked) => { await new Promise((done) => setTimeout(done, 300)); return quick(...asked); };"""


def test_ten_fast_presses_on_a_slow_server_publish_ten_names_once(page: Page, twelve: list[Signature]) -> None:
    page.add_init_script(SLOW_SERVER)
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    posts.clear()
    for _time in range(10):
        page.keyboard.press("p")
    expect(box(page, 10)).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("Published Alliance of River 9.")
    assert in_state(SignatureState.PUBLISHED) == list(range(10))
    assert len(posts) == 10


def test_fast_presses_that_are_undone_leave_what_was_meant(page: Page, twelve: list[Signature]) -> None:
    page.add_init_script(SLOW_SERVER)
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    for key in "ppppu":  # the fourth is undone before it was sent
        page.keyboard.press(key)
    expect(page.get_by_role("status")).to_have_text("Published Alliance of River 2.")
    expect(box(page, 3)).to_be_focused()
    page.keyboard.press("u")
    expect(box(page, 2)).to_be_focused()
    page.keyboard.press("u")  # and the one before it
    expect(box(page, 1)).to_be_focused()
    expect(page.get_by_text("Published Alliance of River 0.")).to_be_visible()
    assert in_state(SignatureState.PUBLISHED) == [0]
    box(page, 5).focus()
    for key in "pu":  # the only request is in flight
        page.keyboard.press(key)
    expect(page.get_by_role("status")).to_have_text("Alliance of River 5 is back in the queue.")
    assert in_state(SignatureState.PUBLISHED) == [0]


@pytest.mark.parametrize(("key", "field"), [("d", "reason"), ("e", "organization")])
def test_a_first_key_acts_on_the_first_name(page: Page, twelve: list[Signature], key: str, field: str) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    page.keyboard.press(key)
    expect(page.locator(":focus")).to_have_attribute("name", field)
    expect(page.locator(".queue-row").first.locator(":focus")).to_have_count(1)


def test_a_key_that_is_held_down_decides_once(page: Page, twelve: list[Signature]) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    for _repeat in range(5):
        page.keyboard.down("p")
    page.keyboard.up("p")
    expect(page.get_by_role("status")).to_have_text("Published Alliance of River 0.")
    page.wait_for_load_state("networkidle")
    assert in_state(SignatureState.PUBLISHED) == [0]


def test_a_key_shows_a_name_that_is_out_of_sight_before_it_decides(page: Page, twelve: list[Signature]) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.keyboard.press("p")
    expect(box(page, 0)).to_be_focused()
    expect(box(page, 0)).to_be_in_viewport()
    assert in_state(SignatureState.PUBLISHED) == []
    page.keyboard.press("p")
    expect(page.get_by_role("status")).to_have_text("Published Alliance of River 0.")


def test_presses_that_the_server_refuses_decide_nothing_and_say_so(page: Page, twelve: list[Signature]) -> None:
    page.add_init_script(SLOW_SERVER)
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    page.context.clear_cookies()
    for _time in range(3):
        page.keyboard.press("p")
    expect(page.get_by_role("heading", name="This form has expired")).to_be_visible()
    assert in_state(SignatureState.CONFIRMED) == list(range(12))


def box(page: Page, number: int) -> Locator:
    return page.get_by_label(f"Select Alliance of River {number}", exact=True)


def in_state(state: SignatureState) -> list[int]:
    """Return the numbers of the rivers whose alliances are in this state."""
    db.session.rollback()
    return sorted(int(one.organization_name.rpartition(" ")[2]) for one in db.session.query(Signature) if one.state is state)


@pytest.fixture
def twelve(site: str) -> list[Signature]:
    """Twelve clear names that wait."""
    factories.staff(cast.SAM)
    letter = factories.open_letter()
    return [
        factories.signature(
            letter, cast.CLARA, SignatureState.CONFIRMED, organization_name=f"Alliance of River {number}",
            website=f"https://river{number}.example", email=f"clara@river{number}.example",
        )
        for number in range(12)
    ]  # fmt: skip
