"""Addresses that staff may ask about a signature, and the evidence that an answer gives."""

import datetime as dt

import pytest

from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.signatures.ownership_inquiries import (
    Answer,
    CannotAsk,
    UnrelatedDomain,
    accepted_answers,
    check_can_ask,
    check_inquiry_domain,
    fact_kind_of_answer,
    is_at_own_domain,
)
from letterhub.domain.states import ACTIVE_STATES, SignatureState

NOON = dt.datetime(2022, 1, 5, 17, tzinfo=dt.UTC)
SIGNED_WITH = "clara@alliance.example"


@pytest.mark.parametrize(
    ("address", "website", "own"),
    [
        ("office@alliance.example", "https://www.alliance.example/contact", True),
        ("office@mail.alliance.example", "alliance.example", True),
        ("office@alliance.example.org", "alliance.example", False),
        ("office@gmail.com", "https://gmail.com", False),
        ("office@alliance.example", "", False),
    ],
)
def test_an_address_is_the_organizations_own_at_the_domain_of_its_website(address: str, website: str, own: bool) -> None:
    assert is_at_own_domain(address, website) is own
    check_inquiry_domain(address, website, sure=True)
    if own:
        check_inquiry_domain(address, website, sure=False)
    else:
        with pytest.raises(UnrelatedDomain):
            check_inquiry_domain(address, website, sure=False)


@pytest.mark.parametrize("state", sorted(set(SignatureState) - ACTIVE_STATES))
def test_nobody_is_asked_about_a_name_that_does_not_stand(state: SignatureState) -> None:
    with pytest.raises(CannotAsk, match="nothing to ask about"):
        check_can_ask(state, SIGNED_WITH, "office@alliance.example", [])


@pytest.mark.parametrize(
    ("state", "count"),
    [
        (SignatureState.CONFIRMED, ("yes", "no")),
        (SignatureState.PUBLISHED, ("yes", "no")),
        (SignatureState.OUTDATED, ("yes", "no")),
        (SignatureState.DECLINED, ("yes", "no")),
        (SignatureState.WITHDRAWN, ("no",)),
        (SignatureState.PENDING, ()),
        (SignatureState.EXPIRED, ()),
    ],
)
def test_a_no_counts_of_what_was_withdrawn_and_nothing_of_what_was_erased(
    state: SignatureState, count: tuple[str, ...]
) -> None:
    assert accepted_answers(state, erased=False) == count
    assert accepted_answers(state, erased=True) == ()


@pytest.mark.parametrize(
    ("address", "before", "sentence"),
    [
        ("office@alliance.example", (), ""),
        ("office@alliance.example", ("press@alliance.example", "hello@alliance.example"), ""),
        ("CLARA@alliance.example", (), "the address that signed"),
        ("clara+office@alliance.example", (), "the address that signed"),
        ("office+2@alliance.example", ("office@alliance.example",), "already been asked"),
        ("d@alliance.example", ("a@alliance.example", "b@alliance.example", "c@alliance.example"), "Three addresses"),
    ],
)
def test_an_address_that_tells_nothing_new_is_not_asked(address: str, before: tuple[str, ...], sentence: str) -> None:
    if not sentence:
        check_can_ask(SignatureState.PUBLISHED, SIGNED_WITH, address, before)
        return
    with pytest.raises(CannotAsk, match=sentence):
        check_can_ask(SignatureState.PUBLISHED, SIGNED_WITH, address, before)


@pytest.mark.parametrize(
    ("answer", "own", "kind"),
    [
        (Answer.YES, True, FactKind.SECOND_YES),
        (Answer.YES, False, FactKind.OTHER_YES),
        (Answer.NO, True, FactKind.SECOND_NO),
        (Answer.NO, False, FactKind.SECOND_NO),
    ],
)
def test_a_yes_weighs_by_its_domain_and_a_no_always(answer: Answer, own: bool, kind: FactKind) -> None:
    assert fact_kind_of_answer(answer, own=own) is kind
