"""Public page of a letter, rendered from two cached fragments: a part of the signatory list, and the page around it.

The cache key of a fragment is all data it is rendered from. Changed data gives another key, so nothing has to be invalidated.

See docs/design/caching.md.
"""

import re
import secrets
import sys
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock
from urllib.parse import urlencode

from cachetools import LRUCache, cached
from flask import Blueprint, Response, abort, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from jinja2 import Environment
from markupsafe import Markup

from letterhub.clock import now
from letterhub.domain.i18n import COUNT_PLACEHOLDER, mask_count
from letterhub.domain.invitations.partners import source_from
from letterhub.domain.letters.letter_document import (
    LAYOUT_VERSION,
    EditionInfo,
    LetterDocument,
    LetterText,
    SignatoryCounts,
    SignatoryStyle,
)
from letterhub.domain.press.press_page import is_released
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.editions.check_page import CheckPage, delivered_check_page
from letterhub.queries.editions.signatory_pages import edition_list_page
from letterhub.queries.letters.public_letter import PublicLetter, public_letter, revision_text
from letterhub.queries.letters.public_translations import frozen_translations, public_translations
from letterhub.queries.press.replies import PublicReply, public_replies
from letterhub.queries.signatures.listing import ListPage, PageRequest, list_page
from letterhub.queries.signatures.search import MANY
from letterhub.rendering.letter.document_locale import document_locale
from letterhub.rendering.letter.signatory_list import partial_signatory_list
from letterhub.rendering.letter.structured_data import page_data
from letterhub.rendering.letter.view import LetterView, letter_view
from letterhub.web.access import Audience, open_to
from letterhub.web.assets import first_paint_sheet
from letterhub.web.dates import time_until
from letterhub.web.forms import parse_integer
from letterhub.web.languages import speak_of
from letterhub.web.page_cache import cache_briefly
from letterhub.web.public.changes.change_on_page import ChangeOnPage, change_on_page
from letterhub.web.public.letters.letter_languages import LetterLanguages, letter_languages, letter_path
from letterhub.web.request_security import policy_with_style

bp = Blueprint("letters", __name__)

MIN_SEARCHABLE = 30
DESCRIPTION_LENGTH = 200
FOOTNOTE_REFERENCE = re.compile(r'<sup class="note-mark">.*?</sup>')
CACHED_FRAGMENTS = 32  # fragments of each kind, per process
MAX_CACHE_BYTES = 4 * 2**20  # bytes per process for the pages around lists, which hold a logo
LIST_PLACEHOLDER = Markup(f"<!-- {secrets.token_hex(16)} -->")  # noqa: S704 - placeholder for the list, which no letter can contain


@dataclass(frozen=True, slots=True)
class LetterPageState:
    """State of a letter's page: the `delivered` edition, whether signing is `is_over`, the time `time_left`, the replies of
    its recipients, whether its press page `is_released`, the substantive `change` that signatories are asked about, and the
    `languages` of the page, None if there is only one."""

    letter: PublicLetter
    delivered: CheckPage | None
    is_over: bool
    time_left: str
    replies: tuple[PublicReply, ...]
    is_released: bool
    change: ChangeOnPage | None
    languages: LetterLanguages | None

    @property
    def path(self) -> str:
        """Return the path of the page."""
        return self.languages.shown.path if self.languages else letter_path(self.letter.slug)


@dataclass(frozen=True, slots=True)
class Site:
    """The site that pages are rendered for. Part of the cache keys."""

    templates: Environment
    public_url: str


@dataclass(frozen=True, slots=True)
class DisplayedText:
    """The text and counts that a letter's page shows: the current ones, or those of the delivered edition."""

    text: LetterText
    counts: SignatoryCounts
    edition: EditionInfo | None = None
    layout: int = LAYOUT_VERSION

    @property
    def count(self) -> int:
        """Return the number of listed signatories."""
        return self.counts.total


@bp.get("/<slug>")
@open_to(Audience.EVERYONE)
def detail(slug: str) -> Response:
    """Show the letter. Sets no cookie, so that shared caches may store it for a moment."""
    letter = public_letter(slug) or abort(404)
    return cache_briefly(_letter_page(letter))


