"""PDF/UA-1 and PDF/A-3a conformance of a letter's PDF: structure, metadata, embedded files. See docs/design/pdf.md."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pydyf

from letterhub.domain.letters.letter_document import LAYOUT_VERSION
from letterhub.rendering.letter.document_locale import document_locale
from letterhub.rendering.pdf.reading_order import ReadingOrder
from letterhub.rendering.pdf.tagged_pdf import StructureTree, convert_to_artifacts, remove_structure, write_structure
from letterhub.rendering.pdf.typesetting.pdf_writer import resolve_reference
from letterhub.rendering.pdf.typesetting.text_parts import NOTE, NOTE_REFERENCE, is_note, note_description

VARIANT = "pdf/a-3a"

_PDFUA_METADATA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1" />
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that this file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF>"""


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file embedded in the PDF.

    `relationship` is its AFRelationship to the letter: "Data", "Source", "Alternative" or "Supplement".
    """

    name: str
    media_type: str
    data: bytes
    description: str
    relationship: str = "Data"


def write_attachments(attachments: Iterable[EmbeddedFile], file: Path) -> None:
    """Write attachments to a file, for the PDF worker, which is a process of its own."""
    values = [asdict(attachment) | {"data": base64.b64encode(attachment.data).decode("ascii")} for attachment in attachments]
    file.write_text(json.dumps(values), encoding="utf-8")


def read_attachments(file: Path) -> tuple[EmbeddedFile, ...]:
    """Return the attachments that `write_attachments` wrote."""
    values = json.loads(file.read_text(encoding="utf-8"))
    return tuple(EmbeddedFile(**value | {"data": base64.b64decode(value["data"])}) for value in values)


@dataclass(frozen=True, slots=True)
class PaintRecorder:
    """Letter that is laid out and about to be painted; records the marked-content number of each painted box.

    `link_descriptions` are the words of links to places other than notes, by the id of the place.
    """

    document: Any
    link_descriptions: Mapping[str, str] = field(default_factory=dict)
    marks: list[Mapping[Any, int]] = field(default_factory=list)
    streams: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make each page of the letter record its marked content when it is painted, and link its notes."""
        for page in {id(page): page for page in self.document.pages}.values():  # a blank page may occur many times
            _add_note_links(page)
            page.paint = partial(self._paint, page.paint)

    def _paint(self, paint: Any, stream: Any, scale: float = 1) -> None:
        """Paint a page to its content stream, and record the stream and the marked-content number (MCID) of each box."""
        paint(stream, scale)
        self.marks.append({box: tag["mcid"] for box, tag in stream._tags.items()})  # noqa: SLF001
        self.streams.append(stream)


def make_conforming(
    painting: PaintRecorder, pdf: pydyf.PDF, attachments: Sequence[EmbeddedFile] = (), layout: int = LAYOUT_VERSION
) -> StructureTree:
    """Add structure, metadata and attachments to the PDF: the first step after painting; labels are those of a layout.

    For `Document.write_pdf(pdf_variant=VARIANT, finisher=…)`; what comes after may add to the structure.
    """
    document = painting.document
    language = document.metadata.lang or ""
    metadata = resolve_reference(pdf, pdf.catalog["Metadata"])
    remove_structure(pdf)
    _describe_links(pdf, painting.link_descriptions, language, layout)
    reading = ReadingOrder(language)
    for number, (page, marks) in enumerate(zip(document.pages, painting.marks, strict=True)):
        reading.read(number, page._page_box, marks)  # noqa: SLF001
    pages = [resolve_reference(pdf, reference) for reference in pdf.page_references]
    structure = write_structure(pdf, reading.end(), pages, painting.streams)
    for number in {mark.page for mark in reading.repeated}:
        convert_to_artifacts(painting.streams[number], {mark.number for mark in reading.repeated if mark.page == number})
    if document_locale(language).direction == "rtl":
        pdf.catalog["ViewerPreferences"]["Direction"] = "/R2L"
    _embed_files(pdf, attachments, pdf.info.get("ModDate"))
    metadata.stream = [b"".join(metadata.stream).replace(b"</rdf:RDF>", _PDFUA_METADATA)]
    pdf.add_object(metadata)
    pdf.catalog["Metadata"] = metadata.reference
    return structure


def _add_note_links(page: Any) -> None:
    """Link each note's reference to the note and back, and give every link the height of its text."""
    page.links[:] = [(kind, target, _rectangle(box), box) for kind, target, _, box in page.links]
    for box in page._page_box.descendants():  # noqa: SLF001
        tag = "" if hasattr(box, "text") else getattr(box, "element_tag", "")
        if tag == "span::footnote-call":
            _link(page, box, box.element.get("id"), _note_reference(box.element.get("id")))
        elif tag == "span::footnote-marker":
            _link(page, box, _note_reference(box.element.get("id")), "")


def _note_reference(note: str) -> str:
    """Return the name of a note's mark by the note's id: "note-mark-1" of "note-1", "es:note-mark-1" of "es:note-1"."""
    part, _, name = note.rpartition(NOTE)
    return f"{part}{NOTE_REFERENCE}{name}"


def _link(page: Any, box: Any, target: str, name: str) -> None:
    """Link a box to an anchor, `target`; make the box an anchor called `name` itself, unless that is ""."""
    page.links.append(("internal", target, _rectangle(box), box))
    if name:
        page.anchors[name] = _rectangle(box)


def _rectangle(box: Any) -> tuple[float, float, float, float]:
    """Return the left, top, right and bottom edge of a box's border, in CSS pixels from the top left of the page."""
    left, top = box.border_box_x(), box.border_box_y()
    return left, top, left + box.border_width(), top + box.border_height()


def _describe_links(pdf: pydyf.PDF, descriptions: Mapping[str, str], language: str, layout: int) -> None:
    """Describe links inside the letter in words: WeasyPrint gives them the names of their anchors, which are read aloud."""
    for pdf_object in pdf.objects:
        if isinstance(pdf_object, pydyf.Dictionary) and pdf_object.get("Subtype") == "/Link" and "Dest" in pdf_object:
            target = pdf_object["Dest"].string
            pdf_object["Contents"] = pydyf.String(
                descriptions[target]
                if target in descriptions and not is_note(target)
                else note_description(target, language, layout)
            )


def _embed_files(pdf: pydyf.PDF, attachments: Sequence[EmbeddedFile], modified: Any) -> None:
    """Embed files in the PDF, each with its relationship to the letter."""
    if not attachments:
        return
    names = pydyf.Array([])
    files = pydyf.Array([])
    for attachment in sorted(attachments, key=lambda attachment: attachment.name):
        parameters = pydyf.Dictionary({"Size": len(attachment.data)} | ({"ModDate": modified} if modified else {}))
        media_type = pydyf.name(attachment.media_type).decode("ascii")
        content = pydyf.Stream(
            [attachment.data], {"Type": "/EmbeddedFile", "Subtype": media_type, "Params": parameters}, compress=True
        )
        pdf.add_object(content)
        name = pydyf.String(attachment.name)
        specification = pydyf.Dictionary(
            {
                "Type": "/Filespec",
                "F": name,
                "UF": name,
                "EF": pydyf.Dictionary({"F": content.reference, "UF": content.reference}),
                "Desc": pydyf.String(attachment.description),
                "AFRelationship": f"/{attachment.relationship}",
            }
        )
        pdf.add_object(specification)
        names.extend((name, specification.reference))
        files.append(specification.reference)
    pdf.catalog.setdefault("Names", pydyf.Dictionary())["EmbeddedFiles"] = pydyf.Dictionary({"Names": names})
    pdf.catalog["AF"] = files
