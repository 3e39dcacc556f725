"""A signer withdraws while an inquiry is open, and signs again: the answer counts, and the new signature waits for staff."""

from dataclasses import replace

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.letters.revisions import undo_text_change
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.commands.signatures.sign import withdraw_signature
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.signatures.evidence import Doubt
from letterhub.domain.signatures.ownership_inquiries import CannotAnswer
from letterhub.domain.states import SignatureState
from letterhub.models import Letter
from letterhub.queries.audit.consistency import inconsistencies
from letterhub.queries.signatures.data_export import signatory_data
from tests.support import cast, factories
from tests.support.forger import FORGED_LINE, FORGER_EMAIL, answer_no, deny, doubts_about, open_inquiry, publish, reload, sign
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, publish_body
from tests.support.visitor import Visitor

CONFIRMED, PUBLISHED = SignatureState.CONFIRMED, SignatureState.PUBLISHED


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that publishes at once the organizations that staff reviewed before."""
    factories.add_reviewed_names(("Crane Society", "crane.example"), ("Heron Society", "crane.example"))
    return factories.open_letter(deadline_at=None, publish_rule=PublishRule.REVIEWED)


@pytest.mark.shows("S10")
def test_a_no_counts_when_the_signature_was_withdrawn_meanwhile(letter: Letter) -> None:
    first = sign(letter)
    inquiry_id = open_inquiry(first)
    withdraw_signature(first.id, now())
    answer_no(inquiry_id, first)
    assert reload(first.id).state is SignatureState.WITHDRAWN
    assert Doubt.SECOND_NO in doubts_about(first)
    again = sign(letter)
    assert (again.state, Doubt.TURNED_AWAY in doubts_about(again)) == (CONFIRMED, True)


@pytest.mark.shows("S10")
@pytest.mark.parametrize(
    ("line", "email"),
    [
        (FORGED_LINE, FORGER_EMAIL),
        (FORGED_LINE, "bob@crane.example"),
        (replace(FORGED_LINE, organization="Heron Society"), "Eve+1@crane.example"),
    ],
    ids=["the same form", "the same organization", "the same mailbox"],
)
def test_a_no_takes_back_to_staff_what_was_tried_again_before_it_came(
    letter: Letter, sam: Visitor, line: Signatory, email: str
) -> None:
    first = sign(letter)
    inquiry_id = open_inquiry(first)
    withdraw_signature(first.id, now())
    again = publish(sign(letter, line, email))
    answer_no(inquiry_id, first)
    assert (reload(again.id).state, Doubt.TURNED_AWAY in doubts_about(again)) == (CONFIRMED, True)
    page = sam.visit("signatures.detail", coalition="coalition-for-clean-rivers", slug=letter.slug, signature_id=again.id)
    page.says(f"{line.organization} is waiting for review again", "or erased before that address answered")
    assert list(inconsistencies()) == []


def test_a_no_leaves_others_at_the_domain_in_the_list_and_marks_them(letter: Letter) -> None:
    first, other = sign(letter), publish(sign(letter, replace(FORGED_LINE, organization="Heron Society"), "bob@crane.example"))
    deny(first)
    assert (reload(other.id).state, Doubt.TURNED_AWAY in doubts_about(other)) == (PUBLISHED, True)


def test_what_was_outdated_when_its_like_was_denied_comes_back_to_staff(letter: Letter) -> None:
    factories.staff(cast.OLIVE)
    first = sign(letter)
    inquiry_id = open_inquiry(first)
    withdraw_signature(first.id, now())
    again = sign(letter)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    answer_no(inquiry_id, first)
    undo_text_change(letter.id, 2, actor="staff-1", staff_id=1, at=now())
    assert reload(again.id).state is CONFIRMED
    assert list(inconsistencies()) == []


@pytest.mark.shows("S10")
def test_what_is_erased_while_its_organization_is_asked_waits_for_staff_when_it_is_tried_again(letter: Letter) -> None:
    first = sign(letter)
    inquiry_id = open_inquiry(first)
    erase_on_request(first.id, now())
    with pytest.raises(CannotAnswer):
        answer_no(inquiry_id, reload(first.id))
    again = sign(letter)
    assert (again.state, Doubt.TURNED_AWAY in doubts_about(again)) == (CONFIRMED, True)


def test_nor_does_what_was_tried_again_before_the_erasing_stay_in_the_list(letter: Letter) -> None:
    first = sign(letter)
    open_inquiry(first)
    withdraw_signature(first.id, now())
    again = sign(letter)
    erase_on_request(first.id, now())
    assert (reload(again.id).state, Doubt.TURNED_AWAY in doubts_about(again)) == (CONFIRMED, True)
    assert [one["act"] for one in signatory_data(again.id)["record"]] == ["confirmed"]
    assert list(inconsistencies()) == []
