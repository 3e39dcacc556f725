"""Tokens of a letter's Markdown as typed, before it is made ready for print.

See docs/design/letters/editor.md.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType

from letterhub.rendering.letter.markdown import require_depth, require_size
from letterhub.rendering.letter.markdown_cleanup import clean_markdown
from letterhub.rendering.letter.markdown_rules import letter_parser

_DRAWING_RULES = ["safe_links", "check_boxes", "note_references", "typed_addresses", "blocks_in_notes"]
"""Rules that change how a text is printed, and not what its author wrote."""


def letter_tokens(markdown: str, pictures: Collection[str]) -> tuple[list[Token], EnvType]:
    """Return the tokens of a text as typed: quotes, dashes, unsafe links and pictures are as the author wrote them.

    Raises TextTooLong and TextTooDeep.
    """
    require_size(markdown)
    env: EnvType = {"pictures": pictures}
    tokens = _parser().parse(clean_markdown(markdown), env)
    require_depth(tokens)
    return tokens, env


@cache
def _parser() -> MarkdownIt:
    parser = letter_parser(None).disable(_DRAWING_RULES)
    parser.core.ruler.before("block", "line_count", _count_lines)
    return parser


def _count_lines(state: StateCore) -> None:
    """Record how many lines are parsed: labels that are rewritten may add some."""
    state.env["line_count"] = state.src.count("\n")


class BlockLines(NamedTuple):
    """First line of a block, the line after its last, and the hash of what it says: its tokens, with those of its notes, and
    after how many headings of annexes it stands."""

    start: int
    end: int
    content_hash: str


def block_lines(markdown: str, pictures: Collection[str]) -> list[BlockLines]:
    """Return the lines of each block of a text; none if lines were added for parsing."""
    tokens, env = letter_tokens(markdown, pictures)
    if env["line_count"] != markdown.count("\n"):
        return []
    end = next((at for at, token in enumerate(tokens) if token.type == "footnote_block_open"), len(tokens))
    first_tokens = [at for at, token in enumerate(tokens[:end]) if _opens_block(token)]
    spans = {(token.map[0], token.map[1]) for at in first_tokens if (token := tokens[at]).map}
    if len(spans) != len(first_tokens):
        return []
    notes = _notes(tokens[end:], _notes(tokens[end:], {}))
    annexes = list(accumulate((token.type == "annex" for token in tokens), initial=0))
    blocks = []
    for at, next_at in pairwise([*first_tokens, end]):
        first, last = tokens[at].map or (0, 0)
        content = [token for token in tokens[at:next_at] if token.type != "annex"]
        blocks.append(BlockLines(first, last, _hash(annexes[at], content, notes)))
    return blocks


def _opens_block(token: Token) -> bool:
    return token.level == 0 and token.nesting >= 0 and bool(token.map) and token.type != "inline"


def _notes(tokens: Sequence[Token], inner: Mapping[int, str]) -> dict[int, str]:
    """Return the hash of what each note of a text says, by its number, with the hashes of `inner` notes that it refers to."""
    notes: dict[int, str] = {}
    begin, number = 0, 0
    for at, token in enumerate(tokens):
        if token.type == "footnote_open":
            begin, number = at + 1, int(token.meta["id"])
        elif token.type == "footnote_close":
            notes[number] = _hash(0, [one for one in tokens[begin:at] if one.type != "footnote_anchor"], inner)
    return notes


def _hash(annexes: int, tokens: Sequence[Token], notes: Mapping[int, str]) -> str:
    """Return the hash of tokens, the same wherever they stand after so many annexes: with the hashes of their notes, and not
    the numbers of these."""
    return hashlib.sha256(repr((annexes, _without_places(tokens, notes))).encode("utf-8", "replace")).hexdigest()


def _without_places(tokens: Sequence[Token], notes: Mapping[int, str]) -> list[tuple[object, ...]]:
    return [
        (token.meta.get("label"), notes.get(token.meta["id"]))
        if token.type == "footnote_ref"
        else (token.type, token.info, token.attrs, _without_places(token.children, notes) if token.children else token.content)
        for token in tokens
    ]
