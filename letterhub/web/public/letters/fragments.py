"""Rendering of a letter's page from two cached fragments: a part of the signatory list, and the page around it.

The cache key of a fragment is all data it is rendered from. Changed data gives another key, so nothing has to be invalidated.

See docs/design/caching.md.
"""

import secrets
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from flask import current_app, url_for
from jinja2 import Environment
from markupsafe import Markup

from letterhub.domain.letters.count_placeholder import COUNT, fill_count, mark_count
from letterhub.domain.letters.document import EditionMark, LetterDocument, LetterText, Shown
from letterhub.infrastructure.current import settings_here
from letterhub.queries.editions.verification import EditionCheck
from letterhub.queries.letters.documents import PublicLetter
from letterhub.queries.signatures.listing import MANY, NamesOfPage
from letterhub.rendering.letter.document_strings import words
from letterhub.rendering.letter.view import LetterView, letter_view, part_of_roll
from letterhub.rendering.text.plain_text import body_text
from letterhub.web.public.lru_cache import kept_within

SEARCHED_FROM = 30
DESCRIPTION = 200
KEPT = 32  # fragments of each kind, per process
ROOM = 4 * 2**20  # bytes per process for the pages around lists, which hold a logo
HOLE = Markup(f"<!-- {secrets.token_hex(16)} -->")  # noqa: S704 - placeholder for the list, which no letter can contain


@dataclass(frozen=True, slots=True)
class Read:
    """The text and counts that a letter's page shows: the current ones, or those of the delivered edition."""

    text: LetterText
    organizations: int
    people: int
    edition: EditionMark | None = None

    @property
    def count(self) -> int:
        """Return the number of listed signatories."""
        return self.organizations + self.people


@dataclass(frozen=True, slots=True)
class LetterNow:
    """State of a letter's page: the `delivered` edition, whether signing is `over`, and the time `left`."""

    letter: PublicLetter
    delivered: EditionCheck | None
    over: bool
    left: str


@dataclass(frozen=True, slots=True)
class Site:
    """The site that pages are rendered for. Part of the cache keys."""

    templates: Environment
    public_url: str


def page_of(standing: LetterNow, read: Read, part: NamesOfPage, query: str) -> str:
    """Render the whole page with that part of the list."""
    settings = settings_here()
    site = Site(current_app.jinja_env, settings.public_url)
    before, after = _around(site, standing, read)
    draw = _list.__wrapped__ if read.text.shown is Shown.LOGOS else _list  # logos would take too much memory
    return before + draw(site, standing.letter.slug, read, part, query) + after


@kept_within(ROOM)
def _around(site: Site, standing: LetterNow, read: Read) -> tuple[str, str]:
    """Render the page before and after the list."""
    page = site.templates.get_template("public/letters/letter.html").render(
        letter=standing.letter,
        delivered=standing.delivered,
        over=standing.over,
        left=standing.left,
        read=read,
        sheet=sheet_of(read.text, read.count, read.edition),
        hole=HOLE,
        counts_later=not read.count and bool(COUNT.search(read.text.body)),
        description=_description(read.text, read.count),
        address=site.public_url + url_for("letters.letter", slug=standing.letter.slug),
    )
    before, _, after = page.partition(HOLE)
    return before, after


@lru_cache(maxsize=KEPT)
def _list(site: Site, slug: str, read: Read, part: NamesOfPage, query: str) -> str:
    """Render the lines, links to other pages, and the search; "" if nobody has signed."""
    if not read.count:
        return ""
    begin = (part.page - 1) * part.size
    return site.templates.get_template("public/letters/_list.html").render(
        roll=part_of_roll(read.text, read.count, part.signatories, part.opening),
        slug=slug,
        query=query,
        searchable=read.count >= SEARCHED_FROM,
        found=part.found if part.found <= MANY or not query else None,
        first=begin + 1,
        last=begin + len(part.signatories),
        earlier=_page_address(slug, query, part.page - 1, before=part.first_id) if part.page > 1 else "",
        later=_page_address(slug, query, part.page + 1, after=part.last_id) if part.later else "",
    )


def _page_address(slug: str, query: str, page: int, **mark: int) -> str:
    """Return the URL of a list page. All but the first continue from a signature, wherever it has moved (keyset pagination)."""
    asked = {"q": query, "page": page} | (mark if page > 1 else {})
    address = url_for("letters.letter", slug=slug)
    return f"{address}?{urlencode({name: value for name, value in asked.items() if value})}#signatories"


@lru_cache(maxsize=KEPT)
def sheet_of(text: LetterText, count: int, edition: EditionMark | None = None, level: int = 1) -> LetterView:
    """Render the letter without its list; the counts in the text are those of all signatories.

    Its title is a heading of this `level`, for pages whose own heading comes first.
    """
    return letter_view(LetterDocument(_text_on_page(text, count), edition=edition), level=level)


def _text_on_page(text: LetterText, count: int) -> LetterText:
    """Return the text with its counts filled in. Before the first signature it shows a placeholder, not "0"."""
    mark = rf"\[{words(text.language).number}\]"
    body = fill_count(text.body, count, text.language) if count else mark_count(text.body, mark)
    return replace(text, body=body)


def _description(text: LetterText, count: int) -> str:
    """Return the first words of the letter for link previews."""
    said = " ".join(body_text(LetterDocument(_text_on_page(text, count))).split())
    return said if len(said) <= DESCRIPTION else said[:DESCRIPTION].rpartition(" ")[0] + "…"
