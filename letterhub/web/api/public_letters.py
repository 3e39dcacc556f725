"""Public part of the API: letters, their signatories as printed, delivered editions, and addresses of feeds."""

import datetime as dt
from typing import Annotated

from flask import abort, url_for
from msgspec import Meta, convert

from letterhub.clock import now
from letterhub.domain.editions.deliveries import DeliveryMethod
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import LetterText, SignatoryKind
from letterhub.domain.states import LetterState
from letterhub.mail.messages import edition_url, site_url
from letterhub.queries.editions.check_page import CheckPage, delivered_check_page, edition_check_page
from letterhub.queries.editions.signatory_pages import edition_list_page
from letterhub.queries.letters.public_letter import PublicLetter, public_letter, revision_text
from letterhub.queries.letters.public_lists import public_coalition, site_letters
from letterhub.queries.signatures.listing import ListPage, PageRequest, list_page
from letterhub.rendering.letter.signatory_list import line
from letterhub.web.api.api import AnswerPage, Input, Struct, endpoint
from letterhub.web.forms import MAX_INTEGER

CURSOR_PATTERN = r"^[1-9][0-9]{0,5}\.[0-9]{1,10}$"
PageNumber = Annotated[int, Meta(ge=1, le=100_000)]


class PublicLetterSummary(Struct):
    """Letter in the site's list. `deadline_at` is null without a deadline."""

    slug: str
    url: str
    title: str
    language: str
    coalition: str
    coalition_slug: str
    deadline_at: dt.datetime | None
    closed_at: dt.datetime | None
    delivered_at: dt.datetime | None
    delivered_to: str
    organizations: int
    individuals: int


class PublicLetterDetails(Struct):
    """Letter as everyone reads it: `body` is Markdown, in which `{{count}}` stands for the number of signatories; `sha256` is
    the fingerprint of the text that is signed."""

    slug: str
    url: str
    sign_url: str
    feed_url: str
    state: LetterState
    is_open: bool
    coalition: str
    coalition_slug: str
    deadline_at: dt.datetime | None
    closed_at: dt.datetime | None
    delivered_at: dt.datetime | None
    delivered_to: str
    organizations: int
    individuals: int
    revision: int
    sha256: str
    title: str
    language: str
    date: dt.date | None
    addressees: tuple[str, ...]
    re: str
    salutation: str
    body: str
    closing: str
    edition: str | None


class PrintedSignatory(Struct):
    """Signatory as printed: the name, and what the letter prints beside or below it."""

    kind: SignatoryKind
    name: str
    detail: str
    below: str


class PublicFile(Struct):
    """File of an edition: `size` in bytes, and SHA-256 as hex. `language` is "" for the letter's own."""

    format: FileFormat
    language: str
    name: str
    size: int
    sha256: str


class PublicDeliveryAnswer(Struct):
    """Delivery of an edition."""

    recipient: str
    method: DeliveryMethod
    delivered_at: dt.datetime


class PublicEdition(Struct):
    """Edition as its check page shows it. Before delivery it has no files."""

    public_id: str
    url: str
    number: int
    letter: str
    title: str
    frozen_at: dt.datetime
    organizations: int
    individuals: int
    sha256: str
    deliveries: tuple[PublicDeliveryAnswer, ...]
    files: tuple[PublicFile, ...]


class PublicCoalitionDetails(Struct):
    """Coalition with a public letter."""

    slug: str
    name: str
    url: str
    feed_url: str


class SiteDetails(Struct):
    """Addresses of the site's feed, and of this API's description."""

    url: str
    feed_url: str
    openapi_url: str


class PageQuery(Input):
    """Number of a page."""

    page: PageNumber = 1


class SignatoriesQuery(Input):
    """Page of a list: the one whose path `next` gave."""

    after: Annotated[str, Meta(pattern=CURSOR_PATTERN)] = "1.0"


@endpoint("GET", "/public")
def site() -> SiteDetails:
    """Addresses of the site, its feed, and the description of the API."""
    feed, openapi = site_url(url_for("feeds.site")), site_url(url_for("api.openapi"))
    return SiteDetails(url=site_url("/"), feed_url=feed, openapi_url=openapi)


@endpoint("GET", "/public/letters")
def public_letters(query: PageQuery) -> AnswerPage[PublicLetterSummary]:
    """Letters that take signatures, earliest deadline first, then delivered ones."""
    found = site_letters(now(), query.page)
    letters = tuple(
        PublicLetterSummary(
            slug=one.slug, url=site_url(url_for("letters.detail", slug=one.slug)), title=one.title, language=one.language,
            coalition=one.coalition, coalition_slug=one.coalition_slug, deadline_at=one.deadline_at,
            closed_at=one.closed_at if one.closed_at and one.closed_at <= now() else None, delivered_at=one.delivered_at,
            delivered_to=one.delivered_to, organizations=one.counts.organizations, individuals=one.counts.individuals,
        )
        for section in found.sections
        for one in section.letters
    ) if found.page == query.page else ()  # fmt: skip
    more = found.has_next and found.page == query.page
    return AnswerPage(items=letters, next=url_for(".public_letters", page=query.page + 1) if more else None)


