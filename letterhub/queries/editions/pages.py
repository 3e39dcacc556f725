"""Pages of a frozen edition's list, each read from the few rows that it needs."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select

from letterhub.domain.letters.document import Signatory
from letterhub.domain.letters.serialization import signatory_from_facts
from letterhub.domain.paging import clamp_page
from letterhub.domain.signatures.sort_and_search_keys import NAMES_PER_PAGE, query_words
from letterhub.infrastructure.db import db, streaming_connection
from letterhub.models import Edition, EditionPage
from letterhub.queries.signatures.listing import MANY, PAGE_SIZE, UNPAGED_MAX, ListPage, PageRequest


def edition_list_page(edition_id: int, count: int, asked: PageRequest) -> ListPage:
    """Return a page of an edition's names; `count` is their number."""
    words = query_words(asked.query)
    if asked.query and not words:
        return ListPage((), None, 1, PAGE_SIZE, 0)
    if words:
        return _search_page(edition_id, words, max(asked.page, 1))
    if count <= UNPAGED_MAX:
        lines = _lines(edition_id)
        return ListPage(lines, next(iter(lines), None), 1, max(count, 1), count)
    page = clamp_page(asked.page, count, PAGE_SIZE)
    return ListPage(_lines(edition_id, page), _first_line(edition_id), page, PAGE_SIZE, count, page * PAGE_SIZE < count)


def _search_page(edition_id: int, words: Sequence[str], page: int) -> ListPage:
    """Return a page of search results; all are counted, up to a limit."""
    said = [f" {word}" for word in words]
    holding = (EditionPage.search_words.contains(one, autoescape=True) for one in said)
    found: list[dict[str, Any]] = []
    with streaming_connection() as connection:
        for row in connection.execute(_page_rows(edition_id).where(*holding).execution_options(yield_per=50)):
            held = row.search_words.split("\n")
            found += [line for line, own in zip(row.signatories, held, strict=True) if all(one in own for one in said)]
            if len(found) > max(MANY, page * PAGE_SIZE):
                break
    if len(found) <= MANY:
        page = clamp_page(page, len(found), PAGE_SIZE)
    shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return ListPage(
        tuple(map(signatory_from_facts, shown)), _first_line(edition_id), page, PAGE_SIZE, min(len(found), MANY + 1),
        has_next=page * PAGE_SIZE < len(found),
    )  # fmt: skip


def _page_rows(edition_id: int) -> Select[Any]:
    pages = select(EditionPage.signatories, EditionPage.search_words).where(EditionPage.edition_id == edition_id)
    return pages.order_by(EditionPage.number)


def _lines(edition_id: int, number: int | None = None) -> tuple[Signatory, ...]:
    pages = select(EditionPage.signatories).where(EditionPage.edition_id == edition_id).order_by(EditionPage.number)
    some = pages if number is None else pages.where(EditionPage.number == number)
    return tuple(signatory_from_facts(line) for lines in db.session.scalars(some) for line in lines)


def _first_line(edition_id: int) -> Signatory | None:
    return next(iter(_lines(edition_id, 1)), None)


def frozen_lines(edition_id: int, signature_ids: Collection[int | None]) -> dict[int, Signatory]:
    """Return those of the signatures that an edition lists, as it prints them, reading only the pages they are on."""
    if not signature_ids:
        return {}
    listed, wanted = db.session.scalars(select(Edition.signature_ids).where(Edition.id == edition_id)).one(), set(signature_ids)
    places = {one: divmod(place, NAMES_PER_PAGE) for place, one in enumerate(listed) if one in wanted}
    found = select(EditionPage.number, EditionPage.signatories).where(
        EditionPage.edition_id == edition_id, EditionPage.number.in_({page + 1 for page, _place in places.values()})
    )
    pages = {row.number: row.signatories for row in db.session.execute(found)}
    return {one: signatory_from_facts(pages[page + 1][place]) for one, (page, place) in places.items()}
