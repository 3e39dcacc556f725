"""A long list: paged while names come and go, searched, and counted as its rows are, on the live page and in the delivered
edition (S10).
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from letterhub.clock import now
from letterhub.commands.letters._shared_steps import add_revision
from letterhub.domain.letters.letter_document import LetterText, SignatoryKind, SignatoryOrder, SignatoryStyle
from letterhub.domain.letters.revisions import ChangeKind, TextChange
from letterhub.domain.letters.serialization import text_to_facts
from letterhub.domain.letters.signatory_order import sort_signatories
from letterhub.domain.states import LetterMove, SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import EditionPage, Letter, Signature, write_search_lines
from letterhub.queries.letters.public_letter import letter_document, published_lines
from letterhub.queries.signatures import listing, search
from letterhub.queries.signatures.listing import NAMES_PER_PAGE, UNPAGED_MAX
from tests.support import cast, editions, factories
from tests.support.database_statements import record_statements
from tests.support.visitor import Page, Visitor

LONG = 2 * NAMES_PER_PAGE + UNPAGED_MAX
Read = Callable[..., Page]


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with sections and many more names than a page shows."""
    letter = factories.open_letter(replace(factories.TEXT, order=SignatoryOrder.SECTIONS, shown=SignatoryStyle.LOCATION))
    revision = factories.revision_of(letter).id
    for number in range(LONG):
        row = Signature(
            letter_id=letter.id, revision_id=revision, organization_name=f"Alliance {number:04}", signer_name="Nia Example",
            email="n@one.example", location="Springfield, IL" if number % 10 else "São Paulo", state=SignatureState.PUBLISHED,
            created_at=now(), published_at=now(), section=("national", "local", "")[number % 3], lead=number < 2,
        )  # fmt: skip
        db.session.add(row)
    db.session.flush()
    for row in db.session.query(Signature):
        row.update_keys()
    db.session.commit()
    return letter


@pytest.fixture
def open_letter_page(visitor: Visitor, letter: Letter) -> Read:
    """Open the letter's page."""

    def opened(**query: object) -> Page:
        return visitor.visit("letters.detail", slug=letter.slug, **query)

    return opened


def names(page: Page) -> list[str]:
    """Return the names on a page, in order."""
    spans = [span for span in page.tree.iter("span") if span.get("class") == "signatory-name"]
    return [" ".join("".join(span.itertext()).split()) for span in spans]


def paged_through(page: Page) -> list[Page]:
    """Yield a page and all that follow it."""
    pages = [page]
    while any(link.get("rel") == "next" for link in pages[-1].tree.iter("a")):
        pages.append(pages[-1].follow("Next"))
    return pages


@pytest.mark.parametrize("order", list(SignatoryOrder))
def test_pages_document_and_edition_have_one_order(letter: Letter, visitor: Visitor, order: SignatoryOrder) -> None:
    for row in db.session.query(Signature):
        row.organization_name = f"Alliance {row.id * 7919 % 10_007:05}"
        if row.id % 9 == 0:
            row.kind, row.organization_name, row.signer_name = SignatoryKind.INDIVIDUAL, "", f"Ada Example-{row.id % 7}"
        row.lead_order = 3 - row.id if row.lead else 0
        row.update_keys()
    other = _moved(letter, replace(factories.TEXT, order=order, title=f"In the order {order}"))
    document = letter_document(other.id)
    as_signed = [row.signatory for row in db.session.query(Signature).order_by(Signature.id)]
    assert [one.name for one in document.signatories] == [one.name for one in sort_signatories(as_signed, order)]
    assert [one.lead_order for one in document.signatories[:3]] == [1, 2, 0]
    listed = [name for page in paged_through(visitor.visit("letters.detail", slug=other.slug)) for name in names(page)]
    assert listed == [one.name for one in document.signatories]
    assert len(listed) == LONG == len({number for number, _ in published_lines(other.id, document.text)})


def test_the_letters_language_sorts_its_pages_also_after_it_changed(app: Flask, visitor: Visitor) -> None:
    letter = factories.open_letter(replace(factories.TEXT, language="sv"))
    for name in ("Örebro", "Zeta", "Ånge", "Alfa"):
        factories.signature(letter, organization_name=name)
    assert names(visitor.visit("letters.detail", slug=letter.slug)) == ["Alfa", "Zeta", "Ånge", "Örebro"]
    last = factories.revision_of(letter)
    content = text_to_facts(replace(last.text, language="en"))
    add_revision(last, content, TextChange(ChangeKind.TYPO, "its language"), base=last, staff_id=None, at=now())
    db.session.commit()
    assert names(visitor.visit("letters.detail", slug=letter.slug)) == ["Alfa", "Ånge", "Örebro", "Zeta"]
    assert [one.name for one in letter_document(letter.id).signatories] == ["Alfa", "Ånge", "Örebro", "Zeta"]


