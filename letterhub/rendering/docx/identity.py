"""Identity of a draft's Word copy: a token, the text that it was made from, and a bookmark around each paragraph.

LibreOffice keeps all three; `w14:paraId` it drops. See docs/design/drafting/word_back.md.
"""

from collections.abc import Sequence
from itertools import count

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.part import Part
from docx.oxml.ns import qn
from lxml.etree import Element, SubElement, _Element, tostring

from letterhub.domain.drafting.word_file import IDENTITY_NAMESPACE, OUTSIDE, TOKEN_PREFIX, DraftIdentity, ParagraphKey


def add_identity(file: Document, identity: DraftIdentity) -> None:
    """Write the token as dc:identifier, and token and sealed text into a custom XML part."""
    file.core_properties.identifier = TOKEN_PREFIX + identity.token
    root = Element(f"{{{IDENTITY_NAMESPACE}}}draft", nsmap={None: IDENTITY_NAMESPACE})
    SubElement(root, f"{{{IDENTITY_NAMESPACE}}}token").text = identity.token
    SubElement(root, f"{{{IDENTITY_NAMESPACE}}}text").text = identity.sealed_text
    content = tostring(root, encoding="UTF-8", xml_declaration=True)
    package = file.part.package
    part = Part(package.next_partname("/customXml/item%d.xml"), CONTENT_TYPE.XML, content, package)
    file.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def add_bookmarks(file: Document, blocks: Sequence[tuple[int, int]]) -> None:
    """Put a bookmark around each paragraph of the body, but those that only end a table.

    `blocks` are pairs: how many elements stood in the body before a block, and the first line of its Markdown, or OUTSIDE.
    """
    lines, line = dict(blocks), OUTSIDE
    numbers: dict[int, int] = {}
    ids = count(1)
    for at, element in enumerate(file.element.body):
        line = lines.get(at, line)
        for paragraph in element.iter(qn("w:p")):
            style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            if style is None or style.get(qn("w:val")) != "TableEnd":
                number = numbers[line] = numbers.get(line, -1) + 1
                _bookmark(paragraph, str(next(ids)), ParagraphKey(line, number).bookmark)


def _bookmark(paragraph: _Element, bookmark_id: str, name: str) -> None:
    start = paragraph.makeelement(qn("w:bookmarkStart"), {qn("w:id"): bookmark_id, qn("w:name"): name})
    paragraph.insert(1 if paragraph.find(qn("w:pPr")) is not None else 0, start)
    SubElement(paragraph, qn("w:bookmarkEnd"), {qn("w:id"): bookmark_id})
