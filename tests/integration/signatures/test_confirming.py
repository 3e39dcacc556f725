"""The confirmation link: opening it changes nothing, nor do scanners, and each choice does what it says."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.config import Settings
from letterhub.domain.letters.signing_settings import PublishRule, WhoMaySign
from letterhub.domain.states import LetterMove, SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Letter, Organization, OutboxMessage, Signature
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.html_checks import text_of
from tests.support.html_forms import form_data
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, confirm_link, email_count, newest_link, only_signature, signatures
from tests.support.visitor import Page, Visitor

PENDING, CONFIRMED, PUBLISHED = SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.PUBLISHED
WITHDRAWN, EXPIRED = SignatureState.WITHDRAWN, SignatureState.EXPIRED

SIGN = "Sign for our organization"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter."""
    return factories.open_letter()


@pytest.fixture
def pending(letter: Letter) -> Signature:
    """Clara's signature, not yet confirmed."""
    return factories.signature(letter, state=PENDING)


@pytest.fixture
def page(visitor: Visitor, pending: Signature) -> Page:
    """The page behind the link in Clara's email."""
    return visitor.open(confirm_link(pending))


def submit_unchanged(page: Page) -> int:
    """Submit every form of a page unchanged, by each of its buttons and by none; return the number of submissions."""
    pairs = [(form, button) for form in page.tree.iter("form") for button in form.iter("button")]
    for form, button in pairs:
        address, sent = form.get("action") or page.path, form_data(page.tree, form, button, {})
        page.visitor.ask(address, method="POST", data=sent)
        sent.pop("choice", None)
        page.visitor.ask(address, method="POST", data=sent)
    return len(pairs)


@pytest.mark.shows("S6")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(visitor: Visitor, pending: Signature, method: str) -> None:
    for address in (confirm_link(pending), confirm_link(pending) + "/thanks"):
        visitor.ask(address, method=method)
    assert (only_signature().state, audit_actions(), email_count()) == (PENDING, [], 0)


@pytest.mark.shows("S6")
def test_pressing_every_button_of_the_untouched_page_changes_nothing(page: Page) -> None:
    assert submit_unchanged(page) == 3
    assert (only_signature().state, audit_actions(), email_count()) == (PENDING, [], 0)


def test_the_page_is_kept_by_no_one_told_to_no_one_and_sets_no_cookie(visitor: Visitor, pending: Signature) -> None:
    for address in (confirm_link(pending), "/confirm/" + "x" * 60):
        headers = visitor.ask(address).headers
        assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
        assert "Set-Cookie" not in headers


@pytest.mark.shows("S6")
def test_signing_needs_the_box_and_is_done_once(page: Page, letter: Letter) -> None:
    page.submit(SIGN, authorized=True).says("What happens next", "Coalition for Clean Rivers will review it")
    signature = only_signature()
    assert (signature.state, signature.confirmed_at, signature.is_new_organization) == (CONFIRMED, NOON, True)
    assert db.session.get_one(Organization, signature.organization_id).name == "Example Alliance"
    page.submit(SIGN, authorized=True).says("This signature is already confirmed")
    page.visitor.open(page.path).says("This signature is already confirmed", "Send me a new link")
    assert (audit_actions(), email_count()) == (["confirmed"], 1)


def test_no_two_choices_on_the_page_have_one_label(page: Page) -> None:
    labels = [text_of(one) for one in page.tree.iter() if one.tag in ("button", "summary")]
    assert len(set(labels)) == len(labels) == 5


@pytest.mark.shows("S19", "S20")
def test_what_is_signed_is_recorded_with_its_text_and_without_an_address(
    page: Page, pending: Signature, letter: Letter
) -> None:
    sha256 = factories.revision_of(letter).sha256
    page.submit(SIGN, authorized=True)
    entry = db.session.query(AuditEntry).one()
    assert (entry.actor, entry.subject) == (f"signatory-{pending.id}", f"signature-{pending.id}")
    assert entry.after == {"state": "confirmed", "name": "Example Alliance", "revision": 1, "sha256": sha256}


@pytest.mark.parametrize(("by", "state"), [(cast.CLARA, PUBLISHED), (cast.HIRO, CONFIRMED), (cast.FREE_MAIL_SIGNER, CONFIRMED)])
def test_a_rule_lets_a_name_appear_that_staff_reviewed_at_the_domain_of_its_mailbox(
    visitor: Visitor, app: Flask, by: cast.Signer, state: SignatureState
) -> None:
    letter = factories.open_letter(publish_rule=PublishRule.REVIEWED)
    factories.add_reviewed_names(cast.CLARA, cast.FREE_MAIL_SIGNER, (cast.HIRO.organization, "other.example"))
    page = visitor.open(confirm_link(factories.signature(letter, by, PENDING))).submit(SIGN, authorized=True)
    assert only_signature().state is state
    if state is PUBLISHED:
        page.says("Your signature is on the letter now.").follow("See the letter").says(by.organization)


