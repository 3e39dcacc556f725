"""Staff publish many names at once, and one in doubt is always named first."""

import pytest
from flask import Flask

from letterhub.db import db
from letterhub.domain.document import Kind
from letterhub.domain.letters import WhoMaySign
from letterhub.domain.states import SignatureState
from letterhub.models import Letter, Signature
from tests import cast, factories
from tests.databases import SITE
from tests.pages import Page, Visitor

pytestmark = pytest.mark.shows("S25")
CONFIRMED, PUBLISHED = SignatureState.CONFIRMED, SignatureState.PUBLISHED
ROOM = "/desk/coalition-for-clean-rivers/letters/{}/review"
LOOK_ALIKE = {"organization_name": "Ехample Alliance", "website": "https://zq7.example", "email": "x@zq7.example"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return factories.open_letter(deadline_at=None, who_may_sign=WhoMaySign.BOTH)


@pytest.fixture
def sam(app: Flask) -> Visitor:
    factories.staff(cast.SAM)
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    return sam


@pytest.fixture
def names(letter: Letter) -> dict[str, Signature]:
    """Two clear organizations, a clear person, a free mailbox, and a look-alike of one that is clear."""
    person = {"kind": Kind.INDIVIDUAL, "organization_name": "", "website": "", "signer_name": "Pat Person", "signer_title": ""}
    return {
        "clara": factories.signature(letter, cast.CLARA, CONFIRMED),
        "hiro": factories.signature(letter, cast.HIRO, CONFIRMED),
        "pat": factories.signature(letter, state=CONFIRMED, email="pat.person@gmail.com", **person),
        "gmail": factories.signature(letter, cast.GMAIL, CONFIRMED),
        "forged": factories.signature(letter, cast.CLARA, CONFIRMED, **LOOK_ALIKE),
    }


def published(names: dict[str, Signature]) -> set[str]:
    """Return the names that are on the letter."""
    db.session.expire_all()
    return {name for name, row in names.items() if db.session.get_one(Signature, row.id).state is PUBLISHED}


def chosen(page: Page) -> list[str]:
    """Return all names of the page, as "All on this page" selects them."""
    return [
        box.get("value", "") for box in page.tree.iter("input") if box.get("form") == "bulk" and box.get("name") == "chosen"
    ]


def test_all_on_the_page_publishes_nothing_before_those_in_doubt_were_named(
    letter: Letter, sam: Visitor, names: dict[str, Signature]
) -> None:
    queue = sam.open(ROOM.format(letter.slug))
    page = queue.submit("Publish chosen", chosen=chosen(queue))
    page.says("of these names are in doubt", "Nothing is published yet.", "Riverbank Friends", "free email", "Ехample Alliance")
    assert published(names) == set()
    page.submit("Publish 2 clear names")
    assert published(names) == {"hiro", "pat"}, "Example Alliance is in question while its look-alike waits"


def test_names_in_doubt_are_published_by_whoever_read_that_they_are(
    letter: Letter, sam: Visitor, names: dict[str, Signature]
) -> None:
    queue = sam.open(ROOM.format(letter.slug))
    queue.submit("Publish chosen", chosen=chosen(queue)).submit("Publish all 5 names, including those in doubt")
    assert published(names) == set(names)


def test_one_name_whose_doubts_stand_beside_it_is_published_at_once(
    letter: Letter, sam: Visitor, names: dict[str, Signature]
) -> None:
    sam.open(ROOM.format(letter.slug)).submit("Publish Riverbank Friends").says("Published Riverbank Friends.")
    assert published(names) == {"gmail"}


def test_the_clear_names_are_published_together_and_the_others_stay(
    letter: Letter, sam: Visitor, names: dict[str, Signature]
) -> None:
    page = sam.open(ROOM.format(letter.slug)).follow("Publish the clear names")
    page.says("2 names are clear", "3 others stay in the queue.", "Pat Person", "例示市民会議").never_says(
        "Riverbank", "zq7.example"
    )
    page.submit("Publish 2 clear names").says("Published 2 names.", "Riverbank Friends").submit("Undo")
    assert published(names) == set()


def test_a_name_that_came_into_doubt_meanwhile_is_named_first(
    letter: Letter, sam: Visitor, names: dict[str, Signature]
) -> None:
    page = sam.open(ROOM.format(letter.slug) + "/clear")
    names["hiro"].from_flood = True
    db.session.commit()
    page.submit("Publish 2 clear names").says("One of these names is in doubt", "from a flood")
    assert published(names) == set()


def test_where_nothing_is_clear_the_page_says_so(letter: Letter, sam: Visitor) -> None:
    factories.signature(letter, cast.GMAIL, CONFIRMED)
    sam.open(ROOM.format(letter.slug)).follow("Publish the clear names").says("No waiting name is clear.")
