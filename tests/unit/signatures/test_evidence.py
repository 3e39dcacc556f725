"""Evidence for and against a signature, the facts derived from it, and the decision of a letter's publish rule."""

import datetime as dt
from dataclasses import replace

import pytest

from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.signatures.evidence import (
    Assessment,
    Doubt,
    Evidence,
    Fact,
    FactKind,
    SignatureFacts,
    applicable_fact_kinds,
    applicable_facts,
    assess,
    hash_line,
    initial_assessment,
)
from letterhub.domain.signatures.publishing import PublishRules, publishes_at_once, review_reasons
from letterhub.domain.signatures.signing import Source


@pytest.mark.parametrize(
    ("email", "website", "evidence", "doubts"),
    [
        ("c@alliance.example", "https://www.alliance.example", {Evidence.MAILBOX, Evidence.OWN_DOMAIN}, set()),
        ("c@mail.alliance.example", "alliance.example/about", {Evidence.MAILBOX, Evidence.OWN_DOMAIN}, set()),
        ("c@other.example", "alliance.example", {Evidence.MAILBOX}, {Doubt.OTHER_DOMAIN}),
        ("c@gmail.com", "https://gmail.com", {Evidence.MAILBOX}, {Doubt.FREE_MAIL}),
        ("c@yahoo.fr", "https://www.yahoo.fr", {Evidence.MAILBOX}, {Doubt.FREE_MAIL}),
        ("c@mailinator.com", "https://mailinator.com", {Evidence.MAILBOX}, {Doubt.DISPOSABLE}),
        ("c@mailinator.com", "https://alliance.example", {Evidence.MAILBOX}, {Doubt.DISPOSABLE}),
        ("c@alliance.example", "", {Evidence.MAILBOX}, {Doubt.NO_WEBSITE}),
        ("c@epa.gov", "https://epa.gov", {Evidence.MAILBOX, Evidence.OWN_DOMAIN}, {Doubt.GOVERNMENT}),
    ],
)
def test_what_speaks_for_a_signature_and_what_is_in_doubt(
    email: str, website: str, evidence: set[Evidence], doubts: set[Doubt]
) -> None:
    standing = assess(SignatureFacts(Source.FORM, True, email, website))
    assert standing == Assessment(frozenset(evidence), frozenset(doubts))
    for rules in (PublishRules(PublishRule.REVIEWED, individuals=True), PublishRules()):
        assert not publishes_at_once(rules, SignatoryKind.ORGANIZATION, standing), "nobody reviewed it"


@pytest.mark.parametrize(("source", "confirmed"), [(Source.IMPORT, True), (Source.FORM, False)])
def test_a_domain_speaks_for_no_name_whose_mailbox_is_not_confirmed(source: Source, confirmed: bool) -> None:
    standing = assess(SignatureFacts(source, confirmed, "c@one.example", "one.example"))
    assert not standing.evidence & {Evidence.MAILBOX, Evidence.OWN_DOMAIN}


def test_newness_is_told_and_is_no_reason_to_wait() -> None:
    known = assess(SignatureFacts(Source.FORM, True, "c@one.example", "one.example", is_new_organization=True))
    assert known.doubts == {Doubt.NEW_ORGANIZATION}
    assert known.is_undoubted


NOON = dt.datetime(2022, 1, 5, 17, tzinfo=dt.UTC)
LINE = Signatory("Example Alliance", "Clara Example", "Director", website="https://alliance.example")
OTHER = replace(LINE, organization="Another Alliance")
MOVED = replace(LINE, website="https://elsewhere.example")


def fact(kind: FactKind, of: Signatory | None = LINE, **facts: str) -> Fact:
    return Fact(kind, "staff-1", NOON, hash_line(of) if of else "", facts)


MAILBOX = fact(FactKind.MAILBOX, None)
SITE = fact(FactKind.OWN_DOMAIN, None, domain="alliance.example")
VOUCHED, ENDED = fact(FactKind.VOUCHED), fact(FactKind.VOUCH_ENDED)
YES, NO = fact(FactKind.SECOND_YES), fact(FactKind.SECOND_NO)


@pytest.mark.parametrize(
    ("facts", "line", "held"),
    [
        ((), LINE, set()),
        ((MAILBOX, SITE), LINE, {FactKind.MAILBOX, FactKind.OWN_DOMAIN}),
        ((MAILBOX, SITE), OTHER, {FactKind.MAILBOX, FactKind.OWN_DOMAIN}),
        ((MAILBOX, SITE), MOVED, {FactKind.MAILBOX}),
        ((VOUCHED,), LINE, {FactKind.VOUCHED}),
        ((VOUCHED,), replace(LINE, organization="The EXAMPLE alliance"), {FactKind.VOUCHED}),
        ((VOUCHED,), OTHER, set()),
        ((VOUCHED, ENDED), LINE, set()),
        ((VOUCHED, ENDED, VOUCHED), LINE, {FactKind.VOUCHED}),
        ((YES,), LINE, {FactKind.SECOND_YES}),
        ((YES,), OTHER, set()),
        ((NO,), OTHER, {FactKind.SECOND_NO}),
        ((YES, NO), LINE, {FactKind.SECOND_YES, FactKind.SECOND_NO}),
    ],
)
def test_a_fact_holds_of_the_line_that_it_was_found_out_of(
    facts: tuple[Fact, ...], line: Signatory, held: set[FactKind]
) -> None:
    assert applicable_fact_kinds(facts, line) == held


