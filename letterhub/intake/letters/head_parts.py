"""Parts before the body of a draft: sender, date, via, inside addresses, subject, salutation."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from letterhub.domain.i18n import _
from letterhub.intake.letters.draft_blocks import MAX_MARKED_LENGTH, DraftBlock, plain_line
from letterhub.intake.letters.found_lines import FoundLine, PartKind
from letterhub.intake.letters.part_words import POSTAL_LINE, SALUTATION, VIA, label_of, says_day

MAX_HEAD_BLOCKS = 60
MAX_HEAD_LINES = 80
MAX_ADDRESS_LINES = 9
MAX_ADDRESSEES = 6
_PART_OF_LABEL = {"re": PartKind.RE, "date": PartKind.DATE, "to": PartKind.ADDRESSEE, "sender": PartKind.LETTERHEAD,
                  "cc": PartKind.CC, "enclosure": PartKind.ENCLOSURE}  # fmt: skip
_OPEN_ENDED = re.compile(r"(?:My )?Dear|Sehr geehrte|Estimad", re.IGNORECASE)
_BOLD_LINE = re.compile(r"\*\*[^*]+\*\*")

Head = tuple[tuple[FoundLine, ...], int, list[str], str]


def find_head(blocks: Sequence[DraftBlock]) -> Head:
    """Return the lines before the body, the index of its first block, remarks, and that block's text if it shares a paragraph
    with the salutation."""
    found = _salutation(blocks)
    if found is None:
        return _labeled_head(blocks)
    index, salutation, rest = found
    too_many = sum(len(block.lines) + sum(map(len, block.columns)) for block in blocks[:index]) > MAX_HEAD_LINES
    if too_many:
        return (), 0, [_("More lines stand before the salutation than a letter’s addresses have. They stay in the text.")], ""
    lines = [*_head_lines(blocks[:index]), salutation]
    if rest:
        return tuple(lines), index, [], rest
    start = index + 1
    label, value = label_of(blocks[start].lines[0]) if start < len(blocks) and len(blocks[start].lines) == 1 else ("", "")
    if label == "re" and value and not any(line.kind is PartKind.RE for line in lines):
        return (*lines, FoundLine(PartKind.RE, value, certain=False)), start + 1, [], ""
    return tuple(lines), start, [], ""


def _salutation(blocks: Sequence[DraftBlock]) -> tuple[int, FoundLine, str] | None:
    """Return the index of the block with the salutation, its line, and what follows it in its paragraph; None for none.

    It stands below lines, headings and pictures only: a “Dear” below prose belongs to the text.
    """
    for index, block in enumerate(blocks[:MAX_HEAD_BLOCKS]):
        first, _break, rest = block.source.partition("\n")
        line = plain_line(first)
        match = None if block.columns or len(first) > MAX_MARKED_LENGTH else SALUTATION.fullmatch(line)
        if match and match["end"]:
            return index, FoundLine(PartKind.SALUTATION, line, certain=not rest), rest
        if match and not rest and len(line) <= 60 and "." not in line.rstrip(".") and _OPEN_ENDED.match(line):
            return index, FoundLine(PartKind.SALUTATION, line, certain=False), ""
        if not block.is_plain and not block.source.startswith(("#", "![", "---")):
            return None
    return None


def _labeled_head(blocks: Sequence[DraftBlock]) -> Head:
    """Return the head of a letter without salutation: the blocks at its start of which every line is a date or has a label."""
    end = 0
    for block in blocks[:MAX_HEAD_BLOCKS]:
        texts = block.lines or tuple(" ".join(filter(None, row)) for row in block.rows)
        if not texts or not all(says_day(line) or label_of(line)[0] for line in texts):
            break
        end += 1
    lines = _head_lines(blocks[:end])
    return tuple(lines), end if lines else 0, [], ""


def _head_lines(blocks: Sequence[DraftBlock]) -> list[FoundLine]:
    """Return the lines of blocks with their parts, those before the date as the sender's."""
    groups = list(_groups(blocks))
    dates = [index for index, group in enumerate(groups) if group[0].kind is PartKind.DATE]
    if dates and not any(group[0].kind is PartKind.ADDRESSEE for group in groups[dates[0] :]):
        keeps_last = sum(group[0].kind is PartKind.ADDRESSEE for group in groups[: dates[0]]) > 1
        senders = range(max(dates[0] - 1, 0) if keeps_last else dates[0])
    else:
        senders = range(dates[0] if dates else 0)
    for index in senders:
        if groups[index][0].kind is PartKind.ADDRESSEE:
            groups[index] = [FoundLine(PartKind.LETTERHEAD, line.text, certain=False) for line in groups[index]]
    _doubt_addresses(groups, has_moved=bool(senders) and dates[0] not in senders and senders.stop < dates[0])
    return [line for group in groups for line in group]


