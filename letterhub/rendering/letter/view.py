"""View model of a letter for templates: everything computed, so that a template only prints it. See docs/design/letters.md."""

import base64
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup

from letterhub.domain.letters.document import (
    LAYOUT_VERSION,
    LetterDocument,
    LetterText,
    Logo,
    Signatory,
    SignatoryCounts,
    SignatoryKind,
    SignatoryOrder,
    SignatoryStyle,
)
from letterhub.domain.letters.signatory_order import SignatoryGroup, group_runs, has_kind_headings, signatory_groups
from letterhub.rendering.letter.colophon import Colophon, colophon
from letterhub.rendering.letter.document_locale import (
    PART_SEPARATOR,
    DocumentLocale,
    document_locale,
    format_timestamp,
    without_label,
)
from letterhub.rendering.letter.document_strings import DocumentStrings
from letterhub.rendering.letter.figures import insert_pictures
from letterhub.rendering.letter.html_renderer import DirectedText, Medium
from letterhub.rendering.letter.markdown import markdown_html
from letterhub.rendering.letter.theme import accent_css, page_css, theme_classes


@dataclass(frozen=True, slots=True)
class LogoView:
    """A logo as templates show it.

    `shape` is square, wide or banner, so that all logos have about the same visual weight.
    """

    url: str
    description: str
    shape: str
    data: bytes


class SignatoryLine(NamedTuple):
    """One signatory as printed: the logo, the name, and below it a person, title and place, as far as the letter shows them."""

    name: DirectedText
    detail: DirectedText
    below: DirectedText = DirectedText("", "", "")
    logo: LogoView | None = None


@dataclass(frozen=True, slots=True)
class SignatorySection:
    """Lines under one heading; "" if the list has none."""

    heading: str
    lines: tuple[SignatoryLine, ...]


