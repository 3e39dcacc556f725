"""A signer withdraws while an inquiry is open, and signs again: the answer counts, and the new signature waits for staff."""

from dataclasses import replace

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.letters.revisions import take_back_change
from letterhub.commands.signatures.erasure_request import erase_own_data
from letterhub.commands.signatures.sign import withdraw_signature
from letterhub.domain.letters.document import Signatory
from letterhub.domain.letters.letter import PublishRule
from letterhub.domain.signatures.evidence import Doubt
from letterhub.domain.signatures.inquiries import NothingToAnswer
from letterhub.domain.states import SignatureState
from letterhub.models import Letter
from letterhub.queries.audit.consistency import disagreements
from letterhub.queries.signatures.data_export import own_data
from tests.support import cast, factories
from tests.support.forger import EVE, LINE, deny, doubts, fresh, listed, no, question, sign
from tests.support.text_changes import NEW_BODY, SUBSTANCE, change
from tests.support.visitor import Visitor

CONFIRMED, PUBLISHED = SignatureState.CONFIRMED, SignatureState.PUBLISHED


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that publishes at once the organizations that staff reviewed before."""
    factories.reviewed(("Crane Society", "crane.example"), ("Heron Society", "crane.example"))
    return factories.open_letter(deadline_at=None, publish_rule=PublishRule.REVIEWED)


@pytest.mark.shows("S10")
def test_a_no_counts_when_the_signature_was_withdrawn_meanwhile(letter: Letter) -> None:
    first = sign(letter)
    asked = question(first)
    withdraw_signature(first.id, now())
    no(asked, first)
    assert fresh(first.id).state is SignatureState.WITHDRAWN
    assert Doubt.SECOND_NO in doubts(first)
    again = sign(letter)
    assert (again.state, Doubt.TURNED_AWAY in doubts(again)) == (CONFIRMED, True)


@pytest.mark.shows("S10")
@pytest.mark.parametrize(
    ("line", "email"),
    [
        (LINE, EVE),
        (LINE, "bob@crane.example"),
        (replace(LINE, organization="Heron Society"), "Eve+1@crane.example"),
    ],
    ids=["the same form", "the same organization", "the same mailbox"],
)
def test_a_no_takes_back_to_staff_what_was_tried_again_before_it_came(
    letter: Letter, sam: Visitor, line: Signatory, email: str
) -> None:
    first = sign(letter)
    asked = question(first)
    withdraw_signature(first.id, now())
    again = listed(sign(letter, line, email))
    no(asked, first)
    assert (fresh(again.id).state, Doubt.TURNED_AWAY in doubts(again)) == (CONFIRMED, True)
    page = sam.visit("names.name", coalition="coalition-for-clean-rivers", slug=letter.slug, number=again.id)
    page.says(f"{line.organization} waits for staff again", "or erased before such an address answered")
    assert list(disagreements()) == []


def test_a_no_leaves_others_at_the_domain_in_the_list_and_marks_them(letter: Letter) -> None:
    first, other = sign(letter), listed(sign(letter, replace(LINE, organization="Heron Society"), "bob@crane.example"))
    deny(first)
    assert (fresh(other.id).state, Doubt.TURNED_AWAY in doubts(other)) == (PUBLISHED, True)


def test_what_was_outdated_when_its_like_was_denied_comes_back_to_staff(letter: Letter) -> None:
    factories.staff(cast.OLIVE)
    first = sign(letter)
    asked = question(first)
    withdraw_signature(first.id, now())
    again = sign(letter)
    change(letter, SUBSTANCE, NEW_BODY)
    no(asked, first)
    take_back_change(letter.id, 2, actor="staff-1", staff_id=1, at=now())
    assert fresh(again.id).state is CONFIRMED
    assert list(disagreements()) == []


@pytest.mark.shows("S10")
def test_what_is_erased_while_its_organization_is_asked_waits_for_staff_when_it_is_tried_again(letter: Letter) -> None:
    first = sign(letter)
    asked = question(first)
    erase_own_data(first.id, now())
    with pytest.raises(NothingToAnswer):
        no(asked, fresh(first.id))
    again = sign(letter)
    assert (again.state, Doubt.TURNED_AWAY in doubts(again)) == (CONFIRMED, True)


def test_nor_does_what_was_tried_again_before_the_erasing_stay_in_the_list(letter: Letter) -> None:
    first = sign(letter)
    question(first)
    withdraw_signature(first.id, now())
    again = sign(letter)
    erase_own_data(first.id, now())
    assert (fresh(again.id).state, Doubt.TURNED_AWAY in doubts(again)) == (CONFIRMED, True)
    assert [one["act"] for one in own_data(again.id)["record"]] == ["confirmed"]
    assert list(disagreements()) == []