def test_names_that_a_search_finds_in_the_order_of_signing_are_paged_in_it(letter: Letter, visitor: Visitor) -> None:
    for row in db.session.query(Signature):
        row.organization_name = f"Alliance {LONG - row.id:04}"
        row.update_keys()
    other = _moved(letter, replace(factories.TEXT, order=SignatoryOrder.AS_GIVEN, title="As they signed"))
    pages = paged_through(visitor.visit("letters.detail", slug=other.slug, q="alliance"))
    assert [name for page in pages for name in names(page)] == [f"Alliance {LONG - number:04}" for number in range(1, LONG + 1)]
    assert names(pages[-1].follow("Previous")) == names(pages[-2])


def test_s10_the_count_that_is_told_is_the_number_of_rows_that_can_be_listed(open_letter_page: Read, letter: Letter) -> None:
    factories.signature(letter, kind=SignatoryKind.INDIVIDUAL, organization_name="", signer_name="Ada Example", section="")
    for state in SignatureState:
        factories.signature(letter, cast.HIRO, state, organization_name=f"Of state {state}")
    page = open_letter_page().says(f"{LONG + 1} organizations and one individual have signed")
    assert sum(len(names(one)) for one in paged_through(page)) == LONG + 2
    counted = select(func.count()).where(Signature.letter_id == letter.id, Signature.state == SignatureState.PUBLISHED)
    assert db.session.scalar(counted) == letter.published_count == LONG + 2


def test_headings_stand_on_every_page_as_in_the_whole(open_letter_page: Read) -> None:
    first, *others = paged_through(open_letter_page())
    first.says("Led by", "National organizations")
    others[0].says("National organizations", "Local organizations").never_says("Led by")
    others[-1].says("Other").never_says("National organizations")


def test_names_that_come_and_go_move_no_other_across_the_edge_of_a_page(open_letter_page: Read, letter: Letter) -> None:
    first = open_letter_page()
    factories.signature(letter, organization_name="Aardvark Friends", section="national")
    second = first.follow("Next")
    assert not set(names(first)) & set(names(second))
    gone = db.session.query(Signature).filter_by(organization_name=names(first)[50]).one()
    gone.move(SignatureMove.WITHDRAW, now())
    db.session.commit()
    assert names(second.follow("Next").follow("Previous")) == names(second)


def test_the_name_that_a_page_went_on_from_may_itself_be_gone(open_letter_page: Read, letter: Letter) -> None:
    first = open_letter_page()
    last = db.session.query(Signature).filter_by(organization_name=names(first)[-1]).one()
    last.move(SignatureMove.DECLINE, now())
    db.session.commit()
    assert len(names(first.follow("Next"))) == NAMES_PER_PAGE


def test_no_address_tells_where_a_name_would_stand_that_is_not_published(open_letter_page: Read, letter: Letter) -> None:
    hidden = factories.signature(letter, cast.HIRO, SignatureState.PENDING).id
    other = factories.signature(factories.open_letter(replace(factories.TEXT, title="Another")), cast.HIRO).id
    plain = names(open_letter_page(page=2))
    assert (
        names(open_letter_page(page=2, after=hidden))
        == names(open_letter_page(page=2, after=other))
        == names(open_letter_page(page=2, before=hidden))
        == plain
    )


def test_a_plain_number_leads_to_a_page_and_odd_ones_to_some(open_letter_page: Read) -> None:
    assert names(open_letter_page(page=3)) == names(open_letter_page().follow("Next").follow("Next"))
    assert names(open_letter_page(page=99)) == names(paged_through(open_letter_page())[-1])
    for odd in ("0", "-4", "99999999999999999999", "two"):
        assert names(open_letter_page(page=odd, after=odd, before=odd)) == names(open_letter_page())


def test_a_page_is_two_questions_wherever_it_stands(open_letter_page: Read, visitor: Visitor) -> None:
    first, second, numbered = open_letter_page(), open_letter_page().follow("Next"), open_letter_page(page=2)
    again = (lambda: visitor.open(first.path), lambda: visitor.open(f"{numbered.path}?page=2"))
    for open_page in (*again, lambda: first.follow("Next"), lambda: second.follow("Previous")):
        with record_statements() as statements:
            open_page()
        assert len(statements) == 2


@pytest.mark.parametrize("delivered", [False, True])
def test_a_search_finds_by_the_beginnings_of_words(visitor: Visitor, letter: Letter, delivered: bool) -> None:
    for name in ("Société d’Énergie", "例示市民会議", "The Arc of “Quotes” & 100% Sons"):
        factories.signature(letter, organization_name=name)
    if delivered:
        letter.move(LetterMove.CLOSE, now())
        db.session.commit()
        editions.deliver_edition(letter)

    def found(query: str) -> list[str]:
        return names(visitor.visit("letters.detail", slug=letter.slug, q=query))

    assert found("societe D'energie") == found("ener") == ["Société d’Énergie"]
    assert found("市民") == found("例示") == ["例示市民会議"]
    assert found("the arc") == found("sons 100%") == found("quot") == ["The Arc of “Quotes” & 100% Sons"]
    assert found("nergie") == found("!?") == found("nobody") == found("_rc") == []
    assert found("alliance 0040 paulo") == ["Alliance 0040"]
    page = visitor.visit("letters.detail", slug=letter.slug, q="sao").says(f"{LONG // 10} signatories match “sao”")
    assert names(page) == names(visitor.visit("letters.detail", slug=letter.slug, q="Paulo são"))
    assert found("例示") == names(visitor.visit("letters.detail", slug=letter.slug, q="例示", page="9"))
    every = visitor.visit("letters.detail", slug=letter.slug, q="alliance").says(f"1 to 100 of {LONG}")
    assert len({name for one in paged_through(every) for name in names(one)}) == LONG


