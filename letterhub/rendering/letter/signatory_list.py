"""Signatory list as templates print it: its title, its sections, and each signatory's line or signature block."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from letterhub.domain.letters.letter_document import (
    LAYOUT_VERSION,
    LetterDocument,
    LetterText,
    Logo,
    Signatory,
    SignatoryCounts,
    SignatoryKind,
    SignatoryOrder,
    SignatoryStyle,
    SignatureBlocks,
)
from letterhub.domain.letters.signatory_order import SignatoryGroup, group_runs, has_kind_headings, signatory_groups
from letterhub.domain.questions.answers import AnsweredQuestion
from letterhub.domain.unicode import join_with_commas
from letterhub.rendering.letter.directions import DirectedText
from letterhub.rendering.letter.document_locale import DocumentLocale, document_locale
from letterhub.rendering.letter.document_strings import DocumentStrings


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
    """One signatory as printed: the logo, the name, and below it a person, title and place, as far as the letter shows them.

    `picture` is the scanned signature of a signature block; `has_space` leaves room for one where the block beside it has one.
    `answers` stand below the line on the letter's page, and nowhere else.
    """

    name: DirectedText
    detail: DirectedText
    below: DirectedText = DirectedText("", "", "")
    logo: LogoView | None = None
    picture: LogoView | None = None
    has_space: bool = False
    answers: tuple[AnsweredQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class SignatorySection:
    """Lines under one heading; "" if the list has none. They are printed in signature `blocks` or in the list."""

    heading: str
    lines: tuple[SignatoryLine, ...]
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class SignatoryList:
    """The list of signatories: its title with the count, its sections in printing order, and the note below them."""

    title: str
    sections: tuple[SignatorySection, ...]
    plain: bool
    note: str = ""
    logos: bool = False
    signature_lines: bool = False

    @property
    def block_sections(self) -> tuple[SignatorySection, ...]:
        """Sections that are printed in signature blocks; they precede the others."""
        return tuple(section for section in self.sections if section.blocks)

    def __bool__(self) -> bool:
        return bool(self.sections)


def signatory_list(document: LetterDocument) -> SignatoryList:
    """Return the list of signatories as printed."""
    locale, groups = document_locale(document.text.language, document.layout), signatory_groups(document)
    return SignatoryList(
        title=list_title(locale, document.counts, document.layout),
        sections=tuple(
            _signatory_section(group, document.text, locale.words, document.layout, lead=len(groups) > 1) for group in groups
        ),
        plain=not any(_detail_text(signatory, document.text, document.layout) for signatory in document.signatories),
        note=locale.words.identification if document.has_affiliations else "",
        logos=document.text.shown is SignatoryStyle.LOGOS,
        signature_lines=document.text.signature_lines,
    )


def partial_signatory_list(
    text: LetterText,
    counts: SignatoryCounts,
    signatories: Sequence[Signatory],
    first_signatory: Signatory | None,
    layout: int = LAYOUT_VERSION,
    answers: Sequence[tuple[AnsweredQuestion, ...]] = (),
) -> SignatoryList:
    """Return the part of a list that a page shows, under the headings of the whole list, with all `counts` in its title.

    `first_signatory` is the first of the whole list, None if that is empty: if it is under no heading, none is. `answers` are
    those of each signatory that stand below its line, empty for a letter without.
    """
    locale = document_locale(text.language, layout)
    by_kind = has_kind_headings(counts, layout)
    first_run = group_runs([first_signatory] if first_signatory else [], text.order, by_kind=by_kind)
    first = next(iter(first_run), SignatoryGroup("", ()))
    first_is_lead = first.heading == "lead" and not first.is_location
    whole = (SignatoryGroup("", tuple(signatories)),)
    groups = whole if first.is_rest else group_runs(signatories, text.order, by_kind=by_kind)
    sections = [_signatory_section(group, text, locale.words, layout, lead=first_is_lead) for group in groups if signatories]
    return SignatoryList(
        title=list_title(locale, counts, layout),
        sections=tuple(_with_answers(sections, answers) if answers else sections),
        plain=not any(_detail_text(signatory, text, layout) for signatory in signatories),
        logos=text.shown is SignatoryStyle.LOGOS,
        signature_lines=text.signature_lines,
    )


def _with_answers(
    sections: Iterable[SignatorySection], answers: Iterable[tuple[AnsweredQuestion, ...]]
) -> Iterator[SignatorySection]:
    """Yield sections whose lines have their answers, given in the order of the lines."""
    following = iter(answers)
    for section in sections:
        yield replace(section, lines=tuple(line._replace(answers=next(following)) for line in section.lines))


def list_title(locale: DocumentLocale, counts: SignatoryCounts, layout: int) -> str:
    """Return the title of a list with its counts: "4 signatories", or "3 organizations and 1 individual" if it has both."""
    strings = locale.words
    if not has_kind_headings(counts, layout):
        return locale.counted(counts.total, strings.signatories)
    return strings.both_kinds.format(
        organizations=locale.counted(counts.organizations, strings.organizations),
        individuals=locale.counted(counts.individuals, strings.individuals),
    )


def line(signatory: Signatory, text: LetterText, layout: int = LAYOUT_VERSION) -> SignatoryLine:
    """Return one signatory as the letter prints it: in the form before signing, and in every list after."""
    around = document_locale(text.language).direction
    if text.shown is SignatoryStyle.BLOCK and signatory.kind is SignatoryKind.ORGANIZATION and signatory.signer_name:
        name, detail, below = directed_texts((signatory.signer_name, signatory.signer_title, signatory.organization), around)
        return SignatoryLine(name, detail, below)
    logo = logo_view(signatory.logo) if signatory.logo and text.shown is SignatoryStyle.LOGOS else None
    name, detail = directed_texts((signatory.name, _detail_text(signatory, text, layout)), around)
    return SignatoryLine(name, detail, logo=logo)


def _signatory_section(
    group: SignatoryGroup, text: LetterText, words: DocumentStrings, layout: int, *, lead: bool
) -> SignatorySection:
    """Return one section of the list; the one without a name is headed "Joined by" if a `lead` section comes before it."""
    heading = group.heading or ("rest" if lead else "")
    is_lead_group = group.heading == "lead" and not group.is_location
    if not group.is_location:
        heading = words.headings.get(heading.casefold(), heading)
    if text.blocks is SignatureBlocks.ALL or (text.blocks is SignatureBlocks.LEADS and is_lead_group):
        blocks = tuple(_signature_block_line(one, text) for one in group.signatories)
        return SignatorySection(heading, blocks if layout < 4 else tuple(_with_equal_spaces(blocks)), blocks=True)
    return SignatorySection(heading, tuple(line(signatory, text, layout) for signatory in group.signatories))


def _with_equal_spaces(blocks: Sequence[SignatoryLine]) -> Iterator[SignatoryLine]:
    """Yield signature blocks, two of which are in a row; where one has a signature, both have room for it."""
    for start in range(0, len(blocks), 2):
        row = blocks[start : start + 2]
        has_space = any(block.picture for block in row)
        yield from (block._replace(has_space=has_space) for block in row)


def _signature_block_line(signatory: Signatory, text: LetterText) -> SignatoryLine:
    """Return a signatory as a signature block: scanned signature, signer, title, and organization or affiliation."""
    locale = document_locale(text.language)
    signer = signatory.signer_name or signatory.name
    below_title = signatory.affiliation_name if signatory.kind is SignatoryKind.INDIVIDUAL else signatory.organization
    name, detail, below = directed_texts(
        (signer, signatory.signer_title, "" if below_title == signer else below_title), locale.direction
    )
    scan = signatory.signature_picture
    picture = logo_view(replace(scan, description=locale.words.signature.format(name=signer))) if scan else None
    return SignatoryLine(name, detail, below, picture=picture)


def _detail_text(signatory: Signatory, text: LetterText, layout: int) -> str:
    """Return the text after the name, as far as the letter shows it; a place that heads its section is not repeated.

    Since layout 3, its commas are those of the script.
    """
    detail = join_with_commas(signatory.detail_parts, text.language) if layout > 2 else signatory.detail
    person = detail if text.shown.names_signers or signatory.kind is SignatoryKind.INDIVIDUAL else ""
    location = signatory.location if text.shown is SignatoryStyle.LOCATION and text.order is not SignatoryOrder.LOCATION else ""
    return " · ".join(filter(None, (person, location)))


def directed_texts(phrases: Sequence[str], around: str) -> tuple[DirectedText, ...]:
    """Return phrases with their directions in a letter with the direction `around`."""
    return tuple(DirectedText.of(phrase, around) for phrase in phrases)


def logo_view(logo: Logo) -> LogoView:
    """Return a logo with its image as a data URL; its shape is read from the first chunk of a PNG, else it is square."""
    address = f"data:{logo.media_type};base64,{base64.b64encode(logo.data).decode('ascii')}"
    is_png = logo.data.startswith(b"\x89PNG\r\n\x1a\n") and len(logo.data) >= 24
    width, height = (int.from_bytes(logo.data[16:20]), int.from_bytes(logo.data[20:24])) if is_png else (1, 1)
    shape = "square" if width < 1.6 * height else "wide" if width < 4.0 * height else "banner"
    return LogoView(address, logo.description, shape, logo.data)
