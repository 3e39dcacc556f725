"""Tokens of a letter's Markdown as typed, before it is made ready for print.

See docs/design/letters/editor.md.
"""

from collections.abc import Collection
from functools import cache

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


def block_lines(markdown: str, pictures: Collection[str]) -> list[tuple[int, int]]:
    """Return the first line of each block of a text, and the line after its last; none if lines were added for parsing."""
    tokens, env = letter_tokens(markdown, pictures)
    if env["line_count"] != markdown.count("\n"):
        return []
    blocks = [token for token in tokens if token.level == 0 and token.nesting >= 0 and token.map and token.type != "inline"]
    spans = [(token.map[0], token.map[1]) for token in blocks if token.map and not token.type.startswith("footnote")]
    return spans if len(set(spans)) == len(spans) else []
