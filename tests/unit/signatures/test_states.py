"""State machine of signatures: every allowed transition, and no other."""

from itertools import product

import pytest

from letterhub.domain.states import (
    ACTIVE_STATES,
    LETTER_MOVES,
    LETTER_STATE_NAMES,
    SIGNATURE_MOVES,
    SIGNATURE_STATE_NAMES,
    LetterMove,
    LetterState,
    MoveNotAllowed,
    SignatureMove,
    SignatureState,
    check_not_erased,
    next_letter_state,
    next_signature_state,
)  # fmt: skip

LETTERS = """
    draft      open      open
    open       close     closed
    closed     reopen    open
    closed     deliver   delivered
    delivered  revert-delivery closed
    open       withdraw  withdrawn
    closed     withdraw  withdrawn
    delivered  withdraw  withdrawn
    delivered  take-late-names open
    open       end-late-names  delivered
"""

SIGNATURES = """
    pending    confirm   confirmed
    pending    withdraw  withdrawn
    pending    expire    expired
    pending    decline   declined
    expired    confirm   confirmed
    expired    withdraw  withdrawn
    confirmed  publish   published
    confirmed  decline   declined
    confirmed  withdraw  withdrawn
    published  return    confirmed
    published  decline   declined
    published  withdraw  withdrawn
    declined   return    confirmed
    declined   reopen    pending
    declined   withdraw  withdrawn
    confirmed  outdate   outdated
    published  outdate   outdated
    outdated   confirm   confirmed
    outdated   restore   confirmed
    outdated   decline   declined
    outdated   withdraw  withdrawn
"""


def rows(table: str) -> list[list[str]]:
    """Return the rows of a table, as words."""
    return [line.split() for line in table.strip().splitlines()]


@pytest.mark.parametrize(("state", "move", "after"), rows(LETTERS))
def test_a_letter_moves(state: str, move: str, after: str) -> None:
    assert next_letter_state(LetterState(state), LetterMove(move)) == after


@pytest.mark.parametrize(("state", "move", "after"), rows(SIGNATURES))
def test_a_signature_moves(state: str, move: str, after: str) -> None:
    assert next_signature_state(SignatureState(state), SignatureMove(move)) == after


def test_the_tables_above_are_whole() -> None:
    assert len(LETTER_MOVES) == len(rows(LETTERS))
    assert len(SIGNATURE_MOVES) == len(rows(SIGNATURES))


@pytest.mark.parametrize(("state", "move"), [pair for pair in product(LetterState, LetterMove) if pair not in LETTER_MOVES])
def test_a_letter_refuses_every_other_move(state: LetterState, move: LetterMove) -> None:
    with pytest.raises(MoveNotAllowed, match=f"This letter is {LETTER_STATE_NAMES[state]}, so that isn’t possible now."):
        next_letter_state(state, move)


@pytest.mark.parametrize(
    ("state", "move"), [pair for pair in product(SignatureState, SignatureMove) if pair not in SIGNATURE_MOVES]
)
def test_a_signature_refuses_every_other_move(state: SignatureState, move: SignatureMove) -> None:
    with pytest.raises(MoveNotAllowed, match=f"This signature is {SIGNATURE_STATE_NAMES[state]}, so"):
        next_signature_state(state, move)


def test_what_was_withdrawn_never_comes_back() -> None:
    assert not [move for state, move in SIGNATURE_MOVES if state is SignatureState.WITHDRAWN]
    assert not [move for state, move in LETTER_MOVES if state is LetterState.WITHDRAWN]


@pytest.mark.parametrize(("state", "move"), list(SIGNATURE_MOVES))
def test_what_is_erased_and_in_no_list_comes_into_none(state: SignatureState, move: SignatureMove) -> None:
    check_not_erased(state, move, erased=False)
    if state in (SignatureState.DECLINED, SignatureState.PENDING, SignatureState.EXPIRED) and SIGNATURE_MOVES[state, move] in (
        *ACTIVE_STATES,
        SignatureState.PENDING,
    ):
        with pytest.raises(MoveNotAllowed, match="erased"):
            check_not_erased(state, move, erased=True)
    else:
        check_not_erased(state, move, erased=True)
