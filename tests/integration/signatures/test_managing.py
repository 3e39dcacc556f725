"""The manage link: Clara views, corrects and withdraws a signature at any time."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.domain.abuse.rate_limits import CORRECTION_LIMIT
from letterhub.domain.states import LetterMove, SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Letter, Signature
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.signing_steps import audit_actions, email_count, manage_link, only_signature, signatures
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, publish_body
from tests.support.visitor import Page, Visitor

CONFIRMED, PUBLISHED = SignatureState.CONFIRMED, SignatureState.PUBLISHED
DECLINED, WITHDRAWN = SignatureState.DECLINED, SignatureState.WITHDRAWN


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter."""
    return factories.open_letter()


@pytest.fixture
def signed(letter: Letter) -> Signature:
    """Clara's signature, published, with a sort name by staff."""
    return factories.signature(letter, sort_name="Alliance, Example")


@pytest.fixture
def page(visitor: Visitor, signed: Signature) -> Page:
    """The manage page of Clara's signature."""
    return visitor.open(manage_link(signed)).says("Your signature", "Example Alliance", "Published")


@pytest.mark.shows("S6")
def test_looking_and_pressing_untouched_changes_nothing(page: Page) -> None:
    page.visitor.ask(page.path, method="HEAD")
    page.submit("Save the correction", status=422).says("You didn’t change anything")
    page.submit("Withdraw the signature", status=422).says("Check the box if you’re sure.")
    assert (only_signature().state, audit_actions(), email_count()) == (PUBLISHED, [], 0)


def test_a_place_that_staff_imported_may_stay_and_no_other_is_made_a_heading(visitor: Visitor, letter: Letter) -> None:
    signed = factories.signature(letter, location="Societies: learned ones")
    page = visitor.open(manage_link(signed))
    page.submit("Save the correction", status=422, location="Withdrawn: these").says("Enter a city and state.")
    page.submit("Save the correction", signer_title="President")
    assert (only_signature().signer_title, only_signature().location) == ("President", "Societies: learned ones")


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"organization": "EXAMPLE ALLIANCE"}, CONFIRMED),
        ({"organization": "The Example-Alliance"}, CONFIRMED),
        ({"signer_name": "CLARA EXAMPLE"}, PUBLISHED),
        ({"signer_title": "director"}, PUBLISHED),
        ({"website": "https://www.alliance.example/about"}, PUBLISHED),
        ({"organization": "Example Alliance of Liars"}, CONFIRMED),
        ({"organization": "Example Alliance 🖕💩 ☭ ✡"}, CONFIRMED),
        ({"organization": "(((Example Alliance)))", "signer_title": "“Director”?!?"}, CONFIRMED),
        ({"organization": "𝕰𝖝𝖆𝖒𝖕𝖑𝖊 Alliance"}, CONFIRMED),
        ({"signer_name": "Johnny Bananas"}, CONFIRMED),
        ({"location": "Springfield, MO"}, CONFIRMED),
        ({"section": "local"}, CONFIRMED),
        ({"website": "https://other.example"}, CONFIRMED),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else None,
)
def test_a_correction_that_says_something_new_is_read_again(page: Page, changes: dict[str, str], state: SignatureState) -> None:
    page.submit("Save the correction", **changes).says("Your correction is saved.")
    assert only_signature().state is state
    assert audit_actions() == ["corrected"]


def test_what_was_corrected_is_told_where_the_text_changed_meanwhile(page: Page, letter: Letter) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    late = page.submit("Save the correction", status=409, organization="Example Alliance, Inc.")
    late.says("The text of this letter has changed since you signed", "What you entered", "Example Alliance, Inc.")
    late.follow("Go to your signature").says("The letter you signed has changed")
    assert only_signature().organization_name == "Example Alliance"


def test_what_was_corrected_is_told_where_staff_declined_it_meanwhile(page: Page, signed: Signature) -> None:
    signed.move(SignatureMove.DECLINE, NOON)
    db.session.commit()
    late = page.submit("Save the correction", status=409, organization="Example Alliance, Inc.")
    late.says("This signature is declined", "Nothing was changed.", "Example Alliance, Inc.")
    late.follow("Go to your signature").says("Not accepted")


def test_a_title_behind_the_longest_name_is_read_again(page: Page) -> None:
    page = page.submit("Save the correction", signer_name="C" * 300)
    signature = only_signature()
    signature.move(SignatureMove.PUBLISH, NOON)
    db.session.commit()
    page.submit("Save the correction", signer_title="Director of nothing")
    assert only_signature().state is CONFIRMED


def test_what_the_letter_no_longer_asks_stays_as_it_was(visitor: Visitor, letter: Letter, signed: Signature) -> None:
    letter.optional_fields = []
    db.session.commit()
    visitor.open(manage_link(signed)).submit("Save the correction", signer_title="DIRECTOR").says("Your correction is saved.")
    signature = only_signature()
    assert (signature.signer_title, signature.state) == ("DIRECTOR", PUBLISHED)
    assert (signature.website, signature.location, signature.section) == (
        cast.CLARA.website,
        cast.CLARA.location,
        cast.CLARA.section,
    )


def test_what_is_asked_may_be_emptied(page: Page) -> None:
    page.submit("Save the correction", website="", location="").says("Your correction is saved.")
    assert (only_signature().website, only_signature().location) == ("", "")


def test_a_correction_is_recorded_with_before_and_after(page: Page, signed: Signature) -> None:
    page.submit("Save the correction", organization="Example Alliance, Inc.")
    entry = db.session.query(AuditEntry).one()
    assert entry.actor == f"signatory-{signed.id}"
    assert entry.before == {"organization": "Example Alliance"}
    assert entry.after == {"organization": "Example Alliance, Inc.", "state": "confirmed"}


