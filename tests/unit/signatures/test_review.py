"""Decisions of a reviewer for the names shown, and the filters of the queue."""

from dataclasses import replace

import pytest

from letterhub.domain.letters.document import Signatory
from letterhub.domain.signatures.evidence import Doubt, Evidence, Standing
from letterhub.domain.signatures.review import (
    ChangedMeanwhile,
    DecidedAlready,
    Decision,
    NotCorrectedNow,
    Pick,
    check_correction,
    check_decision,
    mark_of,
)
from letterhub.domain.states import NotAllowedNow, SignatureMove, SignatureState

CLEAR = Standing(frozenset({Evidence.MAILBOX, Evidence.OWN_DOMAIN}), frozenset({Doubt.FIRST_SEEN}))
FREE = Standing(frozenset({Evidence.MAILBOX}), frozenset({Doubt.FREE_MAIL, Doubt.NO_WEBSITE}))
BROUGHT = Standing(frozenset({Evidence.IMPORTED}), frozenset({Doubt.NO_ADDRESS}))
LINE = Signatory(organization="Example Alliance", signer_name="Clara Example")


@pytest.mark.parametrize(
    ("pick", "taken"),
    [
        (Pick.CLEAR, {"clear"}),
        (Pick.DOUBT, {"free", "brought"}),
        (Pick.IMPORTED, {"brought"}),
        (Pick.FREE_MAIL, {"free"}),
        (Pick.NO_WEBSITE, {"free"}),
        (Pick.NO_ADDRESS, {"brought"}),
        (Pick.FIRST_SEEN, {"clear"}),
        (Pick.GOVERNMENT, set()),
        (Pick.OTHER_DOMAIN, set()),
    ],
)
def test_names_are_picked_by_what_is_known_of_them(pick: Pick, taken: set[str]) -> None:
    known = {"clear": CLEAR, "free": FREE, "brought": BROUGHT}
    assert {name for name, standing in known.items() if pick.takes(standing)} == taken


@pytest.mark.parametrize("state", sorted(set(SignatureState) - {SignatureState.CONFIRMED}))
def test_a_decision_upon_a_name_that_moved_on_changes_nothing(state: SignatureState) -> None:
    with pytest.raises(DecidedAlready, match="in the meantime"):
        check_decision("Peace", state, Decision(SignatureMove.PUBLISH, SignatureState.CONFIRMED), "Olive Owner")


def test_a_decision_that_does_not_follow_is_not_allowed() -> None:
    with pytest.raises(NotAllowedNow):
        check_decision("Peace", SignatureState.PENDING, Decision(SignatureMove.PUBLISH, SignatureState.PENDING), "")


@pytest.mark.parametrize("state", [SignatureState.CONFIRMED, SignatureState.PUBLISHED])
def test_a_line_is_corrected_as_it_was_seen(state: SignatureState) -> None:
    check_correction("Peace", state, LINE, mark_of(LINE))
    with pytest.raises(ChangedMeanwhile):
        check_correction("Peace", state, replace(LINE, lead=True), mark_of(LINE))


@pytest.mark.parametrize("state", sorted(set(SignatureState) - {SignatureState.CONFIRMED, SignatureState.PUBLISHED}))
def test_a_line_that_is_not_in_the_list_is_not_corrected(state: SignatureState) -> None:
    with pytest.raises(NotCorrectedNow):
        check_correction("Peace", state, LINE, mark_of(LINE))