@dataclass(frozen=True, slots=True)
class SignatoryList:
    """The list of signatories: its title with the count, its sections in printing order, and the note below them."""

    title: str
    sections: tuple[SignatorySection, ...]
    plain: bool
    note: str = ""
    logos: bool = False

    def __bool__(self) -> bool:
        return bool(self.sections)


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter ready for its template. `running` is the running head of later pages; `edition` the text at their foot.

    `frozen_at` is the time of its edition in ISO 8601, "2022-01-08T17:00:00Z"; `layout` the version of the rules it follows.
    """

    title: str
    heading: DirectedText
    language: str
    direction: str
    paper: str
    look: tuple[str, ...]
    accent: str
    accent_styles: Markup
    running: str
    words: DocumentStrings
    sender: DirectedText
    sender_lines: tuple[DirectedText, ...]
    logos: tuple[LogoView, ...]
    date: str
    date_iso: str
    via: DirectedText
    addressees: tuple[tuple[DirectedText, ...], ...]
    re: DirectedText
    salutation: DirectedText
    body: Markup
    closing: DirectedText
    cc: tuple[DirectedText, ...]
    signatory_list: SignatoryList
    edition: str
    colophon: Colophon | None
    frozen_at: str
    layout: int


def letter_view(document: LetterDocument, medium: Medium = Medium.SCREEN, level: int = 1) -> LetterView:
    """Return the view of a letter whose own heading has `level`. Raises TextTooDeep and TextTooLong."""
    text, head, locale = document.text, document.text.letterhead, document_locale(document.text.language)
    around, strings = locale.direction, locale.words
    subject = without_label(text.re, strings.re)
    dated_at = document.edition.frozen_at if document.edition else document.draft_at
    return LetterView(
        title=text.title,
        heading=DirectedText.sentence(text.title, around),
        language=text.language,
        direction=around,
        paper=text.paper.value,
        look=theme_classes(text),
        accent=text.accent,
        accent_styles=accent_css(text.accent) + page_css(text.margins),
        running=_running_head(text, subject),
        words=strings,
        sender=DirectedText.of(head.name, around),
        sender_lines=_directed(head.lines, around),
        logos=tuple(map(_letterhead_logo, head.logos)),
        date=printed_date(text),
        date_iso=text.date.isoformat() if text.date else "",
        via=DirectedText.sentence(text.via, around),
        addressees=tuple(_directed((addressee.name, *addressee.lines), around) for addressee in text.addressees),
        re=DirectedText.sentence(subject, around),
        salutation=DirectedText.sentence(text.salutation, around),
        body=_body_html(document, medium, level + 1),
        closing=DirectedText.sentence(text.closing, around),
        cc=_directed([without_label(recipient, strings.cc) for recipient in text.cc], around),
        signatory_list=signatory_list(document),
        edition=_edition_label(document, locale),
        colophon=colophon(document.edition, strings) if document.edition else None,
        frozen_at=dated_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if dated_at else "",
        layout=document.layout,
    )


def _body_html(document: LetterDocument, medium: Medium, level: int) -> Markup:
    """Return the body of a letter, whose headings begin at `level`, with its pictures."""
    text = document.text
    html = markdown_html(document.body, text.title, text.language, medium, level, document.layout, text.picture_names)
    return insert_pictures(html, text.pictures)


def signatory_list(document: LetterDocument) -> SignatoryList:
    """Return the list of signatories as printed."""
    locale, groups = document_locale(document.text.language), signatory_groups(document)
    return SignatoryList(
        title=_list_title(locale, document.counts, document.layout),
        sections=tuple(_signatory_section(group, document.text, lead=len(groups) > 1) for group in groups),
        plain=not any(_detail_text(signatory, document.text) for signatory in document.signatories),
        note=locale.words.identification if document.has_affiliations else "",
        logos=document.text.shown is SignatoryStyle.LOGOS,
    )


def partial_signatory_list(
    text: LetterText,
    counts: SignatoryCounts,
    signatories: Sequence[Signatory],
    first_signatory: Signatory | None,
    layout: int = LAYOUT_VERSION,
) -> SignatoryList:
    """Return the part of a list that a page shows, under the headings of the whole list, with all `counts` in its title.

    `first_signatory` is the first of the whole list, None if that is empty: if it is under no heading, none is.
    """
    by_kind = has_kind_headings(counts, layout)
    first_run = group_runs([first_signatory] if first_signatory else [], text.order, by_kind=by_kind)
    first = next(iter(first_run), SignatoryGroup("", ()))
    first_is_lead = first.heading == "lead" and not first.is_place
    whole = (SignatoryGroup("", tuple(signatories)),)
    groups = whole if first.is_rest else group_runs(signatories, text.order, by_kind=by_kind)
    return SignatoryList(
        title=_list_title(document_locale(text.language), counts, layout),
        sections=tuple(_signatory_section(group, text, lead=first_is_lead) for group in groups if signatories),
        plain=not any(_detail_text(signatory, text) for signatory in signatories),
        logos=text.shown is SignatoryStyle.LOGOS,
    )


def _list_title(locale: DocumentLocale, counts: SignatoryCounts, layout: int) -> str:
    """Return the title of a list with its counts: "4 signatories", or "3 organizations and 1 individual" if it has both."""

    def counted(count: int, names: tuple[str, str]) -> str:
        return f"{format_decimal(count, locale=locale.formats)} {names[count != 1]}"

    strings = locale.words
    if not has_kind_headings(counts, layout):
        return counted(counts.total, strings.signatories)
    return strings.both_kinds.format(
        organizations=counted(counts.organizations, strings.organizations),
        individuals=counted(counts.individuals, strings.individuals),
    )


def line(signatory: Signatory, text: LetterText) -> SignatoryLine:
    """Return one signatory as the letter prints it: in the form before signing, and in every list after."""
    around = document_locale(text.language).direction
    if text.shown is SignatoryStyle.BLOCK and signatory.kind is SignatoryKind.ORGANIZATION and signatory.signer_name:
        name, detail, below = _directed((signatory.signer_name, signatory.signer_title, signatory.organization), around)
        return SignatoryLine(name, detail, below)
    logo = logo_view(signatory.logo) if signatory.logo and text.shown is SignatoryStyle.LOGOS else None
    name, detail = _directed((signatory.name, _detail_text(signatory, text)), around)
    return SignatoryLine(name, detail, logo=logo)


def _signatory_section(group: SignatoryGroup, text: LetterText, *, lead: bool) -> SignatorySection:
    """Return one section of the list; the one without a name is headed "Joined by" if a `lead` section comes before it."""
    heading = group.heading or ("rest" if lead else "")
    if not group.is_place:
        heading = document_locale(text.language).words.headings.get(heading.casefold(), heading)
    return SignatorySection(heading, tuple(line(signatory, text) for signatory in group.signatories))


def _detail_text(signatory: Signatory, text: LetterText) -> str:
    """Return the text after the name, as far as the letter shows it; a place that heads its section is not repeated."""
    person = signatory.detail if text.shown.names_signers or signatory.kind is SignatoryKind.INDIVIDUAL else ""
    place = signatory.location if text.shown is SignatoryStyle.LOCATION and text.order is not SignatoryOrder.LOCATION else ""
    return " · ".join(filter(None, (person, place)))


def _directed(phrases: Sequence[str], around: str) -> tuple[DirectedText, ...]:
    return tuple(DirectedText.of(phrase, around) for phrase in phrases)


def _running_head(text: LetterText, subject: str) -> str:
    """Return the running head, on one line: "Clean Rivers for All · The President and 2 others · January 8, 2022"."""
    addressees = _truncated(text.addressees[0].name, 32) if text.addressees else ""
    if others := len(text.addressees[1:]):
        addressees = document_locale(text.language).words.others[others > 1].format(name=addressees, count=others)
    parts = (_truncated(text.short_subject or subject or text.title, 56), addressees, printed_date(text))
    return PART_SEPARATOR.join(part for part in parts if part)


def _truncated(phrase: str, most: int) -> str:
    """Return the phrase, cut after a word and ended with an ellipsis if it has more than `most` characters."""
    if len(phrase) <= most:
        return phrase
    cut = phrase[:most].rpartition(" ")[0] or phrase[:most]
    return cut.rstrip(" ,.;:–—-(") + "…"


def printed_date(text: LetterText) -> str:
    """Return the date of a letter as printed, "January 8, 2022" or its own words; "" if it has none."""
    if text.date_words:
        return text.date_words
    return format_date(text.date, format="long", locale=document_locale(text.language).formats) if text.date else ""


def _edition_label(document: LetterDocument, locale: DocumentLocale) -> str:
    """Return "Edition 2 · 7KQ2-M3TX-9RWB · as of January 8, 2022", "Draft, …" for a draft, "" for neither."""
    edition, strings = document.edition, locale.words
    if document.draft_at:
        return f"{strings.draft} · {format_timestamp(document.draft_at, locale.formats)}"
    if edition is None:
        return ""
    day = format_date(edition.frozen_at, format="long", locale=locale.formats)
    return f"{strings.edition} {edition.number} · {edition.id} · {strings.as_of} {day}"


def logo_view(logo: Logo) -> LogoView:
    """Return a logo with its image as a data URL; its shape is read from the first chunk of a PNG, else it is square."""
    address = f"data:{logo.media_type};base64,{base64.b64encode(logo.data).decode('ascii')}"
    is_png = logo.data.startswith(b"\x89PNG\r\n\x1a\n") and len(logo.data) >= 24
    width, height = (int.from_bytes(logo.data[16:20]), int.from_bytes(logo.data[20:24])) if is_png else (1, 1)
    shape = "square" if width < 1.6 * height else "wide" if width < 4.0 * height else "banner"
    return LogoView(address, logo.description, shape, logo.data)


_letterhead_logo = lru_cache(maxsize=8)(logo_view)  # as a data URL a logo takes hundreds of kilobytes