@bp.get("/<slug>/<language:language>")
@open_to(Audience.EVERYONE)
def translation(slug: str, language: str) -> ResponseReturnValue:
    """Show a translation of the letter, as `detail` does; the original's language leads to the original."""
    letter = public_letter(slug) or abort(404)
    if language == letter.text.language:
        return redirect(url_for(".detail", slug=slug), 302)
    return cache_briefly(_letter_page(letter, language))


def _letter_page(letter: PublicLetter, language: str = "") -> Response:
    """Return the page of a letter in a translation, or in the original. Aborts with 404 if readers see no such translation."""
    edition = delivered_check_page(letter.id) if letter.delivered_at else None
    translations = public_translations(letter.id, letter.text.language) if letter.translation_count else ()
    frozen = frozen_translations(edition.id) if translations and edition and edition.translation_count else {}
    translations = tuple(frozen.get(one.language, one) for one in translations)
    shown = (next((one for one in translations if one.language == language), None) or abort(404)) if language else None
    speak_of(shown.language if shown else letter.text.language)
    page_request = _page_from_query()
    time_left = time_until(letter.deadline_at) if letter.deadline_at else ""
    replies = public_replies(letter.id) if letter.reply_count else ()
    original, part = displayed_to_public(letter, edition, page_request)
    original_hash = edition.revision_sha256 if edition else letter.revision_hash
    displayed = (
        replace(original, text=shown.text, edition=original.edition if language in frozen else None) if shown else original
    )
    state = LetterPageState(
        letter, edition, letter.is_over(now()), time_left, replies, is_released(letter.release_at, now()),
        None if edition else change_on_page(letter),
        letter_languages(letter.slug, original.text, original_hash, translations, shown),
    )  # fmt: skip
    page = _render_letter_page(state, displayed, part, page_request.query)
    if via := source_from(request.args["via"]) if "via" in request.args else "":  # the link to the form alone carries it
        path = sign_path(letter.slug, shown.language if shown else "")
        page = page.replace(f'href="{path}"', f'href="{path}?via={via}"')
    response = make_response(page)
    response.headers["Content-Security-Policy"] = policy_with_style(first_paint_sheet(displayed.text.accent).source)
    return response


def sign_path(slug: str, language: str = "") -> str:
    """Return the path of the form that signs a letter, in the language in which it was read."""
    return url_for("signing.new", slug=slug, language=language or None)


def _page_from_query() -> PageRequest:
    """Return the part of the signatory list that the query string asks for."""
    if not request.args:
        return PageRequest()
    return PageRequest(
        query=request.args.get("q", "").strip()[:200],
        page=request.args.get("page", 1, type=parse_integer),
        after_id=request.args.get("after", 0, type=parse_integer),
        before_id=request.args.get("before", 0, type=parse_integer),
    )


def displayed_to_public(
    letter: PublicLetter, delivered: CheckPage | None, page_request: PageRequest
) -> tuple[DisplayedText, ListPage]:
    """Return what the public reads, of the letter or of its delivered edition: text and counts, and a page of the list."""
    if delivered is None:
        part = list_page(letter.id, letter.text, letter.count, page_request, letter.questions)
        return DisplayedText(letter.text, letter.counts), part
    text = revision_text(delivered.revision_id, delivered.revision_sha256)
    displayed = DisplayedText(text, delivered.counts, delivered.edition_info, delivered.layout)
    return displayed, edition_list_page(delivered.id, delivered.count, page_request)


def _render_letter_page(state: LetterPageState, displayed: DisplayedText, part: ListPage, query: str) -> str:
    """Return the HTML of the whole page, with this part of the signatory list; `query` is what was searched for."""
    settings = current_settings()
    site = Site(current_app.jinja_env, settings.public_url)
    before, after = _render_around_list(site, state, displayed)
    # logos would take too much memory
    render_list = _render_list.__wrapped__ if displayed.text.shown is SignatoryStyle.LOGOS else _render_list
    return before + render_list(site, state.path, displayed, part, query) + after


