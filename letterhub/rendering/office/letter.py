"""A letter as a file for word processors: the same order, headings, notes and names as on paper, to be edited or read aloud."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TypeVar

from docx.image.image import Image
from lxml.etree import _Element
from markdown_it.token import Token

from letterhub.domain.letters.letter_document import LetterDocument, PaperSize
from letterhub.rendering.letter.annexes import split_annexes
from letterhub.rendering.letter.directions import DirectedText
from letterhub.rendering.letter.document_locale import document_locale
from letterhub.rendering.letter.markdown import parse_letter_markdown
from letterhub.rendering.letter.markdown_cleanup import extract_notes, normalize_headings
from letterhub.rendering.letter.running_heads import estimated_width, fit_running_head
from letterhub.rendering.letter.signatory_list import LogoView, SignatoryLine
from letterhub.rendering.letter.view import LetterView
from letterhub.rendering.office.body import BodyWriter, DocumentParts
from letterhub.rendering.office.builder import INCH, OfficeBuilder, OfficeFile, RunFormat
from letterhub.rendering.office.styles import STYLES

T = TypeVar("T")
MM = INCH / 25.4
POINT = INCH / 72
PAPER_SIZES = {PaperSize.LETTER: (int(8.5 * INCH), 11 * INCH), PaperSize.A4: (int(210 * MM), int(297 * MM))}
LOGO_HEIGHTS = {"square": int(0.8 * INCH), "wide": int(0.55 * INCH), "banner": int(0.4 * INCH)}
SMALL_LOGO_HEIGHTS = {"square": int(0.55 * INCH), "wide": int(0.36 * INCH), "banner": int(0.25 * INCH)}
SIGNATURE_HEIGHT = int(0.45 * INCH)
LOGO_GAP, LOGO_GAP_WIDTH = "   ", int(0.17 * INCH)


def side_margin(document: LetterDocument) -> int:
    """Return the width of the margins at the sides of the text: those of the letter on paper since layout 2."""
    return int(float(document.text.margins.removesuffix("in")) * INCH) if document.layout > 1 else INCH


def text_width(document: LetterDocument) -> int:
    """Return the width of the text."""
    return PAPER_SIZES[document.text.paper][0] - 2 * side_margin(document)


def logo_scale(logos: Sequence[LogoView], width: int) -> float:
    """Return by how much logos shrink so that they stand in one row of a width: 1.0 if they fit."""
    images = [(Image.from_blob(view.data), LOGO_HEIGHTS[view.shape]) for view in logos]
    logo_widths = sum(image.px_width * height / image.px_height for image, height in images)
    return min(1.0, (width - LOGO_GAP_WIDTH * len(logos)) / logo_widths)


@dataclass(slots=True)
class LetterWriter:
    """Writer of one letter into a file for word processors."""

    file: OfficeFile
    document: LetterDocument
    letter: LetterView

    def write(self) -> None:
        """Write everything in its order. Raises TextTooDeep and TextTooLong."""
        builder = self.file.body
        self._write_margins()
        self._write_letterhead(builder)
        self._write_opening(builder)
        writer, annexes = self._write_body()
        if self.letter.closing:
            _add_text(builder, builder.paragraph("Closing", keep=True), self.letter.closing)
        self._write_signatories(builder)
        words = self.letter.words
        for label, lines in ((words.cc, self.letter.cc), (words.enclosures, self.letter.enclosures)):
            if lines:
                _add_lines(builder, builder.paragraph("Copies"), (DirectedText(label, "", ""), *lines))
        for annex in annexes:
            writer.write_annex(annex)

    def _write_margins(self) -> None:
        """Write the running head of later pages, and the foot of every page."""
        head, words, edition = self.file.head, self.letter.words, self.document.edition
        running = self.letter.running
        if self.document.layout > 3:
            running = fit_running_head(running, text_width(self.document) / POINT / STYLES["Header"].size, estimated_width)
        head.run(head.paragraph("Header"), running)
        for foot in self.file.feet:
            line = foot.paragraph("Footer")
            foot.run(line, f"{words.page} ")
            foot.field(line, "PAGE", self.letter.digits)
            foot.run(line, f" {words.of} ")
            foot.field(line, "NUMPAGES", self.letter.digits)
            for text in (self.letter.edition, edition.check_url if edition else ""):
                if text:
                    foot.run(foot.paragraph("Footer"), text)

    def _write_letterhead(self, builder: OfficeBuilder) -> None:
        """Write the logos in a row, in sizes of the same visual weight, and the sender."""
        if self.letter.logos:
            row = builder.facing(rtl=False).paragraph("Sender")
            scale = logo_scale(self.letter.logos, text_width(self.document)) if self.document.layout > 3 else 1.0
            for number, view in enumerate(self.letter.logos):
                height = int(LOGO_HEIGHTS[view.shape] * scale)
                builder.logo(row, view.data, view.description, height, gap=LOGO_GAP if number else "")
        if self.letter.sender:
            _add_text(builder, builder.paragraph("Sender", keep=True), self.letter.sender, bold=True)
        if self.letter.sender_lines:
            _add_lines(builder, builder.paragraph("SenderLines"), self.letter.sender_lines)

    def _write_opening(self, builder: OfficeBuilder) -> None:
        """Write what is above the body: title or subject, date, addressees and salutation, those that the letter has."""
        letter = self.letter
        if not letter.re:
            _add_text(builder, builder.paragraph("Title"), letter.heading)
        if letter.date:
            builder.run(builder.paragraph("Date"), letter.date)
        if letter.via:
            _add_text(builder, builder.paragraph("Date"), letter.via)
        self._write_addressees(builder)
        if letter.re:
            subject = builder.paragraph("Heading1")
            builder.run(subject, f"{letter.words.re} ")
            _add_text(builder, subject, letter.re)
        if letter.salutation:
            _add_text(builder, builder.paragraph("BodyText"), letter.salutation)

    def _write_addressees(self, builder: OfficeBuilder) -> None:
        """Write the inside addresses; since layout 2 two beside each other."""
        addressees = self.letter.addressees
        if self.document.layout == 1 or len(addressees) == 1:
            for addressee in addressees:
                _add_lines(builder, builder.paragraph("Addressee"), addressee)
            return
        for cell, addressee in _pairs_in_rows(builder, addressees):
            _add_lines(cell, cell.paragraph("Addressee"), addressee)

    def _write_body(self) -> tuple[BodyWriter, list[list[Token]]]:
        """Write the body with its notes; return its writer, and its annexes, which follow the names."""
        text, layout = self.document.text, self.document.layout
        locale = document_locale(text.language, layout)
        quotes, digits = locale.words.quotes, locale.digits
        tokens = parse_letter_markdown(self.document.body, quotes, layout, pictures=text.picture_names, digits=digits)
        body, notes = extract_notes(normalize_headings(tokens, self.letter.title, 2, layout))
        self.file.begin_text(text.notes)
        pictures = {picture.name: picture.data for picture in text.pictures}
        writer = BodyWriter(self.file, notes, DocumentParts(layout, pictures, locale))
        text_tokens, *annexes = split_annexes(body)
        writer.write(text_tokens)
        return writer, annexes

    def _write_signatories(self, builder: OfficeBuilder) -> None:
        """Write the headings, signatories and note of the list; a name is bold unless its logo or nothing else goes with it."""
        signatory_list = self.letter.signatory_list
        only_names = signatory_list.plain and not signatory_list.logos
        if signatory_list:
            builder.run(builder.paragraph("Heading2", keep=True), signatory_list.title)
        for section in signatory_list.sections:
            if section.heading:
                builder.run(builder.paragraph("Heading3", keep=True), section.heading)
            if section.blocks:
                for cell, line in _pairs_in_rows(builder, section.lines):
                    self._write_signature_block(cell, line)
            else:
                self._write_names(builder, section.lines, plain=only_names)
        if signatory_list.note:
            builder.run(builder.paragraph("BodyText"), signatory_list.note, RunFormat(italic=True))

    def _write_names(self, builder: OfficeBuilder, lines: Sequence[SignatoryLine], *, plain: bool) -> None:
        """Write the names under one heading; since layout 2 in columns, three if they have no details."""
        with ExitStack() as stack:
            if self.document.layout > 1 and len(lines) > 1:
                count = 3 if plain or self.letter.signatory_list.logos else 2
                builder = stack.enter_context(builder.columns(count))
            for line in lines:
                self._write_signatory(builder, line, bold=not plain and not line.logo)

    def _write_signatory(self, builder: OfficeBuilder, line: SignatoryLine, *, bold: bool) -> None:
        """Write a signatory: its logo without alternative text, as the name says it, then the name, and its details."""
        paragraph = builder.paragraph("Signatory")
        if line.logo:
            builder.logo(paragraph, line.logo.data, "", SMALL_LOGO_HEIGHTS[line.logo.shape])
            builder.line_break(paragraph)
        _add_name(builder, paragraph, line, bold=bold)

    def _write_signature_block(self, builder: OfficeBuilder, line: SignatoryLine) -> None:
        """Write a signature block: room to sign with the scanned signature, name, title, organization."""
        has_line = self.letter.signatory_list.signature_lines
        if line.picture or line.has_space or has_line:
            space = builder.paragraph("SignatureSpace", keep=True)
            if line.picture:
                builder.logo(space, line.picture.data, line.picture.description, SIGNATURE_HEIGHT)
            else:
                builder.line_break(space)
            if has_line:
                builder.underline(space)
        _add_name(builder, builder.paragraph("Signatory"), line, bold=True)


def _pairs_in_rows(builder: OfficeBuilder, items: Sequence[T]) -> Iterator[tuple[OfficeBuilder, T]]:
    """Yield the builder of a cell for each item, two in a row of a table without lines, whose rows no page divides."""
    if not items:
        return
    table = builder.table("TableNormal")
    for start in range(0, len(items), 2):
        row = builder.row(table, whole=True)
        for item in items[start : start + 2]:
            yield builder.cell(row), item
        if start + 1 == len(items):
            builder.cell(row).paragraph("TableText")
    builder.paragraph("TableEnd")


def _add_name(builder: OfficeBuilder, paragraph: _Element, line: SignatoryLine, *, bold: bool) -> None:
    """Add a signatory's name to a paragraph, and its details on lines of their own."""
    _add_text(builder, paragraph, line.name, bold=bold)
    for phrase in filter(None, (line.detail, line.below)):
        builder.line_break(paragraph)
        _add_text(builder, paragraph, phrase)


def _add_lines(builder: OfficeBuilder, paragraph: _Element, lines: tuple[DirectedText, ...]) -> None:
    """Add lines to a paragraph, with a break between each two."""
    for number, line in enumerate(lines):
        if number:
            builder.line_break(paragraph)
        _add_text(builder, paragraph, line)


def _add_text(builder: OfficeBuilder, paragraph: _Element, phrase: DirectedText, *, bold: bool = False) -> None:
    builder.run(paragraph, phrase.text, RunFormat(bold=bold, language=phrase.language, direction=phrase.direction))