@pytest.mark.shows("S22")
def test_one_signatory_cannot_keep_a_letter_from_being_frozen(
    page: Page, visitor: Visitor, letter: Letter, signed: Signature, clock: time_machine.Traveller
) -> None:
    for number in range(CORRECTION_LIMIT.burst):
        clock.shift(dt.timedelta(seconds=1))
        page.submit("Save the correction", signer_title="DIRECTOR" if number % 2 else "director")
    page.submit("Save the correction", status=422, signer_title="director").says("You didn’t change anything")
    late = page.submit("Save the correction", status=429, signer_title="DiReCtOr", location="Springfield IL")
    late.says("You can correct it again in 12 minutes.")
    assert (only_signature().signer_title, len(audit_actions())) == ("director", CORRECTION_LIMIT.burst)
    another = factories.signature(letter, cast.HIRO)
    visitor.open(manage_link(another)).submit("Save the correction", signer_title="President").says("Your correction is saved.")
    clock.shift(CORRECTION_LIMIT.refill_interval)
    late.submit("Save the correction").says("Your correction is saved.")  # no input was lost
    assert (signed.signer_title, signed.location) == ("DiReCtOr", "Springfield IL")


def test_a_correction_that_is_refused_for_another_reason_costs_nothing(page: Page, letter: Letter) -> None:
    factories.signature(letter, replace(cast.HIRO, email=cast.CLARA.email), CONFIRMED)
    into = {"organization": cast.HIRO.organization, "website": cast.HIRO.website}
    for _time in range(CORRECTION_LIMIT.burst + 1):
        page.submit("Save the correction", status=422, **into)
    page.submit("Save the correction", signer_title="DIRECTOR").says("Your correction is saved.")


def test_a_line_is_corrected_also_after_the_letter_was_delivered(page: Page, letter: Letter) -> None:
    for move in (LetterMove.CLOSE, LetterMove.DELIVER):
        letter.move(move, NOON)
    db.session.commit()
    page.submit("Save the correction", signer_title="DIRECTOR").says("Your correction is saved.")


def test_the_sort_name_of_staff_goes_with_the_name_that_it_was_for(page: Page) -> None:
    page.submit("Save the correction", organization="Example  ALLIANCE")
    assert only_signature().sort_name == "Alliance, Example"
    page.submit("Save the correction", organization="Rivers United")
    assert only_signature().sort_name == ""


@pytest.mark.shows("S23", "S27")
def test_a_line_that_is_corrected_into_anothers_place_waits_beside_it(page: Page, letter: Letter) -> None:
    place = factories.signature(letter, cast.HIRO, CONFIRMED).place_key
    into = {"organization": cast.HIRO.organization, "website": cast.HIRO.website}
    page.submit("Save the correction", **into).says("Your correction is saved.")
    assert [(one.state, one.place_key) for one in signatures()] == [(CONFIRMED, None), (CONFIRMED, place)]


def test_a_signature_is_withdrawn_at_any_time(page: Page, letter: Letter) -> None:
    for move in (LetterMove.CLOSE, LetterMove.DELIVER):
        letter.move(move, NOON)
    db.session.commit()
    page.submit("Withdraw the signature", sure=True).says("Withdrawn", "Copies delivered before then don’t change.")
    assert (only_signature().state, only_signature().place_key, audit_actions()) == (WITHDRAWN, None, ["withdrawn"])
    page.visitor.visit("letters.detail", slug=letter.slug).never_says("Example Alliance")
    page.submit("Withdraw the signature", status=409, sure=True).says("This signature is withdrawn")
    page.submit("Save the correction", status=409, organization="Back Again").says("This signature is withdrawn")
    assert audit_actions() == ["withdrawn"]


def test_after_withdrawing_the_organization_may_sign_anew(page: Page, letter: Letter) -> None:
    page.submit("Withdraw the signature", sure=True)
    factories.signature(letter)
    assert [one.state for one in signatures()] == [WITHDRAWN, PUBLISHED]


def test_what_staff_declined_says_so_without_their_reasons(visitor: Visitor, letter: Letter) -> None:
    declined = factories.signature(letter, state=DECLINED, decline_reason="We do not know them")
    page = visitor.open(manage_link(declined)).says("Not accepted", "Coalition for Clean Rivers")
    page.never_says("We do not know them", "Save the correction").submit("Withdraw the signature", sure=True).says("Withdrawn")


def test_the_page_is_kept_by_no_one_told_to_no_one_and_sets_no_cookie(visitor: Visitor, signed: Signature) -> None:
    response = visitor.ask(manage_link(signed))
    assert (response.headers["Referrer-Policy"], response.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "Set-Cookie" not in response.headers
    assert cast.CLARA.email not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("state", "word", "sentence"),
    [
        (PUBLISHED, "Withdraw your signature", "We’ll remove it from the letter immediately."),
        (CONFIRMED, "Withdraw your signature", "It isn’t on the letter, and won’t appear there."),
        (DECLINED, "Withdraw your signature", "It isn’t on the letter, and won’t appear there."),
    ],
)
def test_only_what_is_on_the_letter_comes_off_it(
    visitor: Visitor, letter: Letter, state: SignatureState, word: str, sentence: str
) -> None:
    page = visitor.open(manage_link(factories.signature(letter, state=state)))
    folds = ["".join(one.itertext()).strip() for one in page.tree.iter("summary")]
    page.says(sentence)
    assert word in folds
    assert ("remove it from the letter" in page.text) is (state is PUBLISHED)
    page.submit("Withdraw the signature", sure=True).says("Your signature was withdrawn on")