@cached(LRUCache(MAX_CACHE_BYTES, getsizeof=lambda parts: sum(map(sys.getsizeof, parts))), lock=Lock())
def _render_around_list(site: Site, state: LetterPageState, displayed: DisplayedText) -> tuple[str, str]:
    """Return the HTML of the page before the signatory list, and the HTML after it."""
    view = letter_view_without_list(displayed.text, displayed.counts, displayed.edition, layout=displayed.layout)
    original_address = site.public_url + letter_path(state.letter.slug)
    page = site.templates.get_template("public/letters/letter.html").render(
        letter=state.letter,
        delivered=state.delivered,
        over=state.is_over,
        left=state.time_left,
        replies=state.replies,
        is_released=state.is_released,
        change=state.change,
        displayed=displayed,
        sheet=view,
        first_sheet=first_paint_sheet(displayed.text.accent).element,
        list_placeholder=LIST_PLACEHOLDER,
        counts_later=not displayed.count and bool(COUNT_PLACEHOLDER.search(displayed.text.body)),
        description=_description(view.body),
        languages=state.languages,
        site_url=site.public_url,
        address=site.public_url + state.path,
        data=page_data(
            displayed.text,
            displayed.count,
            displayed.edition,
            site.public_url + state.path,
            site.public_url + url_for("api.public_signatories", slug=state.letter.slug),
        ),
        oembed=f"{site.public_url}{url_for('embed.oembed')}?{urlencode({'url': original_address})}",
        card=site.public_url + url_for("share_card.detail", slug=state.letter.slug),
    )
    before, _, after = page.partition(LIST_PLACEHOLDER)
    return before, after


@lru_cache(maxsize=CACHED_FRAGMENTS)
def _render_list(site: Site, path: str, displayed: DisplayedText, part: ListPage, query: str) -> str:
    """Return the HTML of a part of the list, with links to other pages and the search; "" if nobody has signed."""
    if not displayed.count:
        return ""
    offset = (part.page - 1) * part.size
    is_count_exact = part.match_count <= MANY or not query  # a search counts no further
    return site.templates.get_template("public/letters/_list.html").render(
        signatory_list=partial_signatory_list(
            displayed.text, displayed.counts, part.signatories, part.first_signatory, displayed.layout, part.answers
        ),
        path=path,
        query=query,
        searchable=displayed.count >= MIN_SEARCHABLE,
        found=part.match_count if is_count_exact else None,
        first=offset + 1,
        last=offset + len(part.signatories),
        earlier=_page_url(path, query, part.page - 1, before=part.previous_cursor) if part.page > 1 else "",
        later=_page_url(path, query, part.page + 1, after=part.next_cursor) if part.has_next else "",
    )


def _page_url(path: str, query: str, page: int, **cursor: int) -> str:
    """Return the URL of a list page. All but the first continue from a signature, wherever it has moved (keyset pagination)."""
    params = {"q": query, "page": page} | (cursor if page > 1 else {})
    return f"{path}?{urlencode({name: value for name, value in params.items() if value})}#signatories"


@lru_cache(maxsize=CACHED_FRAGMENTS)
def letter_view_without_list(
    text: LetterText,
    counts: SignatoryCounts,
    edition: EditionInfo | None = None,
    level: int = 1,
    layout: int = LAYOUT_VERSION,
) -> LetterView:
    """Return the letter to render, without its list; its title is a heading of this `level`.

    Counts in its text are those of all signatories; before the first one, there is a word in brackets instead.
    """
    placeholder = rf"\[{document_locale(text.language).words.number}\]"
    body = counts.fill(text.body, text.language, layout) if counts.total else mask_count(text.body, placeholder)
    return letter_view(LetterDocument(replace(text, body=body), edition=edition, layout=layout), level=level)


def _description(body: Markup) -> str:
    """Return the first words of a letter's body for link previews, without its notes."""
    words = Markup(FOOTNOTE_REFERENCE.sub("", body.partition("<section")[0])).striptags()  # noqa: S704 - stripped of all tags
    return words if len(words) <= DESCRIPTION_LENGTH else words[:DESCRIPTION_LENGTH].rpartition(" ")[0] + "…"
