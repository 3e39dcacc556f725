"""A coalition's organizations: questions of matching in review, and the answers of staff."""

import pytest
from flask import Flask
from sqlalchemy import select

from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.states import SignatureState
from letterhub.models import Letter, Organization, PossibleDuplicate, Signature
from tests.support import cast, factories
from tests.support.signing_steps import confirm_link
from tests.support.visitor import Page, Visitor

CONFIRMED, PENDING = SignatureState.CONFIRMED, SignatureState.PENDING
CYRILLIC = {
    "organization_name": "Ехample Alliance",
    "website": "https://alliance-of.example",
    "email": "eve@alliance-of.example",
}
FOUNDATION = {"organization_name": "Example Alliance Foundation", "website": "https://alliance.example"}
SHORT = {"organization_name": "EAR", "website": "https://ear.example", "email": "ann@ear.example"}
LONG = {"organization_name": "Example Alliance for Rivers", "website": "https://rivers-alliance.example"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter that publishes at once the organizations that staff reviewed before."""
    factories.add_reviewed_names((SHORT["organization_name"], "ear.example"))
    return factories.open_letter(publish_rule=PublishRule.REVIEWED)


def signed(letter: Letter, visitor: Visitor, **facts: str) -> Signature:
    """Return a signature that was confirmed by its link."""
    signature = factories.signature(letter, cast.CLARA, PENDING, **facts)
    visitor.open(confirm_link(signature)).submit("Sign for our organization", authorized=True).says(
        "Your signature is confirmed"
    )
    factories.db.session.refresh(signature)
    return signature


def page_of(sam: Visitor, name: str) -> Page:
    """Open the page of an organization."""
    return sam.visit("organizations.index", coalition="coalition-for-clean-rivers").follow(name)


def organizations() -> dict[str, int]:
    """Return the number of rows of each organization, by name."""
    factories.db.session.expire_all()
    rows = factories.db.session.scalars(select(Organization).order_by(Organization.id)).all()
    return {row.name: sum(other.effective_root_id == row.id for other in rows) for row in rows if row.root_id is None}


@pytest.mark.shows("S9")
def test_look_alike_letters_wait_for_staff_who_read_why(letter: Letter, visitor: Visitor, sam: Visitor) -> None:
    factories.signature(letter, cast.CLARA)
    forged = signed(letter, visitor, **CYRILLIC)
    assert forged.state is CONFIRMED
    queue = sam.visit("review.index", coalition="coalition-for-clean-rivers", slug=letter.slug)
    queue.says("similar to Example Alliance", "looks the same but uses different letters")
    sam.visit("review.index", coalition="coalition-for-clean-rivers", slug=letter.slug, pick="clear").says("No waiting name")


def test_a_foundation_of_the_same_house_is_another_body_and_no_question_once_staff_reviewed_it(
    letter: Letter, visitor: Visitor
) -> None:
    factories.signature(letter, cast.CLARA)
    factories.add_reviewed_names((FOUNDATION["organization_name"], "alliance.example"))
    assert signed(letter, visitor, **FOUNDATION).state is SignatureState.PUBLISHED


def test_two_that_staff_tell_apart_are_never_asked_about_again(letter: Letter, visitor: Visitor, sam: Visitor) -> None:
    signed(letter, visitor, **SHORT)
    assert signed(letter, visitor, **LONG).state is CONFIRMED
    page_of(sam, "EAR").says("one is short for the other").submit("They are different: Example Alliance for Rivers").says(
        "EAR and Example Alliance for Rivers are marked as different", "Sam Reviewer marked EAR and a similar organization"
    )
    page_of(sam, "Example Alliance for Rivers").never_says("Possible duplicates")
    factories.add_reviewed_names((LONG["organization_name"], "rivers-alliance.example"))
    other = factories.open_letter(factories.replace(factories.TEXT, title="Quiet rivers"), publish_rule=PublishRule.REVIEWED)
    again = signed(other, visitor, **LONG, email="zoe@rivers-alliance.example")
    assert again.state is SignatureState.PUBLISHED


def test_two_are_merged_and_taken_out_again_with_all_that_they_had(letter: Letter, visitor: Visitor, sam: Visitor) -> None:
    signed(letter, visitor, **SHORT)
    signed(letter, visitor, **LONG)
    before = organizations()
    assert {"EAR", "Example Alliance for Rivers"} <= before.keys()
    asked = (
        page_of(sam, "EAR").follow("They are the same: Example Alliance for Rivers").says("Are these the same organization?")
    )
    merged = asked.submit("Merge as EAR").says("Example Alliance for Rivers is now part of EAR", "as Example Alliance")
    assert "Example Alliance for Rivers" not in organizations()
    sam.visit("organizations.index", coalition="coalition-for-clean-rivers", q="alliance for rivers").says("EAR")
    merged.submit("Separate: Example Alliance for Rivers").says("is a separate organization again", "Possible duplicates")
    assert organizations() == before


def test_both_names_of_one_organization_under_one_letter_are_told(letter: Letter, visitor: Visitor, sam: Visitor) -> None:
    signed(letter, visitor, **SHORT)
    signed(letter, visitor, **LONG)
    page_of(sam, "EAR").follow("They are the same: Example Alliance for Rivers").submit("Merge as EAR")
    queue = sam.visit("review.index", coalition="coalition-for-clean-rivers", slug=letter.slug)
    queue.says("which is on the letter").never_says("one is short for the other")


def test_staff_vouch_with_a_reason_and_take_it_back(letter: Letter, visitor: Visitor, sam: Visitor) -> None:
    signed(letter, visitor, **SHORT)
    page = page_of(sam, "EAR").says("Your staff haven’t verified")
    page.submit("Mark as verified", status=422).says("Enter how you verified it")
    page = page.submit("Mark as verified", why="We met them in May").says(
        "EAR is marked as verified", "We met them in May", "by Sam Reviewer"
    )
    page.submit("Remove verification").says("EAR is no longer marked as verified", "Sam Reviewer marked EAR as verified")


def test_another_name_that_staff_write_is_asked_about(letter: Letter, visitor: Visitor, sam: Visitor) -> None:
    signed(letter, visitor, **SHORT)
    signed(letter, visitor, organization_name="Water Watch", website="https://watch.example", email="w@watch.example")
    page = page_of(sam, "Water Watch").follow("Edit").submit("Save", other_names="EAR\nÉcoute", country="France")
    page.says("Saved.", "also: EAR; Écoute", "France", "Possible duplicates")


def test_a_chapter_knows_its_parent_and_no_circle_is_made(letter: Letter, visitor: Visitor, sam: Visitor) -> None:
    signed(letter, visitor, **SHORT)
    signed(letter, visitor, organization_name="EAR of Ohio", website="https://ohio.example", email="o@ohio.example")
    found = page_of(sam, "EAR of Ohio").follow("Merge with another organization, or set the parent").submit("Search", q="ear")
    found.submit("This is the parent: EAR").says("A chapter of EAR")
    back = page_of(sam, "EAR").says("Chapters: EAR of Ohio").follow("Merge with another organization, or set the parent")
    back.submit("Search", q="ohio").submit("This is the parent: EAR of Ohio").says("can’t be the parent")


def test_the_list_is_searched_and_says_kindly_what_is_not_there(sam: Visitor) -> None:
    here = {"coalition": "coalition-for-clean-rivers"}
    sam.visit("organizations.index", **here).says("No organizations yet")
    sam.visit("organizations.index", **here, q="nobody").says("No organization has “nobody” in its name")
    sam.visit("organizations.index", **here, only="question").says("No possible duplicates are left")


def test_each_question_is_kept_once(letter: Letter, visitor: Visitor) -> None:
    for number in range(3):
        signed(letter, visitor, **CYRILLIC | {"website": f"https://a{number}.example", "email": f"e@a{number}.example"})
    factories.signature(letter, cast.CLARA)
    pairs = [(row.one_id, row.other_id) for row in factories.db.session.scalars(select(PossibleDuplicate))]
    assert len(pairs) == len(set(pairs)) > 0
