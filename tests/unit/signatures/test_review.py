"""Decisions of a reviewer for the names shown, and the filters of the queue."""

from dataclasses import replace

import pytest

from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.signatures.evidence import Assessment, Doubt, Evidence
from letterhub.domain.signatures.review import (
    AlreadyDecided,
    CannotCorrect,
    Decision,
    SignatureChanged,
    SignatureFilter,
    check_correction,
    check_decision,
    line_version,
)
from letterhub.domain.states import MoveNotAllowed, SignatureMove, SignatureState

CLEAR = Assessment(frozenset({Evidence.MAILBOX, Evidence.OWN_DOMAIN}), frozenset({Doubt.NEW_ORGANIZATION}))
FREE = Assessment(frozenset({Evidence.MAILBOX}), frozenset({Doubt.FREE_MAIL, Doubt.NO_WEBSITE}))
BROUGHT = Assessment(frozenset({Evidence.IMPORTED}), frozenset({Doubt.NO_ADDRESS}))
LINE = Signatory(organization="Example Alliance", signer_name="Clara Example")


@pytest.mark.parametrize(
    ("pick", "taken"),
    [
        (SignatureFilter.CLEAR, {"clear"}),
        (SignatureFilter.DOUBT, {"free", "brought"}),
        (SignatureFilter.IMPORTED, {"brought"}),
        (SignatureFilter.FREE_MAIL, {"free"}),
        (SignatureFilter.NO_WEBSITE, {"free"}),
        (SignatureFilter.NO_ADDRESS, {"brought"}),
        (SignatureFilter.NEW_ORGANIZATION, {"clear"}),
        (SignatureFilter.GOVERNMENT, set()),
        (SignatureFilter.OTHER_DOMAIN, set()),
    ],
)
def test_names_are_picked_by_what_is_known_of_them(pick: SignatureFilter, taken: set[str]) -> None:
    known = {"clear": CLEAR, "free": FREE, "brought": BROUGHT}
    assert {name for name, standing in known.items() if pick.matches(standing)} == taken


@pytest.mark.parametrize("state", sorted(set(SignatureState) - {SignatureState.CONFIRMED}))
def test_a_decision_upon_a_name_that_moved_on_changes_nothing(state: SignatureState) -> None:
    with pytest.raises(AlreadyDecided, match="in the meantime"):
        check_decision("Peace", state, Decision(SignatureMove.PUBLISH, SignatureState.CONFIRMED), "Olive Owner")


def test_a_decision_that_does_not_follow_is_not_allowed() -> None:
    with pytest.raises(MoveNotAllowed):
        check_decision("Peace", SignatureState.PENDING, Decision(SignatureMove.PUBLISH, SignatureState.PENDING), "")


@pytest.mark.parametrize("state", [SignatureState.CONFIRMED, SignatureState.PUBLISHED])
def test_a_line_is_corrected_as_it_was_seen(state: SignatureState) -> None:
    check_correction("Peace", state, LINE, line_version(LINE))
    with pytest.raises(SignatureChanged):
        check_correction("Peace", state, replace(LINE, lead=True), line_version(LINE))


@pytest.mark.parametrize("state", sorted(set(SignatureState) - {SignatureState.CONFIRMED, SignatureState.PUBLISHED}))
def test_a_line_that_is_not_in_the_list_is_not_corrected(state: SignatureState) -> None:
    with pytest.raises(CannotCorrect):
        check_correction("Peace", state, LINE, line_version(LINE))
