"""A second person of an organization confirms its signature, by a mailbox of their own at its domain, and a checkbox."""

import pytest
from flask import Flask

from letterhub.config import Settings
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, confirm_link, newest_link, signatures
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter signed by Clara for an organization."""
    letter = factories.open_letter(deadline_at=None)
    factories.signature(letter, cast.CLARA, SignatureState.CONFIRMED)
    return letter


def page_of(visitor: Visitor, letter: Letter, email: str) -> Page:
    """Return the link in the email to someone who filled in the form for the same organization."""
    form = visitor.visit("signing.new", slug=letter.slug)
    form.submit("Send me the link", **cast.CLARA.form | {"signer_name": "Zoe Example", "email": email}, authorized=True)
    return visitor.open(confirm_link(signatures()[-1]))


def known(sam: Visitor, letter: Letter) -> Page:
    return sam.visit("review.index", coalition=HOME, slug=letter.slug)


def test_a_second_person_confirms_what_stands_and_staff_see_it(letter: Letter, visitor: Visitor, sam: Visitor) -> None:
    page = page_of(visitor, letter, "zoe@alliance.example").says(
        "Someone else has signed this letter for Example Alliance",
        "haven’t reviewed that signature yet",
        "Clara Example",
        "Sign for our organization",
    )
    page = page.submit("Yes, it’s ours", sure=True).says("You confirmed this signature", "Clara Example")
    visitor.open(confirm_link(signatures()[-1])).says("You confirmed this signature")
    assert [one.state for one in signatures()] == [SignatureState.CONFIRMED, SignatureState.WITHDRAWN]
    known(sam, letter).says("second mailbox ✓", "Someone with another mailbox at alliance.example confirmed it, too.")
    assert audit_actions()[-1] == "confirmed another"
    sam.visit("audit_log.letter", coalition=HOME, slug=letter.slug).says(
        "confirmed a signature that its organization already had"
    )


@pytest.mark.shows("S6")
def test_s6_a_second_person_ticks_a_box(letter: Letter, visitor: Visitor, sam: Visitor) -> None:
    page = page_of(visitor, letter, "zoe@alliance.example")
    page.submit("Yes, it’s ours", status=422).says("Check the box to confirm that the signature is your organization’s.")
    assert signatures()[-1].state is SignatureState.PENDING
    known(sam, letter).never_says("second mailbox ✓")


def test_who_shows_nothing_new_is_not_asked(letter: Letter, visitor: Visitor) -> None:
    page_of(visitor, letter, "clara+again@alliance.example").says(
        "already been signed for Example Alliance from this mailbox"
    ).never_says("Someone else has signed", "Yes, it’s ours", "Sign for our organization")


@pytest.mark.shows("S11")
@pytest.mark.parametrize("email", ["zoe@elsewhere.example", "zoe.example@gmail.com"])
def test_who_may_be_anyone_does_not_learn_who_waits_and_waits_beside(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox, email: str
) -> None:
    page = page_of(visitor, letter, email)
    newest_link(settings, postbox, email)
    assert "already signed" not in postbox.to(email)[-1].text
    page.never_says("already signed", "Someone else has signed", "Clara Example", "Yes, it’s ours")
    page.submit("Sign for our organization", authorized=True).says("Your signature is confirmed").never_says(
        "already signed", "Clara Example"
    )
    assert [(one.state, one.place_key is not None) for one in signatures()] == [
        (SignatureState.CONFIRMED, True), (SignatureState.CONFIRMED, False),
    ]  # fmt: skip


def test_whoever_signs_beside_a_listed_name_reads_that_it_is_listed_and_may_sign(letter: Letter, visitor: Visitor) -> None:
    publish(signatures()[0])
    page_of(visitor, letter, "zoe@elsewhere.example").says(
        "Example Alliance is already on this letter.", "Sign for our organization"
    ).never_says("Clara Example", "Yes, it’s ours", "don’t need to do anything")


def publish(signature: Signature) -> None:
    signature.move(SignatureMove.PUBLISH, signature.created_at)
    db.session.commit()


def test_what_was_confirmed_is_the_line_as_it_was_read(letter: Letter, visitor: Visitor, sam: Visitor) -> None:
    page = page_of(visitor, letter, "zoe@alliance.example")
    row = db.session.query(Signature).filter_by(email=cast.CLARA.email).one()
    row.signer_name = "Claire Example"
    db.session.commit()
    page = page.submit("Yes, it’s ours", status=422, sure=True).says(
        "was changed while you were looking at it", "Claire Example"
    )
    page.submit("Yes, it’s ours", sure=True).says("You confirmed this signature", "Claire Example")
    known(sam, letter).says("second mailbox ✓")


def test_what_stands_no_more_cannot_be_confirmed(letter: Letter, visitor: Visitor) -> None:
    page = page_of(visitor, letter, "zoe@alliance.example")
    row = db.session.query(Signature).filter_by(email=cast.CLARA.email).one()
    row.state, row.place_key = SignatureState.WITHDRAWN, None
    db.session.commit()
    page.submit("Yes, it’s ours", status=422, sure=True).says("is no longer on the letter", "Sign for our organization")
