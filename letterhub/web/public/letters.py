"""A letter for everyone to read: its sheet, and beside it how many have signed and until when one may."""

from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request, url_for

from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain.counts import COUNT, fill_count, mark_count
from letterhub.domain.document import EditionMark, LetterDocument, LetterText
from letterhub.queries.checking import EditionCheck, check_of_delivered
from letterhub.queries.documents import PublicLetter, public_letter, text_of
from letterhub.queries.edition_pages import part_of_edition
from letterhub.queries.listing import MANY, Asked, Part, part_of_list
from letterhub.queries.revisions import text_standing
from letterhub.rendering.plain import body_text
from letterhub.rendering.view import LetterView, Roll, letter_view, part_of_roll
from letterhub.rendering.words import words
from letterhub.web.access import Entry, open_to
from letterhub.web.numbers import whole_number
from letterhub.web.public.freshness import fresh_for_a_moment

pages = Blueprint("letters", __name__)

SEARCHED_FROM = 30
DESCRIPTION = 200
KEPT = 64  # texts as they are set on a page, of each process


@dataclass(frozen=True, slots=True)
class Read:
    """What is read at a letter's address: how it stands now, or as an edition was delivered."""

    text: LetterText
    organizations: int
    people: int
    part: Part
    edition: EditionMark | None = None

    @property
    def count(self) -> int:
        """How many signatories are listed."""
        return self.organizations + self.people


@dataclass(frozen=True, slots=True)
class Shown:
    """The part of the list that a page shows: what was searched for, which lines of how many, and the pages around it.

    `found` is None where they are too many to be counted.
    """

    roll: Roll
    query: str
    searchable: bool
    found: int | None
    first: int
    last: int
    earlier: str
    later: str


@pages.get("/<slug>")
@open_to(Entry.EVERYONE)
def letter(slug: str) -> Response:
    """The letter. Sets no cookie, so that whoever stands between us and the readers may keep it for a moment."""
    found = public_letter(slug) or abort(404)
    delivered = check_of_delivered(found.id) if found.delivered_at else None
    read = _read(found, delivered, asked())
    settings: Settings = current_app.extensions["settings"]
    page = render_template(
        "public/letters/letter.html",
        letter=found,
        delivered=delivered,
        text=text_standing(found.id),
        sheet=sheet_of(read.text, read.count, read.edition),
        part=shown_of(read, slug, asked().query),
        organizations=read.organizations,
        people=read.people,
        over=found.is_over(now()),
        counts_later=not read.count and bool(COUNT.search(read.text.body)),
        description=description_of(read.text, read.count),
        address=settings.public_url + url_for(".letter", slug=slug),
    )
    return fresh_for_a_moment(make_response(page))


def asked() -> Asked:
    """Which part of the list the address asks for."""
    numbers = {
        name: request.args.get(name, usual, type=whole_number) for name, usual in (("page", 1), ("after", 0), ("before", 0))
    }
    return Asked(query=request.args.get("q", "").strip()[:200], **numbers)


def _read(letter: PublicLetter, delivered: EditionCheck | None, wanted: Asked) -> Read:
    if delivered is None:
        part = part_of_list(letter.id, letter.text, letter.count, wanted)
        return Read(letter.text, letter.organizations, letter.people, part)
    text = text_of(delivered.revision_id, delivered.revision_sha256)
    part = part_of_edition(delivered.id, delivered.count, wanted)
    return Read(text, delivered.count - delivered.people, delivered.people, part, delivered.mark)


@lru_cache(maxsize=KEPT)
def sheet_of(text: LetterText, count: int, edition: EditionMark | None = None, level: int = 1) -> LetterView:
    """The letter without its list, of which a page draws its own part; the counts in the text are those of the whole.

    Its own heading stands at `level`: below that of the page, where the page is about something else.
    """
    return letter_view(LetterDocument(text_on_page(text, count), edition=edition), level=level)


def text_on_page(text: LetterText, count: int) -> LetterText:
    """The text with its counts filled in. Before the first name a mark stands for them: nobody is "the 0 undersigned"."""
    mark = rf"\[{words(text.language).number}\]"
    body = fill_count(text.body, count, text.language) if count else mark_count(text.body, mark)
    return replace(text, body=body)


def shown_of(read: Read, slug: str, query: str) -> Shown:
    """The lines that a page shows, and the way to the others."""
    part, begin = read.part, (read.part.page - 1) * read.part.size
    return Shown(
        roll=part_of_roll(read.text, read.count, part.signatories, part.opening),
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
    return f"{url_for('.letter', slug=slug)}?{urlencode({name: value for name, value in asked.items() if value})}#signatories"


@lru_cache(maxsize=KEPT)
def description_of(text: LetterText, count: int) -> str:
    """The first words of the letter, for whoever sees its address shared."""
    said = " ".join(body_text(LetterDocument(text_on_page(text, count))).split())
    return said if len(said) <= DESCRIPTION else said[:DESCRIPTION].rpartition(" ")[0] + "…"
