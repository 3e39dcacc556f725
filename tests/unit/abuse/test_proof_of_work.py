"""A proof of work is valid for one letter and a limited time, and forged or altered ones are not."""

import base64
import datetime as dt
import json

import pytest
import time_machine
from altcha import Challenge, Payload, Solution, solve_challenge

from letterhub.domain.abuse.proof_of_work import CHALLENGE_LIFETIME, ProofOfWork

NOON = dt.datetime(2022, 1, 5, 17, tzinfo=dt.UTC)
OURS = ProofOfWork(("a key of this site",))


def solve(challenge: str) -> str:
    """Return the solution that a browser sends for a challenge."""
    given = Challenge.from_dict(json.loads(challenge))
    found = solve_challenge(given)
    assert found is not None
    return Payload(given, found).to_base64()


@pytest.fixture(scope="module")
def challenge() -> str:
    """A challenge for letter 1."""
    with time_machine.travel(NOON, tick=False):
        return OURS.challenge(1, NOON)


@pytest.fixture(scope="module")
def proof(challenge: str) -> str:
    """The solution of the challenge."""
    return solve(challenge)


def changed(proof: str, **parameters: object) -> str:
    """Return a proof with a changed challenge."""
    payload = json.loads(base64.b64decode(proof))
    payload["challenge"]["parameters"] |= parameters
    return base64.b64encode(json.dumps(payload).encode()).decode()


def solved_challenge(proofs: ProofOfWork, letter_id: int, proof: str, at: dt.datetime = NOON) -> str:
    with time_machine.travel(at, tick=False):
        return proofs.solved_challenge(letter_id, proof)


def test_a_solution_has_the_mark_of_its_challenge_whichever_of_them_it_is(challenge: str, proof: str) -> None:
    challenge_hash = solved_challenge(OURS, 1, proof)
    assert len(challenge_hash) == 64
    given = Challenge.from_dict(json.loads(challenge))
    first = json.loads(base64.b64decode(proof))["solution"]["counter"]
    second = solve_challenge(given, counter_start=first + 1)
    assert second is not None
    assert solved_challenge(OURS, 1, Payload(given, second).to_base64()) == challenge_hash


def test_a_solution_is_for_one_letter_one_site_and_as_long_as_a_form_lasts(proof: str) -> None:
    assert solved_challenge(OURS, 2, proof) == ""
    assert solved_challenge(ProofOfWork(("a key of another site",)), 1, proof) == ""
    assert solved_challenge(ProofOfWork(("a new key", "a key of this site")), 1, proof) != ""
    assert solved_challenge(OURS, 1, proof, NOON + CHALLENGE_LIFETIME - dt.timedelta(minutes=1)) != ""
    assert solved_challenge(OURS, 1, proof, NOON + CHALLENGE_LIFETIME + dt.timedelta(minutes=1)) == ""


@pytest.mark.parametrize(
    "parameters",
    [
        {"keyPrefix": ""},
        {"cost": 1},
        {"expiresAt": 4102444800},
        {"data": {"letter": 2}},
        {"salt": "00"},
        {"nonce": "zz"},
        {"algorithm": "SHA-256"},
        {"expiresAt": "soon"},
    ],
)
def test_a_challenge_that_was_made_easier_proves_nothing(proof: str, parameters: dict[str, object]) -> None:
    assert solved_challenge(OURS, 1, changed(proof, **parameters)) == ""


def test_work_that_was_not_done_proves_nothing(challenge: str) -> None:
    given = Challenge.from_dict(json.loads(challenge))
    for counter, key in ((0, "00" * 32), (2**40, ""), (-1, "00"), ("1", "00"), (None, None), (1.5, {})):
        assert solved_challenge(OURS, 1, Payload(given, Solution(counter, key)).to_base64()) == ""


@pytest.mark.parametrize(
    "typed",
    [
        "", "x", "{}", "a" * 5000, "W10=", "bnVsbA==", "\x00", "é",
        *(base64.b64encode(json.dumps(one).encode()).decode() for one in (
            [], 1, "a", {"challenge": 1, "solution": 2}, {"challenge": [], "solution": []},
            {"challenge": {"parameters": []}, "solution": {}},
            {"challenge": {"parameters": {"algorithm": 1, "nonce": 2, "salt": 3, "cost": 4, "data": {"letter": 1}},
                           "signature": 5}, "solution": {"counter": 1, "derivedKey": 1}},
        )),
    ],
)  # fmt: skip
def test_anything_else_proves_nothing_and_is_no_fault(typed: str) -> None:
    assert solved_challenge(OURS, 1, typed) == ""
