"""Clara signs for Example Alliance: form, email, confirmation, thanks; and what the form accepts, refuses and never reveals."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask

from letterhub.config import Settings
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.letters.signing_settings import OptionalField, WhoMaySign
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, email_count, fill_in, newest_link, only_signature, signatures
from tests.support.visitor import Page, Visitor

Visit = Callable[..., Page]
PENDING, CONFIRMED, WITHDRAWN = SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.WITHDRAWN


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that nobody has signed."""
    return factories.open_letter()


def test_signing_from_the_letter_to_the_link_that_lasts(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    page = visitor.visit("letters.detail", slug=letter.slug).says("No signatures published yet")
    page = page.follow("Sign for your organization").submit("Send me the link", **cast.CLARA.form, authorized=True)
    page.says("Check your email", "c…@alliance.example").never_says(cast.CLARA.email)
    assert only_signature().state is PENDING

    page = visitor.open(newest_link(settings, postbox))
    page.says("Example Alliance", "Clara Example, Director", "Clean water, now.", "We didn’t send this form")
    page.submit("Sign for our organization", status=422).says("to confirm you’re authorized to sign")
    assert only_signature().state is PENDING
    page.submit("Sign for our organization", authorized=True).says(
        "Your signature is confirmed", "will review it before it appears"
    )
    assert only_signature().state is CONFIRMED

    visitor.open(newest_link(settings, postbox)).says("Your signature", "Example Alliance", "Waiting")
    assert audit_actions() == ["confirmed"]
    assert len(postbox.to(cast.CLARA.email)) == 2


@pytest.mark.shows("S19")
def test_a_signature_holds_what_was_typed_and_the_text_it_was_typed_under(visitor: Visitor, letter: Letter) -> None:
    fill_in(visitor, letter, organization="  Example\u00a0 Alliance ", website="alliance.example")
    signature = only_signature()
    assert (signature.organization_name, signature.website, signature.section) == (
        "Example Alliance",
        "https://alliance.example",
        "national",
    )
    assert signature.revision_id == factories.revision_of(letter).id
    assert email_count() == 1


@pytest.mark.shows("S4")
@pytest.mark.parametrize(
    "name", ["350.org", "+Peace", "@Work Alliance", "=SUM Action", "MoveOn.org", "Élan & Søns, „Ltd.“", "عدالة"]
)
def test_no_name_is_refused_for_how_it_looks(visitor: Visitor, letter: Letter, name: str) -> None:
    fill_in(visitor, letter, organization=name).says("Check your email")
    assert only_signature().organization_name == name


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"organization": " "}, "Enter the name of your organization."),
        ({"organization": "x" * 301}, "is longer than 300 characters"),
        ({"website": "n/a"}, "This is not a website address."),
        ({"website": "javascript:alert(1)"}, "This is not a website address."),
        ({"signer_name": ""}, "Enter your name"),
        ({"email": "clara"}, "This isn’t an email address."),
        ({"email": "clara@alliance.example\nbcc: all@alliance.example"}, "This isn’t an email address."),
        ({"email": "клара@alliance.example"}, "This isn’t an email address."),
        ({"authorized": False}, "to confirm you’re authorized to sign"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    visitor: Visitor, letter: Letter, changes: dict[str, object], sentence: str
) -> None:
    page = fill_in(visitor, letter, status=422, location="Springfield, IL", **changes).says("One thing needs your attention")
    wrong = next(field for field in page.tree.iter("input") if field.get("aria-invalid") == "true")
    assert wrong.get("name") in changes
    assert wrong.get("autofocus") is not None
    described = [element for element in page.tree.iter() if element.get("id") in (wrong.get("aria-describedby") or "").split()]
    assert any(sentence in "".join(element.itertext()) for element in described)
    assert [field.get("value") for field in page.tree.iter("input") if field.get("name") == "location"] == ["Springfield, IL"]
    assert signatures() == []
    assert email_count() == 0


def test_a_scope_is_chosen_by_the_signer_alone(visitor: Visitor, letter: Letter) -> None:
    untouched = {name: value for name, value in cast.CLARA.form.items() if name != "section"}
    page = visitor.visit("signing.new", slug=letter.slug).submit("Send me the link", status=422, **untouched, authorized=True)
    page.says("Choose the scope of your organization.").submit("Send me the link", section="local").says("Check your email")


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("The following have withdrawn:", "contains a colon or a question mark. Enter a city and state."),
        ("x" * 81, "is longer than 80 characters. Enter a city and state."),
        ("Led by", "“Led by” is a heading of the list."),
        ("  NATIONAL organizations", "“NATIONAL organizations” is a heading of the list."),
        ("Organisations nationales", "is a heading of the list."),
        ("Led\u200d by", "is a heading of the list."),
        ("\u200eLed by", "is a heading of the list."),
        ("L\N{CYRILLIC SMALL LETTER IE}d by", "is a heading of the list."),
    ],
)
def test_what_would_forge_a_heading_is_no_place(visitor: Visitor, letter: Letter, place: str, sentence: str) -> None:
    form = cast.CLARA.form | {"location": place}
    page = visitor.visit("signing.new", slug=letter.slug).submit("Send me the link", status=422, **form, authorized=True)
    page.says(sentence).submit("Send me the link", location="Saint-Louis-du-Ha! Ha!, QC").says("Check your email")


