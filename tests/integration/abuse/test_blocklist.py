"""Blocklist: what staff declined or an organization denied does not return by itself, however it is tried."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.abuse.bulk_decline import decline_in_bulk, undo_bulk_decline
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.commands.signatures.ownership_inquiries import answer_inquiry
from letterhub.commands.signatures.reconfirmation import reconfirm_signature
from letterhub.commands.signatures.review import return_signatures
from letterhub.commands.signatures.sign import withdraw_signature
from letterhub.domain.abuse.bulk_decline import ExpectedMatches, SubmissionPattern
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.signing_settings import PublishRule, WhoMaySign
from letterhub.domain.signatures.evidence import Doubt
from letterhub.domain.signatures.ownership_inquiries import Answer
from letterhub.domain.signatures.review import SignatureFilter, line_version
from letterhub.domain.states import SignatureState
from letterhub.models import Letter, Signature
from letterhub.queries.signatures.review import SignatureSearch, queued_signatures
from tests.support import factories
from tests.support.forger import (
    FORGED_LINE,
    FORGER_EMAIL,
    chosen,
    decline,
    deny,
    doubts_about,
    open_inquiry,
    publish,
    reload,
    sign,
)
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, publish_body
from tests.support.visitor import Visitor

CONFIRMED, PUBLISHED, DECLINED = SignatureState.CONFIRMED, SignatureState.PUBLISHED, SignatureState.DECLINED
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that publishes reviewed organizations, among them these."""
    factories.add_reviewed_names(
        *((name, "crane.example") for name in ("Crane Society", "THE CRANE SOCIETY", "Heron Society")),
        ("Willow Watch", "willow.example"),
    )
    return factories.open_letter(deadline_at=None, publish_rule=PublishRule.REVIEWED)


def decline_all(letter: Letter, name: Signature) -> None:
    decline_in_bulk(
        letter.id,
        SubmissionPattern(domain="crane.example"),
        ExpectedMatches(1, name.id, True),
        "A flood",
        actor="staff-1",
        at=now(),
    )


@pytest.mark.shows("S9", "S10")
@pytest.mark.parametrize(
    ("line", "email"),
    [
        (FORGED_LINE, FORGER_EMAIL),
        (FORGED_LINE, "bob@mail.crane.example"),
        (replace(FORGED_LINE, organization="THE CRANE SOCIETY"), "Eve+1@crane.example"),
        (replace(FORGED_LINE, organization="Heron Society"), "bob@crane.example"),
    ],
    ids=["the same form", "the same domain", "other spellings", "another name at the domain"],
)
def test_what_staff_declined_waits_for_staff_when_it_is_tried_again(letter: Letter, line: Signatory, email: str) -> None:
    first = sign(letter)
    assert first.state is PUBLISHED
    decline(first)
    again = sign(letter, line, email)
    assert again.state is CONFIRMED
    assert Doubt.TURNED_AWAY in doubts_about(again)
    assert Doubt.TURNED_AWAY not in doubts_about(first)


def test_staff_read_why_it_waits_and_pick_it(letter: Letter, sam: Visitor) -> None:
    decline(sign(letter))
    sign(letter)
    other = sign(
        letter, replace(FORGED_LINE, organization="Willow Watch", website="https://willow.example"), "ada@willow.example"
    )
    assert other.state is PUBLISHED
    queue = sam.visit("review.index", coalition="coalition-for-clean-rivers", slug=letter.slug, pick="turned-away")
    queue.says(
        "Crane Society",
        "declined, disowned or questioned before",
        "was declined on this letter, denied by an address",
    )
    found = queued_signatures(letter.id, SignatureSearch((CONFIRMED, PUBLISHED), filter=SignatureFilter.TURNED_AWAY))
    assert [one.state for one in found.signatures] == [CONFIRMED]


@pytest.mark.parametrize("ends", ["withdrawn", "erased"])
def test_what_was_declined_is_known_again_when_its_own_link_took_it_away(letter: Letter, ends: str) -> None:
    first = decline(sign(letter))
    withdraw_signature(first.id, now()) if ends == "withdrawn" else erase_on_request(first.id, now())
    assert sign(letter).state is CONFIRMED


@pytest.mark.shows("S10")
@pytest.mark.parametrize("ends", ["withdrawn", "erased"])
def test_what_its_organization_denied_waits_for_staff_when_it_is_tried_again(letter: Letter, ends: str) -> None:
    first = deny(sign(letter))
    assert first.state is CONFIRMED
    withdraw_signature(first.id, now()) if ends == "withdrawn" else erase_on_request(first.id, now())
    again = sign(letter)
    assert (again.state, Doubt.TURNED_AWAY in doubts_about(again)) == (CONFIRMED, True)


