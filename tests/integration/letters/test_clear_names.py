"""Staff publish many names at once, and one in doubt is always named first."""

import pytest
from flask import Flask

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.support import cast, factories
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.shows("S25")
CONFIRMED, PUBLISHED = SignatureState.CONFIRMED, SignatureState.PUBLISHED
LETTER_PAGES = "/staff/coalition-for-clean-rivers/letters/{}/review"
LOOK_ALIKE = {"organization_name": "Ехample Alliance", "website": "https://zq7.example", "email": "x@zq7.example"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return factories.open_letter(deadline_at=None, who_may_sign=WhoMaySign.BOTH)


@pytest.fixture
def names(letter: Letter) -> dict[str, Signature]:
    """Two clear organizations, a clear person, a free mailbox, and a look-alike of one that is clear."""
    person = {
        "kind": SignatoryKind.INDIVIDUAL,
        "organization_name": "",
        "website": "",
        "signer_name": "Pat Person",
        "signer_title": "",
    }
    return {
        "clara": factories.signature(letter, cast.CLARA, CONFIRMED),
        "hiro": factories.signature(letter, cast.HIRO, CONFIRMED),
        "pat": factories.signature(letter, state=CONFIRMED, email="pat.person@gmail.com", **person),
        "gmail": factories.signature(letter, cast.FREE_MAIL_SIGNER, CONFIRMED),
        "forged": factories.signature(letter, cast.CLARA, CONFIRMED, **LOOK_ALIKE),
    }


def published(names: dict[str, Signature]) -> set[str]:
    """Return the names that are on the letter."""
    db.session.expire_all()
    return {name for name, row in names.items() if db.session.get_one(Signature, row.id).state is PUBLISHED}


def chosen(page: Page) -> list[str]:
    """Return all names of the page, as "Select all on this page" selects them."""
    return [
        box.get("value", "") for box in page.tree.iter("input") if box.get("form") == "bulk" and box.get("name") == "chosen"
    ]


def test_all_on_the_page_publishes_nothing_before_those_in_doubt_were_named(
    letter: Letter, sam: Visitor, names: dict[str, Signature]
) -> None:
    queue = sam.open(LETTER_PAGES.format(letter.slug))
    page = queue.submit("Publish selected", chosen=chosen(queue))
    page.says(
        "of these names are in doubt", "Nothing has been published yet.", "Riverbank Friends", "free email", "Ехample Alliance"
    )
    assert published(names) == set()
    page.submit("Publish 2 clear names")
    assert published(names) == {"hiro", "pat"}, "Example Alliance is in question while its look-alike waits"


def test_names_in_doubt_are_published_by_whoever_read_that_they_are(
    letter: Letter, sam: Visitor, names: dict[str, Signature]
) -> None:
    queue = sam.open(LETTER_PAGES.format(letter.slug))
    queue.submit("Publish selected", chosen=chosen(queue)).submit("Publish all 5 names, including those in doubt")
    assert published(names) == set(names)


def test_one_name_whose_doubts_stand_beside_it_is_published_at_once(
    letter: Letter, sam: Visitor, names: dict[str, Signature]
) -> None:
    sam.open(LETTER_PAGES.format(letter.slug)).submit("Publish Riverbank Friends").says("Published Riverbank Friends.")
    assert published(names) == {"gmail"}


def test_the_clear_names_are_published_together_and_the_others_stay(
    letter: Letter, sam: Visitor, names: dict[str, Signature]
) -> None:
    page = sam.open(LETTER_PAGES.format(letter.slug)).follow("Publish the clear names")
    page.says("2 names are clear", "3 others stay in the queue.", "Pat Person", "例示市民会議").never_says(
        "Riverbank", "zq7.example"
    )
    page.submit("Publish 2 clear names").says("Published 2 names.", "Riverbank Friends").submit("Undo")
    assert published(names) == set()


def test_a_name_that_came_into_doubt_meanwhile_is_named_first(
    letter: Letter, sam: Visitor, names: dict[str, Signature]
) -> None:
    page = sam.open(LETTER_PAGES.format(letter.slug) + "/clear-names")
    names["hiro"].from_flood = True
    db.session.commit()
    page.submit("Publish 2 clear names").says("One of these names is in doubt", "part of a flood")
    assert published(names) == set()


@pytest.fixture
def rivals(letter: Letter) -> dict[str, Signature]:
    """Two signatures of one organization, at a site each, and two other names: one of them clear, one in doubt."""
    forged = {"website": "https://zq7.example", "email": "x@zq7.example"}
    return {
        "clara": factories.signature(letter, cast.CLARA, CONFIRMED),
        "forged": factories.signature(letter, cast.CLARA, CONFIRMED, **forged),
        "hiro": factories.signature(letter, cast.HIRO, CONFIRMED),
        "gmail": factories.signature(letter, cast.FREE_MAIL_SIGNER, CONFIRMED),
    }


def test_two_signatures_of_one_organization_are_left_out_and_said_to_be(
    letter: Letter, sam: Visitor, rivals: dict[str, Signature]
) -> None:
    queue = sam.open(LETTER_PAGES.format(letter.slug))
    page = queue.submit("Publish selected", chosen=chosen(queue)).says(
        "3 of these names are in doubt", "Nothing has been published yet."
    )
    page.says("These may be signatures of the same organization, so they are never published together.", "Compare")
    page.submit("Publish the other 2 names, including those in doubt")
    assert published(rivals) == {"hiro", "gmail"}


def test_no_form_publishes_two_signatures_of_one_organization_at_once(
    letter: Letter, sam: Visitor, rivals: dict[str, Signature]
) -> None:
    """Not even one that confirms the doubts."""
    queue = sam.open(LETTER_PAGES.format(letter.slug))
    token = next(box.get("value") for box in queue.tree.iter("input") if box.get("name") == "csrf_token")
    sent = {"csrf_token": token, "chosen": chosen(queue), "doubts_seen": "1"}
    page = sam.open(f"{LETTER_PAGES.format(letter.slug)}/publish", method="POST", data=sent).says("never published together")
    assert published(rivals) == set()
    page.submit("Publish one clear name")
    assert published(rivals) == {"hiro"}


def test_of_two_signatures_of_one_organization_alone_none_is_published(
    letter: Letter, sam: Visitor, rivals: dict[str, Signature]
) -> None:
    queue = sam.open(LETTER_PAGES.format(letter.slug))
    both = [one for one in chosen(queue) if int(one.partition("-")[0]) in (rivals["clara"].id, rivals["forged"].id)]
    page = queue.submit("Publish selected", chosen=both).says("2 of these names are in doubt", "never published together")
    page.never_says("These are in doubt:", "Publish the", "Publish all", "including those in doubt")
    assert published(rivals) == set()
    page.follow("Compare it with Example Alliance").says("Which of these is the organization’s own signature?")


def test_where_nothing_is_clear_the_page_says_so(letter: Letter, sam: Visitor) -> None:
    factories.signature(letter, cast.FREE_MAIL_SIGNER, CONFIRMED)
    sam.open(LETTER_PAGES.format(letter.slug)).follow("Publish the clear names").says("No name in the queue is clear.")
