"""Trust guarantees of signing, each with a test named after it: S5, S7, S8, S11, S12, S17."""

import json
import logging
from urllib.parse import urljoin

import pytest
import time_machine
from flask import Flask

from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.signed_links import LIFETIMES, LinkSigner, Purpose
from letterhub.models import Letter
from tests.support import cast, factories
from tests.support.missing import SHARED
from tests.support.servers.database_copies import SECRET_KEY, SITE
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import confirm_link, fill_in, manage_link, newest_link, signatures
from tests.support.visitor import Visitor

ENDS_OF_LINES = ("\r\n", "\n", "\r", "\0", "\u2028", "\u2029", "\x85", "\x0b")
NAUGHTY = SHARED / "naughty" / "blns.json"
TRICKS = (
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example", "/%09/evil.example",
    "http:evil.example", "https:///evil.example", "javascript:alert(1)", " //evil.example", "/\t/evil.example",
    "https://letters.example.org@evil.example/", "https://letters.example.org.evil.example/", "//evil.example\\@example.org",
)  # fmt: skip


@pytest.mark.shows("S5")
@pytest.mark.parametrize("end", ENDS_OF_LINES)
def test_s5_nothing_that_is_typed_gets_a_second_header_or_recipient(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, end: str
) -> None:
    bcc = f"{end}Bcc: all@evil.example{end}{end}Buy"
    fill_in(
        visitor, letter, organization=f"Alliance{bcc.replace('all@evil.example', 'everyone')}", signer_title=f"Head{end}X: y"
    )
    fill_in(visitor, letter, status=422, email=f"clara@alliance.example{bcc}")
    send_due_mail(settings)
    (mail,) = postbox.mails
    assert mail.recipients == (cast.CLARA.email,)
    assert {"Bcc", "X", "Cc"} & set(mail.message.keys()) == set()
    assert mail.message.get_all("To") == [cast.CLARA.email]
    assert len(mail.message.get_all("Subject") or ()) == 1


@pytest.mark.shows("S7")
def test_s7_a_link_is_for_one_purpose_one_signature_one_text_and_a_time(app: Flask, clock: time_machine.Traveller) -> None:
    signer = LinkSigner((SECRET_KEY,))
    letter = factories.open_letter(deadline_at=None)
    token = signer.token(Purpose.CONFIRM, factories.signature(letter, state=SignatureState.PENDING).id, 1)
    assert len(token.rpartition(".")[2]) >= 43  # 256 bits
    visitor = Visitor(app, SITE)
    for place in ("signatures", "join", "reset"):
        assert visitor.ask(f"/{place}/{token}").status_code in (302, 404, 409)
    for changed in (token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1], token[1:], token.swapcase()):
        assert visitor.ask(f"/confirm/{changed}").status_code == 404
    clock.shift(LIFETIMES[Purpose.CONFIRM] + (LIFETIMES[Purpose.CONFIRM] / 100))
    assert visitor.ask(f"/confirm/{token}").status_code == 410


