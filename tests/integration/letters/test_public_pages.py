"""Public pages: few SQL statements, as many for a long list as for a short one, and no stale cache."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import update

from letterhub.clock import now
from letterhub.commands.press.press_pages import release_press_page, save_press_page
from letterhub.domain.letters.letter_document import SignatoryStyle
from letterhub.domain.press.press_page import PressWords
from letterhub.domain.states import LetterMove, SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Letter, Signature
from letterhub.queries.signatures.listing import NAMES_PER_PAGE, UNPAGED_MAX
from tests.support import cast, editions, factories
from tests.support.database_statements import record_statements
from tests.support.html_checks import text_of
from tests.support.visitor import Visitor


def letter_of(names: int, shown: SignatoryStyle = SignatoryStyle.SIGNER) -> Letter:
    """Return an open letter with so many names."""
    letter = factories.open_letter(replace(factories.TEXT, shown=shown, title=f"Signed by {names}"))
    db.session.execute(update(Coalition).values(embed_sites=["https://www.example.org"]))
    revision = factories.revision_of(letter).id
    db.session.add_all(
        Signature(
            letter_id=letter.id, revision_id=revision, organization_name=f"Alliance {number:04}", signer_name="Nia Example",
            email="n@one.example", state=SignatureState.PUBLISHED, created_at=now(), published_at=now(), section="national",
        )
        for number in range(names)
    )  # fmt: skip
    db.session.flush()
    for row in db.session.query(Signature).filter_by(letter_id=letter.id):
        row.update_keys()
    db.session.commit()
    return letter


@pytest.mark.parametrize(
    ("page", "most"),
    [
        ("/", 2),
        ("/letters/{}", 2),
        ("/letters/{}?page=2", 3),
        ("/letters/{}?page=2&after={after}", 3),
        ("/letters/{}?q=alliance", 4),
        ("/letters/{}?q=alliance+0001", 6),
        ("/letters/{}/history", 2),
        ("/embed/letters/{}", 3),
        ("/letters/{}/feed.atom", 3),
        ("/letters/{}/sign", 5),
        ("/help", 0),
        ("/help/organizers/first-letter", 0),
        ("/help/search?q=withdraw", 0),
    ],
)
@pytest.mark.parametrize("names", [1, UNPAGED_MAX + NAMES_PER_PAGE])
def test_a_page_asks_few_things_however_long_the_list(visitor: Visitor, page: str, most: int, names: int) -> None:
    letter = letter_of(names)
    after = db.session.query(Signature.id).filter_by(letter_id=letter.id).limit(1).scalar()
    here = page.format(letter.slug, after=after)
    visitor.ask(here)  # each process parses a text once
    with record_statements() as statements:
        assert visitor.ask(here).status_code == 200
    assert len(statements) <= most, statements


def test_a_delivered_letter_asks_no_more_for_a_long_list(visitor: Visitor) -> None:
    numbers = set()
    for names in (1, UNPAGED_MAX + NAMES_PER_PAGE):
        letter = letter_of(names)
        letter.move(LetterMove.CLOSE, now())
        db.session.commit()
        editions.deliver_edition(letter)
        here = f"/letters/{letter.slug}"
        visitor.ask(here)
        with record_statements() as statements:
            visitor.ask(here)
        numbers.add(len(statements))
    assert max(numbers) - min(numbers) <= 1  # the first name of a list with several pages


def test_what_was_drawn_before_is_never_shown_for_what_is(visitor: Visitor) -> None:
    letter = letter_of(2)
    here = f"/letters/{letter.slug}"
    row = db.session.query(Signature).filter_by(organization_name="Alliance 0001").one()

    def says(*words: str) -> bool:
        page = visitor.ask(here).text
        return all(word in page for word in words)

    assert says("Alliance 0001", "Nia Example", "2 organizations have signed", "2 signatories")
    row.signer_name = "Hiro Example"
    db.session.commit()
    assert says("Hiro Example", "2 organizations have signed")
    db.session.execute(update(Signature).where(Signature.id == row.id).values(organization_name="Past the session"))
    db.session.commit()
    assert says("Past the session")
    row.move(SignatureMove.WITHDRAW, now())
    db.session.commit()
    assert says("One organization has signed", "1 signatory")
    assert not says("Past the session")
    db.session.execute(update(Coalition).values(name="Another Name"))
    db.session.commit()
    assert says("Another Name</a>.")
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    assert says("It no longer accepts signatures")


def test_a_site_never_shows_what_another_one_in_its_process_drew(visitor: Visitor, app: Flask) -> None:
    here = f"/letters/{letter_of(1).slug}"
    settings = app.extensions["settings"]
    assert f'href="{settings.public_url}{here}"' in visitor.ask(here).text
    app.extensions["settings"] = replace(settings, public_url="https://other.example.org")
    assert f'href="https://other.example.org{here}"' in visitor.ask(here).text


@pytest.mark.parametrize("page", ["", "/history", "/sign", "/press"])
def test_the_coalition_heads_every_page_of_a_letter(visitor: Visitor, page: str) -> None:
    letter = letter_of(1)
    save_press_page(letter.id, PressWords("Headline", "Statement"), 0, staff_id=None, actor="staff-1", at=now())  # type: ignore[arg-type]
    release_press_page(letter.id, now(), actor="staff-1", at=now())
    opened = visitor.open(f"/letters/{letter.slug}{page}")
    assert [text_of(link) for link in opened.tree.findall(".//header[@class='site-head']//a")] == [cast.COALITION]
