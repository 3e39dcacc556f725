"""An organization's name that is already on the letter, from another site: a person must review it."""

import pytest
from flask import Flask

from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from letterhub.queries.signatures.duplicates import listed_duplicates
from tests.support import cast, factories
from tests.support.database_statements import record_statements
from tests.support.servers.database_copies import SITE
from tests.support.signing_steps import confirm_link, signatures
from tests.support.visitor import Visitor

CONFIRMED, PENDING, PUBLISHED = SignatureState.CONFIRMED, SignatureState.PENDING, SignatureState.PUBLISHED
TWIN = {
    "email": "nia@alliance-of.example",
    "website": "https://alliance-of.example",
    "organization_name": "The EXAMPLE Alliance",
}


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter that publishes reviewed names at once; Example Alliance has signed it."""
    names = (cast.CLARA.organization, TWIN["organization_name"])
    factories.add_reviewed_names(
        cast.HIRO, *((name, domain) for name in names for domain in ("alliance.example", "alliance-of.example"))
    )
    letter = factories.open_letter(publish_rule=PublishRule.REVIEWED)
    factories.signature(letter, cast.CLARA)
    return letter


def state_of(signature: Signature) -> SignatureState:
    """Return the current state of a signature."""
    factories.db.session.refresh(signature)
    return signature.state


def test_a_twin_from_a_site_of_its_own_waits_for_a_person(letter: Letter, visitor: Visitor) -> None:
    twin = factories.signature(letter, cast.CLARA, PENDING, **TWIN)
    visitor.open(confirm_link(twin)).submit("Sign for our organization", authorized=True).says("Your signature is confirmed")
    assert state_of(twin) is CONFIRMED


@pytest.mark.shows("S9")
@pytest.mark.parametrize(
    "name",
    [
        "Example\u034f All\ufe00iance", "Ex\U000e0100ample Alliance", "Example\u3164 Alliance\u3164\u3164",
        "Exa\u180bmple Alliance", "Example\u2800Alliance", "ꓰxample Aꓡꓡiance", "Exaмple Alliance",
        "Examp\u01c0e Alliance", "Examp|e Alliance", "Example Alliance™", "Example Alliance¹", "Exᶏmple Ⱥlliance",
        "Example Alliance (Official)", "Example Alliance HQ",
    ],
)  # fmt: skip
def test_a_twin_whose_difference_nobody_sees_waits_for_a_person(letter: Letter, visitor: Visitor, name: str) -> None:
    form = cast.CLARA.form | TWIN | {"organization": name, "authorized": True}
    form.pop("organization_name")
    visitor.visit("signing.new", slug=letter.slug).submit("Send me the link", **form).says("Check your email")
    twin = signatures()[-1]
    visitor.open(confirm_link(twin)).submit("Sign for our organization", authorized=True).says("Your signature is confirmed")
    assert state_of(twin) is CONFIRMED


@pytest.mark.shows("S17")
@pytest.mark.parametrize("white", ["\u3164", "\u2800", "\u200e\u034f", "\ufe0f"])
def test_a_name_of_which_nothing_can_be_seen_is_refused_beside_its_field(letter: Letter, visitor: Visitor, white: str) -> None:
    form = cast.CLARA.form | {"organization": white, "signer_name": white, "authorized": True}
    page = visitor.visit("signing.new", slug=letter.slug).submit("Send me the link", status=422, **form)
    page.says("Enter the name of your organization.", "Enter your name.")


def test_another_organization_is_published_at_once_as_before(letter: Letter, visitor: Visitor) -> None:
    other = factories.signature(letter, cast.HIRO, PENDING)
    visitor.open(confirm_link(other)).submit("Sign for our organization", authorized=True)
    assert state_of(other) is PUBLISHED


def test_the_queue_says_that_the_name_stands_and_picks_it(letter: Letter, app: Flask) -> None:
    factories.staff(cast.SAM)
    factories.signature(letter, cast.CLARA, CONFIRMED, **TWIN)
    factories.signature(letter, cast.HIRO, CONFIRMED)
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    address = {"coalition": "coalition-for-clean-rivers", "slug": letter.slug}
    page = sam.visit("review.index", **address).says("the same as Example Alliance, which is on the letter", "例示市民会議")
    assert page.follow("Example Alliance").heading == page.heading
    sam.visit("review.index", **address, pick="same-name").says("The EXAMPLE Alliance").never_says("例示市民会議")
    sam.visit("review.index", **address, pick="clear").says("例示市民会議").never_says("The EXAMPLE Alliance")


def test_two_that_wait_name_each_other_and_say_that_neither_is_on_the_letter(app: Flask, visitor: Visitor) -> None:
    letter = factories.open_letter()
    pool = {"website": "tidepool.example", "email": "ada@tidepool.example", "authorized": True}
    for name in ("Tide Pool Readers", "Tidepool Readers"):
        form = cast.FREE_MAIL_SIGNER.form | pool | {"organization": name}
        visitor.visit("signing.new", slug=letter.slug).submit("Send me the link", **form)
        visitor.open(confirm_link(signatures()[-1])).submit("Sign for our organization", authorized=True)
    factories.staff(cast.SAM)
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    letter_values = {"coalition": "coalition-for-clean-rivers", "slug": letter.slug}
    page = sam.visit("review.index", **letter_values).never_says("which is on the letter")
    page.says("the same as Tidepool Readers, which waits for review", "the same as Tide Pool Readers, which waits for review")
    page = page.submit("Publish Tide Pool Readers").says("the same as Tide Pool Readers, which is on the letter")
    sam.visit("editions.preview", **letter_values).never_says("may be one organization")
    page.submit("Publish Tidepool Readers")
    proof = sam.visit("editions.preview", **letter_values)
    proof.says("Two names may be one organization: Tide Pool Readers and Tidepool Readers")
    proof.follow("Tidepool Readers").says("the same as Tide Pool Readers, which is on the letter")
    proof.submit("Freeze this edition with 2 names").says("Edition 1 is frozen")


@pytest.mark.parametrize("count", [2, 12])
def test_a_freeze_finds_names_that_print_alike_by_one_statement(letter: Letter, count: int) -> None:
    for number in range(1, count):
        site = {"website": f"https://twin-{number}.example", "email": f"nia@twin-{number}.example"}
        twin = factories.signature(letter, cast.CLARA, **TWIN | site)
        twin.organization_id = factories.organization(TWIN["organization_name"], letter.coalition_id, site["website"]).id
    factories.signature(letter, cast.HIRO)
    letter_id = letter.id
    with record_statements() as statements:
        (group,) = listed_duplicates(letter_id)
    assert (len(group), len(statements)) == (count, 1)


def test_names_that_belong_together_by_another_are_one_group(letter: Letter) -> None:
    """Alpha and a Zeta are one organization, and another Zeta prints like that one."""
    rows = [
        factories.signature(letter, cast.HIRO, organization_name=name, website=f"https://{site}.example")
        for name, site in (("Alpha", "a"), ("Zeta", "z"), ("Zeta", "y"))
    ]
    alpha = factories.organization("Alpha", letter.coalition_id, "https://a.example")
    zeta = factories.organization("Zeta", letter.coalition_id, "https://y.example")
    other = factories.organization("Zeta", letter.coalition_id, "https://z.example")
    zeta.root_id = alpha.effective_root_id
    for row, own in zip(rows, (alpha, other, zeta), strict=True):
        row.organization_id = own.id
    db.session.commit()
    (group,) = [some for some in listed_duplicates(letter.id) if any(one.name == "Alpha" for one in some)]
    assert sorted(one.name for one in group) == ["Alpha", "Zeta", "Zeta"]


def test_a_name_that_was_taken_back_casts_no_doubt(letter: Letter, visitor: Visitor) -> None:
    gone = factories.signature(letter, cast.HIRO, SignatureState.WITHDRAWN)
    again = factories.signature(letter, cast.HIRO, PENDING)
    visitor.open(confirm_link(again)).submit("Sign for our organization", authorized=True)
    assert (state_of(gone), state_of(again)) == (SignatureState.WITHDRAWN, PUBLISHED)
