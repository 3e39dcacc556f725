"""S27: statements of a mailbox that staff blocked, or of a domain that they overruled, have no effect."""

from dataclasses import replace

import pytest

from letterhub.clock import now
from letterhub.commands.signatures.review import return_signatures
from letterhub.commands.signatures.second_confirmation import dispute_signature
from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.signatures.proof_level import ProofLevel
from letterhub.domain.signatures.review import line_version
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature, evidence_facts
from letterhub.queries.signatures.proof_levels import proof_level_of
from tests.support import forger as eve
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, publish_body

CRANE = Signatory("Crane Society", "Clara Example", "Director", website="https://crane.example", section="national")
FORGED = replace(CRANE, signer_name="Eve Example")
CLARA, EVE, ZOE = "clara@crane.example", "eve@crane.example", "zoe@crane.example"
PUBLISHED, CONFIRMED = SignatureState.PUBLISHED, SignatureState.CONFIRMED


def deny_other(letter: Letter, email: str, other: Signature) -> Signature:
    """Deny the other signature as another signer of the organization; return it."""
    number = sign_letter(letter.id, SigningRequest(CRANE, EmailAddress(email), 1), at=now())
    dispute_signature(number, expected_version=line_version(eve.reload(other.id).signatory), at=now())
    return eve.reload(other.id)


def disputes_about(other: Signature) -> list[FactKind]:
    kinds = (FactKind.NOT_OURS, FactKind.DISPUTED)
    return [fact.kind for fact in evidence_facts(db.session(), [other.id])[other.id] if fact.kind in kinds]


@pytest.mark.shows("S27")
@pytest.mark.parametrize("email", [EVE, "Eve+2@crane.example"])
@pytest.mark.parametrize("published_with", [CLARA, "crane.society@gmail.com"])
def test_s27_a_mailbox_that_staff_turned_away_takes_nothing_off_the_list(
    letter: Letter, email: str, published_with: str
) -> None:
    clara = eve.publish(eve.sign(letter, CRANE, published_with))
    forged = eve.decline(eve.sign(letter, FORGED, EVE))
    assert proof_level_of(forged) is ProofLevel.UNPROVEN
    for _again in range(2):
        assert deny_other(letter, email, clara).state is PUBLISHED
    assert disputes_about(clara) == [FactKind.DISPUTED] * 2


@pytest.mark.shows("S27")
def test_s27_a_decline_that_staff_took_back_takes_no_word_away(letter: Letter) -> None:
    clara = eve.publish(eve.sign(letter, CRANE, CLARA))
    forged = eve.decline(eve.sign(letter, FORGED, EVE))
    return_signatures(eve.chosen(forged), forged.state)
    assert deny_other(letter, EVE, clara).state is CONFIRMED
    assert disputes_about(clara) == [FactKind.NOT_OURS]


@pytest.mark.shows("S27")
def test_s27_an_outdated_place_does_not_yield_to_a_mailbox_that_staff_turned_away(letter: Letter) -> None:
    clara = eve.publish(eve.sign(letter, CRANE, "clara@crane-mail.example"))
    eve.decline(eve.sign(letter, FORGED, "eve@crane-mail.example"))
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    assert eve.sign(letter, FORGED, "eve@crane-mail.example").place_key is None
    assert eve.reload(clara.id).place_key is not None
    colleague = eve.sign(letter, replace(CRANE, signer_name="Zoe Example"), "zoe@crane-mail.example")
    assert colleague.place_key is not None


@pytest.mark.shows("S27")
def test_s27_a_mailbox_that_was_turned_away_comes_after_all_who_wait(letter: Letter) -> None:
    eve.decline(eve.sign(letter, FORGED, EVE))
    forged = eve.sign(letter, FORGED, EVE)
    free = eve.sign(letter, CRANE, "crane.society@gmail.com")
    clara = eve.sign(letter, CRANE, CLARA)
    assert (proof_level_of(forged), proof_level_of(clara)) == (ProofLevel.UNPROVEN, ProofLevel.CLAIMED)
    assert [eve.reload(one.id).place_key is not None for one in (forged, free, clara)] == [False, False, True]


@pytest.mark.shows("S27")
@pytest.mark.parametrize("again", [EVE, ZOE])
def test_s27_what_staff_published_again_is_not_taken_off_once_more(letter: Letter, again: str) -> None:
    """Neither by the same mailbox nor by another one at that domain, where one person may have any number."""
    clara = eve.publish(eve.sign(letter, CRANE, CLARA))
    clara = eve.publish(deny_other(letter, EVE, clara))
    assert clara.state is PUBLISHED
    assert deny_other(letter, again, clara).state is PUBLISHED
    assert disputes_about(clara) == [FactKind.NOT_OURS, FactKind.DISPUTED]
