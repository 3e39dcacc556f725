"""A letter as DOCX."""

import io
from dataclasses import replace

import docx
from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import _Footer, _Header
from docx.shared import Inches, Length
from lxml.etree import SubElement

from letterhub.domain.drafting.word_file import DraftIdentity
from letterhub.domain.letters.letter_document import LetterDocument
from letterhub.domain.letters.note_choices import NotePlacement
from letterhub.rendering.docx.builder import DocxBuilder
from letterhub.rendering.docx.identity import add_bookmarks, add_identity
from letterhub.rendering.docx.numbering import ListNumbering
from letterhub.rendering.docx.styles import set_styles
from letterhub.rendering.letter.document_locale import document_locale
from letterhub.rendering.letter.list_labels import LabelStyle
from letterhub.rendering.letter.view import letter_view
from letterhub.rendering.office.builder import OfficeFile, RunFormat
from letterhub.rendering.office.letter import PAPER_SIZES, LetterWriter, side_margin, text_width
from letterhub.rendering.office_packages import file_timestamp, repack_ooxml, xml_text

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


def docx_file(document: LetterDocument, *, is_draft_copy: bool = False, identity: DraftIdentity | None = None) -> bytes:
    """Return the letter as DOCX: the same bytes for the same document and libraries.

    A draft copy has "DRAFT" in the head of each page, and Word numbers its lines. With an `identity` it can be brought back.

    Raises TextTooDeep and TextTooLong.
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
    written = DocxFile(file, document, rtl=letter.direction == "rtl")
    LetterWriter(written, document, letter).write()
    if document.layout > 3:
        written.close_up_pictures()
    if is_draft_copy:
        written.label_as_draft(document_locale(letter.language).draft_label)
    if identity:
        add_bookmarks(file, written.blocks)
        add_identity(file, identity)
    out = io.BytesIO()
    file.save(out)
    return repack_ooxml(out.getvalue(), timestamp)


class DocxFile(OfficeFile):
    """DOCX file of one letter, with the lists and notes of its text. Word counts in 0 to 9, as far as a file may say."""

    counted_digits = ()

    def __init__(self, file: Document, document: LetterDocument, *, rtl: bool) -> None:
        """Set paper and margins, and clear the head of later pages and the foot of every page."""
        section = file.sections[0]
        section.page_width, section.page_height = map(Length, PAPER_SIZES[document.text.paper])
        section.top_margin = section.bottom_margin = Inches(1)
        section.left_margin = section.right_margin = Length(side_margin(document))
        section.different_first_page_header_footer = True
        body = DocxBuilder(file.element.body, rtl, text_width(document), file.part)
        head, *feet = (_cleared(story, rtl=rtl) for story in (section.header, section.first_page_footer, section.footer))
        super().__init__(body, head, feet)
        self._file, self._rtl, self._layout = file, rtl, document.layout
        self.blocks: list[tuple[int, int]] = []

    def begin_block(self, line: int) -> None:
        """Record where a block begins: after how many elements of the body, but its properties."""
        self.blocks.append((len(self._file.element.body) - 1, line))

    def begin_text(self, notes: NotePlacement) -> None:
        """Add the part for notes, and the definitions of lists."""
        kind, content_type, relationship = NOTE_PARTS[notes]
        notes_xml = parse_xml(NOTES.format(kind=kind, namespaces=nsdecls("w", "r")))
        part = XmlPart(PackURI(f"/word/{kind}notes.xml"), content_type, notes_xml, self._file.part.package)
        self._file.part.relate_to(part, relationship)
        if notes is NotePlacement.END:  # Word's own endnotes are i, ii, iii
            self._file.element.body.sectPr.find(qn("w:pgSz")).addprevious(parse_xml(ENDNOTE_NUMBERS))
        self._notes = DocxBuilder(part.element, self._rtl, self.body.width, part, note_kind=kind)
        self._numbering = ListNumbering(self._file, are_labels_centered=self._rtl and self._layout > 1)

    def close_up_pictures(self) -> None:
        """Leave no space around pictures: LibreOffice does where a file says nothing."""
        for picture in self._file.element.body.iter(qn("wp:inline")):
            for side in "TBLR":
                picture.set(f"dist{side}", "0")

    def label_as_draft(self, label: str) -> None:
        """Write a label into the head of every page, and let Word number the lines of the text."""
        first_head = _cleared(self._file.sections[0].first_page_header, rtl=self._rtl)
        for head in (first_head, self.head):
            head.run(head.paragraph("Header", alignment="end"), label, RunFormat(bold=True))
        for section in self._file.element.body.iter(qn("w:sectPr")):
            numbers = parse_xml(f'<w:lnNumType {nsdecls("w")} w:countBy="1" w:distance="320" w:restart="continuous"/>')
            section.insert_element_before(numbers, "w:pgNumType", "w:cols", "w:bidi", "w:titlePg", "w:docGrid")
        for name in ("Sender", "Sender Lines", "Table Text", "Table End", "footnote text"):
            properties = self._file.styles[name].element.get_or_add_pPr()
            properties.insert_element_before(
                parse_xml(f"<w:suppressLineNumbers {nsdecls('w')}/>"), "w:spacing", "w:ind", "w:jc"
            )

    def new_list(self, start: int, style: LabelStyle) -> int:
        return self._numbering.new_list(start, style)

    def new_note(self, number: int, label: str) -> DocxBuilder:  # noqa: ARG002 - Word counts notes itself
        note = SubElement(self._notes.story, qn(f"w:{self._notes.note_kind}note"), {qn("w:id"): str(number)})
        return replace(self._notes, story=note)


def _cleared(story: _Header | _Footer, *, rtl: bool) -> DocxBuilder:
    """Return a builder of a header or footer, which is emptied."""
    element = story._element  # noqa: SLF001 - has no other name
    for block in list(element):
        element.remove(block)
    return DocxBuilder(element, rtl, 0, story.part)
