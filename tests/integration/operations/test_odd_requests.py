"""Requests that none of our pages sends are refused before a view: NUL, numbers out of range, bodies that are no form."""

from urllib.parse import urlencode

import pytest
from flask import Flask

from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import Purpose
from letterhub.models import Letter, Signature
from letterhub.web.forms import MAX_INTEGER, parse_integer
from tests.support import cast, factories
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("S17")
RIVERS = "coalition-for-clean-rivers"
TOO_LARGE = (MAX_INTEGER + 1, 99999999999999999999, "9" * 5000)


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter, without CSRF checks, so that each request gets as far as possible."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    return factories.open_letter()


@pytest.fixture
def olive(visitor: Visitor, letter: Letter) -> Visitor:
    """Olive, an owner, signed in."""
    factories.staff(cast.OLIVE)
    visitor.sign_in(cast.OLIVE)
    return visitor


def test_there_is_nothing_at_an_address_with_nul(olive: Visitor) -> None:
    places = ("/letters/{}", "/letters/{}/sign", "/letters/{}/check-your-email", "/confirm/{}", "/signatures/{}", "/join/{}",
              "/reset-password/{}", "/staff/{}/",
              f"/staff/{RIVERS}/letters/{{}}/write", f"/staff/{RIVERS}/letters/{{}}/signatures")  # fmt: skip
    for place in places:
        olive.open(place.format("a%00b"), status=404).says("Page not found")


def test_a_question_with_nul_cannot_be_read(olive: Visitor, letter: Letter) -> None:
    pages = f"/staff/{RIVERS}/letters/{letter.slug}"
    home = f"/staff/{RIVERS}"
    for place in (f"/letters/{letter.slug}", f"{home}/", f"{home}/email", f"{pages}/signatures", f"{pages}/review"):
        olive.open(f"{place}?q=a%00b", status=400).says("We couldn’t read that request")
    olive.open("/?a%00b=1", status=400)


def test_the_name_of_a_file_is_one_line(olive: Visitor, letter: Letter) -> None:
    table = b"organization,signer_name\nWillow Watch,Ada Example"
    page = olive.open(f"/staff/{RIVERS}/letters/{letter.slug}/import")
    page.submit("Preview", file=(table, "a\0b\u202e.csv")).says("ab.csv")


def test_no_address_takes_a_number_that_no_row_can_have(olive: Visitor, letter: Letter) -> None:
    pages = f"/staff/{RIVERS}/letters/{letter.slug}"
    for large in TOO_LARGE:
        for place in (
            f"{pages}/signatures/{large}",
            f"{pages}/import/{large}",
            f"{pages}/editions/{large}/pdf",
            f"/staff/{RIVERS}/team/{large}",
        ):
            olive.open(place, status=404)
        for place in (f"{pages}/signatures/{large}/publish", f"{pages}/import/{large}/discard"):
            olive.open(place, method="POST", status=404)
        olive.open(f"/staff/{RIVERS}/email/{large}/retry", method="POST", status=404)


def test_a_page_beyond_all_numbers_is_the_one_that_nothing_was_asked_of(olive: Visitor, letter: Letter) -> None:
    pages = f"/staff/{RIVERS}/letters/{letter.slug}"
    for large in (*TOO_LARGE, MAX_INTEGER, -MAX_INTEGER):
        for place in (f"/staff/{RIVERS}/", f"{pages}/signatures", f"{pages}/review", f"/letters/{letter.slug}"):
            olive.open(f"{place}?{urlencode({'page': large})}")
        for place in (f"/staff/{RIVERS}/email", f"/staff/{RIVERS}/activity", f"{pages}/activity"):
            olive.open(f"{place}?{urlencode({'older_than': large})}")


def test_names_that_cannot_be_are_not_chosen(olive: Visitor, letter: Letter) -> None:
    for chosen in (*TOO_LARGE, *map(str, TOO_LARGE)):
        page = olive.open(f"/staff/{RIVERS}/letters/{letter.slug}/review/publish", method="POST", data={"chosen": chosen})
        page.says("No names are selected")
    many = {"chosen": [str(MAX_INTEGER - number) for number in range(40_000)]}
    olive.open(f"/staff/{RIVERS}/letters/{letter.slug}/review/publish", method="POST", data=many)


