"""S23: an organization's unique place under a letter goes to the best proof, whoever was first; the others are queued."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import delete

from letterhub.clock import now
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name
from letterhub.commands.signatures import _place_assignment as places
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.sign import correct_signature, sign_letter, withdraw_signature
from letterhub.commands.signatures.signatory_import import import_file
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.proof_level import ProofLevel
from letterhub.domain.signatures.signing import AlreadySigned, SigningRequest
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Organization, Signature
from letterhub.queries.signatures.proof_levels import proof_level_of
from tests.support import cast, factories
from tests.support.signing_steps import signatures
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, publish_body, reconfirm_link, undo_change
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
CONFIRMED, PUBLISHED, OUTDATED = SignatureState.CONFIRMED, SignatureState.PUBLISHED, SignatureState.OUTDATED
ALLIANCE = Signatory("Example Alliance", "Clara Example", "Director", website="https://alliance.example", section="national")
FORGED = replace(ALLIANCE, signer_name="Eve Example", signer_title="President")
OWN, FREE, ELSEWHERE = "clara@alliance.example", "eve.example@gmail.com", "eve@zq7.example"


def sign(letter: Letter, email: str, line: Signatory = ALLIANCE, revision: int = 1) -> Signature:
    """Return a signature confirmed by its mailbox."""
    number = sign_letter(letter.id, SigningRequest(line, EmailAddress(email), revision), at=now())
    confirm_signature(number, revision=revision, at=now())
    return signature(number)


def signature(number: int) -> Signature:
    return next(one for one in signatures() if one.id == number)


def places_held() -> list[bool]:
    """Return for each signature, oldest first, whether it holds its place."""
    return [one.place_key is not None for one in signatures()]


def publish_elsewhere(by: cast.Signer = cast.CLARA) -> None:
    """Add a signature of the organization to another letter, published by staff."""
    other = factories.open_letter(replace(factories.TEXT, title="Another letter"))
    factories.signature(other, by, organization_id=None)


def invited(letter: Letter, email: str, name: str = "Example Alliance") -> None:
    staff = factories.staff(cast.OTTO)
    line = replace(ALLIANCE, organization=name, signer_name="", signer_title="")
    invite_by_name(InvitationContext(letter.id, staff.id, f"staff-{staff.id}", now()), line, email)


def link_to_organization(_letter: Letter) -> None:
    organization = factories.organization("Example Alliance", factories.coalition().id, "https://alliance.example")
    organization.more_domains = ["alliance.example"]
    db.session.commit()


def vouched(_letter: Letter) -> None:
    organization = factories.organization("Example Alliance", factories.coalition().id, "https://alliance.example")
    organization.vouched_at, organization.vouch_reason = now(), "We know them."
    db.session.commit()


WAYS: dict[str, Callable[[Letter], None]] = {
    "known to nobody": lambda _letter: None,
    "in the directory": link_to_organization,
    "vouched for": vouched,
    "published before": lambda _letter: publish_elsewhere(),
    "invited at that mailbox": lambda letter: invited(letter, OWN),
    "invited at its domain": lambda letter: invited(letter, "info@alliance.example"),
    "invited at a free mailbox": lambda letter: invited(letter, "alliance.example@gmail.com"),
}


@pytest.mark.shows("S23")
@pytest.mark.parametrize("forger", [FREE, ELSEWHERE, "eve@mailinator.com"])
@pytest.mark.parametrize("way", WAYS)
def test_s23_a_mailbox_of_the_organization_takes_the_place_from_a_forger_who_was_first(
    letter: Letter, way: str, forger: str
) -> None:
    WAYS[way](letter)
    before = len(signatures())
    eve = sign(letter, forger, FORGED)
    assert eve.place_key is not None
    clara = sign(letter, OWN)
    assert places_held()[before:] == [False, True]
    assert (signature(eve.id).state, clara.state) == (CONFIRMED, CONFIRMED)


@pytest.mark.shows("S23")
@pytest.mark.parametrize("forger", [FREE, ELSEWHERE])
def test_s23_a_forger_who_comes_later_waits_beside(letter: Letter, forger: str) -> None:
    sign(letter, OWN)
    assert sign(letter, forger, FORGED).state is CONFIRMED
    assert places_held() == [True, False]


@pytest.mark.shows("S23")
@pytest.mark.parametrize("way", ["published before", "invited at that mailbox", "in the directory"])
def test_s23_the_website_of_a_known_or_invited_name_proves_nothing_for_mailboxes_elsewhere(letter: Letter, way: str) -> None:
    """A known name with another website may be another organization: its mailboxes get a place there, and none here."""
    WAYS[way](letter)
    assert proof_level_of(sign(letter, ELSEWHERE, FORGED)) is ProofLevel.UNPROVEN
    assert proof_level_of(sign(letter, "zoe@zq7.example", replace(FORGED, website="https://zq7.example"))) is ProofLevel.CLAIMED
    assert proof_level_of(sign(letter, OWN)) is ProofLevel.PROVEN
    assert [one.email for one in signatures() if one.letter_id == letter.id and one.place_key] == ["zoe@zq7.example", OWN]


@pytest.mark.shows("S23", "S9")
@pytest.mark.parametrize(
    "spelled",
    ["Example Alliance", "EXAMPLE ALLIANCE", "The Example Alliance", "Ехаmple Alliance", "Example-Alliance", "ExampleAlliance"],
)
def test_s23_no_spelling_of_a_forged_name_keeps_the_organization_out(letter: Letter, spelled: str, sam: Visitor) -> None:
    link_to_organization(letter)
    eve = sign(letter, FREE, replace(FORGED, organization=spelled))
    clara = sign(letter, OWN)
    assert (signature(eve.id).state, clara.state, clara.place_key is not None) == (CONFIRMED, CONFIRMED, True)
    queue = sam.visit("review.index", coalition=HOME, slug=letter.slug)
    queue.says("Eve Example", "Clara Example", "may be the same as")


@pytest.mark.shows("S23")
def test_s23_of_equal_proof_the_earlier_holds_and_staff_see_both(letter: Letter, sam: Visitor) -> None:
    sign(letter, FREE, FORGED)
    sign(letter, "mallory@gmail.com", FORGED)
    assert places_held() == [True, False]
    queue = sam.visit("review.index", coalition=HOME, slug=letter.slug)
    assert queue.text.count("which waits for review") == 2


@pytest.mark.shows("S23")
def test_s23_what_staff_published_stays_and_the_organization_waits_beside_it(letter: Letter) -> None:
    link_to_organization(letter)
    factories.signature(letter, replace(cast.CLARA, email=FREE, name="Eve Example"))
    clara = sign(letter, OWN)
    assert ([one.state for one in signatures()], places_held()) == ([PUBLISHED, CONFIRMED], [True, False])
    assert clara.state is CONFIRMED


@pytest.mark.shows("S23")
def test_s23_what_a_rule_published_for_a_forger_goes_back_to_the_queue(letter: Letter) -> None:
    link_to_organization(letter)
    factories.signature(letter, replace(cast.CLARA, email=FREE, name="Eve Example"), reviewed_at=None)
    sign(letter, OWN)
    assert ([one.state for one in signatures()], places_held()) == ([CONFIRMED, CONFIRMED], [False, True])


@pytest.mark.shows("S23")
def test_s23_an_outdated_signature_keeps_its_place_against_strangers_and_returns_to_the_list(
    letter: Letter, visitor: Visitor
) -> None:
    factories.signature(letter, cast.CLARA)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    eve = sign(letter, FREE, FORGED, revision=2)
    mallory = sign(
        letter, ELSEWHERE, replace(FORGED, organization="Example Aliance", website="https://zq7.example"), revision=2
    )
    assert (places_held()[0], eve.place_key) == (True, None)
    visitor.open(reconfirm_link(signatures()[0])).submit("Sign the new text", authorized=True)
    assert signatures()[0].state is PUBLISHED
    assert {signature(eve.id).state, signature(mallory.id).state} == {CONFIRMED}


@pytest.mark.shows("S23")
def test_s23_a_colleague_at_its_own_domain_takes_the_place_of_an_outdated_one(letter: Letter) -> None:
    factories.signature(letter, cast.CLARA)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    sign(letter, "zoe@alliance.example", replace(ALLIANCE, signer_name="Zoe Example"), revision=2)
    assert places_held() == [False, True]


@pytest.mark.shows("S23")
def test_s23_whoever_signed_from_a_mailbox_does_not_sign_twice(letter: Letter) -> None:
    sign(letter, OWN)
    sign(letter, FREE, FORGED)
    for email in ("Clara+2@alliance.example", "eve.exam.ple@googlemail.com"):
        with pytest.raises(AlreadySigned, match="already been signed for from this mailbox"):
            sign(letter, email)


@pytest.mark.shows("S23")
def test_s23_a_corrected_line_is_weighed_anew(letter: Letter) -> None:
    """Proof for one name does not hold for another that the line is corrected to."""
    link_to_organization(letter)
    sign(letter, OWN)
    mallory = sign(
        letter, "mallory@crane.example", Signatory("Crane Trust", "Mallory", website="https://crane.example", section="local")
    )
    correct_signature(mallory.id, replace(ALLIANCE, signer_name="Mallory"), now())
    assert places_held() == [True, False]
    assert signature(mallory.id).state is CONFIRMED


@pytest.mark.shows("S23")
def test_s23_a_published_line_that_is_corrected_into_another_name_waits_beside_it(letter: Letter) -> None:
    sign(letter, OWN)
    eve = factories.signature(letter, cast.FREE_MAIL_SIGNER)
    correct_signature(eve.id, FORGED, now())
    assert (signature(eve.id).state, places_held()) == (CONFIRMED, [True, False])


@pytest.mark.shows("S23")
def test_s23_publishing_claims_the_place_once_the_other_ended(letter: Letter, sam: Visitor) -> None:
    sign(letter, OWN)
    zoe = sign(letter, "zoe@alliance.example", replace(ALLIANCE, signer_name="Zoe Example"))
    page = sam.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=zoe.id)
    page.submit("Publish").says("Another signature of Example Alliance is waiting for review")
    assert signature(zoe.id).state is CONFIRMED
    withdraw_signature(signatures()[0].id, now())
    sam.open(page.path).submit("Publish")
    assert (signature(zoe.id).state, places_held()) == (PUBLISHED, [False, True])


@pytest.mark.shows("S23")
def test_s23_after_the_holder_ends_the_best_proof_that_waits_comes_before_a_newcomer(letter: Letter) -> None:
    sign(letter, "zoe@alliance.example", replace(ALLIANCE, signer_name="Zoe Example"))
    clara = sign(letter, OWN)
    withdraw_signature(signatures()[0].id, now())
    sign(letter, FREE, FORGED)
    assert [one.id for one in signatures() if one.place_key] == [clara.id]


@pytest.mark.shows("S23")
def test_s23_a_file_of_staff_takes_the_place_of_what_nobody_proved(letter: Letter) -> None:
    sign(letter, FREE, FORGED)
    content = b"organization,website,signer_name\nExample Alliance,https://alliance.example,Clara Example\n"
    assert import_file(letter.id, "yes.csv", content, actor="staff-1", at=now()) == 1
    assert places_held() == [False, True]
    assert import_file(letter.id, "yes.csv", content, actor="staff-1", at=now()) == 0


@pytest.mark.shows("S27")
def test_s27_a_forger_who_withdrew_blocks_no_import(letter: Letter) -> None:
    eve = sign(letter, FREE, FORGED)
    withdraw_signature(eve.id, now())
    content = b"organization,website,signer_name\nExample Alliance,https://alliance.example,Clara Example\n"
    assert import_file(letter.id, "yes.csv", content, actor="staff-1", at=now()) == 1


@pytest.mark.shows("S27")
def test_s27_junk_under_a_new_text_does_not_keep_the_change_from_being_taken_back(letter: Letter) -> None:
    factories.signature(letter, cast.CLARA)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    junk = sign(letter, "mallory@gmail.com", Signatory("Junk", "Mallory", section="local"), revision=2)
    undo_change(letter)
    assert [one.state for one in signatures()] == [PUBLISHED, OUTDATED]
    junk = signature(junk.id)
    assert junk.revision_id != signatures()[0].revision_id


@pytest.mark.shows("S27")
def test_s27_what_was_declined_under_a_text_that_was_taken_back_does_not_return_as_signed(letter: Letter, sam: Visitor) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    junk = sign(letter, "mallory@gmail.com", Signatory("Junk", "Mallory", section="local"), revision=2)
    junk.move(SignatureMove.DECLINE, now())
    db.session.commit()
    undo_change(letter)
    sam.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=junk.id).submit("Back to the queue")
    assert signature(junk.id).state is OUTDATED


@pytest.mark.shows("S23")
def test_s23_whoever_loses_a_race_for_a_place_is_decided_upon_anew(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two transactions that see nobody compete for the place; the database lets one win, and the other decides again."""
    sign(letter, OWN)
    number = sign_letter(letter.id, SigningRequest(FORGED, EmailAddress(FREE), 1), at=now())
    look, looks = places._lock_rivals, count()
    monkeypatch.setattr(places, "_lock_rivals", lambda one: [] if next(looks) < 1 else look(one))
    confirm_signature(number, revision=1, at=now())
    assert (places_held(), signature(number).state, next(looks)) == ([True, False], CONFIRMED, 2)


@pytest.mark.shows("S23")
def test_s23_a_place_is_taken_also_by_a_signature_that_no_organization_is_known_of(letter: Letter) -> None:
    sign(letter, FREE, FORGED).organization_id = None
    db.session.flush()
    db.session.execute(delete(Organization))
    db.session.commit()
    assert sign(letter, OWN).state is CONFIRMED
    assert places_held() == [False, True]
