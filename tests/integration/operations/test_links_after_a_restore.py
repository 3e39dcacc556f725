"""A restored database issues lost IDs again: links to lost rows must not open newer ones."""

from pathlib import Path

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.operations.backup import back_up
from letterhub.commands.operations.restore import restore_backup
from letterhub.domain.accounts.roles import Role
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LinkSigner, Purpose
from letterhub.models import Inquiry, Invitation, Letter, Membership, Signature, Staff
from tests.support import cast, factories
from tests.support import text_changes as changes
from tests.support.servers.database_copies import SECRET_KEY, SITE
from tests.support.signing_steps import confirm_link, email_count, manage_link, signatures, token_for
from tests.support.visitor import Visitor

pytestmark = [pytest.mark.shows("S7"), pytest.mark.shows("R5")]
LINE = {"kind": "organization", "organization": "Victim Union"}
VIC = {"organization": "Victim Union", "website": "https://victim.example", "email": "vic@victim.example"}


@pytest.fixture
def letter_id(app: Flask) -> int:
    """The number of an open letter."""
    return factories.open_letter(deadline_at=None).id


def sign(visitor: Visitor, letter_id: int, **changes: str) -> Signature:
    """Sign through the form."""
    page = visitor.visit("signing.new", slug=db.session.get_one(Letter, letter_id).slug)
    page.submit("Send me the link", **cast.CLARA.form | changes, authorized=True)
    return signatures()[-1]


def test_links_of_a_lost_signature_open_nothing_of_the_one_that_got_its_number(
    visitor: Visitor, letter_id: int, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    back_up(tmp_path / "backup")
    lost = sign(visitor, letter_id)
    number = lost.id
    links = [confirm_link(lost), manage_link(lost), f"{manage_link(lost)}/data", changes.reconfirm_link(lost)]
    links.append(changes.reconfirm_link(lost, Purpose.RENEW_CONSENT))
    reads = token_for(lost, Purpose.READER)
    db.session.remove()
    restore_backup(tmp_path / "backup", replace=True)
    clock.shift(1)
    assert signatures() == []
    after = sign(visitor, letter_id, **VIC)
    assert after.id == number
    for link in links:
        visitor.open(link, status=404).says("no longer works").never_says("vic@", "Victim")
    for choice in ("not-us", "sign"):
        visitor.ask(links[0], data={"choice": choice, "authorized": "y", "sure": "y", "revision": "1"})
    visitor.ask(links[1], data={"choice": "withdraw", "sure": "y"})
    assert signatures()[0].state is SignatureState.PENDING
    slug = db.session.get_one(Letter, letter_id).slug
    visitor.visit("signing.new", slug=slug, reads=reads).never_says("vic@")
    visitor.open(confirm_link(after)).submit("Sign for our organization", authorized=True)
    assert signatures()[0].state is SignatureState.CONFIRMED


def test_neither_do_links_of_questions_invitations_and_accounts(
    visitor: Visitor, letter_id: int, clock: time_machine.Traveller
) -> None:
    signer, lost_at = LinkSigner((SECRET_KEY,)), now()
    clock.shift(1)
    letter = db.session.get_one(Letter, letter_id)
    signature = factories.signature(letter)
    person = factories.save(Staff(email="new@clean.example", fs_uniquifier="f", created_at=now()))
    inquiry = factories.save(Inquiry(signature_id=signature.id, address="info@alliance.example", asked_at=now()))
    invited = factories.save(
        Invitation(letter_id=letter_id, email="vic@victim.example", mailbox_hash="ab", line=LINE, invited_at=now())
    )
    member = factories.save(Membership(staff_id=person.id, coalition_id=letter.coalition_id, role=Role.OWNER, invited_at=now()))
    for purpose, subject, since, status in (
        (Purpose.ANSWER, (inquiry.id,), inquiry.asked_at, 404),
        (Purpose.INVITED, (invited.id,), invited.invited_at, 404),
        (Purpose.JOIN, (member.id, person.id), person.created_at, 409),
    ):
        visitor.open(f"/{purpose}/{signer.token(purpose, *subject, since=lost_at)}", status=status).says("no longer works")
        visitor.open(f"/{purpose}/{signer.token(purpose, *subject, since=since)}")
    lost = signer.token(Purpose.INVITED, invited.id, since=lost_at)
    visitor.visit("signing.new", slug=letter.slug, invited=lost).never_says("vic@victim.example")


def test_nor_does_the_browser_in_which_a_lost_signature_was_begun(
    app: Flask, visitor: Visitor, letter_id: int, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    back_up(tmp_path / "backup")
    number = sign(visitor, letter_id).id
    slug = db.session.get_one(Letter, letter_id).slug
    page = visitor.open(f"/letters/{slug}/check-your-email").says("Check your email")
    mending = page.follow("Correct the address")
    db.session.remove()
    restore_backup(tmp_path / "backup", replace=True)
    clock.shift(1)
    page.submit("Send it again", status=404)
    after = sign(Visitor(app, SITE), letter_id, **VIC)
    assert after.id == number
    mails = email_count()
    page.submit("Send it again", status=404)
    assert visitor.open(page.path).path.endswith("/sign")
    visitor.visit("signing.new", slug=slug, again="yes").never_says("vic@", "Victim")
    assert email_count() == mails
    mending.submit("Send me the link", email="clara@heron.example").says("Check your email", "heron.example")
    assert [one.state for one in signatures()] == [SignatureState.PENDING, SignatureState.PENDING]
