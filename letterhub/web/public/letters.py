"""A letter for everyone to read: its sheet, and beside it how many have signed and until when one may."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request, url_for

from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain.document import COUNT, Kind, LetterDocument, LetterText, Signatory, mark_count
from letterhub.domain.organizations import name_key
from letterhub.queries.checking import check_of_delivered
from letterhub.queries.documents import document_of_edition, letter_document, public_letter
from letterhub.queries.revisions import text_standing
from letterhub.rendering.plain import body_text
from letterhub.rendering.view import LetterView, Roll, letter_view, roll
from letterhub.rendering.words import words
from letterhub.web.access import Entry, open_to
from letterhub.web.numbers import whole_number
from letterhub.web.public.freshness import fresh_for_a_moment

pages = Blueprint("letters", __name__)

SEARCHED_FROM = 30
PAGED_FROM = 200
DESCRIPTION = 200


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the list that a page shows: what was searched for, which lines of how many, and the pages around it."""

    roll: Roll
    query: str
    searchable: bool
    found: int
    first: int
    last: int
    earlier: str
    later: str


@pages.get("/<slug>")
@open_to(Entry.EVERYONE)
def letter(slug: str) -> Response:
    """The letter. Sets no cookie, so that whoever stands between us and the readers may keep it for a moment."""
    found = public_letter(slug) or abort(404)
    delivered = check_of_delivered(found.id)
    document = document_of_edition(delivered.id) if delivered else letter_document(found.id)
    settings: Settings = current_app.extensions["settings"]
    page = render_template(
        "public/letters/letter.html",
        letter=found,
        delivered=delivered,
        text=text_standing(found.id),
        sheet=sheet_of(document),
        part=part_of(document, slug, request.args.get("q", "").strip()[:200], request.args.get("page", 1, type=whole_number)),
        organizations=sum(one.kind is Kind.ORGANIZATION for one in document.signatories),
        people=sum(one.kind is Kind.INDIVIDUAL for one in document.signatories),
        over=found.is_over(now()),
        counts_later=not document.signatories and bool(COUNT.search(document.text.body)),
        description=description_of(document),
        address=settings.public_url + url_for(".letter", slug=slug),
    )
    return fresh_for_a_moment(make_response(page))


def sheet_of(document: LetterDocument) -> LetterView:
    """The letter without its list, of which a page draws its own part; the counts in the text are those of the whole."""
    return letter_view(replace(document, text=text_on_page(document), signatories=()))


def text_on_page(document: LetterDocument) -> LetterText:
    """The text with its counts filled in. Before the first name a mark stands for them: nobody is "the 0 undersigned"."""
    mark = rf"\[{words(document.text.language).number}\]"
    body = document.body if document.signatories else mark_count(document.text.body, mark)
    return replace(document.text, body=body)


def part_of(document: LetterDocument, slug: str, query: str, page: int) -> Part:
    """The lines that a page shows: of those that the search found, at most 200."""
    found = matching(document.signatories, query)
    last_page = max(1, -(-len(found) // PAGED_FROM))
    page = min(max(page, 1), last_page)
    begin = (page - 1) * PAGED_FROM
    shown = found[begin : begin + PAGED_FROM]
    return Part(
        roll=roll(document, shown),
        query=query,
        searchable=document.count >= SEARCHED_FROM,
        found=len(found),
        first=begin + 1,
        last=begin + len(shown),
        earlier=_page_address(slug, query, page - 1) if page > 1 else "",
        later=_page_address(slug, query, page + 1) if page < last_page else "",
    )


def matching(signatories: tuple[Signatory, ...], query: str) -> tuple[Signatory, ...]:
    """The signatories whose line holds what was typed, whatever its case and accents."""
    if not query:
        return signatories
    wanted = name_key(query)
    return tuple(one for one in signatories if wanted in name_key(f"- {one.name} {one.detail} {one.location}"))


def _page_address(slug: str, query: str, page: int) -> str:
    asked = {name: value for name, value in (("q", query), ("page", page)) if value}
    return f"{url_for('.letter', slug=slug)}?{urlencode(asked)}#signatories"


def description_of(document: LetterDocument) -> str:
    """The first words of the letter, for whoever sees its address shared."""
    said = " ".join(body_text(replace(document, text=text_on_page(document))).split())
    return said if len(said) <= DESCRIPTION else said[:DESCRIPTION].rpartition(" ")[0] + "…"
