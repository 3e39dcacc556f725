"""Copies of an edition: what a file that is not ours byte for byte has in common with the file that is.

The words of both are compared, and how each page is drawn. Words alone never make a file the same: a page may cover them.
See docs/design/editions.md.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from letterhub.domain.editions.file_differences import Differences, PrintedName, differences_between, page_ranges
from letterhub.domain.editions.word_alignment import printed_words
from letterhub.domain.errors import UserFacingError

MIN_SHARED = 0.4
"""Share of an edition's words that a file must have to count as a copy of it although it names no edition."""


class UnreadableFile(UserFacingError):
    """Raised when a file can't be read, or not within its limits."""


class CopyVerdict(enum.StrEnum):
    """Result of comparing a file with an edition."""

    SAME = "same"  # each page is drawn as ours is
    SAME_WORDS = "same-words"
    WORDS_ADDED = "words-added"  # at the beginning or end of pages alone
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class FileText:
    """Content of a file: the text of each page, and hashes of how it is drawn and of what its catalog adds: of a document, its
    pictures and styles. Of a PDF also hashes of attached files by name; of a document the kinds of `extras`, such as boxes and
    hidden words, by which it may show something else than its words.

    `edition_id` is the edition that an attached manifest names, "" for none. Programs may read a damaged file differently.
    """

    pages: tuple[str, ...]
    drawings: tuple[str, ...] = ()
    catalog: str = ""
    attachments: Mapping[str, str] = field(default_factory=dict)
    edition_id: str = ""
    extras: tuple[str, ...] = ()
    is_damaged: bool = False

    @property
    def has_words(self) -> bool:
        """Return whether it has any text; pictures of pages have none."""
        return any(map(printed_words, self.pages))


@dataclass(frozen=True, slots=True)
class CopyComparison:
    """Comparison of a file with an edition's own.

    `redrawn_pages` are drawn in another way than ours. `has_additions`: layers, forms, scripts, or damage, by which a reader
    may show something else. `changed_attachments` are attached files that are not ours.
    """

    verdict: CopyVerdict
    differences: Differences
    page_count: int
    our_page_count: int
    redrawn_pages: tuple[int, ...]
    has_additions: bool
    changed_attachments: tuple[str, ...]

    @property
    def redrawn_ranges(self) -> str:
        """Return the pages that are drawn differently as text: "1–3, 7"."""
        return page_ranges(self.redrawn_pages)

    @property
    def shared(self) -> float:
        """Return the share of our words that the copy has."""
        return self.differences.shared


def compare_copy(ours: FileText, copy: FileText, names: Sequence[PrintedName]) -> CopyComparison:
    """Compare a file with an edition's own, whose list prints these names in this order."""
    differences = differences_between(ours.pages, copy.pages, names)
    redrawn = _redrawn_pages(ours, copy)
    has_additions = copy.is_damaged or copy.catalog != ours.catalog or not {*copy.extras} <= {*ours.extras}
    is_drawn_alike = bool(copy.drawings) and not redrawn and not has_additions and len(copy.pages) == len(ours.pages)
    if differences.passages or differences.names:
        verdict = CopyVerdict.DIFFERENT
    elif differences.additions:
        verdict = CopyVerdict.WORDS_ADDED
    else:
        verdict = CopyVerdict.SAME if is_drawn_alike else CopyVerdict.SAME_WORDS
    return CopyComparison(
        verdict,
        differences,
        page_count=len(copy.pages),
        our_page_count=len(ours.pages),
        redrawn_pages=redrawn,
        has_additions=has_additions,
        changed_attachments=tuple(name for name, sha256 in copy.attachments.items() if ours.attachments.get(name) != sha256),
    )


def _redrawn_pages(ours: FileText, copy: FileText) -> tuple[int, ...]:
    """Return the numbers of the copy's pages that are drawn in another way than ours of the same number."""
    drawings = (*ours.drawings, *[""] * len(copy.drawings))
    return tuple(number for number, (our, their) in enumerate(zip(drawings, copy.drawings, strict=False), 1) if our != their)
