"""S27: a denial takes along what is listed by the same mailbox, or for the same organization with no better proof."""

from dataclasses import replace

import pytest

from letterhub.clock import now
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.commands.signatures.sign import withdraw_signature
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Letter, Signature
from tests.support import factories
from tests.support import forger as eve
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, publish_body

pytestmark = pytest.mark.shows("S27")
CRANE = Signatory("Crane Society", "Clara Example", "Director", website="https://crane.example", section="national")
FORGED = replace(CRANE, signer_name="Eve Example")
HERON = Signatory("Heron Society", "Bob Example", "Chair", website="https://heron.example", section="national")
FREE, EVE = "crane.society@gmail.com", "eve@crane.example"
CONFIRMED, PUBLISHED, OUTDATED = SignatureState.CONFIRMED, SignatureState.PUBLISHED, SignatureState.OUTDATED


def listed(letter: Letter, line: Signatory, email: str) -> Signature:
    """Return a signature that staff published."""
    return eve.publish(eve.sign(letter, line, email))


def ended(signature: Signature) -> Signature:
    """Return a signature withdrawn by its signer, which freed its place for others."""
    withdraw_signature(signature.id, now())
    return eve.reload(signature.id)


def hold_entries(signature: Signature) -> list[tuple[str, dict[str, str]]]:
    """Return who held a signature back, and its state before, as in the audit log."""
    subject = f"signature-{signature.id}"
    entries = db.session.query(AuditEntry).filter_by(subject=subject, action="held").order_by(AuditEntry.number)
    return [(entry.actor, entry.before) for entry in entries]


def test_a_denial_of_a_weaker_one_that_waits_takes_no_published_name_along(letter: Letter) -> None:
    clara = listed(letter, CRANE, "clara@crane.example")
    forged = eve.sign(letter, FORGED, FREE)
    assert (forged.state, forged.organization_id) == (CONFIRMED, clara.organization_id)
    eve.deny(forged)
    assert (eve.reload(clara.id).state, hold_entries(clara)) == (PUBLISHED, [])


@pytest.mark.parametrize("again", [EVE, "Eve+2@crane.example", "zoe@crane.example"])
def test_who_withdraws_before_the_answer_and_signs_again_is_held(letter: Letter, again: str) -> None:
    first = listed(letter, FORGED, EVE)
    inquiry_id = eve.open_inquiry(first)
    first = ended(first)
    second = listed(letter, FORGED, again)
    eve.answer_no(inquiry_id, first)
    assert eve.reload(second.id).state is CONFIRMED
    assert hold_entries(second) == [(f"inquiry-{inquiry_id}", {"state": "published"})]


def test_what_the_denied_mailbox_signed_for_others_is_held_whatever_its_proof(letter: Letter) -> None:
    heron = listed(letter, HERON, EVE)
    forged = eve.sign(letter, FORGED, EVE)
    assert (forged.state, eve.reload(heron.id).state) == (CONFIRMED, PUBLISHED)
    eve.deny(forged)
    assert eve.reload(heron.id).state is CONFIRMED
    assert [before for _by, before in hold_entries(heron)] == [{"state": "published"}]


def test_who_merely_shares_a_domain_stays(letter: Letter) -> None:
    heron = listed(letter, HERON, "bob@crane.example")
    eve.deny(listed(letter, FORGED, EVE))
    assert (eve.reload(heron.id).state, hold_entries(heron)) == (PUBLISHED, [])


def test_nothing_under_another_letter_is_held(letter: Letter) -> None:
    other = factories.open_letter(replace(factories.TEXT, title="Another letter"), deadline_at=None)
    there = listed(other, FORGED, EVE)
    eve.deny(listed(letter, FORGED, EVE))
    assert eve.reload(there.id).state is PUBLISHED


def test_one_that_a_changed_text_outdated_does_not_return_past_a_denial(letter: Letter) -> None:
    first = listed(letter, FORGED, EVE)
    inquiry_id = eve.open_inquiry(first)
    first = ended(first)
    second = listed(letter, FORGED, "zoe@crane.example")
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    assert eve.reload(second.id).state is OUTDATED
    eve.answer_no(inquiry_id, eve.reload(first.id))
    second = eve.reload(second.id)
    assert (second.state, second.published_at) == (OUTDATED, None)


@pytest.mark.parametrize(("again", "state"), [(EVE, CONFIRMED), ("zoe@crane.example", PUBLISHED)])
def test_who_erases_one_that_staff_asked_about_has_its_like_held(letter: Letter, again: str, state: SignatureState) -> None:
    """Held: a later signature of the same signer for another organization; not held: a colleague's."""
    first = listed(letter, FORGED, EVE)
    eve.open_inquiry(first)
    heron = listed(letter, HERON, again)
    erase_on_request(first.id, now())
    assert eve.reload(heron.id).state is state
    assert hold_entries(heron) == ([] if state is PUBLISHED else [(f"signatory-{first.id}", {"state": "published"})])
