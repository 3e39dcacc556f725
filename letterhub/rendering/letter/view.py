"""View model of a letter for templates: everything computed, so that a template only prints it. See docs/design/letters.md."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from letterhub.domain.digits import LATIN, with_digits
from letterhub.domain.letters.letter_document import LAYOUT_VERSION, LetterDocument, LetterText
from letterhub.rendering.letter.colophon import Colophon, colophon
from letterhub.rendering.letter.directions import DirectedText
from letterhub.rendering.letter.document_locale import (
    PART_SEPARATOR,
    DocumentLocale,
    document_locale,
    format_timestamp,
    without_label,
)
from letterhub.rendering.letter.document_strings import DocumentStrings
from letterhub.rendering.letter.figures import insert_pictures
from letterhub.rendering.letter.html_renderer import Medium
from letterhub.rendering.letter.markdown import LetterHtml, letter_html
from letterhub.rendering.letter.note_renderer import NoteStyle
from letterhub.rendering.letter.signatory_list import LogoView, SignatoryList, directed_texts, logo_view, signatory_list
from letterhub.rendering.letter.theme import accent_css, page_css, theme_classes


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter ready for its template. `running` is the running head of later pages; `edition` the text at their foot.

    `frozen_at` is the time of its edition in ISO 8601, "2022-01-08T17:00:00Z"; `layout` the version of the rules it follows.
    `digits` is the numbering system of its own numbers.
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
    enclosures: tuple[DirectedText, ...]
    annexes: tuple[Markup, ...]
    endnotes: Markup
    signatory_list: SignatoryList
    edition: str
    colophon: Colophon | None
    frozen_at: str
    layout: int
    digits: str


def letter_view(document: LetterDocument, medium: Medium = Medium.SCREEN, level: int = 1) -> LetterView:
    """Return the view of a letter whose own heading has `level`. Raises TextTooDeep and TextTooLong."""
    text, head, locale = document.text, document.text.letterhead, document_locale(document.text.language, document.layout)
    around, strings = locale.direction, locale.words
    html = _text_html(document, medium, level + 1)
    subject = without_label(text.re, strings.re)
    dated_at = document.edition.frozen_at if document.edition else document.draft_at
    return LetterView(
        title=text.title,
        heading=DirectedText.sentence(text.title, around),
        language=text.language,
        direction=around,
        paper=text.paper.value,
        look=(*theme_classes(text), *([] if locale.digits == LATIN else ["letter--own-digits"])),
        accent=text.accent,
        accent_styles=accent_css(text.accent) + page_css(text.margins),
        running=_running_head(text, subject, locale),
        words=strings,
        sender=DirectedText.of(head.name, around),
        sender_lines=directed_texts(head.lines, around),
        logos=tuple(map(_letterhead_logo, head.logos)),
        date=printed_date(text, document.layout),
        date_iso=text.date.isoformat() if text.date else "",
        via=DirectedText.sentence(text.via, around),
        addressees=tuple(directed_texts((addressee.name, *addressee.lines), around) for addressee in text.addressees),
        re=DirectedText.sentence(subject, around),
        salutation=DirectedText.sentence(text.salutation, around),
        body=html.body,
        closing=DirectedText.sentence(text.closing, around),
        annexes=html.annexes,
        endnotes=html.notes,
        enclosures=directed_texts(text.enclosures, around),
        cc=directed_texts([without_label(recipient, strings.cc) for recipient in text.cc], around),
        signatory_list=signatory_list(document),
        edition=_edition_label(document, locale),
        colophon=colophon(document.edition, strings) if document.edition else None,
        frozen_at=dated_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if dated_at else "",
        layout=document.layout,
        digits=locale.digits,
    )


def _text_html(document: LetterDocument, medium: Medium, level: int) -> LetterHtml:
    """Return the text of a letter, whose headings begin at `level`, with its pictures."""
    text = document.text
    style = NoteStyle(medium is Medium.PAPER, text.notes, text.links, document.layout, medium is Medium.FILE)
    html = letter_html(document.body, text.title, text.language, style, level, text.picture_names)
    body, notes, *annexes = (insert_pictures(part, text.pictures) for part in (html.body, html.notes, *html.annexes))
    return LetterHtml(body, notes, tuple(annexes))


def _running_head(text: LetterText, subject: str, locale: DocumentLocale) -> str:
    """Return the running head, on one line: "Clean Rivers for All · The President and 2 others · January 8, 2022"."""
    addressees = _truncated(text.addressees[0].name, 32) if text.addressees else ""
    if others := len(text.addressees[1:]):
        addressees = locale.words.others[others > 1].format(name=addressees, count=locale.plain_number(others))
    parts = (_truncated(text.short_subject or subject or text.title, 56), addressees, _date(text, locale))
    return PART_SEPARATOR.join(part for part in parts if part)


def _truncated(phrase: str, limit: int) -> str:
    """Return the phrase, cut after a word and ended with an ellipsis if it has more than `limit` characters."""
    if len(phrase) <= limit:
        return phrase
    cut = phrase[:limit].rpartition(" ")[0] or phrase[:limit]
    return cut.rstrip(" ,.;:–—-(") + "…"


def printed_date(text: LetterText, layout: int = LAYOUT_VERSION) -> str:
    """Return the date of a letter as printed, "January 8, 2022" or its own words; "" if it has none."""
    return _date(text, document_locale(text.language, layout))


def _date(text: LetterText, locale: DocumentLocale) -> str:
    return text.date_words or (locale.long_date(text.date) if text.date else "")


def _edition_label(document: LetterDocument, locale: DocumentLocale) -> str:
    """Return "Edition 2 · 7KQ2-M3TX-9RWB · as of January 8, 2022", "Draft, …" for a draft, "" for neither."""
    edition, strings = document.edition, locale.words
    if document.draft_at:
        return f"{strings.draft} · {with_digits(format_timestamp(document.draft_at, locale.formats), locale.digits)}"
    if edition is None:
        return ""
    number, day = locale.plain_number(edition.number), locale.long_date(edition.frozen_at)
    return f"{strings.edition} {number} · {edition.id} · {strings.as_of} {day}"


_letterhead_logo = lru_cache(maxsize=8)(logo_view)  # as a data URL a logo takes hundreds of kilobytes
