"""Pictures of a letter's text, and the Markdown that shows one as a figure: `![description](name "caption"){width=60%}`."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath

MAX_PICTURES = 20
_NAME_CHARACTERS = re.compile(r"[^a-z0-9]+")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>!\"])")


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


def insert_block(body: str, block: str, position: int | None) -> str:
    """Return a text with a block after the paragraph that a position is in; at the end if there is no position."""
    end = body.find("\n\n", position) if position is not None else -1
    before, after = (body, "") if end < 0 else (body[:end], body[end:].lstrip("\n"))
    return "\n\n".join(part for part in (before.rstrip("\n"), block, after) if part.strip()) + ("" if after else "\n")


def _escape(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)
