"""Parts after the body of a draft: closing, names that stand below, copies, enclosures, annexes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from letterhub.intake.letters.draft_blocks import DraftBlock
from letterhub.intake.letters.found_lines import FoundLine, PartKind
from letterhub.intake.letters.part_words import ANNEX, CLOSING, TITLE_WORDS, label_of
from letterhub.intake.letters.signer_lines import read_group

MAX_CLOSING_LENGTH = 220
_ITEM = re.compile(r"(?:[-*+]|\d{1,3}[.)]) +(.{1,150})")
_SIGNING_LINE = re.compile(r"[_\s.]{4,}|/s/")
_KIND_OF_LABEL = {"cc": PartKind.CC, "enclosure": PartKind.ENCLOSURE}

Foot = tuple[list[FoundLine], int, list[str]]


def find_foot(blocks: Sequence[DraftBlock], start: int) -> Foot:
    """Return the lines after the body, the index of the block that they begin with, and the Markdown that stays at its end.

    That is notes and annexes. Nothing is found if prose stands below the closing.
    """
    for index in range(len(blocks) - 1, start - 1, -1):
        block = blocks[index]
        if not _is_closing(block):
            continue
        end = next((at for at in range(index + 1, len(blocks)) if _annex_title(blocks[at])), len(blocks))
        notes = [one.source for one in blocks[index + 1 : end] if one.source.startswith("[^")]
        below = [one for one in blocks[index + 1 : end] if not one.source.startswith("[^")]
        if not all(one.is_plain or _items(one) for one in below):
            return [], len(blocks), []
        closing = FoundLine(PartKind.CLOSING, block.lines[0])
        first = [replace(block, source="", lines=block.lines[1:])] if len(block.lines) > 1 else []
        lines = [closing, *_lines_below([*first, *below])]
        return lines, index, [*_annexes(blocks[end:]), *notes]
    return [], len(blocks), []


def _is_closing(block: DraftBlock) -> bool:
    first = block.lines[0] if block.lines else block.source.strip()
    return "\n" not in first and len(first) <= MAX_CLOSING_LENGTH and bool(CLOSING.fullmatch(first)) and bool(block.lines)


def _annex_title(block: DraftBlock) -> str:
    """Return the title of an annex that begins with this block; "" if none does."""
    line = block.source.lstrip("# ").strip() if block.source.startswith("#") else "".join(block.lines[:1])
    is_alone = block.source.startswith("#") or (len(block.lines) == 1 and ":" not in line[:12])
    return line if is_alone and ANNEX.fullmatch(line) else ""


def _annexes(blocks: Sequence[DraftBlock]) -> Iterator[str]:
    """Yield the blocks of annexes, their titles as Markdown has them."""
    for block in blocks:
        title = _annex_title(block)
        yield f":::annex {title}" if title else block.source


def _lines_below(blocks: Sequence[DraftBlock]) -> Iterator[FoundLine]:
    """Yield the lines below a closing: copies and enclosures by their labels, all others as names to be checked."""
    kind: PartKind | None = None
    for block in blocks:
        groups = list(_name_groups(block))
        for group in groups:
            names: list[str] = []
            for position, line in enumerate(group):
                label, value = label_of(line)
                if label in _KIND_OF_LABEL:
                    kind = _KIND_OF_LABEL[label]
                    if value:
                        yield FoundLine(kind, value, certain=value != line)  # “Enclosures (2)” names none
                elif kind is not None:
                    yield FoundLine(kind, line, certain=position > 0)
                elif not _SIGNING_LINE.fullmatch(line):
                    names.append(re.sub(r"^/s/\s*", "", line))
            for name in read_group(names):
                yield FoundLine(PartKind.NAME, name.text, certain=False, kind_asked=name.asked)


def _name_groups(block: DraftBlock) -> Iterator[Sequence[str]]:
    """Yield the lines of a block that belong together: those of each column, or of each row of a table of names."""
    if block.rows:
        titled = [sum(bool(TITLE_WORDS.search(cell)) for cell in row) for row in block.rows]
        is_list = len(block.rows) > 2 and max(titled) < 2
        yield from ([cell for cell in row if cell] for row in block.rows) if is_list else block.columns
    elif items := _items(block):
        yield from ([item] for item in items)
    else:
        yield block.lines


def _items(block: DraftBlock) -> list[str]:
    """Return the items of a list of short lines; none for anything else."""
    matches = [_ITEM.fullmatch(line) for line in block.source.split("\n")]
    return [match[1] for match in matches if match] if all(matches) else []
