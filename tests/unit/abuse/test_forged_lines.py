"""The rules alone, applied to every forged line and to honest lines of reviewed organizations."""

import pytest

from letterhub.domain.letters.document import Kind
from letterhub.domain.letters.letter import PublishRule
from letterhub.domain.organizations.matching import Named, kept_keys
from letterhub.domain.organizations.names_in_line import names_in
from letterhub.domain.organizations.odd_letters import has_odd_letters
from letterhub.domain.organizations.organization_words_in_line import reads_like_an_organization
from letterhub.domain.signatures.evidence import Claim, FactKind, evidence_of
from letterhub.domain.signatures.publishing import PublishRules, publishes_at_once
from letterhub.domain.signatures.reviewed import ReviewedAs, is_reviewed
from letterhub.domain.signatures.signing import Source
from tests.support import cast
from tests.support.forged_lines import EVERYONE, FORGED, HONEST, HONEST_PEOPLE, INSIDE, NAMES, PEOPLE, REVIEWED, SPLIT, Line

pytestmark = pytest.mark.shows("S25")
EVERY_RULE = [PublishRules(rule, individuals) for rule in PublishRule for individuals in (True, False)]
KNOWN = {name: ReviewedAs(name, domain, domain) for name, domain in REVIEWED.items()}


PLACES = {one.place for one in HONEST}
"""Places on the letter that staff have reviewed."""


def names_another(line: Line, known: tuple[str, ...], *, reviewed: bool) -> list[str]:
    """Return the known names that a line contains; each must also be found by its matching key."""
    search = names_in(line.signatory, reviewed=reviewed)
    keys = search.keys()
    held = [name for name in known if name != line.organization and keys & kept_keys(Named(name)) and search.holds(name)]
    return [name for name in held if line.place not in PLACES or not search.is_only_the_place(name)]


def appears(line: Line, rules: PublishRules, known: tuple[str, ...], reviewed_as: list[ReviewedAs]) -> bool:
    """Return whether a line is published without review, once its mailbox was confirmed."""
    said = line.signatory
    reviewed = is_reviewed(line.organization, line.email, line.website, reviewed_as)
    texts = (said.signer_name, said.signer_title, said.affiliation, said.location, "" if reviewed else said.organization)
    held = {
        FactKind.NAMES_ANOTHER: bool(names_another(line, (*known, cast.COALITION), reviewed=reviewed)),
        FactKind.LIKE_ORGANIZATION: reads_like_an_organization(said),
        FactKind.ODD_LETTERS: any(map(has_odd_letters, texts)),
    }
    claim = Claim(Source.FORM, confirmed=True, email=line.email, website=line.website, reviewed=reviewed)
    standing = evidence_of(claim, held=frozenset(kind for kind, holds in held.items() if holds))
    return publishes_at_once(rules, line.kind, standing)


def test_there_are_enough_lines_of_each() -> None:
    assert len(set(FORGED)) == len(FORGED) >= 140
    assert len(set(HONEST)) == len(HONEST) >= 60


@pytest.mark.parametrize("line", FORGED, ids=str)
def test_no_rule_publishes_a_forged_line(line: Line) -> None:
    assert [rules for rules in EVERY_RULE if appears(line, rules, EVERYONE, list(KNOWN.values()))] == []


@pytest.mark.parametrize("line", [one for one in (*NAMES, *SPLIT, *INSIDE, *PEOPLE) if one.meant in EVERYONE], ids=str)
def test_staff_are_told_what_a_forged_line_looks_like(line: Line) -> None:
    texts = (line.organization, line.signer, line.title, line.place)
    exactly = line.organization in EVERYONE and line.organization == line.meant  # decided by mailbox and site
    named = line.meant in names_another(line, EVERYONE, reviewed=line.organization in REVIEWED)
    assert exactly or named or any(map(has_odd_letters, texts)), "nobody would see it"


def test_organizations_that_were_reviewed_appear_as_they_were() -> None:
    reviewed = [ReviewedAs(one.organization, one.domain, one.domain) for one in HONEST]
    known, rules = tuple(one.organization for one in HONEST), PublishRules(PublishRule.REVIEWED)
    waits = [str(one.line) for one in HONEST if not appears(one.line, rules, known, reviewed)]
    assert len(waits) <= 2, waits


def test_people_whose_lines_name_nobody_appear_once_they_confirm() -> None:
    rules = PublishRules(individuals=True)
    assert [str(one) for one in HONEST_PEOPLE if not appears(one, rules, EVERYONE, [])] == []
    assert [str(one) for one in HONEST_PEOPLE if appears(one, PublishRules(), EVERYONE, [])] == []


def test_a_known_name_is_no_doubt_in_a_line_of_its_own() -> None:
    for name, domain in REVIEWED.items():
        line = Line(name, "Clara Example", f"Director, {name}", "Springfield, IL", f"a@{domain}", "", name)
        assert appears(line, PublishRules(PublishRule.REVIEWED), EVERYONE, list(KNOWN.values())), name
    assert all(one.kind is Kind.INDIVIDUAL for one in PEOPLE)
