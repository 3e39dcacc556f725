"""Pages of a frozen edition's list, each read from the few rows that it needs."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.serialization import decompress_lines, signatory_from_facts
from letterhub.domain.signatures.search_words import query_words
from letterhub.infrastructure.db import db, streaming_connection
from letterhub.models import Edition, EditionPage
from letterhub.queries.paging import clamp_page
from letterhub.queries.signatures.listing import NAMES_PER_PAGE, UNPAGED_MAX, ListPage, PageRequest
from letterhub.queries.signatures.search import MANY


def edition_list_page(edition_id: int, count: int, request: PageRequest) -> ListPage:
    """Return a page of an edition's names, or of those that a search finds; `count` is the number of all its names."""
    words = query_words(request.query)
    if request.query and not words:
        return ListPage((), None, 1, NAMES_PER_PAGE, 0)
    if words:
        return _search_page(edition_id, words, max(request.page, 1))
    if count <= UNPAGED_MAX:
        lines = _read_signatories(edition_id)
        return ListPage(lines, next(iter(lines), None), 1, max(count, 1), count)
    page = clamp_page(request.page, count, NAMES_PER_PAGE)
    lines, has_next = _read_signatories(edition_id, page), page * NAMES_PER_PAGE < count
    return ListPage(lines, _first_signatory(edition_id), page, NAMES_PER_PAGE, count, has_next)


def _search_page(edition_id: int, words: Sequence[str], page: int) -> ListPage:
    """Return a page of the names that have, for each search word, a word that begins with it.

    Matches are counted up to MANY; of more, only as many are read as the page needs.
    """
    prefixes = [f" {word}" for word in words]
    pages = select(EditionPage.lines, EditionPage.search_words).where(
        EditionPage.edition_id == edition_id,
        *(EditionPage.search_words.contains(prefix, autoescape=True) for prefix in prefixes),
    )
    matches: list[dict[str, Any]] = []
    with streaming_connection() as connection:
        for row in connection.execute(pages.order_by(EditionPage.number).execution_options(yield_per=50)):
            words_by_line = row.search_words.split("\n")
            matches += [
                line
                for line, line_words in zip(decompress_lines(row.lines), words_by_line, strict=True)
                if all(prefix in line_words for prefix in prefixes)
            ]
            if len(matches) > max(MANY, page * NAMES_PER_PAGE):
                break
    if len(matches) <= MANY:
        page = clamp_page(page, len(matches), NAMES_PER_PAGE)
    shown = matches[(page - 1) * NAMES_PER_PAGE : page * NAMES_PER_PAGE]
    lines, has_next = tuple(map(signatory_from_facts, shown)), page * NAMES_PER_PAGE < len(matches)
    count = min(len(matches), MANY + 1)
    return ListPage(lines, _first_signatory(edition_id), page, NAMES_PER_PAGE, count, has_next)


def _read_signatories(edition_id: int, number: int | None = None) -> tuple[Signatory, ...]:
    """Return the names on an edition's page of this number, or on all pages."""
    pages = select(EditionPage.lines).where(EditionPage.edition_id == edition_id).order_by(EditionPage.number)
    query = pages if number is None else pages.where(EditionPage.number == number)
    return tuple(signatory_from_facts(line) for lines in db.session.scalars(query) for line in decompress_lines(lines))


def _first_signatory(edition_id: int) -> Signatory | None:
    return next(iter(_read_signatories(edition_id, 1)), None)


def frozen_lines(edition_id: int, signature_ids: Collection[int | None]) -> dict[int, Signatory]:
    """Return the lines of these signatures as an edition prints them, by id, without those it does not list.

    Only the pages that they are on are read.
    """
    if not signature_ids:
        return {}
    listed_ids = db.session.scalars(select(Edition.signature_ids).where(Edition.id == edition_id)).one()
    wanted_ids = set(signature_ids)
    places = {  # index of the page, and position on it
        signature_id: divmod(position, NAMES_PER_PAGE)
        for position, signature_id in enumerate(listed_ids)
        if signature_id in wanted_ids
    }
    query = select(EditionPage.number, EditionPage.lines).where(
        EditionPage.edition_id == edition_id, EditionPage.number.in_({page + 1 for page, _place in places.values()})
    )
    pages = {row.number: decompress_lines(row.lines) for row in db.session.execute(query)}
    return {signature_id: signatory_from_facts(pages[page + 1][position]) for signature_id, (page, position) in places.items()}
