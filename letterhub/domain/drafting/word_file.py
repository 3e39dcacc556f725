"""Word copy of a draft as it comes back: its identity, its paragraphs with who changed what, its comments.

See docs/design/drafting/word_back.md.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property

IDENTITY_NAMESPACE = "urn:letterhub:draft"
TOKEN_PREFIX = "letterhub:"  # noqa: S105 - of the document property that has the token
COPIED_TEXT = "copied text"
"""Kind of sealed facts that a copy carries: its text."""
OUTSIDE = -1
"""Line of the paragraphs that are no part of the text: date, addressees, closing and others."""
OBJECT = "\ufffc"
"""Character that stands for what is no letter: a picture, the reference of a note."""
_BOOKMARK = re.compile(r"letterhub_(x|\d{1,9})_(\d{1,9})")


@dataclass(frozen=True, slots=True)
class DraftIdentity:
    """Identity of a copy: the signed token of its letter and version, and the text at that version, sealed."""

    token: str
    sealed_text: str


@dataclass(frozen=True, slots=True)
class ParagraphKey:
    """Place of a paragraph in the text that was copied: the first line of its block, and its number in the block."""

    line: int
    number: int

    @property
    def bookmark(self) -> str:
        """Name of the paragraph's bookmark."""
        return f"letterhub_{'x' if self.line == OUTSIDE else self.line}_{self.number}"

    @classmethod
    def of_bookmark(cls, name: str) -> "ParagraphKey | None":
        """Return the key in the name of a bookmark; None for a bookmark of somebody else."""
        match = _BOOKMARK.fullmatch(name)
        return None if match is None else cls(OUTSIDE if match[1] == "x" else int(match[1]), int(match[2]))


@dataclass(frozen=True, slots=True)
class Tracking:
    """Tracked change as Word gave it: `author` is a name in the file, and no account; `at` is None if it has no date."""

    author: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class WordPiece:
    """Words of one formatting, inserted or deleted by somebody, or neither."""

    text: str
    bold: bool = False
    italic: bool = False
    inserted: Tracking | None = None
    deleted: Tracking | None = None


@dataclass(frozen=True)
class WordParagraph:
    """Paragraph with the keys of the bookmarks that begin in it.

    `end_inserted` and `end_deleted` say who parted it from the next one, or joined both. `moved` says that it was moved, with
    tracking on.
    """

    keys: tuple[ParagraphKey, ...]
    pieces: tuple[WordPiece, ...]
    style: str = ""
    is_in_list: bool = False
    is_in_table: bool = False
    end_inserted: Tracking | None = None
    end_deleted: Tracking | None = None
    moved: bool = False

    @cached_property
    def before(self) -> str:
        """Words without what was inserted with tracking on."""
        return "".join(piece.text for piece in self.pieces if not piece.inserted)

    @cached_property
    def after(self) -> str:
        """Words with all changes."""
        return "".join(piece.text for piece in self.pieces if not piece.deleted)


@dataclass(frozen=True, slots=True)
class WordComment:
    """Comment on a range of words; `paragraph` is the number of the paragraph that it begins in, None for none."""

    tracking: Tracking
    text: str
    quote: str
    paragraph: int | None


@dataclass(frozen=True, slots=True)
class WordFile:
    """Content of a Word file: identity, who saved it last, paragraphs, comments, and the words of each note."""

    identity: DraftIdentity
    last_saved: Tracking
    paragraphs: tuple[WordParagraph, ...]
    comments: tuple[WordComment, ...]
    notes: tuple[str, ...]
