"""Hashes of how the pages of a PDF are drawn: equal for a file that was only saved again, whatever program saved it.

A page's hash covers its instructions, fonts, pictures, annotations and boxes, each unpacked and with names in order. Two pages
with one hash are drawn alike by every reader. See docs/design/editions.md.
"""

import hashlib
import struct
from collections.abc import Iterable, Mapping
from decimal import Decimal

from pikepdf import Array, Dictionary, Name, Object, Pdf, PdfError, Stream, String

INHERITED_KEYS = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
UNDRAWN_PAGE_KEYS = frozenset("/Type /Parent /Contents /Tabs /Metadata /LastModified /PieceInfo /Thumb /B /ID".split())
UNDRAWN_KEYS = frozenset("/StructParent /StructParents".split())
PACKING_KEYS = frozenset("/Length /Filter /DecodeParms /DL".split())
UNDRAWN_CATALOG_KEYS = frozenset(
    "/Type /Pages /Metadata /StructTreeRoot /MarkInfo /Lang /Outlines /PageLabels /AF /Version /Extensions /ViewerPreferences"
    " /PageMode /PageLayout /Dests /PieceInfo /Names".split()
)
VISIBLE_AREA_KEYS = frozenset("/ViewArea /ViewClip /PrintArea /PrintClip".split())
"""Viewer preferences by which a program may show or print another part of each page."""
UNDRAWN_NAME_TREES = frozenset("/EmbeddedFiles /Dests".split())
MAX_PAGE_TREE_DEPTH = 64
WHITE_SPACE = b"\0\t\n\f\r "


class DrawingHasher:
    """Hasher of the pages of one PDF, and of what its catalog adds to them: layers, forms, scripts."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._page_numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        self._hashes: dict[tuple[int, int], bytes] = {}
        self._path: list[tuple[int, int]] = []

    def page_hashes(self) -> list[str]:
        """Return the hash of each page in order."""
        return [self._page_hash(page.obj) for page in self._pdf.pages]

    def catalog_hash(self) -> str:
        """Return the hash of what the catalog says beyond structure, bookmarks, attachments and the first view."""
        root = self._pdf.Root
        parts = {key: root[key] for key in root.keys() if key not in UNDRAWN_CATALOG_KEYS}  # noqa: SIM118
        if isinstance(parts.get("/OpenAction"), Array):  # a place in the document, no action
            del parts["/OpenAction"]
        names = root.get("/Names", Dictionary())
        parts |= {f"/Names{key}": names[key] for key in names.keys() if key not in UNDRAWN_NAME_TREES}  # noqa: SIM118
        preferences = root.get("/ViewerPreferences", Dictionary())
        parts |= {key: preferences[key] for key in preferences.keys() if key in VISIBLE_AREA_KEYS}  # noqa: SIM118
        return self._hash_entries(parts).hex()

    def _page_hash(self, page: Object) -> str:
        """Return the hash of a page, with what it inherits; instructions that are split into several streams are joined."""
        parts: dict[str, object] = {key: page[key] for key in page.keys() if key not in UNDRAWN_PAGE_KEYS}  # noqa: SIM118
        parts |= {key: value for key in INHERITED_KEYS if (value := _inherited(page, key)) is not None}
        parts = {"/CropBox": parts.get("/MediaBox"), "/Rotate": 0} | parts
        contents = page.get("/Contents", Array())
        streams: Iterable[Object] = contents if isinstance(contents, Array) else [contents]
        instructions = b"\n".join(stream.read_bytes().strip(WHITE_SPACE) for stream in streams)
        return _hash(b"page", instructions, self._hash_entries(parts)).hex()

    def _hash_of(self, value: object) -> bytes:
        """Return the hash of any value of a PDF. A page counts by its number, a circle by how far it leads back."""
        if not isinstance(value, Object) or not value.is_indirect:
            return self._hash_direct(value)
        key = value.objgen
        if key in self._page_numbers:
            return _hash(b"page-number", str(self._page_numbers[key]).encode())
        if key in self._path:
            return _hash(b"circle", str(len(self._path) - self._path.index(key)).encode())
        if key not in self._hashes:
            self._path.append(key)
            self._hashes[key] = self._hash_direct(value)
            self._path.pop()
        return self._hashes[key]

    def _hash_direct(self, value: object) -> bytes:
        match value:
            case Stream():
                return self._hash_stream(value)
            case Dictionary():
                return _hash(b"dictionary", self._hash_entries({key: value[key] for key in value.keys()}))  # noqa: SIM118
            case Array():
                return _hash(b"array", *map(self._hash_of, value))
            case String():
                return _hash(b"string", bytes(value))
            case Name():
                return _hash(b"name", str(value).encode(errors="surrogateescape"))
            case bool() | None:
                return _hash(b"word", repr(value).encode())
            case int() | Decimal():
                return _hash(b"number", _number(value).encode())
        return _hash(b"other", bytes(value.unparse()) if isinstance(value, Object) else repr(value).encode())

    def _hash_stream(self, stream: Stream) -> bytes:
        """Return the hash of a stream, unpacked where that can be done without loss of what a picture format says."""
        entries = {key: stream[key] for key in stream.keys()}  # noqa: SIM118
        try:
            content = stream.read_bytes()
            entries = {key: value for key, value in entries.items() if key not in PACKING_KEYS}
        except PdfError:
            content = stream.read_raw_bytes()
            entries.pop("/Length", None)
        return _hash(b"stream", self._hash_entries(entries), content)

    def _hash_entries(self, entries: Mapping[str, object]) -> bytes:
        """Return the hash of entries by name, without those that point into the structure tree."""
        parts = [(key.encode(errors="surrogateescape"), value) for key, value in entries.items() if key not in UNDRAWN_KEYS]
        return _hash(*(part for key, value in sorted(parts, key=lambda pair: pair[0]) for part in (key, self._hash_of(value))))


def _number(value: int | Decimal) -> str:
    """Return a number as it is hashed: a fraction to five digits, as programs keep it in single precision, and save that."""
    if value == int(value):
        return str(int(value))
    single: float = struct.unpack("<f", struct.pack("<f", float(value)))[0]
    return f"{single:.5g}"


def _inherited(page: Object, key: str) -> object:
    """Return an entry of a page, or of the nearest node above it in the page tree that has it; None if no node does."""
    node: Object | None = page
    for _ in range(MAX_PAGE_TREE_DEPTH):
        if node is None or key in node:
            break
        node = node.get("/Parent")
    return None if node is None else node.get(key)


def _hash(*parts: bytes) -> bytes:
    """Return the hash of parts, told apart by their lengths."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()
