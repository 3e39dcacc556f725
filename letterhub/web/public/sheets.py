"""Draws a letter's page in two pieces, and keeps both: a part of its list, and what stands around it.

A piece is drawn from its facts alone, and by all of them it is kept: where one changes, it is another piece. So nothing that is
kept is ever out of date, and nobody has to say that something changed.
"""

import secrets
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from flask import current_app, url_for
from jinja2 import Environment
from markupsafe import Markup

from letterhub.domain.counts import COUNT, fill_count, mark_count
from letterhub.domain.document import EditionMark, LetterDocument, LetterText, Shown
from letterhub.here import settings_here
from letterhub.queries.checking import EditionCheck
from letterhub.queries.documents import PublicLetter
from letterhub.queries.listing import MANY, NamesOfPage
from letterhub.rendering.plain import body_text
from letterhub.rendering.view import LetterView, letter_view, part_of_roll
from letterhub.rendering.words import words
from letterhub.web.public.keeping import kept_within

SEARCHED_FROM = 30
DESCRIPTION = 200
KEPT = 32  # pieces of each kind, of each process
ROOM = 4 * 2**20  # bytes, of each process, for what stands around lists: a logo stands in it
HOLE = Markup(f"<!-- {secrets.token_hex(16)} -->")  # noqa: S704 - where the list comes: nothing that anyone wrote holds this


@dataclass(frozen=True, slots=True)
class Read:
    """What is read at a letter's address: how it stands now, or as an edition was delivered."""

    text: LetterText
    organizations: int
    people: int
    edition: EditionMark | None = None

    @property
    def count(self) -> int:
        """How many signatories are listed."""
        return self.organizations + self.people


@dataclass(frozen=True, slots=True)
class LetterNow:
    """A letter as it stands at a moment: what was `delivered` of it, whether its time is `over`, what is `left` of it."""

    letter: PublicLetter
    delivered: EditionCheck | None
    over: bool
    left: str


@dataclass(frozen=True, slots=True)
class Site:
    """Whose pages these are. What they say around a letter is said in one language to everyone."""

    templates: Environment
    public_url: str


def page_of(standing: LetterNow, read: Read, part: NamesOfPage, query: str) -> str:
    """The whole page, with that part of the list."""
    settings = settings_here()
    site = Site(current_app.jinja_env, settings.public_url)
    before, after = _around(site, standing, read)
    draw = _list.__wrapped__ if read.text.shown is Shown.LOGOS else _list  # pictures would take too much room
    return before + draw(site, standing.letter.slug, read, part, query) + after


@kept_within(ROOM)
def _around(site: Site, standing: LetterNow, read: Read) -> tuple[str, str]:
    """What stands before the list and after it."""
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
    """The lines that a page shows, the way to others, and the search; nothing where nobody has signed."""
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
    """The address of a page; all but the first go on from a name, wherever it has moved to meanwhile."""
    asked = {"q": query, "page": page} | (mark if page > 1 else {})
    address = url_for("letters.letter", slug=slug)
    return f"{address}?{urlencode({name: value for name, value in asked.items() if value})}#signatories"


@lru_cache(maxsize=KEPT)
def sheet_of(text: LetterText, count: int, edition: EditionMark | None = None, level: int = 1) -> LetterView:
    """The letter without its list, of which a page draws its own part; the counts in the text are those of the whole.

    Its own heading stands at `level`: below that of the page, where the page is about something else.
    """
    return letter_view(LetterDocument(_text_on_page(text, count), edition=edition), level=level)


def _text_on_page(text: LetterText, count: int) -> LetterText:
    """The text with its counts filled in. Before the first name a mark stands for them: nobody is "the 0 undersigned"."""
    mark = rf"\[{words(text.language).number}\]"
    body = fill_count(text.body, count, text.language) if count else mark_count(text.body, mark)
    return replace(text, body=body)


def _description(text: LetterText, count: int) -> str:
    """The first words of the letter, for whoever sees its address shared."""
    said = " ".join(body_text(LetterDocument(_text_on_page(text, count))).split())
    return said if len(said) <= DESCRIPTION else said[:DESCRIPTION].rpartition(" ")[0] + "…"