def _doubt_addresses(groups: list[list[FoundLine]], *, has_moved: bool) -> None:
    """Mark those groups of lines as uncertain that may be no address, or more than one."""
    addresses = [index for index, group in enumerate(groups) if group[0].kind is PartKind.ADDRESSEE]
    seen: set[PartKind] = set()
    for index, group in enumerate(groups):
        kind = group[0].kind
        is_repeated = kind in seen and kind in (PartKind.DATE, PartKind.VIA, PartKind.RE)
        seen.add(kind)
        is_doubtful = has_moved or is_repeated
        if kind is PartKind.ADDRESSEE:
            texts = [line.text for line in group]
            postal = [at for at, line in enumerate(texts) if POSTAL_LINE.fullmatch(line)]
            is_doubtful = (
                is_doubtful
                or (len(group) == 1 and (len(addresses) > 1 or texts[0].isupper() or bool(says_day(texts[0]))))
                or len(group) > MAX_ADDRESS_LINES
                or len(addresses) > MAX_ADDRESSEES
                or (bool(postal) and len(texts) - postal[0] > 2)
            )
        if is_doubtful:
            groups[index] = [replace(line, certain=False) for line in group]


def _groups(blocks: Sequence[DraftBlock]) -> Iterator[list[FoundLine]]:
    """Yield the lines that belong together: a date, a labeled line, or an address of one block or of lines in turn."""
    address: list[FoundLine] = []
    last = next((index for index in range(len(blocks) - 1, -1, -1) if blocks[index].is_plain), -1)
    for index, block in enumerate(blocks):
        if (
            index == last
            and len(block.lines) == 1
            and _BOLD_LINE.fullmatch(block.source.strip())
            and _is_address(block.lines[0])
        ):
            yield from filter(None, [address])
            address = []
            yield [FoundLine(PartKind.RE, block.lines[0], certain=False)]
            continue
        is_single = len(block.lines) == 1
        if not is_single and address:
            yield address
            address = []
        for lines in _line_groups(block):
            for line in lines:
                if (part := _single_part(line)) is not None:
                    yield from filter(None, [address])
                    address = []
                    yield [part]
                else:
                    address.append(FoundLine(PartKind.ADDRESS if address else PartKind.ADDRESSEE, line))
            if address and (not is_single or block.is_set_off):
                yield address
                address = []
    yield from filter(None, [address])


def _line_groups(block: DraftBlock) -> Iterator[tuple[str, ...]]:
    """Yield the lines of a block that belong together: all, or those of each column unless the first one has labels."""
    if block.lines:
        yield block.lines
    elif block.rows and all(_single_part(" ".join(filter(None, row))) for row in block.rows):
        yield tuple(" ".join(filter(None, row)) for row in block.rows)
    else:
        yield from block.columns


def _is_address(line: str) -> bool:
    return _single_part(line) is None


def _single_part(line: str) -> FoundLine | None:
    """Return a line that is a part by itself; None for a line of an address."""
    if says_day(line):
        return FoundLine(PartKind.DATE, line)
    label, value = label_of(line)
    if label and value:
        kind = _PART_OF_LABEL[label]
        is_certain = kind not in (PartKind.LETTERHEAD, PartKind.ENCLOSURE)
        return FoundLine(kind, value, is_certain)
    return FoundLine(PartKind.VIA, line) if VIA.fullmatch(line) else None