def swept_and_restored(letter: Letter, clock: time_machine.Traveller) -> None:
    first = sign(letter)
    decline_all(letter, first)
    clock.shift(MINUTE)
    undo_bulk_decline(letter.id, 1, actor="staff-1", at=now())
    withdraw_signature(first.id, now())


def swept_withdrawn_and_restored(letter: Letter, clock: time_machine.Traveller) -> None:
    first = sign(letter)
    decline_all(letter, first)
    clock.shift(MINUTE)
    withdraw_signature(first.id, now())
    undo_bulk_decline(letter.id, 1, actor="staff-1", at=now())


def declined_and_returned(letter: Letter, _clock: time_machine.Traveller) -> None:
    first = decline(sign(letter))
    return_signatures(chosen(first), DECLINED)
    withdraw_signature(first.id, now())


def declined_elsewhere(_letter: Letter, _clock: time_machine.Traveller) -> None:
    text = replace(factories.TEXT, title="Quiet skies")
    decline(sign(factories.open_letter(text, deadline_at=None, publish_rule=PublishRule.REVIEWED)))


def asked_answered_and_erased(letter: Letter, _clock: time_machine.Traveller) -> None:
    first = sign(letter)
    answer_inquiry(open_inquiry(first), Answer.YES, expected_version=line_version(first.signatory), at=now())
    erase_on_request(first.id, now())


def withdrawn_by_herself(letter: Letter, _clock: time_machine.Traveller) -> None:
    withdraw_signature(sign(letter).id, now())


@pytest.mark.parametrize(
    "before",
    [
        swept_and_restored,
        swept_withdrawn_and_restored,
        declined_and_returned,
        declined_elsewhere,
        withdrawn_by_herself,
        asked_answered_and_erased,
    ],
)
def test_what_nobody_turned_away_under_the_letter_appears_at_once(
    letter: Letter, clock: time_machine.Traveller, before: Callable[[Letter, time_machine.Traveller], None]
) -> None:
    before(letter, clock)
    again = sign(letter)
    assert (again.state, doubts_about(again) - {Doubt.NEW_ORGANIZATION}) == (PUBLISHED, frozenset())


def test_a_sweep_that_stands_counts(letter: Letter) -> None:
    decline_all(letter, sign(letter))
    assert Doubt.TURNED_AWAY in doubts_about(sign(letter))


def test_a_denial_stays_when_staff_return_what_they_declined(letter: Letter) -> None:
    first = decline(deny(sign(letter)))
    return_signatures(chosen(first), DECLINED)
    withdraw_signature(first.id, now())
    assert sign(letter).state is CONFIRMED


def test_a_person_is_known_again_by_her_mailbox_and_not_by_where_anyone_has_one(app: Flask) -> None:
    letter = factories.open_letter(who_may_sign=WhoMaySign.INDIVIDUALS)
    person = Signatory(signer_name="Ann Example", kind=SignatoryKind.INDIVIDUAL, section="individual")
    decline(sign(letter, person, "a.nn@gmail.com"))
    other = sign(letter, replace(person, signer_name="Bea Example"), "bea@gmail.com")
    again = sign(letter, replace(person, signer_name="Ann E."), "ann+2@googlemail.com")
    assert (Doubt.TURNED_AWAY in doubts_about(again), Doubt.TURNED_AWAY in doubts_about(other)) == (True, False)


@pytest.mark.shows("S10")
def test_nobody_makes_her_organization_known_by_signing_twice(letter: Letter) -> None:
    line = replace(FORGED_LINE, organization="Egret Society")
    first = sign(letter, line)
    assert (first.state, first.is_new_organization) == (CONFIRMED, True)
    withdraw_signature(first.id, now())
    again = sign(letter, line)
    assert (again.state, again.is_new_organization) == (CONFIRMED, True)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    reconfirm_signature(again.id, revision=2, at=now())
    assert reload(again.id).state is CONFIRMED


@pytest.mark.shows("S25")
def test_a_name_is_reviewed_while_a_decision_of_staff_that_published_it_stands(letter: Letter) -> None:
    line, text = replace(FORGED_LINE, organization="Egret Society"), replace(factories.TEXT, title="Quiet skies")
    other = factories.open_letter(text, deadline_at=None, publish_rule=PublishRule.REVIEWED)
    third = factories.open_letter(replace(text, title="Third"), deadline_at=None, publish_rule=PublishRule.REVIEWED)
    first = publish(sign(letter, line))
    assert sign(other, line).state is PUBLISHED
    decline(first)
    assert sign(third, line).state is CONFIRMED