@pytest.mark.parametrize(("typed", "found"), [("12", 12), (str(MAX_INTEGER), MAX_INTEGER), (str(-MAX_INTEGER), -MAX_INTEGER)])
def test_a_number_that_a_column_holds_is_read(typed: str, found: int) -> None:
    assert parse_integer(typed) == found


@pytest.mark.parametrize("typed", ["", "one", "1.5", str(MAX_INTEGER + 1), str(-MAX_INTEGER - 1), "9" * 5000])
def test_a_number_that_no_column_holds_is_none(typed: str) -> None:
    with pytest.raises(ValueError, match=r"invalid literal|no row|Exceeds the limit"):
        parse_integer(typed)


@pytest.mark.parametrize("body", [[1, 2], {"authorized": "y"}, {"authorized": True, "revision": 5}, 5, "x"])
def test_only_a_form_is_a_form(app: Flask, visitor: Visitor, letter: Letter, body: object) -> None:
    signature = factories.signature(letter, state=SignatureState.PENDING)
    links = app.extensions["links"]
    confirm = f"/confirm/{links.token(Purpose.CONFIRM, signature.id, signature.revision_id)}"
    manage = f"/signatures/{links.token(Purpose.MANAGE, signature.id)}"
    for address in (confirm, manage, f"/letters/{letter.slug}/sign", "/sign-in", "/reset-password"):
        visitor.open(address, method="POST", json=body, status=415).says("This site accepts form submissions only")
    end_read_transaction()
    assert db.session.query(Signature).one().state is SignatureState.PENDING


def test_a_form_without_a_body_comes_as_far_as_its_page(visitor: Visitor, letter: Letter) -> None:
    assert visitor.ask(f"/letters/{letter.slug}/sign", method="POST").status_code == 422


def test_whatever_is_not_for_everyone_stays_out_of_caches(olive: Visitor, letter: Letter) -> None:
    addresses = ("/account", "/account/two-step-sign-in", "/account/recovery-codes", "/account/password", "/sign-in",
                 "/reset-password", f"/staff/{RIVERS}/", f"/staff/{RIVERS}/team", f"/letters/{letter.slug}/sign",
                 "/no-such-page")  # fmt: skip
    headers = {address: olive.ask(address).headers.getlist("Cache-Control") for address in addresses}
    assert headers == {address: ["no-store"] for address in addresses}
    assert olive.ask(f"/letters/{letter.slug}").cache_control.public


@pytest.mark.shows("S32")
@pytest.mark.parametrize(
    "address",
    ["/sign-in", "/reset-password", "/letters/clean-rivers-for-everyone/sign", "/confirm/x", "/signatures/x",
     "/letters/clean-rivers-for-everyone/check-your-email"],
)  # fmt: skip
def test_what_strangers_send_is_small(visitor: Visitor, letter: Letter, address: str) -> None:
    sent = {"email": "a" * 64 * 1024, "csrf_token": "x"}
    answer = visitor.ask(address, method="POST", data=sent)
    assert answer.status_code in (404, 413)
    assert len(answer.data) < 20_000


@pytest.mark.shows("S17")
@pytest.mark.parametrize("typed", ["9" * 400, "9" * 5_000, "-" + "9" * 400, "1e400", str(MAX_INTEGER + 1), "٣" * 400])
def test_a_number_that_no_column_holds_is_refused_beside_its_field(olive: Visitor, letter: Letter, typed: str) -> None:
    page = olive.visit("signing_settings.edit", coalition=RIVERS, slug=letter.slug)
    for field in ("grace_hours", "contact_months", "network_days"):
        page.submit("Save deadline and rules", status=422, **{field: typed})
    token = next(one.get("value") for one in page.tree.iter("input") if one.get("name") == "csrf_token")
    pasted = {"html": "<p>x</p>", "first_note": typed, "csrf_token": token}
    address = f"/staff/{RIVERS}/letters/{letter.slug}/write"
    assert olive.ask(f"{address}/paste", method="POST", data=pasted).status_code == 422
    olive.open(address).submit("Save", status=422, version=typed)
