"""Strength of proof that a mailbox belongs to its organization, and the winner among several signatures."""

import pytest

from letterhub.domain.mail.email_addresses import own_domain
from letterhub.domain.signatures.place_holder import PlaceContender, choose_place_holder, yields_place
from letterhub.domain.signatures.proof_level import OrganizationTie, ProofFacts, ProofLevel, make_tie, proof_level
from letterhub.domain.states import SignatureState

UNPROVEN, CLAIMED, PROVEN = ProofLevel
CONFIRMED, PUBLISHED, OUTDATED = SignatureState.CONFIRMED, SignatureState.PUBLISHED, SignatureState.OUTDATED
CLARA, GMAIL, EVE = "clara@alliance.example", "alliance.example@gmail.com", "eve@zq7.example"
NOBODY: tuple[OrganizationTie, ...] = ()
KNOWN = (make_tie([], ["alliance.example"]),)
BY_GMAIL = (make_tie([GMAIL], ["alliance.example"]),)
NO_SITE = (make_tie([GMAIL], [""]),)
NAMESAKE = (make_tie(["eve@small.example"], ["small.example"]),)
BOTH = (*NAMESAKE, *KNOWN)
DIRECTORY = (make_tie([], ["alliance-mail.example"], ["alliance.example"]),)


@pytest.mark.parametrize(
    ("email", "site", "known", "level"),
    [
        (CLARA, "alliance.example", NOBODY, CLAIMED),
        ("clara@mail.alliance.example", "alliance.example", NOBODY, CLAIMED),
        ("eve@students.alliance.example", "alliance.example", NOBODY, UNPROVEN),
        (EVE, "zq7.example", NOBODY, CLAIMED),
        (EVE, "alliance.example", NOBODY, UNPROVEN),
        (GMAIL, "alliance.example", NOBODY, UNPROVEN),
        (GMAIL, "gmail.com", NOBODY, UNPROVEN),
        ("eve@mailinator.com", "mailinator.com", NOBODY, UNPROVEN),
        (CLARA, "", NOBODY, UNPROVEN),
        (CLARA, "alliance.example", KNOWN, PROVEN),
        ("eve@students.alliance.example", "alliance.example", KNOWN, UNPROVEN),
        (CLARA, "zq7.example", KNOWN, UNPROVEN),
        (CLARA, "", KNOWN, PROVEN),
        (EVE, "zq7.example", KNOWN, CLAIMED),
        (EVE, "alliance.example", KNOWN, UNPROVEN),
        (GMAIL, "alliance.example", KNOWN, UNPROVEN),
        (GMAIL, "alliance.example", BY_GMAIL, PROVEN),
        ("alliance.exam.ple+2@googlemail.com", "", BY_GMAIL, PROVEN),
        ("eve@gmail.com", "", BY_GMAIL, UNPROVEN),
        (CLARA, "alliance.example", BY_GMAIL, PROVEN),
        (GMAIL, "", NO_SITE, PROVEN),
        (GMAIL, "zq7.example", NO_SITE, UNPROVEN),
        (CLARA, "alliance.example", NAMESAKE, CLAIMED),
        ("eve@small.example", "alliance.example", NAMESAKE, UNPROVEN),
        ("eve@small.example", "alliance.example", BOTH, UNPROVEN),
        ("eve@small.example", "small.example", BOTH, PROVEN),
        (CLARA, "alliance.example", BOTH, PROVEN),
        ("clara@alliance-mail.example", "alliance.example", DIRECTORY, PROVEN),
        ("clara@alliance-mail.example", "zq7.example", DIRECTORY, UNPROVEN),
        (CLARA, "alliance.example", DIRECTORY, UNPROVEN),
    ],
)
def test_a_mailbox_proves_what_staff_tied_it_to(
    email: str, site: str, known: tuple[OrganizationTie, ...], level: ProofLevel
) -> None:
    assert proof_level(ProofFacts((email,), site, known)) is level


def test_the_word_of_staff_proves_and_a_denial_undoes_it() -> None:
    for facts in ({"by_staff": True}, {"reviewed": True}):
        assert proof_level(ProofFacts((), "", NOBODY, **facts)) is PROVEN
        assert proof_level(ProofFacts((CLARA,), "alliance.example", KNOWN, **facts, denied=True)) is UNPROVEN


def test_a_second_person_lends_her_proof() -> None:
    assert proof_level(ProofFacts((GMAIL, CLARA), "alliance.example", KNOWN)) is PROVEN
    assert proof_level(ProofFacts((GMAIL, CLARA), "alliance.example", NOBODY)) is CLAIMED


def test_no_free_or_disposable_host_is_tied_as_a_domain() -> None:
    assert make_tie([GMAIL, "a@mailinator.com"], ["gmail.com", ""]).domains == frozenset()
    assert (own_domain(CLARA), own_domain(GMAIL), own_domain("")) == ("alliance.example", "", "")


def contender(
    number: int, level: ProofLevel, state: SignatureState = CONFIRMED, email: str = CLARA, **facts: bool
) -> PlaceContender:
    reviewed = facts.get("reviewed", False)
    return PlaceContender(number, state, PROVEN if reviewed else level, level, email, reviewed, (float(number), number))


@pytest.mark.parametrize(
    ("holder", "newcomer", "yields"),
    [
        (contender(1, UNPROVEN), contender(2, CLAIMED), True),
        (contender(1, CLAIMED), contender(2, PROVEN), True),
        (contender(1, PROVEN), contender(2, PROVEN), False),
        (contender(1, CLAIMED), contender(2, UNPROVEN), False),
        (contender(1, UNPROVEN, PUBLISHED, reviewed=True), contender(2, PROVEN), False),
        (contender(1, UNPROVEN, PUBLISHED), contender(2, PROVEN), True),
        (contender(1, UNPROVEN, PUBLISHED), contender(2, CLAIMED), False),
        (contender(1, CLAIMED, OUTDATED, reviewed=True), contender(2, UNPROVEN, email=EVE), False),
        (contender(1, CLAIMED, OUTDATED, reviewed=True), contender(2, PROVEN, email="zoe@alliance.example"), True),
        (contender(1, CLAIMED, OUTDATED, reviewed=True), contender(2, PROVEN, email="zoe@other.example"), False),
        (contender(1, UNPROVEN, OUTDATED, GMAIL, reviewed=True), contender(2, UNPROVEN, email="eve@gmail.com"), False),
        (contender(1, UNPROVEN, OUTDATED, GMAIL, reviewed=True), contender(2, UNPROVEN, email=GMAIL), True),
    ],
)
def test_who_yields_a_place_to_whom(holder: PlaceContender, newcomer: PlaceContender, yields: bool) -> None:
    assert yields_place(holder, newcomer) is yields


def test_of_those_who_wait_the_best_proof_and_then_the_earliest_comes_first() -> None:
    weak, early, late = contender(1, UNPROVEN), contender(2, PROVEN), contender(3, PROVEN)
    assert choose_place_holder(None, [late, weak, early]) is early
    assert choose_place_holder(contender(0, CLAIMED), [weak, late]) is late
    holder = contender(0, PROVEN)
    assert choose_place_holder(holder, [weak, late]) is holder
