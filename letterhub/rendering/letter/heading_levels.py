"""Heading levels of a letter's text: title not repeated, headings in order below the page's own, no rule at either end."""

from collections.abc import Sequence

from markdown_it.token import Token

from letterhub.domain.unicode_normalization import normalize_unicode


def normalize_headings(tokens: Sequence[Token], title: str, level: int) -> list[Token]:
    """Return the tokens without a first heading that repeats the title, headings renumbered from `level` without gaps."""
    body = _without_end_rules(_without_title(list(tokens), title))
    _renumber(body, level)
    return body


def _without_title(tokens: list[Token], title: str) -> list[Token]:
    first_is_title = (
        len(tokens) > 2 and tokens[0].type == "heading_open" and _comparable(text_of_inline(tokens[1])) == _comparable(title)
    )
    return tokens[3:] if first_is_title else tokens


def text_of_inline(inline: Token) -> str:
    """Return the text of a paragraph without markup."""
    return "".join(" " if child.type == "softbreak" else child.content for child in inline.children or ())


def _comparable(text: str) -> str:
    letters = (letter for letter in normalize_unicode("NFKD", text).casefold() if letter.isalnum())
    return "".join(letters)


def _without_end_rules(tokens: list[Token]) -> list[Token]:
    begin, end = 0, len(tokens)
    while begin < end and tokens[begin].type == "hr":
        begin += 1
    while end > begin and tokens[end - 1].type == "hr":
        end -= 1
    return tokens[begin:end]


def _renumber(tokens: Sequence[Token], level: int) -> None:
    """Renumber headings as an outline: each at most one level below its parent, the highest at `level`."""
    open_levels: list[int] = []
    for token in tokens:
        if token.type not in ("heading_open", "heading_close"):
            continue
        if token.type == "heading_open":
            heading_level = int(token.tag[1])
            while open_levels and open_levels[-1] >= heading_level:
                open_levels.pop()
            open_levels.append(heading_level)
        token.tag = f"h{min(level + len(open_levels) - 1, 6)}"
