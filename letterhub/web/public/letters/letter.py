"""Public page of a letter: its text, the number of signatories and the deadline."""

from flask import Blueprint, Response, abort, make_response, request

from letterhub.clock import now
from letterhub.queries.editions.pages import part_of_edition
from letterhub.queries.editions.verification import EditionCheck, check_of_delivered
from letterhub.queries.letters.documents import PublicLetter, public_letter, text_of
from letterhub.queries.signatures.listing import NamesOfPage, PageAsked, part_of_list
from letterhub.web.access import Audience, open_to
from letterhub.web.converters import whole_number
from letterhub.web.filters import until
from letterhub.web.public.cache_headers import fresh_for_a_moment
from letterhub.web.public.letters.fragments import LetterNow, Read, page_of

pages = Blueprint("letters", __name__)


@pages.get("/<slug>")
@open_to(Audience.EVERYONE)
def letter(slug: str) -> Response:
    """Show the letter. Sets no cookie, so that shared caches may store it for a moment."""
    found = public_letter(slug) or abort(404)
    delivered = check_of_delivered(found.id) if found.delivered_at else None
    left = until(found.deadline_at) if found.deadline_at else ""
    wanted = asked()
    read, part = _read(found, delivered, wanted)
    page = page_of(LetterNow(found, delivered, found.is_over(now()), left), read, part, wanted.query)
    return fresh_for_a_moment(make_response(page))


def asked() -> PageAsked:
    """Return the part of the signatory list that the query string asks for."""
    if not request.args:
        return PageAsked()
    numbers = {
        name: request.args.get(name, usual, type=whole_number) for name, usual in (("page", 1), ("after", 0), ("before", 0))
    }
    return PageAsked(query=request.args.get("q", "").strip()[:200], **numbers)


def _read(letter: PublicLetter, delivered: EditionCheck | None, wanted: PageAsked) -> tuple[Read, NamesOfPage]:
    if delivered is None:
        part = part_of_list(letter.id, letter.text, letter.count, wanted)
        return Read(letter.text, letter.organizations, letter.people), part
    text = text_of(delivered.revision_id, delivered.revision_sha256)
    read = Read(text, delivered.count - delivered.people, delivered.people, delivered.mark)
    return read, part_of_edition(delivered.id, delivered.count, wanted)
