"""Parts of a letter in the text of a draft: date, via, addressees, subject, salutation, closing, names, copies, enclosures.

One rule for Word files, Markdown and pasted text. Each line that is found says whether it is certain; what is not is asked on a
page, and stays in the text where nobody can be asked. See docs/design/drafts/word-drafts.md.
"""

from dataclasses import replace
from typing import NamedTuple

from letterhub.domain.i18n import _, ngettext
from letterhub.domain.letters.letter_document import Letterhead, LetterText
from letterhub.domain.line_validation import MAX_LINE_LENGTH
from letterhub.intake.documents.layout_tags import without_layout_tags
from letterhub.intake.letters.draft_blocks import draft_blocks
from letterhub.intake.letters.foot_parts import find_foot
from letterhub.intake.letters.found_lines import FoundLine, FoundParts, PartKind, line_markdown, named_parts, with_lines
from letterhub.intake.letters.head_parts import find_head
from letterhub.intake.letters.signer_lines import asked_note

_COLUMNS_LOST = _("Columns made with tabs are now lines with spaces. Check them in the text.")


class _Split(NamedTuple):
    """Draft divided into head, body and foot. `unread` are blocks of the head that are no lines, such as headings."""

    before: tuple[FoundLine, ...]
    head: list[str]
    unread: list[str]
    body: list[str]
    after: tuple[FoundLine, ...]
    foot: list[str]
    annexes: list[str]
    remarks: list[str]


def find_parts(text: LetterText) -> FoundParts:
    """Return the parts that are found in a text, its other lines as the body, and remarks on both."""
    split = _split(text)
    body, columns = without_layout_tags("\n\n".join([*split.unread, *split.body, *split.annexes]).strip())
    remarks = [*split.remarks, *(_COLUMNS_LOST for _columns in range(min(columns, 1)))]
    if note := asked_note([line.text for line in split.after if line.kind_asked]):
        remarks.append(note)
    return FoundParts(split.before, body, split.after, tuple(map(str, remarks)))


def subject_of(text: LetterText) -> str:
    """Return the subject that is found in a text, "" if there is none."""
    return next((line.text for line in _split(text).before if line.kind is PartKind.RE), "")[:MAX_LINE_LENGTH]


def place_parts(text: LetterText) -> tuple[LetterText, tuple[str, ...], tuple[str, ...]]:
    """Return a text with those parts of its body in their fields that are certain, the names of those, and notes on others.

    The head is placed as a whole or not at all, and so is the foot. Lines before the date are the sender's, and stay.
    """
    split = _split(text)
    head = [line for line in split.before if line.kind is not PartKind.LETTERHEAD]
    head_is_certain = bool(head) and all(line.certain for line in head)
    foot_is_certain = bool(split.after) and all(line.certain for line in split.after)
    chosen = (*(head if head_is_certain else ()), *(split.after if foot_is_certain else ()))
    sender = [line_markdown(line.text) for line in split.before if line.kind is PartKind.LETTERHEAD]
    own_head = len(text.letterhead.lines) + bool(text.letterhead.name)  # that of the page never stood in the text
    opening = sender[own_head:] if head_is_certain else split.head
    ending = split.annexes if foot_is_certain else split.foot
    body, columns = without_layout_tags("\n\n".join([*opening, *split.body, *ending]).strip())
    asked = named_parts(line for line in (*split.before[own_head:], *split.after) if line not in chosen)
    notes = [*split.remarks, *(_COLUMNS_LOST for _columns in range(min(columns, 1)))]
    if asked:
        notes.append(_("Not in their fields, as we were not certain of them: %(parts)s.", parts=", ".join(asked)))
    if own_head:
        notes.append(
            _("The head of the pages was left out: %(lines)s.", lines=", ".join(line.text for line in split.before[:own_head]))
        )
    placed = with_lines(replace(text, body=body, letterhead=Letterhead()), chosen)
    return placed, named_parts(chosen), tuple(map(str, notes))


def _split(text: LetterText) -> _Split:
    blocks = draft_blocks(text.body)
    lines, start, remarks, rest = find_head(blocks)
    after, end, annexes = find_foot(blocks, start)
    head = [block.source for block in blocks[:start]]
    unread = [block.source for block in blocks[:start] if not block.is_plain]
    body = [block.source for block in blocks[start:end]]
    if rest:
        unread, body = [*unread, rest], body[1:]
        head.append(blocks[start].source)
    page_head = (text.letterhead.name, *text.letterhead.lines) if text.letterhead.name else ()
    sender = (FoundLine(PartKind.LETTERHEAD, line, certain=False) for line in page_head)
    before = (*sender, *(replace(line, certain=line.certain and not unread) for line in lines))
    return _Split(before, head, unread, body, tuple(after), [block.source for block in blocks[end:]], annexes, remarks)


def found_sentence(found: FoundParts) -> str:
    """Return what was found, as the page says it: "date, 2 addressees, salutation"."""
    names = named_parts((*found.before, *found.after))
    addressees = sum(line.kind is PartKind.ADDRESSEE for line in found.before)
    label = ngettext("one addressee", "%(num)s addressees", addressees)
    return ", ".join(label if name == str(_("addressees")) else name for name in names)
