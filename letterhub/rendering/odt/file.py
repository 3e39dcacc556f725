"""A letter as ODT (OpenDocument text), for LibreOffice and other offices."""

import datetime as dt

from lxml.etree import _Element, tostring

from letterhub.domain.digits import digits_of
from letterhub.domain.editions.file_formats import MEDIA_TYPES, FileFormat
from letterhub.domain.letters.letter_document import LetterDocument
from letterhub.domain.letters.note_choices import NotePlacement
from letterhub.rendering.letter.list_labels import LabelStyle
from letterhub.rendering.letter.view import LetterView, letter_view
from letterhub.rendering.odt.builder import NOTE_CLASSES, OdtBuilder, OdtParts
from letterhub.rendering.odt.elements import add_element, new_element
from letterhub.rendering.odt.style_sheet import add_fonts, style_sheet
from letterhub.rendering.odt.styles import COUNTED_DIGITS
from letterhub.rendering.office.builder import OfficeFile
from letterhub.rendering.office.letter import LetterWriter, text_width
from letterhub.rendering.office_packages import file_timestamp, pack_zip

MEDIA_TYPE = MEDIA_TYPES[FileFormat.ODT]
VERSION = {"office:version": "1.3"}


def odt_file(document: LetterDocument) -> bytes:
    """Return the letter as ODT: the same bytes for the same document and libraries.

    Raises TextTooDeep and TextTooLong.
    """
    letter, timestamp = letter_view(document), file_timestamp(document)
    file = OdtFile(document, rtl=letter.direction == "rtl")
    LetterWriter(file, document, letter).write()
    parts = {
        "mimetype": MEDIA_TYPE.encode(),
        "content.xml": _xml(file.content()),
        "styles.xml": _xml(file.styles),
        "meta.xml": _xml(_metadata(letter, timestamp)),
        "settings.xml": _xml(_settings()),
        **file.parts.pictures,
    }
    return pack_zip({**parts, "META-INF/manifest.xml": _xml(_manifest(parts))}, timestamp)


class OdtFile(OfficeFile):
    """OpenDocument file of one letter."""

    counted_digits = COUNTED_DIGITS

    def __init__(self, document: LetterDocument, *, rtl: bool) -> None:
        """Begin the file with an empty body, and empty heads and feet of its pages."""
        self.parts = OdtParts(rtl)
        self._body = new_element("office:body")
        self.styles, head, feet = style_sheet(document, rtl=rtl)
        text = add_element(self._body, "office:text")
        body, head_builder, *foot_builders = (
            OdtBuilder(story, rtl, text_width(document), self.parts) for story in (text, head, *feet)
        )
        super().__init__(body, head_builder, foot_builders)
        self._note_kind, self._digits = "foot", digits_of(document.text.language, document.layout)

    def content(self) -> _Element:
        """Return the root of "content.xml"."""
        root = new_element("office:document-content", VERSION)
        add_fonts(root)
        root.append(self.parts.styles.element)
        root.append(self._body)
        return root

    def begin_text(self, notes: NotePlacement) -> None:
        self._note_kind = str(notes)

    def new_list(self, start: int, style: LabelStyle) -> int:
        return self.parts.new_list(start, style)

    def new_note(self, number: int, label: str) -> OdtBuilder:
        note_class = NOTE_CLASSES[self._note_kind]
        note = new_element("text:note", {"text:id": f"note{number}", "text:note-class": note_class})
        is_typed = not label.isascii() and self._digits not in COUNTED_DIGITS
        add_element(note, "text:note-citation", {"text:label": label} if is_typed else {}, label)
        story = add_element(note, "text:note-body")
        return OdtBuilder(story, self.body.rtl, self.body.width, self.parts, note_kind=self._note_kind)


def _metadata(letter: LetterView, timestamp: dt.datetime) -> _Element:
    """Return the root of "meta.xml": title, sender, language and time."""
    root = new_element("office:document-meta", VERSION)
    meta = add_element(root, "office:meta")
    time = timestamp.strftime("%Y-%m-%dT%H:%M:%S")
    for element, text in (
        ("meta:generator", "Letterhub"),
        ("dc:title", letter.title),
        ("meta:initial-creator", letter.sender.text),
        ("dc:creator", letter.sender.text),
        ("meta:creation-date", time),
        ("dc:date", time),
        ("dc:language", letter.language),
    ):
        if text:
            add_element(meta, element, text=text)
    return root


def _settings() -> _Element:
    """Return the root of "settings.xml": spaces between paragraphs do not add up, and endnotes follow the text."""
    root = new_element("office:document-settings", VERSION)
    settings = add_element(root, "office:settings")
    items = add_element(settings, "config:config-item-set", {"config:name": "ooo:configuration-settings"})
    for setting, value in (("AddParaTableSpacing", "false"), ("ContinuousEndnotes", "true")):
        add_element(items, "config:config-item", {"config:name": setting, "config:type": "boolean"}, value)
    return root


def _manifest(parts: dict[str, bytes]) -> _Element:
    """Return the root of the list of a package's parts."""
    root = new_element("manifest:manifest", {"manifest:version": "1.3"})
    types = {"/": MEDIA_TYPE} | {path: _media_type(path) for path in parts if path != "mimetype"}
    for path, media_type in types.items():
        add_element(root, "manifest:file-entry", {"manifest:full-path": path, "manifest:media-type": media_type})
    return root


def _media_type(path: str) -> str:
    return "text/xml" if path.endswith(".xml") else f"image/{path.rpartition('.')[2].replace('jpg', 'jpeg')}"


def _xml(root: _Element) -> bytes:
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True))