def test_a_line_is_corrected_and_signed_at_once(page: Page) -> None:
    page = page.submit("Correct and sign", authorized=True, organization="", status=422).says(
        "Enter the name of your organization."
    )
    into = {"organization": "Example Alliance, Inc.", "website": "alliance.example/inc"}
    page.submit("Correct and sign", authorized=True, **into).says("Example Alliance, Inc.")
    signature = only_signature()
    assert (signature.organization_name, signature.state) == ("Example Alliance, Inc.", CONFIRMED)
    assert signature.website == "https://alliance.example/inc"
    entry = db.session.query(AuditEntry).one()
    assert entry.before["organization"] == "Example Alliance"
    assert entry.after["organization"] == "Example Alliance, Inc."


def test_this_was_not_us_ends_it_for_good(page: Page, pending: Signature, settings: Settings, postbox: Inbox) -> None:
    factories.save(
        OutboxMessage(kind="confirm", recipient=cast.CLARA.email, parameters={}, message_id="<1@letters>",
        letter_id=pending.letter_id,
                   signature_id=pending.id, created_at=NOON, requested_at=NOON, due_at=NOON)
    )  # fmt: skip
    page.submit("Cancel this request", status=422).says("Check the box if you’re sure.")
    page.submit("Cancel this request", sure=True).says("This signature was withdrawn", "we won’t email you about it again")
    assert (only_signature().state, audit_actions()) == (WITHDRAWN, ["disowned"])
    with pytest.raises(IndexError):
        newest_link(settings, postbox)
    page.submit(SIGN, authorized=True, status=409)
    assert only_signature().state is WITHDRAWN


def test_what_is_confirmed_is_not_disowned_by_an_old_page(page: Page) -> None:
    page.submit(SIGN, authorized=True)
    page.submit("Cancel this request", sure=True, status=409).says(
        "To withdraw it, use the link in the email that thanked you."
    )
    assert only_signature().state is CONFIRMED


@pytest.mark.shows("S9")
def test_an_organization_has_one_place_and_the_other_waits_beside(visitor: Visitor, letter: Letter, pending: Signature) -> None:
    page = visitor.open(confirm_link(pending))
    factories.signature(letter, state=CONFIRMED, email="nia@alliance.example")
    visitor.open(page.path).says("Someone else has signed this letter for Example Alliance.")
    page.submit(SIGN, authorized=True).says("Your signature is confirmed")
    assert [(one.state, one.place_key is not None) for one in signatures()] == [(CONFIRMED, False), (CONFIRMED, True)]


@pytest.mark.shows("S9")
def test_a_mailbox_signs_once_for_an_organization(visitor: Visitor, letter: Letter, pending: Signature) -> None:
    taken = f"already been signed for {cast.CLARA.organization} from this mailbox"
    page = visitor.open(confirm_link(pending))
    factories.signature(letter, state=CONFIRMED)
    page.submit(SIGN, authorized=True, status=422).says(taken)
    page = visitor.open(page.path).says(taken)
    page.submit("Correct and sign", authorized=True, status=422).says(taken)
    page.submit("Correct and sign", authorized=True, organization="Example Alliance of Ohio").says(
        "Your signature is confirmed"
    )
    assert [one.state for one in signatures()] == [CONFIRMED, CONFIRMED]


@pytest.mark.shows("S9")
def test_a_person_signs_once_and_others_of_her_name_may_too(visitor: Visitor, app: Flask) -> None:
    letter = factories.open_letter(who_may_sign=WhoMaySign.INDIVIDUALS)
    facts = {"kind": "individual", "organization_name": "", "website": "", "section": ""}
    for address in ("nia@one.example", "nia@two.example", "NIA@one.example"):
        row = factories.signature(letter, state=PENDING, email=address, **facts)
        visitor.open(confirm_link(row))
    pages = [visitor.open(confirm_link(row)) for row in signatures()]
    pages[0].submit("Sign the letter", authorized=True).says("Your signature is confirmed")
    pages[1].submit("Sign the letter", authorized=True).says("Your signature is confirmed")
    pages[2].submit("Sign the letter", authorized=True, status=422).says("has already signed this letter from your mailbox")


@pytest.mark.parametrize(("hours", "status"), [(1, 200), (71, 200), (97, 409)])
def test_what_was_begun_in_time_is_confirmed_within_the_grace(
    page: Page, clock: time_machine.Traveller, hours: int, status: int
) -> None:
    clock.shift(dt.timedelta(hours=hours))  # the letter closes after 48 hours, with 48 more for confirming
    page.submit(SIGN, authorized=True, status=status)
    assert only_signature().state is (CONFIRMED if status == 200 else PENDING)
    assert page.visitor.ask(page.path).status_code == status


