"""Structure tree of a letter's PDF, for screen readers; it replaces the one that WeasyPrint writes. See docs/design/pdf.md."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import pydyf

from letterhub.rendering.pdf.reading_order import LinkBox, MarkedContentRef, StructurePart
from letterhub.rendering.pdf.typesetting.pdf_writer import resolve_reference

_NULL = b"null"
_LIST_NUMBERINGS = {
    "": "/Disc", "1": "/Decimal", "a": "/LowerAlpha", "A": "/UpperAlpha", "i": "/LowerRoman", "I": "/UpperRoman",
}  # fmt: skip
_POINTS_PER_PIXEL = 0.75  # points in a CSS pixel


@dataclass(frozen=True, slots=True)
class StructureTree:
    """A written structure tree, open for additions.

    `named` holds the elements that had an id in the page, by id; `painted` the element of each marked content, page by page;
    `keys` the array of the parent tree.
    """

    root: pydyf.Dictionary
    named: dict[str, pydyf.Dictionary]
    painted: list[pydyf.Array]
    keys: pydyf.Array


def write_structure(
    pdf: pydyf.PDF, whole: StructurePart, pages: Sequence[pydyf.Dictionary], streams: Sequence[pydyf.Stream]
) -> StructureTree:
    """Write the structure tree of a letter. Each marked content of the streams must be in the tree or an artifact."""
    counts = []  # of marked contents in each stream, with those that became artifacts
    for stream in streams:
        dictionaries = (operand for operand in stream.stream if isinstance(operand, pydyf.Dictionary))
        counts.append(1 + max((operand["MCID"] for operand in dictionaries if "MCID" in operand), default=-1))
    return _StructureWriter(pdf, pages, counts).write(whole)


def remove_structure(pdf: pydyf.PDF) -> None:
    """Remove WeasyPrint's own structure tree and metadata: they are the last objects, so that nothing else moves.

    Raises ValueError if other objects follow them.
    """
    first = int(resolve_reference(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"].split()[0])
    last_objects = [last.extra if isinstance(last, pydyf.Stream) else last for last in pdf.objects[first + 1 :]]
    types = {str(values.get("Type", "")) if isinstance(values, Mapping) else "" for values in last_objects}
    if not types <= {"/StructTreeRoot", "/StructElem", "/OBJR", "/Metadata"}:
        raise ValueError(f"the PDF has unknown objects after its structure: {types}")
    del pdf.objects[first:]


def convert_to_artifacts(stream: pydyf.Stream, repeated: Set[int]) -> None:
    """Turn marked content into artifacts: what a page repeats is seen but not read again."""
    content = stream.stream
    for index, properties in enumerate(content):
        if isinstance(properties, pydyf.Dictionary) and properties.get("MCID") in repeated:
            content[index - 1] = "/Artifact"
            content[index] = pydyf.Dictionary({"Type": "/Pagination"})


class _StructureWriter:
    """Writer of one structure tree; `counts` are the numbers of marked contents on each page."""

    def __init__(self, pdf: pydyf.PDF, pages: Sequence[pydyf.Dictionary], counts: Iterable[int]) -> None:
        self.pdf = pdf
        self.pages = pages
        self.painted = [pydyf.Array([_NULL] * count) for count in counts]
        self.named: dict[str, pydyf.Dictionary] = {}
        self.notes: dict[str, pydyf.Dictionary] = {}
        self.links: list[tuple[Any, bytes]] = []

    def write(self, whole: StructurePart) -> StructureTree:
        """Write the elements of the whole letter, and the indexes from marked content, links and notes to their elements."""
        keys = pydyf.Array([])
        parents = self._add({"Nums": keys})
        root = self._add({"Type": "/StructTreeRoot", "ParentTree": parents.reference})
        root["K"] = pydyf.Array([self._element(whole, root).reference])
        for page, elements in enumerate(self.painted):
            keys.extend((page, elements))
        for key, (annotation, link) in enumerate(self.links, start=len(self.pages)):
            annotation["StructParent"] = key
            keys.extend((key, link))
        if self.notes:
            names = pydyf.Array([])
            for name, element in sorted(self.notes.items()):
                names.extend((pydyf.String(name), element.reference))
            root["IDTree"] = self._add({"Names": names}).reference
        root["ParentTreeNextKey"] = len(self.pages) + len(self.links)
        self.pdf.catalog["StructTreeRoot"] = root.reference
        return StructureTree(root, self.named, self.painted, keys)

    def _add(self, attributes: Mapping[str, Any]) -> pydyf.Dictionary:
        dictionary = pydyf.Dictionary(dict(attributes))
        self.pdf.add_object(dictionary)
        return dictionary

    def _element(self, part: StructurePart, above: pydyf.Dictionary) -> pydyf.Dictionary:
        """Add the structure element of a part, and those of all parts inside it; return it."""
        element = self._add({"Type": "/StructElem", "S": f"/{part.kind}", "P": above.reference})
        first_page = next((kid.page for kid in part.children if not isinstance(kid, StructurePart)), None)
        if first_page is not None:
            element["Pg"] = self.pages[first_page].reference
        if part.frame and first_page is not None:
            # from pixels below the top of the page to points above its bottom
            left, top, right, bottom = (edge * _POINTS_PER_PIXEL for edge in part.frame)
            height = self.pages[first_page]["MediaBox"][3]
            box = pydyf.Array([left, height - bottom, right, height - top])
            element["A"] = pydyf.Dictionary({"O": "/Layout", "BBox": box})
        element.update(_element_attributes(part))
        if part.name:
            self.named[part.name] = element
        if part.kind == "Note":
            self.notes[part.name] = element
        element["K"] = pydyf.Array([self._kid(kid, element, first_page) for kid in part.children])
        return element

    def _kid(self, kid: StructurePart | MarkedContentRef | LinkBox, element: pydyf.Dictionary, first_page: int | None) -> Any:
        """Return what stands for a child in an element's "K": a reference, or a number if its content is on the first page."""
        match kid:
            case StructurePart():
                return self._element(kid, element).reference
            case MarkedContentRef():
                self.painted[kid.page][kid.number] = element.reference
                page = self.pages[kid.page].reference
                reference = pydyf.Dictionary({"Type": "/MCR", "Pg": page, "MCID": kid.number})
                return kid.number if kid.page == first_page else reference
            case LinkBox():
                self.links.append((kid.annotation, element.reference))
                page = self.pages[kid.page].reference
                return pydyf.Dictionary({"Type": "/OBJR", "Obj": kid.annotation.reference, "Pg": page})


def _element_attributes(part: StructurePart) -> dict[str, Any]:
    """Return the attributes of a part besides its type and place."""
    attributes: dict[str, Any] = {}
    if part.above and part.language:
        attributes["Lang"] = pydyf.String(part.language)
    if part.alt_text:
        attributes["Alt"] = pydyf.String(part.alt_text)
    if part.logical_text:
        attributes["ActualText"] = pydyf.String(part.logical_text)
    if part.kind == "Note":
        attributes["ID"] = pydyf.String(part.name)
    items = [item for item in part.children if isinstance(item, StructurePart)]
    if part.kind == "TH":
        attributes["A"] = pydyf.Dictionary({"O": "/Table", "Scope": "/Column"})
    elif part.kind == "L" and any(kid.kind == "Lbl" for item in items for kid in item.parts()):
        attributes["A"] = pydyf.Dictionary({"O": "/List", "ListNumbering": _LIST_NUMBERINGS[part.numerals]})
    return attributes
