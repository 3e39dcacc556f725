"""The rules alone, applied to every forged line and to honest lines of reviewed organizations."""

import pytest

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.organizations.confusables import has_suspicious_characters
from letterhub.domain.organizations.matching import NameAndSite, stored_keys
from letterhub.domain.organizations.names_in_line import index_line
from letterhub.domain.organizations.organization_words_in_line import reads_like_organization
from letterhub.domain.signatures.evidence import FactKind, SignatureFacts, assess
from letterhub.domain.signatures.publishing import PastReview, PublishRules, is_reviewed, publishes_at_once
from letterhub.domain.signatures.signing import Source
from tests.support import cast
from tests.support.forged_lines import (
    ALTERED_NAMES,
    FORGED,
    HONEST,
    HONEST_PEOPLE,
    INDIVIDUALS,
    KNOWN_NAMES,
    LINES_NAMING_ANOTHER,
    REVIEWED,
    SPLIT_NAMES,
    ForgedLine,
)

pytestmark = pytest.mark.shows("S25")
EVERY_RULE = [PublishRules(rule, individuals) for rule in PublishRule for individuals in (True, False)]
KNOWN = {name: PastReview(name, domain, domain) for name, domain in REVIEWED.items()}


PLACES = {one.place for one in HONEST}
"""Places on the letter that staff have reviewed."""


def other_names_in(line: ForgedLine, known: tuple[str, ...], *, reviewed: bool) -> list[str]:
    """Return the known names that a line contains; each must also be found by its matching key."""
    search = index_line(line.signatory, reviewed=reviewed)
    keys = search.keys()
    held = [
        name for name in known if name != line.organization and keys & stored_keys(NameAndSite(name)) and search.contains(name)
    ]
    return [name for name in held if line.place not in PLACES or not search.is_place_only(name)]


def is_published_unread(line: ForgedLine, rules: PublishRules, known: tuple[str, ...], reviewed_as: list[PastReview]) -> bool:
    """Return whether a line is published without review, once its mailbox was confirmed."""
    who = line.signatory
    reviewed = is_reviewed(line.organization, line.email, line.website, reviewed_as)
    texts = (who.signer_name, who.signer_title, who.affiliation, who.location, "" if reviewed else who.organization)
    held = {
        FactKind.NAMES_ANOTHER: bool(other_names_in(line, (*known, cast.COALITION), reviewed=reviewed)),
        FactKind.LIKE_ORGANIZATION: reads_like_organization(who),
        FactKind.ODD_LETTERS: any(map(has_suspicious_characters, texts)),
    }
    claim = SignatureFacts(Source.FORM, confirmed=True, email=line.email, website=line.website, reviewed=reviewed)
    standing = assess(claim, fact_kinds=frozenset(kind for kind, holds in held.items() if holds))
    return publishes_at_once(rules, line.kind, standing)


def test_there_are_enough_lines_of_each() -> None:
    assert len(set(FORGED)) == len(FORGED) >= 140
    assert len(set(HONEST)) == len(HONEST) >= 60


@pytest.mark.parametrize("line", FORGED, ids=str)
def test_no_rule_publishes_a_forged_line(line: ForgedLine) -> None:
    assert [rules for rules in EVERY_RULE if is_published_unread(line, rules, KNOWN_NAMES, list(KNOWN.values()))] == []


@pytest.mark.parametrize(
    "line",
    [one for one in (*ALTERED_NAMES, *SPLIT_NAMES, *LINES_NAMING_ANOTHER, *INDIVIDUALS) if one.meant in KNOWN_NAMES],
    ids=str,
)
def test_staff_are_told_what_a_forged_line_looks_like(line: ForgedLine) -> None:
    texts = (line.organization, line.signer, line.title, line.place)
    exactly = line.organization in KNOWN_NAMES and line.organization == line.meant  # decided by mailbox and site
    named = line.meant in other_names_in(line, KNOWN_NAMES, reviewed=line.organization in REVIEWED)
    assert exactly or named or any(map(has_suspicious_characters, texts)), "nobody would see it"


def test_organizations_that_were_reviewed_appear_as_they_were() -> None:
    reviewed = [PastReview(one.organization, one.domain, one.domain) for one in HONEST]
    known, rules = tuple(one.organization for one in HONEST), PublishRules(PublishRule.REVIEWED)
    waits = [str(one.line) for one in HONEST if not is_published_unread(one.line, rules, known, reviewed)]
    assert len(waits) <= 2, waits


def test_people_whose_lines_name_nobody_appear_once_they_confirm() -> None:
    rules = PublishRules(individuals=True)
    assert [str(one) for one in HONEST_PEOPLE if not is_published_unread(one, rules, KNOWN_NAMES, [])] == []
    assert [str(one) for one in HONEST_PEOPLE if is_published_unread(one, PublishRules(), KNOWN_NAMES, [])] == []


def test_a_known_name_is_no_doubt_in_a_line_of_its_own() -> None:
    for name, domain in REVIEWED.items():
        line = ForgedLine(name, "Clara Example", f"Director, {name}", "Springfield, IL", f"a@{domain}", "", name)
        assert is_published_unread(line, PublishRules(PublishRule.REVIEWED), KNOWN_NAMES, list(KNOWN.values())), name
    assert all(one.kind is SignatoryKind.INDIVIDUAL for one in INDIVIDUALS)