def test_two_answers_hold_beside_each_other() -> None:
    assert applicable_facts((YES, VOUCHED, YES, ENDED), LINE) == (YES, YES)


@pytest.mark.parametrize(
    ("held", "evidence", "doubts"),
    [
        ({FactKind.VOUCHED}, {Evidence.VOUCHED}, set()),
        ({FactKind.SECOND_YES}, {Evidence.SECOND_YES}, set()),
        ({FactKind.OTHER_YES}, {Evidence.OTHER_YES}, set()),
        ({FactKind.SECOND_NO}, set(), {Doubt.SECOND_NO}),
        ({FactKind.NO_MAIL_SERVER}, set(), {Doubt.NO_MAIL_SERVER}),
        ({FactKind.MAILBOX, FactKind.OWN_DOMAIN, FactKind.IMPORTED}, set(), set()),
    ],
)
def test_what_others_say_counts_and_what_the_row_tells_is_read_from_the_row(
    held: set[FactKind], evidence: set[Evidence], doubts: set[Doubt]
) -> None:
    claim = SignatureFacts(Source.FORM, confirmed=False, email="c@one.example", website="one.example")
    assert assess(claim, fact_kinds=frozenset(held)) == Assessment(frozenset(evidence), frozenset(doubts))


CLEAR = {Evidence.MAILBOX, Evidence.OWN_DOMAIN}
KNOWN = {*CLEAR, Evidence.REVIEWED}
ORGANIZATION, INDIVIDUAL = SignatoryKind.ORGANIZATION, SignatoryKind.INDIVIDUAL
GRAVE = [one for one in Doubt if one not in (Doubt.NEW_ORGANIZATION, Doubt.LIKE_ANOTHER, Doubt.OTHER_NAME)]
NOTHING = PublishRules()
REVIEWED = PublishRules(PublishRule.REVIEWED)
PEOPLE = PublishRules(individuals=True)


@pytest.mark.shows("S25")
@pytest.mark.parametrize(
    ("kind", "evidence", "doubts", "at_once", "reasons"),
    [
        (ORGANIZATION, KNOWN, set(), {REVIEWED}, {}),
        (ORGANIZATION, KNOWN, {Doubt.NEW_ORGANIZATION, Doubt.LIKE_ANOTHER, Doubt.OTHER_NAME}, {REVIEWED}, {}),
        (ORGANIZATION, CLEAR, set(), set(), {}),
        (ORGANIZATION, {Evidence.MAILBOX, Evidence.VOUCHED}, {Doubt.FREE_MAIL}, set(), {REVIEWED: (Doubt.FREE_MAIL,)}),
        *((ORGANIZATION, KNOWN, {doubt}, set(), {REVIEWED: (doubt,)}) for doubt in GRAVE),
        (INDIVIDUAL, {Evidence.MAILBOX}, set(), {PEOPLE}, {}),
        (INDIVIDUAL, {Evidence.MAILBOX}, {Doubt.FREE_MAIL, Doubt.NO_WEBSITE}, {PEOPLE}, {}),
        (INDIVIDUAL, set(), {Doubt.NO_WEBSITE}, set(), {}),
        (INDIVIDUAL, {Evidence.MAILBOX}, {Doubt.NAMES_ANOTHER}, set(), {PEOPLE: (Doubt.NAMES_ANOTHER,)}),
        (INDIVIDUAL, {Evidence.MAILBOX}, {Doubt.DISPOSABLE}, set(), {PEOPLE: (Doubt.DISPOSABLE,)}),
        (INDIVIDUAL, {Evidence.MAILBOX}, {Doubt.FLOOD, Doubt.FREE_MAIL}, set(), {PEOPLE: (Doubt.FLOOD,)}),
    ],
)
def test_a_rule_lets_a_name_appear_at_once_or_has_its_reasons(
    kind: SignatoryKind,
    evidence: set[Evidence],
    doubts: set[Doubt],
    at_once: set[PublishRules],
    reasons: dict[PublishRules, tuple[Doubt, ...]],
) -> None:
    standing, every = Assessment(frozenset(evidence), frozenset(doubts)), (NOTHING, REVIEWED, PEOPLE)
    assert {rules for rules in every if publishes_at_once(rules, kind, standing)} == at_once
    assert {rules: why for rules in every if (why := review_reasons(rules, kind, standing))} == reasons


def test_a_rule_could_not_know_what_was_said_later() -> None:
    later = Assessment(frozenset({*CLEAR, Evidence.VOUCHED, Evidence.SECOND_YES}), frozenset({Doubt.SECOND_NO}))
    assert initial_assessment(later) == Assessment(frozenset(CLEAR), frozenset())
