"""`dir` attributes for blocks whose direction differs from their letter's: an Arabic paragraph in an English letter.

See docs/design/letters.md.
"""

from collections.abc import Iterable, Sequence

from markdown_it.token import Token

from letterhub.rendering.letter.heading_levels import text_of_inline
from letterhub.rendering.letter.writing_systems import opposite_direction

_LISTS = ("bullet_list_open", "ordered_list_open")


def set_directions(tokens: Sequence[Token], direction: str) -> None:
    """Set `dir` on paragraphs, headings and lists whose direction differs from the letter's.

    An item that differs from its list keeps its list's side, and so does a cell: only their words are isolated with `bdi`.
    """
    around = [direction]
    for at, token in enumerate(tokens):
        if token.type in _LISTS:
            around.append(_set_direction(token, _words_in_list(tokens, at), around[-1]))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            around.pop()
        elif token.type == "inline":
            block = tokens[at - 1]
            if block.type == "heading_open" or (block.type == "paragraph_open" and not block.hidden):
                _set_direction(block, text_of_inline(token), around[-1])
            else:
                isolate_direction([token], around[-1])


def isolate_direction(paragraphs: Iterable[Token], direction: str) -> None:
    """Wrap the words of each paragraph that runs against its surroundings in `bdi`."""
    for inline in paragraphs:
        opening = Token("bdi_open", "bdi", 1)
        if _set_direction(opening, text_of_inline(inline), direction) != direction:
            inline.children = [opening, *(inline.children or ()), Token("bdi_close", "bdi", -1)]


def _set_direction(token: Token, words: str, direction: str) -> str:
    """Set `dir` on a token whose words run against their surroundings; return the direction inside it."""
    against = opposite_direction(words, direction)
    if against:
        token.attrSet("dir", against)
    return against or direction


def _words_in_list(tokens: Sequence[Token], at: int) -> str:
    end = next(
        after for after in range(at + 1, len(tokens)) if tokens[after].level == tokens[at].level and tokens[after].nesting < 0
    )
    return " ".join(text_of_inline(token) for token in tokens[at:end] if token.type == "inline")
