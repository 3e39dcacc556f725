"""Blocks of a letter's Markdown (paragraphs, headings, lists), and a text in which one of them is changed.

See docs/design/drafting/suggestions.md.
"""

from functools import lru_cache
from typing import NamedTuple, Self

from letterhub.domain.drafting.suggestions import CannotSuggest, SuggestionKind
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import LetterText
from letterhub.rendering.editor.typed_tokens import block_lines


class TextBlock(NamedTuple):
    """Block of a text: its first line, the line after its last, its Markdown, and the hash of what that says."""

    start: int
    end: int
    markdown: str
    content_hash: str

    def is_same(self, other: Self) -> bool:
        """Return whether another one is the same block, and says the same: notes and addresses may be defined elsewhere."""
        return (self.markdown, self.content_hash) == (other.markdown, other.content_hash)


def text_blocks(text: LetterText) -> tuple[TextBlock, ...]:
    """Return the blocks of a letter's body, without footnotes; none for a body whose lines can't be told apart.

    Raises TextTooLong and TextTooDeep.
    """
    return _blocks(text.body, tuple(picture.name for picture in text.pictures))


@lru_cache(maxsize=32)
def _blocks(body: str, pictures: tuple[str, ...]) -> tuple[TextBlock, ...]:
    lines, blocks = body.split("\n"), []
    for start, end, content_hash in block_lines(body, pictures):
        markdown = "\n".join(lines[start:end]).rstrip()
        blocks.append(TextBlock(start, start + markdown.count("\n") + 1, markdown, content_hash))
    return tuple(blocks)


def change_block(text: LetterText, number: int, kind: SuggestionKind, content: str) -> str:
    """Return a letter's body with one of its blocks replaced, dropped, or followed by new ones.

    All other blocks stay as they are, and say the same: raises CannotSuggest for content that would reach into them, as a code
    block without an end does, or another address for their links.
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
    found = _blocks(body, tuple(picture.name for picture in text.pictures))
    head, tail = blocks[: number + is_addition], blocks[number + 1 :]
    added = len(found) - len(head) - len(tail)
    others = (*found[: len(head)], *found[len(found) - len(tail) :])
    if (added != 0 if kind is SuggestionKind.DROP else added < 1) or not all(map(TextBlock.is_same, others, (*head, *tail))):
        raise CannotSuggest(
            _("Other paragraphs would change with these words. Finish what they begin, such as a list or a code block.")
        )
    return body
