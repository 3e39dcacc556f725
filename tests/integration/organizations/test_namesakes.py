"""S23: ties that staff made for one organization do not count for another with the same or a similar name."""

from dataclasses import replace

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.second_confirmation import dispute_signature
from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.proof_level import ProofLevel
from letterhub.domain.signatures.review import line_version
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from letterhub.queries.signatures.proof_levels import proof_level_of
from tests.support import cast, factories
from tests.support import forger as eve

CRANE = Signatory("Crane Society", "Clara Example", "Director", website="https://crane.example", section="national")
FORGED = replace(CRANE, signer_name="Eve Example")
SMALL = replace(FORGED, website="https://small.example")
CLARA, EVE = "clara@crane.example", "eve@small.example"
UNPROVEN, CLAIMED, PROVEN = ProofLevel


@pytest.fixture
def other(app: Flask) -> Letter:
    """Another letter, which a small organization of the same name may sign."""
    return factories.open_letter(replace(factories.TEXT, title="Another letter"), deadline_at=None)


@pytest.fixture
def letter(other: Letter) -> Letter:
    """An open letter."""
    return factories.open_letter(deadline_at=None)


def holds(signature: Signature) -> bool:
    return eve.reload(signature.id).place_key is not None


def level(signature: Signature) -> ProofLevel:
    return proof_level_of(eve.reload(signature.id))


@pytest.mark.shows("S23")
@pytest.mark.parametrize("eve_is_first", [False, True])
@pytest.mark.parametrize("by", [EVE, "eve2@small.example"])
def test_s23_a_namesake_that_staff_published_takes_no_place_of_the_real_one(
    other: Letter, letter: Letter, by: str, eve_is_first: bool
) -> None:
    eve.publish(eve.sign(other, SMALL, EVE))
    first = eve.sign(letter, FORGED, by) if eve_is_first else None
    clara = eve.sign(letter, CRANE, CLARA)
    forged = first or eve.sign(letter, FORGED, by)
    assert (level(clara), level(forged)) == (CLAIMED, UNPROVEN)
    assert (holds(clara), holds(forged)) == (True, False)


@pytest.mark.shows("S23")
def test_s23_a_namesake_keeps_its_own_place_at_its_own_site(other: Letter, letter: Letter) -> None:
    eve.publish(eve.sign(other, SMALL, EVE))
    small, clara = eve.sign(letter, SMALL, "ann@small.example"), eve.sign(letter, CRANE, CLARA)
    assert (level(small), level(clara), holds(small), holds(clara)) == (PROVEN, CLAIMED, True, True)


@pytest.mark.shows("S23")
def test_s23_the_real_one_says_that_a_namesake_is_not_hers(other: Letter, letter: Letter) -> None:
    eve.publish(eve.sign(other, SMALL, EVE))
    forged = eve.sign(letter, FORGED, EVE)
    number = sign_letter(letter.id, SigningRequest(CRANE, EmailAddress(CLARA), 1), at=now())
    dispute_signature(number, expected_version=line_version(forged.signatory), at=now())
    confirm_signature(number, revision=1, at=now())
    assert (holds(forged), holds(eve.reload(number))) == (False, True)


@pytest.mark.shows("S23")
@pytest.mark.parametrize("url", ["https://small.example", ""])
def test_s23_a_namesake_that_staff_invited_takes_no_place_of_the_real_one(letter: Letter, url: str) -> None:
    staff = factories.staff(cast.OTTO)
    line = replace(SMALL, website=url, signer_name="", signer_title="")
    invite_by_name(InvitationContext(letter.id, staff.id, f"staff-{staff.id}", now()), line, EVE)
    clara = eve.sign(letter, CRANE, CLARA)
    forged = eve.sign(letter, FORGED, EVE)
    assert (level(clara), level(forged), holds(clara)) == (CLAIMED, UNPROVEN, True)


@pytest.mark.shows("S23")
def test_s23_a_name_that_joined_another_by_itself_brings_no_ties(other: Letter, letter: Letter) -> None:
    """ "National Wildlife Federation" at the site of "NWF" is merged with it automatically, not by staff."""
    nwf = Signatory("NWF", "Eve Example", "Director", website="https://wool.example", section="national")
    eve.publish(eve.sign(other, nwf, "eve@wool.example"))
    real = replace(nwf, organization="National Wildlife Federation", website="https://nwf.example")
    joined = eve.sign(letter, replace(real, website="https://wool.example"), "eve@wool.example")
    forged = eve.sign(letter, real, "eva@wool.example")
    clara = eve.sign(letter, real, "clara@nwf.example")
    assert [level(one) for one in (joined, forged, clara)] == [CLAIMED, UNPROVEN, CLAIMED]
    assert (holds(clara), holds(forged)) == (True, False)


@pytest.mark.shows("S23")
@pytest.mark.parametrize("way", ["directory", "invitation", "published", "invitation without a site"])
def test_s23_staff_tie_a_mailbox_at_another_domain_to_an_organization(other: Letter, letter: Letter, way: str) -> None:
    mail = "clara@crane-mail.example"
    staff = factories.staff(cast.OTTO)
    inviting = InvitationContext(letter.id, staff.id, f"staff-{staff.id}", now())
    crane = factories.organization("Crane Society", letter.coalition_id, "https://crane.example")
    if way == "directory":
        crane.more_domains = ["crane-mail.example"]
        db.session.commit()
    elif way == "invitation":
        invite_by_name(inviting, replace(CRANE, signer_name="", signer_title=""), mail)
    elif way == "published":
        eve.publish(eve.sign(other, CRANE, mail))
    else:  # staff enter no site: that name has one in the directory
        invite_by_name(inviting, replace(CRANE, website="", signer_name="", signer_title=""), mail)
    clara = eve.sign(letter, CRANE, mail)
    assert (level(clara), holds(clara)) == (PROVEN, True)
