"""Pictures of a letter's text, and the Markdown that shows one as a figure: `![description](name "caption"){width=60%}`."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePath

MAX_PICTURES = 20
MAX_ANNEX_PAGES = 12
"""Pages of a PDF that becomes an annex, each a picture of the letter."""
MAX_PAGE_TEXT = 4_000
"""Characters of a page's text that stand for its picture."""
_FIRST_PAGE_RATIO, _PAGE_RATIO = 1.15, 1.28
"""Height by the text's width of the room for a picture on a page, below a title and without one, where margins are narrow."""
_NAME_CHARACTERS = re.compile(r"[^a-z0-9]+")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>!\"&])")


@dataclass(frozen=True, slots=True)
class Picture:
    """Raster image of a letter's text, checked and re-encoded. Its Markdown names it by `name`, a file name."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Figure:
    """Picture as a letter shows it, with the description that stands for it; `width` is in percent of the text's."""

    picture: Picture
    description: str
    caption: str = ""
    width: int = 100
    is_numbered: bool = False

    @property
    def markdown(self) -> str:
        """Line of Markdown that shows the picture."""
        title = f' "{_escape(self.caption)}"' if self.caption else ""
        settings = [*([f"width={self.width}%"] if self.width != 100 else []), *(["numbered"] if self.is_numbered else [])]
        return f"![{_escape(self.description)}]({self.picture.name}{title}){'{' + ' '.join(settings) + '}' if settings else ''}"


def picture_name(file: str, media_type: str, taken: Collection[str]) -> str:
    """Return a name for an uploaded picture that no other picture has: "budget-2026.png"."""
    suffix = ".jpg" if media_type == "image/jpeg" else ".png"
    stem = _NAME_CHARACTERS.sub("-", PurePath(file).stem.casefold()).strip("-")[:40] or "figure"
    names = (f"{stem}{f'-{number}' if number > 1 else ''}{suffix}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


@dataclass(frozen=True, slots=True)
class AnnexPage:
    """Page of a PDF as a picture; `ratio` is its height by its width, `text` what can be read on it."""

    media_type: str
    data: bytes
    ratio: float
    text: str

    def figure(self, name: str, label: str, max_ratio: float) -> Figure:
        """Return the page as a figure, at most so high by the width of the text; its text stands for it."""
        text = " ".join(self.text.replace("\x02", "").replace("\ufffe", "").split()).replace("{{", "{ {")
        shown = text if len(text) <= MAX_PAGE_TEXT else f"{text[:MAX_PAGE_TEXT]}…"
        return Figure(
            Picture(name, self.media_type, self.data),
            f"{label}: {shown}" if shown else label,
            width=min(100, int(100 * max_ratio / self.ratio)),
        )


def pdf_annex(title: str, file: str, pages: Sequence[AnnexPage], taken: Collection[str]) -> tuple[str, tuple[Picture, ...]]:
    """Return the Markdown of an annex that shows the pages of a PDF, each on a page of its own, and their pictures.

    `taken` are names that the letter's other pictures have.
    """
    figures: list[Figure] = []
    for number, page in enumerate(pages, start=1):
        names = [*taken, *(figure.picture.name for figure in figures)]
        name = picture_name(f"{PurePath(file).stem}-page-{number}.pdf", page.media_type, names)
        max_ratio = _FIRST_PAGE_RATIO if number == 1 else _PAGE_RATIO
        figures.append(page.figure(name, f"{title}, {number}/{len(pages)}", max_ratio))
    blocks = "\n\n\\newpage\n\n".join(figure.markdown for figure in figures)
    return f":::annex {title}\n\n{blocks}", tuple(figure.picture for figure in figures)


def insert_block(body: str, block: str, position: int | None) -> str:
    """Return a text with a block after the paragraph that a position is in; at the end if there is no position."""
    end = body.find("\n\n", position) if position is not None else -1
    before, after = (body, "") if end < 0 else (body[:end], body[end:].lstrip("\n"))
    return "\n\n".join(part for part in (before.rstrip("\n"), block, after) if part.strip()) + ("" if after else "\n")


def _escape(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)