@endpoint("GET", "/public/letters/<slug>")
def public_letter_details(slug: str) -> PublicLetterDetails:
    """A letter that was opened, with the text that its readers see and sign."""
    letter, edition = _letter_and_edition(slug)
    text, counts = _displayed_text(letter, edition), edition.counts if edition else letter.counts
    return PublicLetterDetails(
        slug=slug, url=site_url(url_for("letters.detail", slug=slug)), sign_url=site_url(url_for("signing.new", slug=slug)),
        feed_url=site_url(url_for("feeds.letter", slug=slug)), state=letter.state, is_open=letter.is_open(now()),
        coalition=letter.coalition, coalition_slug=letter.coalition_slug, deadline_at=letter.deadline_at,
        closed_at=letter.closed_at, delivered_at=letter.delivered_at, delivered_to=letter.delivered_to,
        organizations=counts.organizations, individuals=counts.individuals, revision=letter.revision_number,
        sha256=edition.revision_sha256 if edition else letter.revision_hash, title=text.title, language=text.language,
        date=text.date, addressees=tuple(addressee.name for addressee in text.addressees), re=text.re,
        salutation=text.salutation, body=text.body, closing=text.closing, edition=edition.public_id if edition else None,
    )  # fmt: skip


@endpoint("GET", "/public/letters/<slug>/signatories")
def public_signatories(slug: str, query: SignatoriesQuery) -> AnswerPage[PrintedSignatory]:
    """The signatories of a letter, in the order and form in which it prints them; of a delivered letter, those of its
    delivered edition."""
    letter, edition = _letter_and_edition(slug)
    number, cursor = map(int, query.after.split("."))
    if max(number, cursor) > MAX_INTEGER:
        abort(404)
    text, request = _displayed_text(letter, edition), PageRequest("", max(number, 1), cursor)
    found = (
        edition_list_page(edition.id, edition.count, request) if edition else list_page(letter.id, text, letter.count, request)
    )
    after = f"{found.page + 1}.{found.next_cursor}"
    return _signatory_page(found, text, number, url_for(".public_signatories", slug=slug, after=after))


@endpoint("GET", "/public/editions/<public_id>")
def public_edition(public_id: str) -> PublicEdition:
    """An edition by the id that is printed on it."""
    edition = edition_check_page(public_id) or abort(404)
    return PublicEdition(
        public_id=edition.public_id, url=edition_url(edition.public_id), number=edition.number, letter=edition.slug,
        title=edition.title, frozen_at=edition.frozen_at, organizations=edition.counts.organizations,
        individuals=edition.counts.individuals, sha256=edition.sha256,
        deliveries=convert(edition.deliveries, tuple[PublicDeliveryAnswer, ...], from_attributes=True),
        files=convert(edition.files, tuple[PublicFile, ...], from_attributes=True),
    )  # fmt: skip


@endpoint("GET", "/public/coalitions/<slug>")
def public_coalition_details(slug: str) -> PublicCoalitionDetails:
    """A coalition with public letters, and the address of its feed."""
    found = public_coalition(slug) or abort(404)
    url, feed = url_for("coalition.detail", slug=found.slug), url_for("feeds.coalition", slug=found.slug)
    return PublicCoalitionDetails(slug=found.slug, name=found.name, url=site_url(url), feed_url=site_url(feed))


def _letter_and_edition(slug: str) -> tuple[PublicLetter, CheckPage | None]:
    """Return a public letter, and the edition that its page shows once it is delivered."""
    letter = public_letter(slug) or abort(404)
    return letter, delivered_check_page(letter.id) if letter.delivered_at else None


def _displayed_text(letter: PublicLetter, edition: CheckPage | None) -> LetterText:
    return revision_text(edition.revision_id, edition.revision_sha256) if edition else letter.text


def _signatory_page(found: ListPage, text: LetterText, number: int, path: str) -> AnswerPage[PrintedSignatory]:
    """Return a page of names as printed; one past the end is empty."""
    lines = [(one.kind, line(one, text)) for one in found.signatories] if found.page >= number else []
    items = tuple(
        PrintedSignatory(kind=kind, name=one.name.text, detail=one.detail.text, below=one.below.text) for kind, one in lines
    )
    return AnswerPage(items=items, next=path if items and found.has_next else None)
