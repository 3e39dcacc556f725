"""Staff's entries about an organization affect its signatures: its other domains, and its other names."""

import pytest
from flask import Flask

from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Organization, Signature
from tests.support import cast, factories
from tests.support.signing_steps import confirm_link, signatures
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that publishes at once what is clear."""
    return factories.open_letter(deadline_at=None, publish_rule=PublishRule.REVIEWED)


def confirmed(visitor: Visitor, letter: Letter, **changes: str) -> Signature:
    """Return a signature that came by the form and was confirmed."""
    form = visitor.visit("signing.new", slug=letter.slug)
    form.submit("Send me the link", **cast.CLARA.form | changes, authorized=True)
    visitor.open(confirm_link(signatures()[-1])).submit("Sign for our organization", authorized=True)
    return signatures()[-1]


def page_of(sam: Visitor, signature: Signature) -> Page:
    row = db.session.get_one(Organization, signature.organization_id)
    return sam.visit("organizations.detail", coalition=HOME, organization_id=row.effective_root_id)


def queue(sam: Visitor, letter: Letter, **query: str) -> Page:
    return sam.visit("review.index", coalition=HOME, slug=letter.slug, **query)


def test_a_mailbox_at_another_domain_of_its_own_is_at_its_own_domain(letter: Letter, visitor: Visitor, sam: Visitor) -> None:
    name = confirmed(visitor, letter, email="clara@alliance-mail.example")
    queue(sam, letter).says("email at another domain").never_says("domain ✓")
    page = (
        page_of(sam, name).follow("Edit").submit("Save", more_domains="Alliance-Mail.example\nhttps://www.ally.example/about")
    )
    page.says("alliance-mail.example", "ally.example", "Sam Reviewer edited")
    queue(sam, letter, pick="clear").says("domain ✓", "where the organization has mailboxes according to your directory")
    other = factories.open_letter(
        factories.replace(factories.TEXT, title="Quiet skies"), deadline_at=None, publish_rule=PublishRule.REVIEWED
    )
    assert confirmed(visitor, other, email="zoe@ally.example").state is SignatureState.PUBLISHED


@pytest.mark.parametrize("domain", ["gmail.com", "facebook.com", "no domain", "co.uk"])
def test_a_domain_where_anyone_may_be_is_refused_beside_its_field(
    letter: Letter, visitor: Visitor, sam: Visitor, domain: str
) -> None:
    page = page_of(sam, confirmed(visitor, letter)).follow("Edit")
    page.submit("Save", status=422, more_domains=f"ally.example\n{domain}").says("Anyone can use")


def test_a_name_that_the_directory_has_not_waits_until_staff_say_that_it_is_one(
    letter: Letter, visitor: Visitor, sam: Visitor
) -> None:
    first = factories.open_letter(factories.replace(factories.TEXT, title="Quiet skies"))
    factories.signature(
        first, cast.CLARA, organization_name="Example Alliance for Rivers", organization_id=None, website="https://ear.example"
    )
    known = factories.organization("Example Alliance for Rivers", letter.coalition_id, "https://ear.example")
    name = confirmed(visitor, letter, organization="EAR", website="https://ear.example", email="clara@ear.example")
    assert (name.state, page_of(sam, name).heading) == (SignatureState.CONFIRMED, known.name)
    queue(sam, letter, pick="other-name").says(
        "EAR", "known by another name", "The directory lists this organization under another"
    )
    queue(sam, letter, pick="clear").says("No waiting name")
    page = page_of(sam, name).says("not a known name").submit("Add to known names: EAR")
    page.says("also: EAR").never_says("not a known name")
    queue(sam, letter, pick="clear").says("EAR").never_says("known by another name")


def test_another_spelling_is_no_other_name_but_waits_as_nobody_read_it(letter: Letter, visitor: Visitor, sam: Visitor) -> None:
    confirmed(visitor, letter)
    other = factories.open_letter(
        factories.replace(factories.TEXT, title="Quiet skies"), deadline_at=None, publish_rule=PublishRule.REVIEWED
    )
    again = confirmed(visitor, other, organization="The Example Alliance, Inc.", email="zoe@alliance.example")
    assert again.state is SignatureState.CONFIRMED
    queue(sam, other, pick="clear").says("The Example Alliance, Inc.").never_says("known by another name")
