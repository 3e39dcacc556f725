"""Structure tree of a letter's PDF, for screen readers; it replaces the one that WeasyPrint writes. See docs/design/pdf.md."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import pydyf

from letterhub.rendering.pdf.reading_order import LinkBox, MarkedContentRef, StructurePart

_NULL = b"null"
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
    return _StructureWriter(pdf, pages, [_count_marked_content(stream) for stream in streams]).written(whole)


def remove_structure(pdf: pydyf.PDF) -> None:
    """Remove WeasyPrint's own structure tree and metadata: they are the last objects, so that nothing else moves.

    Raises ValueError if other objects follow them.
    """
    first = int(_object(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"].split()[0])
    kinds = {_kind(made) for made in pdf.objects[first + 1 :]}
    if not kinds <= {"/StructTreeRoot", "/StructElem", "/OBJR", "/Metadata"}:
        raise ValueError(f"the press puts more behind its structure than we know: {kinds}")
    del pdf.objects[first:]


def _object(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _kind(made: Any) -> str:
    facts = made.extra if isinstance(made, pydyf.Stream) else made
    return str(facts.get("Type", "")) if isinstance(facts, Mapping) else ""


def turn_into_artifacts(stream: pydyf.Stream, repeated: Set[int]) -> None:
    """Turn marked content into artifacts: what a page repeats is seen but not read again."""
    content = stream.stream
    for at, facts in enumerate(content):
        if isinstance(facts, pydyf.Dictionary) and facts.get("MCID") in repeated:
            content[at - 1] = "/Artifact"
            content[at] = pydyf.Dictionary({"Type": "/Pagination"})


def _count_marked_content(stream: pydyf.Stream) -> int:
    """Return the number of marked contents in a stream, counting those that became artifacts."""
    numbers = [facts["MCID"] for facts in stream.stream if isinstance(facts, pydyf.Dictionary) and "MCID" in facts]
    return max(numbers, default=-1) + 1


class _StructureWriter:
    def __init__(self, pdf: pydyf.PDF, pages: Sequence[pydyf.Dictionary], marks: Iterable[int]) -> None:
        self.pdf = pdf
        self.pages = pages
        self.painted = [pydyf.Array([_NULL] * count) for count in marks]
        self.named: dict[str, pydyf.Dictionary] = {}
        self.notes: dict[str, pydyf.Dictionary] = {}
        self.ways: list[tuple[Any, bytes]] = []

    def written(self, whole: StructurePart) -> StructureTree:
        keys = pydyf.Array([])
        parents = self._added({"Nums": keys})
        root = self._added({"Type": "/StructTreeRoot", "ParentTree": parents.reference})
        root["K"] = pydyf.Array([self._element(whole, root).reference])
        for page, elements in enumerate(self.painted):
            keys.extend((page, elements))
        for key, (annotation, element) in enumerate(self.ways, start=len(self.pages)):
            annotation["StructParent"] = key
            keys.extend((key, element))
        self._name_notes(root)
        root["ParentTreeNextKey"] = len(self.pages) + len(self.ways)
        self.pdf.catalog["StructTreeRoot"] = root.reference
        return StructureTree(root, self.named, self.painted, keys)

    def _added(self, facts: Mapping[str, Any]) -> pydyf.Dictionary:
        made = pydyf.Dictionary(dict(facts))
        self.pdf.add_object(made)
        return made

    def _element(self, part: StructurePart, above: pydyf.Dictionary) -> pydyf.Dictionary:
        element = self._added({"Type": "/StructElem", "S": f"/{part.kind}", "P": above.reference})
        home = next((kid.page for kid in part.children if not isinstance(kid, StructurePart)), None)
        if home is not None:
            element["Pg"] = self.pages[home].reference
        if part.frame and home is not None:
            element["A"] = pydyf.Dictionary({"O": "/Layout", "BBox": _bounding_box(part.frame, self.pages[home])})
        element.update(_facts(part))
        self._remember(part, element)
        element["K"] = pydyf.Array([self._kid(kid, element, home) for kid in part.children])
        return element

    def _remember(self, part: StructurePart, element: pydyf.Dictionary) -> None:
        if part.name:
            self.named[part.name] = element
        if part.kind == "Note":
            self.notes[part.name] = element

    def _kid(self, kid: StructurePart | MarkedContentRef | LinkBox, element: pydyf.Dictionary, home: int | None) -> Any:
        match kid:
            case StructurePart():
                return self._element(kid, element).reference
            case MarkedContentRef():
                self.painted[kid.page][kid.number] = element.reference
                page = self.pages[kid.page].reference
                far = pydyf.Dictionary({"Type": "/MCR", "Pg": page, "MCID": kid.number})
                return kid.number if kid.page == home else far
            case LinkBox():
                self.ways.append((kid.annotation, element.reference))
                page = self.pages[kid.page].reference
                return pydyf.Dictionary({"Type": "/OBJR", "Obj": kid.annotation.reference, "Pg": page})

    def _name_notes(self, root: pydyf.Dictionary) -> None:
        if self.notes:
            names = pydyf.Array([])
            for name, element in sorted(self.notes.items()):
                names.extend((pydyf.String(name), element.reference))
            root["IDTree"] = self._added({"Names": names}).reference


def _facts(part: StructurePart) -> dict[str, Any]:
    """Return the attributes of a part besides its type and place."""
    facts: dict[str, Any] = {}
    if part.above and part.language:
        facts["Lang"] = pydyf.String(part.language)
    if part.alt_text:
        facts["Alt"] = pydyf.String(part.alt_text)
    if part.logical_text:
        facts["ActualText"] = pydyf.String(part.logical_text)
    if part.kind == "Note":
        facts["ID"] = pydyf.String(part.name)
    attributes = _attributes(part)
    if attributes:
        facts["A"] = pydyf.Dictionary(attributes)
    return facts


def _bounding_box(frame: tuple[float, float, float, float], page: pydyf.Dictionary) -> pydyf.Array:
    """Convert a frame in pixels from the top of a page to points from its bottom."""
    left, top, right, bottom = (edge * _POINTS_PER_PIXEL for edge in frame)
    height = page["MediaBox"][3]
    return pydyf.Array([left, height - bottom, right, height - top])


def _attributes(part: StructurePart) -> dict[str, Any]:
    if part.kind == "TH":
        return {"O": "/Table", "Scope": "/Column"}
    if part.kind == "L" and any(
        kid.kind == "Lbl" for item in part.children if isinstance(item, StructurePart) for kid in item.parts()
    ):
        return {"O": "/List", "ListNumbering": "/Decimal" if part.numbered else "/Disc"}
    return {}