@pytest.mark.parametrize("deadline", [None, dt.timedelta(days=21)])
@pytest.mark.parametrize(("hours", "status"), [(47, 200), (49, 409)])
def test_closing_by_hand_leaves_the_same_grace_with_a_deadline_ahead_and_without_one(
    visitor: Visitor, app: Flask, clock: time_machine.Traveller, deadline: dt.timedelta | None, hours: int, status: int
) -> None:
    letter = factories.open_letter(deadline_at=deadline and NOON + deadline)
    page = visitor.open(confirm_link(factories.signature(letter, state=PENDING)))
    clock.shift(dt.timedelta(hours=1))
    letter.move(LetterMove.CLOSE, NOON + dt.timedelta(hours=1))
    db.session.commit()
    clock.shift(dt.timedelta(hours=hours))
    page.submit(SIGN, authorized=True, status=status)
    assert only_signature().state is (CONFIRMED if status == 200 else PENDING)


def test_a_withdrawn_letter_takes_no_confirmation(page: Page, letter: Letter) -> None:
    letter.move(LetterMove.WITHDRAW, NOON)
    db.session.commit()
    page.submit(SIGN, authorized=True, status=409).says("This letter was withdrawn")


@pytest.mark.shows("S7")
@pytest.mark.parametrize("token", ["x", "W10.YfXx.x", "a" * 300, "%00", "..%2f", "𝔵"])
def test_what_is_no_link_of_ours_opens_nothing(visitor: Visitor, token: str) -> None:
    for place in ("confirm", "signatures"):
        assert visitor.ask(f"/{place}/{token}").status_code == 404


@pytest.mark.shows("S7")
def test_a_link_opens_only_what_it_was_made_for(visitor: Visitor, pending: Signature) -> None:
    token = confirm_link(pending).rpartition("/")[2]
    visitor.open(f"/signatures/{token}", status=404).says("This link is incomplete.")
    visitor.open(f"/confirm/{token[:-1]}", status=404).says("This link is incomplete.")


@pytest.mark.parametrize("state", [PENDING, EXPIRED])
def test_an_old_link_offers_a_new_one_to_whoever_knows_the_address(
    visitor: Visitor,
    pending: Signature,
    settings: Settings,
    postbox: Inbox,
    clock: time_machine.Traveller,
    state: SignatureState,
) -> None:
    old = confirm_link(pending)
    clock.shift(dt.timedelta(days=8))
    if state is EXPIRED:
        pending.move(SignatureMove.EXPIRE, pending.created_at + dt.timedelta(days=8))
        db.session.commit()
    page = visitor.open(old, status=410).says("This link has expired")
    submit_unchanged(page)
    assert email_count() == 0
    known = page.submit("Send me a new link", email=cast.CLARA.email.upper())
    assert known.text == page.submit("Send me a new link", email="nobody@alliance.example").text
    assert email_count() == 1
    assert newest_link(settings, postbox) != old


def test_a_confirmed_signature_has_its_lasting_link_mailed_again(
    page: Page, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    page.submit(SIGN, authorized=True)
    clock.shift(dt.timedelta(days=8))
    page.visitor.open(page.path).says("already confirmed").submit("Send me a new link", email=cast.CLARA.email)
    page.visitor.open(newest_link(settings, postbox)).says("Your signature")


def test_a_text_that_changed_since_the_form_is_said_to_have_changed(
    visitor: Visitor, letter: Letter, pending: Signature
) -> None:
    old = visitor.open(confirm_link(pending))
    factories.revise(letter, "We ask for something else.")
    old.submit(SIGN, authorized=True, status=422).says("The text of this letter changed", "We ask for something else.")
    page = visitor.open(confirm_link(pending)).says("this is what you are signing", "We ask for something else.")
    page.submit(SIGN, authorized=True)
    assert only_signature().revision_id == factories.revision_of(letter).id


@pytest.mark.parametrize("revision_field", [{}, {"revision": ""}, {"revision": "x"}, {"revision": "1"}])
def test_who_does_not_tell_which_text_was_read_has_read_the_one_of_the_link(
    visitor: Visitor, letter: Letter, pending: Signature, revision_field: dict[str, str]
) -> None:
    link, sent = confirm_link(pending), {"choice": "sign", "authorized": "y", **revision_field}
    factories.revise(letter, "We ask for something else.")
    assert visitor.ask(link, method="POST", data=sent).status_code == 422
    assert only_signature().state is PENDING


def test_who_does_not_tell_which_text_was_read_signs_the_one_of_the_link(visitor: Visitor, pending: Signature) -> None:
    visitor.ask(confirm_link(pending), method="POST", data={"choice": "sign", "authorized": "y"})
    assert only_signature().state is CONFIRMED


def test_correcting_and_signing_keeps_what_the_letter_no_longer_asks(
    visitor: Visitor, letter: Letter, pending: Signature
) -> None:
    letter.optional_fields = ["location"]
    db.session.commit()
    visitor.open(confirm_link(pending)).submit("Correct and sign", authorized=True, location="Salem, OR")
    signature = only_signature()
    assert (signature.location, signature.website, signature.section) == ("Salem, OR", cast.CLARA.website, cast.CLARA.section)
