"""Public page of a letter: its text, the number of signatories and the deadline."""

from flask import Blueprint, Response, abort, make_response, request

from letterhub.clock import now
from letterhub.queries.editions.pages import edition_list_page
from letterhub.queries.editions.verification import EditionVerification, delivered_edition_verification
from letterhub.queries.letters.documents import PublicLetter, public_letter, revision_text
from letterhub.queries.signatures.listing import ListPage, PageRequest, list_page
from letterhub.web.access import Audience, open_to
from letterhub.web.converters import parse_integer
from letterhub.web.filters import time_until
from letterhub.web.page_cache import cache_briefly
from letterhub.web.public.letters.fragments import DisplayedText, LetterPageState, render_letter_page

bp = Blueprint("letters", __name__)


@bp.get("/<slug>")
@open_to(Audience.EVERYONE)
def detail(slug: str) -> Response:
    """Show the letter. Sets no cookie, so that shared caches may store it for a moment."""
    found = public_letter(slug) or abort(404)
    delivered = delivered_edition_verification(found.id) if found.delivered_at else None
    left = time_until(found.deadline_at) if found.deadline_at else ""
    wanted = page_from_query()
    read, part = _displayed_text_and_page(found, delivered, wanted)
    page = render_letter_page(LetterPageState(found, delivered, found.is_over(now()), left), read, part, wanted.query)
    return cache_briefly(make_response(page))


def page_from_query() -> PageRequest:
    """Return the part of the signatory list that the query string asks for."""
    if not request.args:
        return PageRequest()
    numbers = {
        name: request.args.get(name, usual, type=parse_integer) for name, usual in (("page", 1), ("after", 0), ("before", 0))
    }
    return PageRequest(query=request.args.get("q", "").strip()[:200], **numbers)


def _displayed_text_and_page(
    letter: PublicLetter, delivered: EditionVerification | None, wanted: PageRequest
) -> tuple[DisplayedText, ListPage]:
    if delivered is None:
        part = list_page(letter.id, letter.text, letter.count, wanted)
        return DisplayedText(letter.text, letter.organizations, letter.people), part
    text = revision_text(delivered.revision_id, delivered.revision_sha256)
    read = DisplayedText(text, delivered.count - delivered.people, delivered.people, delivered.mark)
    return read, edition_list_page(delivered.id, delivered.count, wanted)
