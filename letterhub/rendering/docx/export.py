"""A letter as DOCX: the same order, headings, footnotes and names as on paper, to be edited or read aloud."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import docx
from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Length, Mm
from docx.text.paragraph import Paragraph
from lxml.etree import _Element
from markdown_it.token import Token

from letterhub.domain.letters.document import LetterDocument, PaperSize
from letterhub.domain.letters.note_choices import NotePlacement
from letterhub.rendering.docx.body import BodyWriter, DocumentParts
from letterhub.rendering.docx.builder import DocxBuilder, RunFormat
from letterhub.rendering.docx.numbering import ListNumbering
from letterhub.rendering.docx.styles import set_styles
from letterhub.rendering.letter.annexes import split_annexes
from letterhub.rendering.letter.directions import DirectedText
from letterhub.rendering.letter.markdown import parse_letter_markdown
from letterhub.rendering.letter.markdown_cleanup import extract_notes, normalize_headings
from letterhub.rendering.letter.signatory_list import SignatoryLine
from letterhub.rendering.letter.view import LetterView, letter_view
from letterhub.rendering.ooxml import file_timestamp, repack_ooxml, xml_text

T = TypeVar("T")
PAPER_SIZES = {PaperSize.LETTER: (Inches(8.5), Inches(11)), PaperSize.A4: (Mm(210), Mm(297))}
LOGO_HEIGHTS = {"square": Inches(0.8), "wide": Inches(0.55), "banner": Inches(0.4)}
SMALL_LOGO_HEIGHTS = {"square": Inches(0.55), "wide": Inches(0.36), "banner": Inches(0.25)}
SIGNATURE_HEIGHT = Inches(0.45)
MAX_PROPERTY_LENGTH = 255  # characters in a document property of DOCX
NOTES = """<w:{kind}notes {namespaces}>
<w:{kind}note w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}note>
<w:{kind}note w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:{kind}note>
</w:{kind}notes>"""
ENDNOTE_NUMBERS = f'<w:endnotePr {nsdecls("w")}><w:numFmt w:val="decimal"/></w:endnotePr>'
NOTE_PARTS = {
    NotePlacement.FOOT: ("foot", CONTENT_TYPE.WML_FOOTNOTES, RELATIONSHIP_TYPE.FOOTNOTES),
    NotePlacement.END: ("end", CONTENT_TYPE.WML_ENDNOTES, RELATIONSHIP_TYPE.ENDNOTES),
}


def docx_file(document: LetterDocument) -> bytes:
    """Return the letter as DOCX: the same bytes for the same document and libraries.

    Raises what `parse_letter_markdown` raises.
    """
    letter, timestamp, file = letter_view(document), file_timestamp(document), docx.Document()
    set_styles(file, document.text, document.layout)
    relationships = file.part.package.rels if file.part.package else {}
    for key in [key for key, relationship in relationships.items() if relationship.reltype.endswith("/thumbnail")]:
        relationships.pop(key)  # the template's picture of an empty page
    properties = file.core_properties
    texts = (letter.title, letter.sender.text, document.text.language)
    properties.title, properties.author, properties.language = (xml_text(text)[:MAX_PROPERTY_LENGTH] for text in texts)
    properties.created = properties.modified = timestamp.replace(tzinfo=None)
    properties.comments, properties.last_modified_by, properties.revision = "", "", 1
    _DocxWriter(file, document, letter).write()
    out = io.BytesIO()
    file.save(out)
    return repack_ooxml(out.getvalue(), timestamp)


@dataclass(slots=True)
class _DocxWriter:
    """Writer of one letter into a DOCX file."""

    file: Document
    document: LetterDocument
    letter: LetterView
    has_columns: bool = False

    @property
    def rtl(self) -> bool:
        return self.letter.direction == "rtl"

    @property
    def side_margin(self) -> Length:
        """Width of the margins at the sides, in English Metric Units: those of the letter on paper since layout 2."""
        return Inches(float(self.document.text.margins.removesuffix("in")) if self.document.layout > 1 else 1)

    @property
    def text_width(self) -> int:
        """Width of the text, in English Metric Units."""
        return PAPER_SIZES[self.document.text.paper][0] - 2 * self.side_margin

    def write(self) -> None:
        """Write everything in its order."""
        docx_builder = DocxBuilder(self.file.element.body, self.file.part, self.rtl, self.text_width)
        self._set_up_page()
        self._write_letterhead(docx_builder)
        self._write_opening(docx_builder)
        writer, annexes = self._write_body(docx_builder)
        if self.letter.closing:
            _add_text(docx_builder, docx_builder.paragraph("Closing", keep=True), self.letter.closing)
        self._write_signatories(docx_builder)
        if self.letter.cc:
            _add_lines(
                docx_builder, docx_builder.paragraph("Copies"), (DirectedText(self.letter.words.cc, "", ""), *self.letter.cc)
            )
        if self.letter.enclosures:
            label = DirectedText(self.letter.words.enclosures, "", "")
            _add_lines(docx_builder, docx_builder.paragraph("Copies"), (label, *self.letter.enclosures))
        for annex in annexes:
            writer.write_annex(annex)

    def _set_up_page(self) -> None:
        """Set paper and margins, the running head of later pages, and the foot of every page."""
        section = self.file.sections[0]
        section.page_width, section.page_height = PAPER_SIZES[self.document.text.paper]
        section.top_margin = section.bottom_margin = Inches(1)
        section.left_margin = section.right_margin = self.side_margin
        section.different_first_page_header_footer = True
        head = DocxBuilder(_clear(section.header._element), section.header.part, self.rtl)  # noqa: SLF001 - has no other name
        head.run(head.paragraph("Header"), self.letter.running)
        for foot in (section.first_page_footer, section.footer):
            docx_builder = DocxBuilder(_clear(foot._element), foot.part, self.rtl)  # noqa: SLF001
            line = docx_builder.paragraph("Footer")
            docx_builder.run(line, f"{self.letter.words.page} ")
            docx_builder.field(line, "PAGE")
            docx_builder.run(line, f" {self.letter.words.of} ")
            docx_builder.field(line, "NUMPAGES")
            edition = self.document.edition
            for text in (self.letter.edition, edition.verification_url if edition else ""):
                if text:
                    docx_builder.run(docx_builder.paragraph("Footer"), text)

    def _write_letterhead(self, docx_builder: DocxBuilder) -> None:
        """Write the logos in a row, in sizes of the same visual weight, and the sender."""
        if self.letter.logos:
            row = self.file.add_paragraph(style="Sender")
            for logo, view in zip(self.document.text.letterhead.logos, self.letter.logos, strict=True):
                run = row.add_run("   " if row.runs else "")
                picture = run.add_picture(io.BytesIO(logo.data), height=LOGO_HEIGHTS[view.shape])
                picture._inline.docPr.set("descr", xml_text(logo.description))  # noqa: SLF001
        if self.letter.sender:
            _add_text(docx_builder, docx_builder.paragraph("Sender", keep=True), self.letter.sender, bold=True)
        if self.letter.sender_lines:
            _add_lines(docx_builder, docx_builder.paragraph("SenderLines"), self.letter.sender_lines)

    def _write_signatories(self, docx_builder: DocxBuilder) -> None:
        """Write the headings, signatories and note of the list; a name is bold unless its logo or nothing else goes with it."""
        signatory_list = self.letter.signatory_list
        only_names = signatory_list.plain and not signatory_list.logos
        if signatory_list:
            docx_builder.run(docx_builder.paragraph("Heading2", keep=True), signatory_list.title)
        for section in signatory_list.sections:
            if section.heading:
                docx_builder.run(docx_builder.paragraph("Heading3", keep=True), section.heading)
            if section.blocks:
                self._write_signature_blocks(docx_builder, section.lines)
                continue
            self._write_names(docx_builder, section.lines, plain=only_names)
        if signatory_list.note:
            docx_builder.run(docx_builder.paragraph("BodyText"), signatory_list.note, RunFormat(italic=True))

    def _write_names(self, docx_builder: DocxBuilder, lines: Sequence[SignatoryLine], *, plain: bool) -> None:
        """Write the names under one heading; since layout 2 in columns, three if they have no details."""
        in_columns = self.document.layout > 1 and len(lines) > 1
        if in_columns:
            docx_builder.end_section(1, first=not self.has_columns)
            self.has_columns = True
        for line in lines:
            self._write_signatory(docx_builder, line, bold=not plain and not line.logo)
        if in_columns:
            docx_builder.end_section(3 if plain or self.letter.signatory_list.logos else 2)

    def _write_signature_blocks(self, docx_builder: DocxBuilder, lines: Sequence[SignatoryLine]) -> None:
        """Write signature blocks, two beside each other: room to sign with the scanned signature, name, title, organization."""
        for cell, line in _pairs_in_rows(docx_builder, lines):
            self._write_signature_block(cell, line)

    def _write_signature_block(self, cell: DocxBuilder, line: SignatoryLine) -> None:
        if line.picture or self.letter.signatory_list.signature_lines:
            space = cell.paragraph("SignatureSpace", keep=True)
            if line.picture:
                run = Paragraph(space, self.file._body).add_run()  # noqa: SLF001 - has no other name
                picture = run.add_picture(io.BytesIO(line.picture.data), height=SIGNATURE_HEIGHT)
                picture._inline.docPr.set("descr", xml_text(line.picture.description))  # noqa: SLF001
            else:
                cell.line_break(space)
            if self.letter.signatory_list.signature_lines:
                cell.underline(space)
        paragraph = cell.paragraph("Signatory")
        _add_text(cell, paragraph, line.name, bold=True)
        for phrase in filter(None, (line.detail, line.below)):
            cell.line_break(paragraph)
            _add_text(cell, paragraph, phrase)

    def _write_signatory(self, docx_builder: DocxBuilder, line: SignatoryLine, *, bold: bool) -> None:
        """Write a signatory: its logo without alternative text, as the name says it, then the name, and its details."""
        paragraph = docx_builder.paragraph("Signatory")
        if line.logo:
            run = Paragraph(paragraph, self.file._body).add_run()  # noqa: SLF001 - has no other name
            run.add_picture(io.BytesIO(line.logo.data), height=SMALL_LOGO_HEIGHTS[line.logo.shape])
            docx_builder.line_break(paragraph)
        _add_text(docx_builder, paragraph, line.name, bold=bold)
        for phrase in filter(None, (line.detail, line.below)):
            docx_builder.line_break(paragraph)
            _add_text(docx_builder, paragraph, phrase)

    def _write_opening(self, docx_builder: DocxBuilder) -> None:
        """Write what is above the body: title or subject, date, addressees and salutation, those that the letter has."""
        letter = self.letter
        if not letter.re:
            _add_text(docx_builder, docx_builder.paragraph("Title"), letter.heading)
        if letter.date:
            docx_builder.run(docx_builder.paragraph("Date"), letter.date)
        if letter.via:
            _add_text(docx_builder, docx_builder.paragraph("Date"), letter.via)
        self._write_addressees(docx_builder)
        if letter.re:
            subject = docx_builder.paragraph("Heading1")
            docx_builder.run(subject, f"{letter.words.re} ")
            _add_text(docx_builder, subject, letter.re)
        if letter.salutation:
            _add_text(docx_builder, docx_builder.paragraph("BodyText"), letter.salutation)

    def _write_addressees(self, docx_builder: DocxBuilder) -> None:
        """Write the inside addresses; since layout 2 two beside each other."""
        addressees = self.letter.addressees
        if self.document.layout == 1 or len(addressees) == 1:
            for addressee in addressees:
                _add_lines(docx_builder, docx_builder.paragraph("Addressee"), addressee)
            return
        for cell, addressee in _pairs_in_rows(docx_builder, addressees):
            _add_lines(cell, cell.paragraph("Addressee"), addressee)

    def _write_body(self, docx_builder: DocxBuilder) -> tuple[BodyWriter, list[list[Token]]]:
        """Write the body, and its footnotes into a part of the file that is added for them; return its writer and annexes."""
        text, words = self.document.text, self.letter.words
        tokens = parse_letter_markdown(self.document.body, words.quotes, self.document.layout, pictures=text.picture_names)
        body, notes = extract_notes(normalize_headings(tokens, self.letter.title, 2))
        package = self.file.part.package
        kind, content_type, relationship = NOTE_PARTS[text.notes]
        notes_xml = parse_xml(NOTES.format(kind=kind, namespaces=nsdecls("w", "r")))
        part = XmlPart(PackURI(f"/word/{kind}notes.xml"), content_type, notes_xml, package)
        self.file.part.relate_to(part, relationship)
        if text.notes is NotePlacement.END:  # Word's own endnotes are i, ii, iii
            self.file.element.body.sectPr.find(qn("w:pgSz")).addprevious(parse_xml(ENDNOTE_NUMBERS))
        note_builder, new_list = DocxBuilder(part.element, part, self.rtl), ListNumbering(self.file).new_list
        parts = DocumentParts(
            self.document.layout, {picture.name: picture.data for picture in text.pictures}, words.figure, kind
        )
        writer = BodyWriter(docx_builder, notes, note_builder, new_list, parts)
        text_tokens, *annexes = split_annexes(body)
        writer.write(text_tokens)
        return writer, annexes


def _pairs_in_rows(docx_builder: DocxBuilder, items: Sequence[T]) -> Iterator[tuple[DocxBuilder, T]]:
    """Yield the builder of a cell for each item, two in a row of a table without lines, whose rows no page divides."""
    if not items:
        return
    table = docx_builder.table("TableNormal")
    for start in range(0, len(items), 2):
        row = docx_builder.row(table, whole=True)
        for item in items[start : start + 2]:
            yield docx_builder.cell(row), item
        if start + 1 == len(items):
            docx_builder.cell(row).paragraph("TableText")
    docx_builder.paragraph("TableEnd")


def _clear(story: _Element) -> _Element:
    """Return a header or footer, emptied."""
    for block in list(story):
        story.remove(block)
    return story


def _add_lines(docx_builder: DocxBuilder, paragraph: _Element, lines: tuple[DirectedText, ...]) -> None:
    """Add lines to a paragraph, with a break between each two."""
    for number, line in enumerate(lines):
        if number:
            docx_builder.line_break(paragraph)
        _add_text(docx_builder, paragraph, line)


def _add_text(docx_builder: DocxBuilder, paragraph: _Element, phrase: DirectedText, *, bold: bool = False) -> None:
    docx_builder.run(paragraph, phrase.text, RunFormat(bold=bold, language=phrase.language, direction=phrase.direction))
