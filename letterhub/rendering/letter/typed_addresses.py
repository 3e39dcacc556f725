"""Links of web and email addresses that are typed into a letter's text without any markup.

See docs/design/letter-text.md.
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_ADDRESS = re.compile(
    r"(?<![\w/@=\"'])(?:https?://[^\s<>\"“”„«»|\\]+|[\w.+-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,62}\.)+[a-z]{2,24}(?![\w@-]))",
    re.IGNORECASE,
)
_VERBATIM = "text_special"
"""Type of a text whose quotes stay as they are; the parser makes it a usual text in the end."""
_ENDS_SENTENCE = ".,;:!?'’‘*_~…"
_CLOSING_BRACKETS = {")": "(", "]": "[", "}": "{"}


def link_typed_addresses(state: StateCore) -> None:
    """Turn addresses that were typed as words into links, before quotes and dashes in them could be taken for prose."""
    for token in state.tokens:
        if token.type == "inline" and ("://" in token.content or "@" in token.content):
            token.children = list(_with_links(state, token.children or []))


def _with_links(state: StateCore, children: Sequence[Token]) -> Iterator[Token]:
    """Yield the contents of a paragraph, with links around addresses. Links never nest."""
    texts: list[Token] = []  # in a row: a sign that is escaped in Markdown is a token of its own
    is_in_link = is_address = False
    for child in children:
        if child.type in ("text", _VERBATIM) and not is_in_link:
            texts.append(child)
            continue
        yield from _linked(state, texts)
        texts = []
        if child.type in ("link_open", "link_close"):
            is_in_link = child.type == "link_open"
            is_address = is_in_link and child.info == "auto"
        elif child.type == "text" and is_address:
            child.type = _VERBATIM
        yield child
    yield from _linked(state, texts)


def _linked(state: StateCore, texts: Sequence[Token]) -> Iterator[Token]:
    """Yield texts in a row, with links around addresses."""
    words, done = "".join(text.content for text in texts), 0
    for match in _ADDRESS.finditer(words):
        address = _without_punctuation(match[0])
        href = state.md.normalizeLink(address if "://" in address else f"mailto:{address}")
        if address.endswith("://") or not state.md.validateLink(href):
            continue
        yield from _part(texts, done, match.start())
        done = match.start() + len(address)
        yield Token("link_open", "a", 1, attrs={"href": href}, markup="linkify", info="auto")
        yield Token(_VERBATIM, "", 0, content=address)
        yield Token("link_close", "a", -1, markup="linkify", info="auto")
    yield from _part(texts, done, len(words))


def _part(texts: Sequence[Token], start: int, end: int) -> Iterator[Token]:
    """Yield the texts between two places, counted in characters of all of them together."""
    at = 0
    for text in texts:
        if content := text.content[max(start - at, 0) : max(end - at, 0)]:
            yield text.copy(content=content)
        at += len(text.content)


def _without_punctuation(address: str) -> str:
    """Return an address without what ends the sentence around it, and without brackets that open before it."""
    excess = {closing: address.count(closing) - address.count(opening) for closing, opening in _CLOSING_BRACKETS.items()}
    end = len(address)
    while end:
        last = address[end - 1]
        if last not in _ENDS_SENTENCE and excess.get(last, 0) <= 0:
            break
        if last in excess:
            excess[last] -= 1
        end -= 1
    return address[:end]
