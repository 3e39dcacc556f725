"""Grid of logos: cells of the same height, with the logo above the name, or the name in the logo's place.

See docs/design/pdf.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pydyf

from letterhub.rendering.pdf.typesetting.content_stream import ColumnBox, PageContent
from letterhub.rendering.pdf.typesetting.entries import TypesetEntry
from letterhub.rendering.pdf.typesetting.pdf_objects import resolve_reference
from letterhub.rendering.pdf.typesetting.png import PngImage, PngObject, read_png
from letterhub.rendering.pdf.typesetting.style import ListStyle

_USUAL_NAME_LINES = 3  # lines of a name: a longer one makes its own cell higher, and no other


class LogoGrid:
    """The logos of a list, by their file names, with their resource names in the PDF."""

    def __init__(self, names: Iterable[str], folder: Path, style: ListStyle) -> None:
        self._files = {name: folder / name for name in names if name}
        self._called = {name: b"G%d" % number for number, name in enumerate(self._files)}
        self._style = style

    @cached_property
    def _pictures(self) -> Mapping[str, PngImage]:
        return {name: read_png(file.read_bytes()) for name, file in self._files.items()}

    def cells(self, entries: Sequence[TypesetEntry], logos: Sequence[str]) -> Iterator[TypesetEntry]:
        """Yield the entries in cells as high as the highest usual one."""
        style, most = self._style, _USUAL_NAME_LINES * self._style.leading
        text = max((one.height for one in entries if one.height <= most), default=most)
        for one, logo in zip(entries, logos, strict=True):
            cell = style.logo_height + style.logo_gap + max(text, one.height)
            above = style.logo_height + style.logo_gap if logo else max(0.0, (style.logo_height - one.height) / 2)
            yield replace(one, height=cell, above=above, logo=logo)

    def paint(self, ink: PageContent, one: TypesetEntry, place: ColumnBox) -> None:
        """Draw an entry's logo in the middle of its height, at the edge where its name begins."""
        if one.logo:
            style, room = self._style, place.right - place.left
            width, height = size = self._pictures[one.logo].size_within(style.logo_height, room)
            left = place.right - width if place.is_rtl else place.left
            ink.picture(self._called[one.logo], left, place.top + (style.logo_height + height) / 2, size)

    def embed(self, pdf: pydyf.PDF, resources: pydyf.Dictionary) -> None:
        """Add the images to the PDF, each once."""
        if not self._files:
            return
        held = resources.setdefault("XObject", pydyf.Dictionary())
        for name, picture in self._pictures.items():
            packed = PngObject(picture)
            pdf.add_object(packed)
            (resolve_reference(pdf, held) if isinstance(held, bytes) else held)[self._called[name].decode()] = packed.reference
