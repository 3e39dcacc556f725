"""Atom feeds: the letters of this site or of a coalition, and the newest names of a letter."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from flask import Blueprint, Response, abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from letterhub.domain.i18n import _
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.letters.feeds import LetterNews, letter_news, newest_names
from letterhub.queries.letters.public_letter import public_letter
from letterhub.queries.letters.public_lists import public_coalition
from letterhub.web.access import Audience, open_to
from letterhub.web.languages import speak_of
from letterhub.web.page_cache import cache_briefly

bp = Blueprint("feeds", __name__)


class FeedEntry(NamedTuple):
    """Entry of a feed. Its id is a URL; `link` is the page that it leads to, and `summary` may be empty."""

    id: str
    title: str
    link: str
    at: dt.datetime
    author: str
    summary: str
    language: str


@bp.get("/feed.atom")
@open_to(Audience.EVERYONE)
def site() -> Response:
    """Return the openings and deliveries of the site's letters."""
    return cache_briefly(_feed(_("Open letters"), url_for("home.index"), url_for(".site"), _letter_entries(letter_news())))


@bp.get("/c/<slug>/feed.atom")
@open_to(Audience.EVERYONE)
def coalition(slug: str) -> ResponseReturnValue:
    """Return the openings and deliveries of a coalition's letters."""
    found = public_coalition(slug) or abort(404)
    if found.slug != slug:
        return redirect(url_for(".coalition", slug=found.slug), 301)
    title = str(_("Open letters of %(coalition)s", coalition=found.name))
    page, address = url_for("coalition.detail", slug=slug), url_for(".coalition", slug=slug)
    return cache_briefly(_feed(title, page, address, _letter_entries(letter_news(found.id))))


@bp.get("/letters/<slug>/feed.atom")
@open_to(Audience.EVERYONE)
def letter(slug: str) -> Response:
    """Return the names on a letter that were published last."""
    found = public_letter(slug) or abort(404)
    speak_of(found.text.language)
    page = url_for("letters.detail", slug=slug)
    entries = [
        FeedEntry(f"{page}#signature-{new.id}", new.name, f"{page}#signatories", new.at, found.coalition, "", "")
        for new in newest_names(found)
    ]
    title = str(_("New signatories of “%(letter)s”", letter=found.text.title))
    return cache_briefly(_feed(title, page, url_for(".letter", slug=slug), entries))


def _letter_entries(news: Iterable[LetterNews]) -> list[FeedEntry]:
    """Return the entries of letters; the opening and the delivery of one are two."""
    entries = []
    for one in news:
        page = url_for("letters.detail", slug=one.slug)
        summary = _("This letter is open for signatures.")
        if one.is_delivery:
            summary = _("This letter was delivered to %(recipient)s.", recipient=one.delivered_to)
        anchor = "delivered" if one.is_delivery else "opened"
        entries.append(FeedEntry(f"{page}#{anchor}", one.title, page, one.at, one.coalition, str(summary), one.language))
    return entries


def _feed(title: object, page: str, address: str, entries: list[FeedEntry]) -> Response:
    """Return entries, newest first, as an Atom feed of a page; all addresses are paths."""
    xml = render_template(
        "public/letters/feed.xml", title=title, page=page, address=address, entries=entries,
        site=current_settings().public_url,
    )  # fmt: skip
    response = make_response(xml)
    response.mimetype = "application/atom+xml"
    return response
