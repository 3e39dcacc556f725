"""View model of a letter for templates: everything computed, so that a template only prints it. See docs/design/letters.md."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from letterhub.domain.letters.document import (
    Group,
    Kind,
    LetterDocument,
    LetterText,
    Logo,
    Order,
    Shown,
    Signatory,
    grouped_runs,
)
from letterhub.rendering.letter.colophon import Colophon, colophon
from letterhub.rendering.letter.document_strings import APART, Words, unlabelled, words
from letterhub.rendering.letter.html_renderer import Frame
from letterhub.rendering.letter.markdown import body_html
from letterhub.rendering.letter.theme import LogoView, accent_sheet, logo_view, look_classes
from letterhub.rendering.letter.writing_systems import direction_against, direction_of, direction_of_language, language_of
from letterhub.rendering.timestamps import to_the_minute


class Said(NamedTuple):
    """A name or phrase with the `direction` and `language` that differ from its letter's, else ""."""

    text: str
    direction: str
    language: str

    @classmethod
    def of(cls, text: str, letter_language: str) -> "Said":
        """Return the phrase with its direction and language beside a letter in some language."""
        direction = direction_of(text)
        against = direction != direction_of_language(letter_language)
        return cls(text, direction if against else "", "" if text.isascii() else language_of(text))

    @classmethod
    def sentence(cls, text: str, letter_language: str) -> "Said":
        """Return a title, salutation or the like, whose direction differs only if that of most of its words does."""
        direction = direction_against(text, direction_of_language(letter_language))
        return cls(text, direction, language_of(text) if direction else "")

    def __bool__(self) -> bool:
        return bool(self.text)

    def __html__(self) -> Markup:
        """The phrase as HTML, with its language and direction."""
        if not self.language and not self.direction:
            return escape(self.text)
        language = Markup(' lang="{}"').format(self.language) if self.language else ""
        direction = Markup(' dir="{}"').format(self.direction) if self.direction else ""
        return Markup("<bdi{}{}>{}</bdi>").format(language, direction, self.text)


