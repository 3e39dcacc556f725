"""Lists that are too long to be counted or looked through at once say so, and lead to every name."""

import re

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Organization, PossibleDuplicate, Signature
from letterhub.queries import paging
from letterhub.queries.organizations import directory
from letterhub.queries.signatures import assessments, review
from letterhub.queries.signatures.review import ASIDE_STATES, SignatureSearch, sorted_signatures
from letterhub.web import templates
from tests.support import cast, factories
from tests.support.database.query_plans import record_plans
from tests.support.visitor import Page, Visitor

COALITION = {"coalition": "coalition-for-clean-rivers"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with seven waiting names, the third and the last of them with free mail."""
    letter = factories.open_letter()
    for number in range(1, 8):
        email = f"nia{number}@gmail.com" if number in (3, 7) else f"nia@group{number}.example"
        site = {"website": f"https://group{number}.example", "email": email}
        factories.signature(letter, state=SignatureState.CONFIRMED, organization_name=f"Group {number}", **site)
    return letter


@pytest.fixture
def short_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter looks at three names at a time."""
    monkeypatch.setattr(assessments, "SCANNED", 3)


def names_on(page: Page) -> list[str]:
    """Return the groups that a page shows, in order."""
    return list(dict.fromkeys(re.findall(r"Group \d", page.text)))


@pytest.mark.usefixtures("short_scan")
@pytest.mark.parametrize("endpoint", ["review.index", "signatures.index"])
def test_a_filter_leads_through_all_names(sam: Visitor, letter: Letter, endpoint: str) -> None:
    path = {**COALITION, "slug": letter.slug, "pick": "free-mail"}
    page = sam.visit(endpoint, **path).says("One name matches.", "3 names were looked at.")
    assert names_on(page) == ["Group 3"]
    page = page.follow("Look at the next names").says("None of these names match.", "3 names were looked at.")
    assert names_on(page) == []
    page = page.follow("Look at the next names").says("One name matches.", "One name was looked at.", "There are no more.")
    assert names_on(page) == ["Group 7"]
    page.never_says("Look at the next names")


@pytest.mark.usefixtures("short_scan")
def test_a_decision_comes_back_to_the_names_that_were_looked_at(sam: Visitor, letter: Letter) -> None:
    last = {**COALITION, "slug": letter.slug, "pick": "clear", "after": ids_by_name(letter)["Group 3"]}
    page = sam.visit("review.index", **last)
    assert names_on(page) == ["Group 4", "Group 5", "Group 6"]
    page = page.submit("Publish Group 4").says("Published Group 4.")
    assert names_on(page.says("2 names match.")) == ["Group 5", "Group 6", "Group 4"]  # the last one in the message


@pytest.mark.usefixtures("short_scan")
def test_clear_names_are_found_behind_doubtful_ones(sam: Visitor, letter: Letter) -> None:
    path = {**COALITION, "slug": letter.slug}
    page = sam.visit("review.without_doubts", **path).says("2 names are clear", "3 names were looked at.", "5 others stay")
    assert names_on(page) == ["Group 1", "Group 2"]
    page = page.follow("Look at the next names").says("3 names are clear")
    assert names_on(page) == ["Group 4", "Group 5", "Group 6"]
    page.follow("Look at the next names").says("None of these names is clear.", "There are no more.")


def test_a_filter_of_a_short_list_counts_it(sam: Visitor, letter: Letter) -> None:
    page = sam.visit("signatures.index", **COALITION, slug=letter.slug, pick="free-mail").says("2 names.")
    page.never_says("looked at")


@pytest.mark.parametrize("words", ["", "group"])
def test_a_list_that_is_not_counted_says_so_and_has_every_page(
    sam: Visitor, letter: Letter, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setattr(paging, "COUNTED", 4)
    monkeypatch.setattr(templates, "COUNTED", 4)
    monkeypatch.setattr(review, "PAGE_SIZE", 3)
    path = {**COALITION, "slug": letter.slug, "q": words}
    page = sam.visit("signatures.index", **path).says("More than ", "1 to 3 of more than 4")
    assert names_on(page) == ["Group 1", "Group 2", "Group 3"]
    page = page.follow("Next").says("4 to 6 of more than 4").follow("Next").says("7 names.", "7 to 7 of 7")
    assert names_on(page) == ["Group 7"]
    beyond = sam.visit("signatures.index", **path, page=9).says("7 names.", "7 to 7 of 7")
    assert names_on(beyond) == ["Group 7"]
    if not words:  # the queue has a counter
        sam.visit("review.index", **path, page=3).says("7 to 7 of 7")


@pytest.mark.parametrize("words", ["", "group", "group1.example"])
def test_the_directory_has_every_page(sam: Visitor, letter: Letter, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr(paging, "COUNTED", 4)
    monkeypatch.setattr(templates, "COUNTED", 4)
    monkeypatch.setattr(directory, "PAGE_SIZE", 3)
    for row in db.session.query(Organization).filter_by(coalition_id=letter.coalition_id):
        row.domain = "group1.example"
    db.session.commit()
    page = sam.visit("organizations.index", **COALITION, q=words).says("Page 1, more than 4 organizations")
    assert names_on(page) == ["Group 1", "Group 2", "Group 3"]
    assert names_on(page.follow("Next").follow("Next").never_says("Next")) == ["Group 7"]


def test_the_directory_lists_questions_and_merged_names(sam: Visitor, letter: Letter) -> None:
    first, second, third = db.session.query(Organization).order_by(Organization.id).limit(3)
    db.session.add(PossibleDuplicate(one_id=first.id, other_id=second.id, reasons=["same-domain"], found_at=now()))
    third.root_id = first.id
    db.session.commit()
    page = sam.visit("organizations.index", **COALITION, only="question")
    assert names_on(page) == ["Group 1", "Group 2"]
    assert names_on(sam.visit("organizations.index", **COALITION, q="roup 3")) == ["Group 1"]


@pytest.mark.parametrize("state", ["declined", "withdrawn", "expired", "outdated"])
def test_names_in_each_state_are_listed(sam: Visitor, letter: Letter, state: str) -> None:
    factories.signature(letter, cast.CLARA, SignatureState(state))
    page = sam.visit("signatures.index", **COALITION, slug=letter.slug, state=state).says("One name.", "Example Alliance")
    assert names_on(page) == []


@pytest.mark.parametrize("state", sorted(ASIDE_STATES))
def test_a_rare_state_is_found_by_its_index(letter: Letter, state: SignatureState) -> None:
    with record_plans() as plans:
        sorted_signatures(letter.id, SignatureSearch((state,)))
    if db.engine.dialect.name == "sqlite":  # PostgreSQL reads a short table
        assert any("ix_signature_aside" in plan for plan in plans)


def ids_by_name(letter: Letter) -> dict[str, int]:
    """Return the ids of a letter's signatures by organization."""
    return {row.organization_name: row.id for row in db.session.query(Signature).filter_by(letter_id=letter.id)}
