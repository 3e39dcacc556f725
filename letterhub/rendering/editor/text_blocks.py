"""Blocks of a letter's Markdown (paragraphs, headings, lists), and a text in which one of them is changed.

See docs/design/drafting/suggestions.md.
"""

from functools import lru_cache
from typing import NamedTuple

from letterhub.domain.drafting.suggestions import CannotSuggest, SuggestionKind
from letterhub.domain.i18n import _
from letterhub.domain.letters.document import LetterText
from letterhub.rendering.editor.typed_tokens import block_lines


class TextBlock(NamedTuple):
    """Block of a text: its first line, the line after its last, and its Markdown."""

    start: int
    end: int
    markdown: str


def text_blocks(text: LetterText) -> tuple[TextBlock, ...]:
    """Return the blocks of a letter's body, without footnotes; none for a body whose lines can't be told apart.

    Raises TextTooLong and TextTooDeep.
    """
    return _blocks(text.body, tuple(picture.name for picture in text.pictures))


@lru_cache(maxsize=32)
def _blocks(body: str, pictures: tuple[str, ...]) -> tuple[TextBlock, ...]:
    lines, blocks = body.split("\n"), []
    for start, end in block_lines(body, pictures):
        markdown = "\n".join(lines[start:end]).rstrip()
        blocks.append(TextBlock(start, start + markdown.count("\n") + 1, markdown))
    return tuple(blocks)


def change_block(text: LetterText, number: int, kind: SuggestionKind, content: str) -> str:
    """Return a letter's body with one of its blocks replaced, dropped, or followed by new ones.

    All other blocks stay as they are: raises CannotSuggest for content that would reach into them, as a code block without an
    end does.
    """
    blocks, lines = text_blocks(text), text.body.split("\n")
    block, is_addition = blocks[number], kind is SuggestionKind.ADD
    new = [*lines[block.start : block.end], ""] if is_addition else []
    new += content.split("\n") if kind is not SuggestionKind.DROP else []
    before, after = lines[: block.start], lines[block.end :]
    if kind is SuggestionKind.DROP:
        while after and not after[0].strip():
            after.pop(0)
    if new and after and after[0].strip():
        new.append("")
    if before and before[-1].strip():
        before.append("")
    body = "\n".join([*before, *new, *after]).rstrip("\n")
    found = [one.markdown for one in _blocks(body, tuple(picture.name for picture in text.pictures))]
    head = [one.markdown for one in blocks[: number + is_addition]]
    tail = [one.markdown for one in blocks[number + 1 :]]
    added = len(found) - len(head) - len(tail)
    is_separate = found[: len(head)] == head and found[len(found) - len(tail) :] == tail
    if not is_separate or (added != 0 if kind is SuggestionKind.DROP else added < 1):
        raise CannotSuggest(
            _("Other paragraphs would change with these words. Finish what they begin, such as a list or a code block.")
        )
    return body