class Line(NamedTuple):
    """One signatory as printed: the name, and below it a person, a title, a place, as far as the letter shows them.

    The logo is above the name, which says in words all that it shows.
    """

    name: Said
    detail: Said
    below: Said = Said("", "", "")
    logo: LogoView | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one heading; "" if the list has none."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Roll:
    """The list of signatories: its title with the count, its sections in printing order, and the note below them."""

    title: str
    sections: tuple[Section, ...]
    plain: bool
    note: str = ""
    logos: bool = False

    def __bool__(self) -> bool:
        return bool(self.sections)


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter ready for its template. `running` is the running head of later pages; `edition` the text at their foot.

    `as_of` is the time of its edition in ISO 8601: "2022-01-08T17:00:00Z".
    """

    title: str
    heading: Said
    language: str
    direction: str
    paper: str
    look: tuple[str, ...]
    accent: str
    accent_styles: Markup
    running: str
    words: Words
    sender: Said
    sender_lines: tuple[Said, ...]
    logos: tuple[LogoView, ...]
    date: str
    date_iso: str
    via: Said
    addressees: tuple[tuple[Said, ...], ...]
    re: Said
    salutation: Said
    body: Markup
    closing: Said
    cc: tuple[Said, ...]
    roll: Roll
    edition: str
    colophon: Colophon | None
    as_of: str


def letter_view(document: LetterDocument, frame: Frame = Frame.SCREEN, level: int = 1) -> LetterView:
    """Return the view of a letter whose own heading has `level`. Raises what `body_html` raises."""
    text = document.text
    head = text.letterhead
    return LetterView(
        title=text.title,
        heading=Said.sentence(text.title, text.language),
        language=text.language,
        direction=direction_of_language(text.language),
        paper=text.paper.value,
        look=look_classes(text),
        accent=text.accent,
        accent_styles=accent_sheet(text.accent),
        running=_running(text),
        words=words(text.language),
        sender=Said.of(head.name, text.language),
        sender_lines=_said(head.lines, text),
        logos=tuple(map(_logo_of_head, head.logos)),
        date=printed_date(text),
        date_iso=text.date.isoformat() if text.date else "",
        via=Said.sentence(text.via, text.language),
        addressees=tuple(_said((one.name, *one.lines), text) for one in text.addressees),
        re=Said.sentence(_subject(text), text.language),
        salutation=Said.sentence(text.salutation, text.language),
        body=body_html(document, frame, level + 1),
        closing=Said.sentence(text.closing, text.language),
        cc=_said([unlabelled(one, words(text.language).cc) for one in text.cc], text),
        roll=roll(document),
        edition=_edition(document),
        colophon=colophon(document.edition, words(text.language)),
        as_of=_as_of(document),
    )


def roll(document: LetterDocument) -> Roll:
    """Return the list of signatories as printed."""
    said = words(document.text.language)
    lead = len(document.groups) > 1
    return Roll(
        title=roll_title(document.text.language, document.count),
        sections=tuple(_section(group, document.text, lead=lead) for group in document.groups),
        plain=not any(_detail(one, document.text) for one in document.signatories),
        note=said.identification if document.identifies else "",
        logos=document.text.shown is Shown.LOGOS,
    )


def part_of_roll(text: LetterText, count: int, shown: Sequence[Signatory], opening: Signatory | None) -> Roll:
    """Return the part of a list that a page shows, under the headings of the whole list, with the total `count` in its title.

    `opening` is the first signatory of the whole list: if it has no heading, none has one.
    """
    first = next(iter(grouped_runs([opening] if opening else [], text.order)), Group("", ()))
    groups = (Group("", tuple(shown)),) if first.is_of_the_rest else grouped_runs(shown, text.order)
    return Roll(
        title=roll_title(text.language, count),
        sections=tuple(_section(group, text, lead=first.is_of_leads) for group in groups if shown),
        plain=not any(_detail(one, text) for one in shown),
        logos=text.shown is Shown.LOGOS,
    )


def roll_title(language: str, count: int) -> str:
    """Return the title of a list with its count: "4 signatories"."""
    return f"{format_decimal(count, locale=_locale(language))} {words(language).signatories[count != 1]}"


def line(signatory: Signatory, text: LetterText) -> Line:
    """Return one signatory as the letter prints it: in the form before signing, and in every list after."""
    one = signatory
    if text.shown is Shown.BLOCK and one.kind is Kind.ORGANIZATION and one.signer_name:
        name, detail, below = _said((one.signer_name, one.signer_title, one.organization), text)
        return Line(name, detail, below)
    logo = logo_view(one.logo) if one.logo and text.shown is Shown.LOGOS else None
    return Line(Said.of(one.name, text.language), Said.of(_detail(one, text), text.language), logo=logo)


@lru_cache(maxsize=8)
def _logo_of_head(logo: Logo) -> LogoView:
    """Return a logo of the letterhead, cached for all views: as a data URL it takes hundreds of kilobytes."""
    return logo_view(logo)


def _section(group: Group, text: LetterText, *, lead: bool) -> Section:
    """Return one section of the list; the one without a name is headed "Joined by" if a `lead` section comes before it."""
    named = group.heading or ("rest" if lead else "")
    heading = named if group.is_place else words(text.language).headings.get(named.casefold(), named)
    return Section(heading, tuple(line(one, text) for one in group.signatories))


def _detail(one: Signatory, text: LetterText) -> str:
    """Return the text after the name, as far as the letter shows it; a place that heads its section is not repeated."""
    person = one.detail if text.shown.names_signers or one.kind is Kind.INDIVIDUAL else ""
    place = one.location if text.shown is Shown.LOCATION and text.order is not Order.LOCATION else ""
    return " · ".join(filter(None, (person, place)))


def _said(phrases: Sequence[str], text: LetterText) -> tuple[Said, ...]:
    return tuple(Said.of(phrase, text.language) for phrase in phrases)


def _subject(text: LetterText) -> str:
    return unlabelled(text.re, words(text.language).re)


def _running(text: LetterText) -> str:
    """Return the running head, on one line: "Clean Rivers for All · The President and 2 others · January 8, 2022"."""
    parts = (_shortened(_subject(text) or text.title, 56), _addressed(text), printed_date(text))
    return APART.join(part for part in parts if part)


def _addressed(text: LetterText) -> str:
    """Return the addressees in short: the first by name, the others by their number."""
    if not text.addressees:
        return ""
    name, others = _shortened(text.addressees[0].name, 32), len(text.addressees) - 1
    return words(text.language).others[others > 1].format(name=name, count=others) if others else name


def _shortened(phrase: str, most: int) -> str:
    if len(phrase) <= most:
        return phrase
    cut = phrase[:most].rpartition(" ")[0] or phrase[:most]
    return cut.rstrip(" ,.;:–—-(") + "…"


def printed_date(text: LetterText) -> str:
    """Return the date of a letter as printed, "January 8, 2022"; "" if it has none."""
    return format_date(text.date, format="long", locale=_locale(text.language)) if text.date else ""


def _edition(document: LetterDocument) -> str:
    said = words(document.text.language)
    if document.draft_at:
        return f"{said.draft} · {to_the_minute(document.draft_at, _locale(document.text.language))}"
    mark = document.edition
    if mark is None:
        return ""
    day = format_date(mark.as_of, format="long", locale=_locale(document.text.language))
    return f"{said.edition} {mark.number} · {mark.id} · {said.as_of} {day}"


def _as_of(document: LetterDocument) -> str:
    moment = document.edition.as_of if document.edition else document.draft_at
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en", "US")