def test_a_letter_asks_only_what_it_wants_to_know(visitor: Visitor, app: Flask) -> None:
    letter = factories.open_letter(optional_fields=[str(OptionalField.LOCATION)])
    page = visitor.visit("signing.new", slug=letter.slug)
    names = {field.get("name") for field in page.tree.iter("input")}
    assert {"organization", "signer_name", "signer_title", "email", "location", "authorized"} <= names
    assert not names & {"website", "section", "affiliation", "kind"}


def test_a_person_signs_for_herself_where_the_letter_takes_people(visitor: Visitor, app: Flask) -> None:
    letter = factories.open_letter(who_may_sign=WhoMaySign.BOTH)
    fill_in(visitor, letter, kind="individual", affiliation="Example University").says("Check your email")
    signature = only_signature()
    assert (signature.kind, signature.organization_name, signature.section) == (SignatoryKind.INDIVIDUAL, "", "")
    assert signature.signatory.detail == "Director, Example University"


def test_one_form_sent_twice_signs_once(visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    for _click in range(2):
        page.submit("Send me the link", **cast.CLARA.form, authorized=True).says("Check your email")
    assert email_count() == len(signatures()) == 1
    other = cast.CLARA.form | {"organization": "Another Alliance"}
    page = page.submit("Send me the link", status=422, **other, authorized=True).says("This form was already submitted")
    assert email_count() == len(signatures()) == 1  # its idempotency key is used up
    page.submit("Send me the link").says("Check your email")
    assert [one.organization_name for one in signatures()] == ["Example Alliance", "Another Alliance"]


@pytest.mark.shows("S9")
def test_one_person_signs_for_several_organizations(visitor: Visitor, letter: Letter) -> None:
    for name in ("Example Alliance", "Example Foundation"):
        fill_in(visitor, letter, organization=name)
    assert [one.organization_name for one in signatures()] == ["Example Alliance", "Example Foundation"]


def test_machines_that_fill_in_everything_get_the_same_answer_and_keep_nothing(visitor: Visitor, letter: Letter) -> None:
    fill_in(visitor, letter, note="Great letter").says("Check your email", "c…@alliance.example").submit("Send it again").says(
        "Look for another email in a minute or two."
    )
    assert signatures() == []
    assert email_count() == 0


@pytest.mark.shows("S11")
def test_the_form_answers_alike_whoever_is_known_and_the_mail_tells(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    unknown = fill_in(visitor, letter)
    newest_link(settings, postbox)
    factories.signature(letter)
    known = fill_in(Visitor(visitor.app, visitor.base_url), letter)
    assert unknown.text == known.text
    newest_link(settings, postbox)
    first, second = (mail.text for mail in postbox.to(cast.CLARA.email))
    assert "This letter has already been signed from this mailbox." in second
    assert "already been signed" not in first


def test_a_text_that_changed_meanwhile_is_shown_again_and_nothing_is_lost(visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    factories.revise(letter, "We ask for something else.")
    page = page.submit("Send me the link", status=422, **cast.CLARA.form, authorized=True)
    page.says("The text of this letter changed while you had this page open.", "We ask for something else.")
    assert signatures() == []
    page.submit("Send me the link").says("Check your email")
    assert only_signature().revision_id == factories.revision_of(letter).id


def test_the_mail_is_sent_again_but_not_without_end(visitor: Visitor, letter: Letter, clock: object) -> None:
    page = fill_in(visitor, letter).submit("Send it again").says("You asked for it less than a minute ago.")
    assert email_count() == 1
    for sent in range(2, 6):
        clock.shift(dt.timedelta(minutes=2))  # type: ignore[attr-defined]
        page = page.submit("Send it again").says("Look for another email in a minute or two.")
        assert email_count() == sent
    clock.shift(dt.timedelta(minutes=2))  # type: ignore[attr-defined]
    page.submit("Send it again").says("You asked for this email several times today.")
    assert email_count() == 5


def test_a_wrong_address_is_mended_and_its_holder_cannot_sign(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    page = fill_in(visitor, letter, email="clare@alliance.example")
    wrong = newest_link(settings, postbox, "clare@alliance.example")
    page = page.follow("Correct the address")
    typed = {field.get("name"): field.get("value") for field in page.tree.iter("input")}
    assert (typed["organization"], typed["email"]) == ("Example Alliance", "clare@alliance.example")
    page.submit("Send me the link", email=cast.CLARA.email, authorized=True).says("c…@alliance.example")
    assert [one.state for one in signatures()] == [WITHDRAWN, PENDING]
    visitor.open(wrong).says("This signature was withdrawn")
    assert newest_link(settings, postbox)


def test_the_page_about_the_mail_leads_strangers_to_the_form(visit: Visit, letter: Letter) -> None:
    assert visit("signing.check_email", slug=letter.slug).heading == "Sign for your organization"


@pytest.mark.parametrize(
    ("move", "sentence"),
    [(LetterMove.CLOSE, "This letter is closed"), (LetterMove.WITHDRAW, "This letter was withdrawn")],
)
def test_a_letter_that_takes_no_signatures_says_so(visitor: Visitor, letter: Letter, move: LetterMove, sentence: str) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    letter.move(move, NOON)
    db.session.commit()
    page.submit("Send me the link", status=409, **cast.CLARA.form, authorized=True).says(sentence)
    visitor.visit("signing.new", slug=letter.slug, status=409).says(sentence)
    assert signatures() == []


def test_a_draft_cannot_be_signed_or_seen(visit: Visit, app: Flask) -> None:
    letter = factories.draft()
    visit("signing.new", slug=letter.slug, status=404)
    visit("letters.detail", slug=letter.slug, status=404)
