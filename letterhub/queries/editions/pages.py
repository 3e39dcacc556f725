"""Pages of a frozen edition's list, each read from the few rows that it needs."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select

from letterhub.domain.letters.document import Signatory
from letterhub.domain.letters.snapshot import signatory_from_facts
from letterhub.domain.paging import page_within
from letterhub.domain.signatures.listing import NAMES_A_PAGE, typed_words
from letterhub.infrastructure.db import db, reading_along
from letterhub.models import Edition, EditionPage
from letterhub.queries.signatures.listing import MANY, PAGE, WHOLE, NamesOfPage, PageAsked


def part_of_edition(edition_id: int, count: int, asked: PageAsked) -> NamesOfPage:
    """Return a page of an edition's names; `count` is their number."""
    words = typed_words(asked.query)
    if asked.query and not words:
        return NamesOfPage((), None, 1, PAGE, 0)
    if words:
        return _found(edition_id, words, max(asked.page, 1))
    if count <= WHOLE:
        lines = _lines(edition_id)
        return NamesOfPage(lines, next(iter(lines), None), 1, max(count, 1), count)
    page = page_within(asked.page, count, PAGE)
    return NamesOfPage(_lines(edition_id, page), _opening(edition_id), page, PAGE, count, page * PAGE < count)


def _found(edition_id: int, words: Sequence[str], page: int) -> NamesOfPage:
    """Return a page of search results; all are counted, up to a limit."""
    said = [f" {word}" for word in words]
    holding = (EditionPage.words.contains(one, autoescape=True) for one in said)
    found: list[dict[str, Any]] = []
    with reading_along() as connection:
        for row in connection.execute(_pages(edition_id).where(*holding).execution_options(yield_per=50)):
            held = row.words.split("\n")
            found += [line for line, own in zip(row.lines, held, strict=True) if all(one in own for one in said)]
            if len(found) > max(MANY, page * PAGE):
                break
    if len(found) <= MANY:
        page = page_within(page, len(found), PAGE)
    shown = found[(page - 1) * PAGE : page * PAGE]
    return NamesOfPage(
        tuple(map(signatory_from_facts, shown)), _opening(edition_id), page, PAGE, min(len(found), MANY + 1),
        later=page * PAGE < len(found),
    )  # fmt: skip


def _pages(edition_id: int) -> Select[Any]:
    pages = select(EditionPage.lines, EditionPage.words).where(EditionPage.edition_id == edition_id)
    return pages.order_by(EditionPage.number)


def _lines(edition_id: int, number: int | None = None) -> tuple[Signatory, ...]:
    pages = select(EditionPage.lines).where(EditionPage.edition_id == edition_id).order_by(EditionPage.number)
    some = pages if number is None else pages.where(EditionPage.number == number)
    return tuple(signatory_from_facts(line) for lines in db.session.scalars(some) for line in lines)


def _opening(edition_id: int) -> Signatory | None:
    return next(iter(_lines(edition_id, 1)), None)


def lines_as_frozen(edition_id: int, signature_ids: Collection[int | None]) -> dict[int, Signatory]:
    """Return those of the signatures that an edition lists, as it prints them, reading only the pages they are on."""
    if not signature_ids:
        return {}
    listed, wanted = db.session.scalars(select(Edition.signature_ids).where(Edition.id == edition_id)).one(), set(signature_ids)
    places = {one: divmod(place, NAMES_A_PAGE) for place, one in enumerate(listed) if one in wanted}
    found = select(EditionPage.number, EditionPage.lines).where(
        EditionPage.edition_id == edition_id, EditionPage.number.in_({page + 1 for page, _place in places.values()})
    )
    pages = {row.number: row.lines for row in db.session.execute(found)}
    return {one: signatory_from_facts(pages[page + 1][place]) for one, (page, place) in places.items()}