@pytest.mark.shows("S7")
def test_s7_links_stay_out_of_caches_referrers_and_logs(
    app: Flask, visitor: Visitor, letter: Letter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    waiting = factories.signature(letter, state=SignatureState.PENDING)
    standing = factories.signature(letter, cast.HIRO)
    for link in (
        confirm_link(waiting),
        confirm_link(waiting) + "/thanks",
        manage_link(standing),
        manage_link(standing) + "/data",
    ):
        answer = visitor.ask(link)
        assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")
        assert link.split("/")[2] not in caplog.text
    app.view_functions["own_signature.detail"] = lambda token: 1 / 0
    assert visitor.ask(manage_link(standing)).status_code == 500
    assert manage_link(standing).split("/")[2] not in caplog.text.replace(caplog.handler.formatter.datefmt or "", "")


@pytest.mark.shows("S8")
@pytest.mark.parametrize(
    "spoofed",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example;proto=http"},
        {"X-Forwarded-Port": "8443", "X-Forwarded-Proto": "http", "X-Forwarded-Prefix": "/evil"},
        {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"},
    ],
)
def test_s8_links_in_mail_lead_to_this_site_whatever_a_request_claims(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, spoofed: dict[str, str]
) -> None:
    form = visitor.visit("signing.new", slug=letter.slug)
    fields = {
        field.get("name", ""): field.get("value", "") for field in form.tree.iter("input") if field.get("type") == "hidden"
    }
    typed = {**fields, **cast.CLARA.form, "authorized": "y"}
    visitor.ask(f"/letters/{letter.slug}/sign", method="POST", data=typed, headers=spoofed)
    assert newest_link(settings, postbox).startswith("/confirm/")
    text = postbox.to(cast.CLARA.email)[-1].text
    assert f"{SITE}/confirm/" in text
    assert "evil" not in text


@pytest.mark.shows("S8")
@pytest.mark.parametrize("host", ["evil.example", "letters.example.org.evil.example", "letters.example.org@evil.example"])
def test_s8_another_host_is_not_answered(visitor: Visitor, letter: Letter, host: str) -> None:
    assert visitor.ask(f"/letters/{letter.slug}/sign", headers={"Host": host}).status_code == 400


@pytest.mark.shows("S11")
def test_s11_signing_again_and_links_answer_alike_for_known_and_unknown(visitor: Visitor, letter: Letter) -> None:
    factories.signature(letter)
    known = fill_in(Visitor(visitor.app, SITE), letter)
    unknown = fill_in(Visitor(visitor.app, SITE), letter, organization="Another Alliance", email="clare@nobody.example")
    assert known.text.replace("alliance.example", "nobody.example") == unknown.text
    assert (
        known.submit("Send it again").text.replace("alliance.example", "nobody.example") == unknown.submit("Send it again").text
    )
    stopped = signatures()[-1]
    visitor.open(confirm_link(stopped)).submit("Cancel this request", sure=True)
    again = fill_in(Visitor(visitor.app, SITE), letter, organization="Another Alliance", email="clare@nobody.example")
    assert again.text == unknown.text


@pytest.mark.shows("S11")
def test_s11_no_public_page_holds_an_address(visitor: Visitor, letter: Letter) -> None:
    factories.signature(letter)
    for address in ("/", f"/letters/{letter.slug}", f"/letters/{letter.slug}/sign"):
        assert cast.CLARA.email not in visitor.ask(address).get_data(as_text=True)


@pytest.mark.shows("S12")
@pytest.mark.parametrize("trick", TRICKS)
def test_s12_signing_in_leads_to_this_site_alone(app: Flask, trick: str) -> None:
    factories.staff(cast.OLIVE)
    visitor = Visitor(app, SITE)
    page = visitor.open("/sign-in")
    fields = {
        field.get("name", ""): field.get("value", "") for field in page.tree.iter("input") if field.get("type") == "hidden"
    }
    typed = {**fields, "email": cast.OLIVE.email, "password": cast.OLIVE.password, "next": trick}
    answer = visitor.ask("/sign-in", method="POST", data=typed, query_string={"next": trick})
    assert answer.status_code in (200, 302, 303, 400)
    assert urljoin(f"{SITE}/sign-in", answer.headers.get("Location", "/")).startswith(f"{SITE}/")


@pytest.mark.shows("S17")
@pytest.mark.needs_shared("naughty/blns.json")
def test_s17_no_naughty_string_in_a_hidden_field_or_an_address_ends_in_an_error_of_ours(
    visitor: Visitor, letter: Letter
) -> None:
    strings = json.loads(NAUGHTY.read_text("utf-8"))
    page = visitor.visit("signing.new", slug=letter.slug)
    fields = {
        field.get("name", ""): field.get("value", "") for field in page.tree.iter("input") if field.get("type") == "hidden"
    }
    for string in strings[::4]:
        odd = {
            **fields,
            **cast.CLARA.form,
            "authorized": "y",
            "form_token": string,
            "reads": string,
            "again": string,
            "revision": string,
        }
        assert visitor.ask(f"/letters/{letter.slug}/sign", method="POST", data=odd).status_code in (303, 422)
        assert visitor.ask(f"/letters/{letter.slug}/sign", query_string={"reads": string, "again": string}).status_code < 500
    assert len(strings) > 100


@pytest.mark.shows("S17")
def test_s17_what_cannot_be_a_place_of_forms_is_no_page(visitor: Visitor, letter: Letter) -> None:
    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    here = f"/staff/coalition-for-clean-rivers/letters/{letter.slug}/sources/signatures"
    for asked in (
        {"domain": "x" * 5000},
        {"network": "'; DROP TABLE submission_origin"},
        {"hour": "9999-12-31T23"},
        {"domain": "\u202e"},
    ):
        assert visitor.ask(here, query_string=asked).status_code in (200, 404)
    visitor.open(
        here,
        method="POST",
        query_string={"domain": "crane.example"},
        data={"expected_version": "9-9-99999999999", "reason": "x"},
        status=400,
    )
