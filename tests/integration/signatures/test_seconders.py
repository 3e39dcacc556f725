"""S27: a second person has a link of their own and is told of each change; staff hear of what that person did not do."""

from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.purge import purge_expired_data
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.commands.signatures.sign import withdraw_signature
from letterhub.config import Settings
from letterhub.domain.mail.notices import BUNDLE_INTERVAL
from letterhub.domain.operations.retention import UNCONFIRMED_RETENTION, ErasableData
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import EvidenceFact, Letter, Seconder
from letterhub.queries.signatures.data_export import signatory_data
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import fill_in, manage_link, newest_link, send_notices, signatures
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
CONFIRMED, PUBLISHED = SignatureState.CONFIRMED, SignatureState.PUBLISHED
ZOE = "zoe@alliance.example"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter signed by Clara for an organization."""
    letter = factories.open_letter(deadline_at=None)
    factories.signature(letter, cast.CLARA, CONFIRMED)
    return letter


def second(visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox) -> Page:
    """Confirm Clara's signature as Zoe, and open the link that Zoe is mailed."""
    fill_in(visitor, letter, signer_name="Zoe Example", email=ZOE)
    page = visitor.open(newest_link(settings, postbox, ZOE)).submit("Yes, it’s ours", sure=True)
    page.says("We’ve emailed you your own link")
    return visitor.open(newest_link(settings, postbox, ZOE))


def newest(settings: Settings, postbox: Inbox, email: str) -> str:
    """Send all emails that are due, and return the newest to an address."""
    send_due_mail(settings)
    return " ".join(postbox.to(email)[-1].text.split())


@pytest.mark.shows("S27")
def test_s27_a_second_person_has_a_link_of_her_own_and_hears_of_each_change(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox, sam: Visitor
) -> None:
    page = second(visitor, letter, settings, postbox).says("The signature you confirmed", "Clara Example", "Waiting for review")
    clara = signatures()[0]
    sam.visit("review.index", coalition=HOME, slug=letter.slug).submit("Publish Example Alliance")
    assert "published the signature of Example Alliance that you confirmed" in newest(settings, postbox, ZOE)
    visitor.open(page.path).says("Published")
    visitor.open(manage_link(clara)).submit("Save the correction", signer_title="Executive Director")
    assert "was corrected" in (text := newest(settings, postbox, ZOE))
    assert "Executive Director" in text
    send_notices(settings)
    assert "The person who signed corrected the signature of" in newest(settings, postbox, cast.SAM.email)
    name = sam.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=clara.id)
    name.submit("Decline this name", reason="Asked by phone")
    assert "declined the signature of Example Alliance" in newest(settings, postbox, ZOE)
    sam.open(name.path).submit("Back to the queue")
    assert "is waiting for another review" in newest(settings, postbox, ZOE)
    with time_machine.travel(now() + BUNDLE_INTERVAL * 2, tick=False):
        visitor.open(manage_link(clara)).submit("Withdraw the signature", sure=True)
        assert "was withdrawn by the person who signed" in newest(settings, postbox, ZOE)
        send_notices(settings)
        assert "The person who signed withdrew the signature of" in newest(settings, postbox, cast.SAM.email)
    visitor.open(page.path).says("Withdrawn")


@pytest.mark.shows("S27")
@pytest.mark.parametrize(("published", "notified"), [(True, True), (False, False)])
def test_s27_staff_hear_at_once_of_a_published_name_that_is_withdrawn_or_erased(
    app: Flask, settings: Settings, postbox: Inbox, sam: Visitor, published: bool, notified: bool
) -> None:
    letter = factories.open_letter(deadline_at=None)
    one = factories.signature(letter, cast.CLARA, PUBLISHED if published else CONFIRMED)
    other = factories.signature(letter, cast.HIRO, PUBLISHED if published else CONFIRMED)
    withdraw_signature(one.id, now())
    erase_on_request(other.id, now())
    send_notices(settings)
    texts = [" ".join(mail.text.split()) for mail in postbox.to(cast.SAM.email)]
    assert [cast.CLARA.organization in text for text in texts[:1]] == [True] * notified
    assert any("data of the person who signed was erased" in text for text in texts) is notified
    desk = sam.visit("dashboard.index", coalition=HOME)
    if notified:
        desk.says("Changes made by others", cast.CLARA.organization, cast.HIRO.organization)
        desk.submit("Dismiss these changes").never_says("Changes made by others")
    else:
        desk.never_says("Changes made by others")


@pytest.mark.shows("S27")
def test_s27_a_second_person_takes_back_her_word_and_staff_are_told(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox, sam: Visitor
) -> None:
    page = second(visitor, letter, settings, postbox)
    page.submit("This signature isn’t ours", sure=True).says("You reported that it isn’t your organization’s after all")
    queue = sam.visit("review.index", coalition=HOME, slug=letter.slug)
    queue.says("disowned by").never_says("second mailbox ✓")
    send_notices(settings)
    assert "is not theirs" in newest(settings, postbox, cast.SAM.email)


@pytest.mark.shows("S27")
def test_s27_a_second_person_ends_the_mail_or_has_her_data_erased(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    page = second(visitor, letter, settings, postbox)
    entry = signatures()[1]
    assert signatory_data(entry.id)["seconded"]["name"] == "Example Alliance"
    visitor.open(page.path).submit("Stop the emails", sure=True)
    count = len(postbox.to(ZOE))
    withdraw_signature(signatures()[0].id, now())
    send_due_mail(settings)
    assert len(postbox.to(ZOE)) == count
    visitor.open(page.path).submit("Erase my data", sure=True)
    assert (signatures()[1].email, signatures()[1].signer_name) == ("", "")


@pytest.mark.shows("S27")
def test_s27_her_address_is_kept_as_signatures_are_and_erased_with_them(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    second(visitor, letter, settings, postbox)
    late = now() + UNCONFIRMED_RETENTION * 2
    assert purge_expired_data(letter.id, ErasableData.ENTRIES, late) == 0
    assert signatures()[1].email == ZOE
    erase_on_request(signatures()[1].id, now())
    row = db.session.query(Seconder).one()
    assert row.ended_at is not None
    fact = db.session.query(EvidenceFact).filter_by(source=f"signatory-{row.own_signature_id}").one()
    assert fact.facts == {}


@pytest.mark.shows("S27")
def test_s27_what_was_seconded_is_as_proven_as_its_second_person(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    """A free mailbox's signature, confirmed by the organization's own mailbox, is not displaced by a later one of it."""
    fred = signatures()[0]
    fred.email = "fred.example@gmail.com"
    db.session.commit()
    second(visitor, letter, settings, postbox)
    fill_in(visitor, letter, email="mia@alliance.example", signer_name="Mia Example")
    visitor.open(newest_link(settings, postbox, "mia@alliance.example")).submit("Sign for our organization", authorized=True)
    assert [one.place_key is not None for one in signatures()] == [True, False, False]


def test_many_withdrawals_are_told_to_staff_in_one_email(app: Flask, settings: Settings, postbox: Inbox, sam: Visitor) -> None:
    letter = factories.open_letter(deadline_at=None)
    made = [
        factories.signature(letter, replace(cast.CLARA, organization=f"Alliance {number}", website="")) for number in range(23)
    ]
    for one in made:
        withdraw_signature(one.id, now())
    send_notices(settings)
    [notice] = postbox.to(cast.SAM.email)
    assert "the signature of Alliance 22 on" in notice.text
    sam.visit("alerts.index", coalition=HOME).says("Changes made by others", "Alliance 22")
