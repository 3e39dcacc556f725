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
        self._resource_names = {name: b"G%d" % number for number, name in enumerate(self._files)}
        self._style = style

    @cached_property
    def _pictures(self) -> Mapping[str, PngImage]:
        return {name: read_png(file.read_bytes()) for name, file in self._files.items()}

    def cells(self, entries: Sequence[TypesetEntry], logos: Sequence[str]) -> Iterator[TypesetEntry]:
        """Yield the entries in cells as high as the highest usual one."""
        style, most = self._style, _USUAL_NAME_LINES * self._style.leading
        text = max((entry.height for entry in entries if entry.height <= most), default=most)
        for entry, logo in zip(entries, logos, strict=True):
            cell = style.logo_height + style.logo_gap + max(text, entry.height)
            above = style.logo_height + style.logo_gap if logo else max(0.0, (style.logo_height - entry.height) / 2)
            yield replace(entry, height=cell, above=above, logo=logo)

    def paint(self, canvas: PageContent, entry: TypesetEntry, column: ColumnBox) -> None:
        """Draw an entry's logo in the middle of its height, at the edge where its name begins."""
        if entry.logo:
            style, room = self._style, column.right - column.left
            width, height = size = self._pictures[entry.logo].size_within(style.logo_height, room)
            left = column.right - width if column.is_rtl else column.left
            canvas.picture(self._resource_names[entry.logo], left, column.top + (style.logo_height + height) / 2, size)

    def embed(self, pdf: pydyf.PDF, resources: pydyf.Dictionary) -> None:
        """Add the images to the PDF, each once."""
        if not self._files:
            return
        x_objects = resources.setdefault("XObject", pydyf.Dictionary())
        for name, picture in self._pictures.items():
            image = PngObject(picture)
            pdf.add_object(image)
            (resolve_reference(pdf, x_objects) if isinstance(x_objects, bytes) else x_objects)[
                self._resource_names[name].decode()
            ] = image.reference
