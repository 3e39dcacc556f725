"""S23: an invitation copied from a signature gives its mailbox no more proof than staff gave that signature."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name, invite_past_signatories
from letterhub.commands.signatures._shared_steps import link_invitation
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.proof_level import ProofLevel
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Invitation, Letter, Signature
from letterhub.queries.signatures.proof_levels import proof_level_of
from tests.support import cast, factories
from tests.support import forger as eve

CRANE = Signatory("Crane Society", "Clara Example", "Director", website="https://crane.example", section="national")
FORGED = replace(CRANE, signer_name="Eve Example")
CLARA, EVE = "clara@crane.example", "eve.example@gmail.com"
UNPROVEN, CLAIMED, PROVEN = ProofLevel


@pytest.fixture
def forger_signature(app: Flask) -> Signature:
    """A forger's signature under another letter, published by staff."""
    other = factories.open_letter(replace(factories.TEXT, title="Another letter"), deadline_at=None)
    return eve.publish(eve.sign(other, FORGED, EVE))


@pytest.fixture
def letter(forger_signature: Signature) -> Letter:
    """An open letter, to which staff invited the forger from the list of contacts."""
    letter = factories.open_letter(deadline_at=None)
    assert invite_past_signatories(inviting(letter), [forger_signature.id]) == 1
    return letter


def inviting(letter: Letter) -> InvitationContext:
    staff = factories.staff(cast.OTTO)
    return InvitationContext(letter.id, staff.id, f"staff-{staff.id}", now())


def sign_by_link(letter: Letter) -> Signature:
    """Sign as the forger through the invitation's form."""
    number = sign_letter(letter.id, SigningRequest(FORGED, EmailAddress(EVE), 1), at=now())
    link_invitation(number, letter.id, db.session.scalars(select(Invitation.id)).one())
    db.session.commit()
    confirm_signature(number, revision=1, at=now())
    return eve.reload(number)


def end(signature: Signature, way: str) -> None:
    if way == "declined":
        assert eve.decline(eve.reload(signature.id)).state is SignatureState.DECLINED
    else:
        eve.deny(eve.reload(signature.id))


def level(signature: Signature) -> ProofLevel:
    return proof_level_of(eve.reload(signature.id))


@pytest.mark.shows("S23")
@pytest.mark.parametrize("way", ["declined", "denied"])
@pytest.mark.parametrize("by_link", [False, True])
def test_s23_a_copied_invitation_ties_nobody_once_its_signature_ended(
    letter: Letter, forger_signature: Signature, way: str, by_link: bool
) -> None:
    end(forger_signature, way)
    forged = sign_by_link(letter) if by_link else eve.sign(letter, FORGED, EVE)
    clara = eve.sign(letter, CRANE, CLARA)
    assert (level(forged), level(clara)) == (UNPROVEN, CLAIMED)
    assert [eve.reload(one.id).place_key is not None for one in (forged, clara)] == [False, True]


@pytest.mark.shows("S23")
def test_s23_what_was_signed_by_a_copied_invitation_is_proven_no_more_once_its_signature_ended(
    letter: Letter, forger_signature: Signature
) -> None:
    forged = sign_by_link(letter)
    assert level(forged) is PROVEN
    end(forger_signature, "declined")
    assert level(forged) is UNPROVEN


@pytest.mark.shows("S23")
@pytest.mark.parametrize("by_link", [False, True])
def test_s23_a_copied_invitation_counts_while_its_signature_stands(letter: Letter, by_link: bool) -> None:
    signed = sign_by_link(letter) if by_link else eve.sign(letter, FORGED, EVE)
    assert level(signed) is PROVEN


@pytest.mark.shows("S23")
def test_s23_what_staff_typed_themselves_stays(forger_signature: Signature) -> None:
    letter = factories.open_letter(deadline_at=None)
    invite_by_name(inviting(letter), replace(CRANE, signer_name="", signer_title=""), EVE)
    end(forger_signature, "declined")
    assert level(eve.sign(letter, FORGED, EVE)) is PROVEN