@pytest.mark.shows("S11")
@pytest.mark.parametrize("delivered", [False, True])
@pytest.mark.parametrize(
    ("shown", "order", "found"),
    [
        (SignatoryStyle.ORGANIZATION, SignatoryOrder.ALPHABETICAL, "reading"),
        (SignatoryStyle.LOGOS, SignatoryOrder.ALPHABETICAL, "reading"),
        (SignatoryStyle.ORGANIZATION, SignatoryOrder.LOCATION, "reading denver"),
        (SignatoryStyle.SIGNER, SignatoryOrder.ALPHABETICAL, "reading nia director"),
        (SignatoryStyle.BLOCK, SignatoryOrder.ALPHABETICAL, "reading nia director"),
        (SignatoryStyle.LOCATION, SignatoryOrder.ALPHABETICAL, "reading nia director denver"),
    ],
)
def test_s11_a_search_finds_nothing_that_the_letter_does_not_print(
    app: Flask, visitor: Visitor, shown: SignatoryStyle, order: SignatoryOrder, found: str, delivered: bool
) -> None:
    letter = factories.open_letter(replace(factories.TEXT, shown=shown, order=order))
    line = {
        "organization_name": "Reading Alliance",
        "signer_name": "Nia Example",
        "signer_title": "Director",
        "location": "Denver",
    }
    factories.signature(letter, **line)
    if delivered:
        letter.move(LetterMove.CLOSE, now())
        db.session.commit()
        editions.deliver_edition(letter)
    queries = {
        word: visitor.visit("letters.detail", slug=letter.slug, q=word) for word in ("reading", "nia", "director", "denver")
    }
    assert [word for word, page in queries.items() if names(page)] == found.split()


@pytest.mark.shows("S11")
@pytest.mark.parametrize("order", [SignatoryOrder.LOCATION, SignatoryOrder.ALPHABETICAL])
def test_s11_a_lead_is_found_by_its_place_where_that_is_printed(visitor: Visitor, app: Flask, order: SignatoryOrder) -> None:
    letter = factories.open_letter(replace(factories.TEXT, shown=SignatoryStyle.LOCATION, order=order))
    row = factories.signature(letter, location="Denver")
    assert names(visitor.visit("letters.detail", slug=letter.slug, q="denver"))
    row.lead = True
    db.session.commit()
    assert bool(names(visitor.visit("letters.detail", slug=letter.slug, q="denver"))) is (order is SignatoryOrder.ALPHABETICAL)


def test_of_too_many_matches_the_first_are_shown_in_order(
    open_letter_page: Read, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MANY", 20)
    monkeypatch.setattr(listing, "MANY", 20)
    monkeypatch.setattr("letterhub.web.public.letters.letters.MANY", 20)
    page = open_letter_page(q="alliance").says("Too many signatories match “alliance” to count", "1 to 100 of many")
    assert [name for one in paged_through(page) for name in names(one)] == [
        name for one in paged_through(open_letter_page()) for name in names(one)
    ]
    assert names(open_letter_page(q="alliance paulo"))[:2] == ["Alliance 0000", "Alliance 0030"]


def test_a_delivered_page_shows_what_was_frozen_without_reading_its_document(visitor: Visitor, letter: Letter) -> None:
    before = [name for one in paged_through(visitor.visit("letters.detail", slug=letter.slug)) for name in names(one)]
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    edition = editions.deliver_edition(letter)
    assert db.session.query(EditionPage).filter_by(edition_id=edition.id).count() == LONG // NAMES_PER_PAGE
    one = db.session.query(Signature).filter_by(organization_name="Alliance 0007").one()
    one.move(SignatureMove.WITHDRAW, now())
    db.session.commit()
    with record_statements() as statements:
        page = visitor.visit("letters.detail", slug=letter.slug).says("Alliance 0007", "withdrew from the letter")
    assert not [one for one in statements if "edition.document" in one]
    assert [name for one in paged_through(page) for name in names(one)] == before


def _moved(letter: Letter, text: LetterText) -> Letter:
    """Return another letter with this text, under which all signatures of a letter are now."""
    db.session.commit()
    other = factories.open_letter(text)
    db.session.query(Signature).update({"letter_id": other.id, "revision_id": factories.revision_of(other).id})
    other.organization_count, other.individual_count = letter.organization_count, letter.individual_count
    letter.organization_count = letter.individual_count = 0
    db.session.commit()
    write_search_lines(db.session.connection(), db.session.query(Signature))
    db.session.commit()
    return other
