"""Directions of blocks, phrases, names and addresses that differ from that of their letter. See docs/design/letters.md."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from markdown_it.token import Token
from markupsafe import Markup, escape

from letterhub.rendering.letter.markdown_cleanup import text_of_inline


def set_directions(tokens: Sequence[Token], direction: str) -> None:
    """Set `dir` on paragraphs, headings and lists whose direction differs from the letter's.

    An item that differs from its list keeps its list's side, and so does a cell: only their words are isolated with `bdi`.
    """
    directions = [direction]  # of the letter and the lists around a block
    for at, token in enumerate(tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            end = next(
                after
                for after in range(at + 1, len(tokens))
                if tokens[after].level == token.level and tokens[after].nesting < 0
            )
            words = " ".join(text_of_inline(inner) for inner in tokens[at:end] if inner.type == "inline")
            directions.append(_set_direction(token, words, directions[-1]))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            directions.pop()
        elif token.type == "inline":
            block = tokens[at - 1]
            if block.type == "heading_open" or (block.type == "paragraph_open" and not block.hidden):
                _set_direction(block, text_of_inline(token), directions[-1])
            else:
                isolate_direction([token], directions[-1])


def isolate_direction(paragraphs: Iterable[Token], direction: str) -> None:
    """Wrap the words of each paragraph in `bdi` if most of them run against a direction."""
    for inline in paragraphs:
        opening = Token("bdi_open", "bdi", 1)
        if _set_direction(opening, text_of_inline(inline), direction) != direction:
            inline.children = [opening, *(inline.children or ()), Token("bdi_close", "bdi", -1)]


def isolate_spans(paragraphs: Iterable[Token], direction: str) -> None:
    """Set `dir` on code, links and addresses that run against a direction: else they would be turned around at their dots."""
    for inline in paragraphs:
        link, words = None, ""
        for child in inline.children or []:
            if child.type == "link_open":
                link, words = child, ""
                link.meta["isolates"] = direction == "rtl"
            elif child.type == "link_close" and link:
                _set_direction(link, words, direction)
            elif child.type == "code_inline" and direction == "rtl":
                child.attrSet("dir", "ltr")
            words += child.content


def _set_direction(token: Token, words: str, direction: str) -> str:
    """Set `dir` on a token if most of its words run against the direction around it; return the direction inside it."""
    opposite = opposite_direction(words, direction)
    if opposite:
        token.attrSet("dir", opposite)
    return opposite or direction


_LANGUAGE_BY_SCRIPT: Mapping[str, str] = {
    "ARABIC": "und-Arab",
    "ARMENIAN": "hy",
    "BENGALI": "und-Beng",
    "CJK": "zh",
    "CYRILLIC": "und-Cyrl",
    "DEVANAGARI": "und-Deva",
    "ETHIOPIC": "und-Ethi",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "HANGUL": "ko",
    "HEBREW": "und-Hebr",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "THAI": "th",
}


def text_direction(text: str) -> str:
    """Return "rtl" or "ltr", the direction of the first letter that has one, as browsers do for `dir=auto`; else "ltr"."""
    if text.isascii():
        return "ltr"
    for letter in text:
        match unicodedata.bidirectional(letter):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return "ltr"


def opposite_direction(text: str, direction: str) -> str:
    """Return the opposite of a direction, "rtl" or "ltr", if most words of a text run that way, else "".

    Most words count and not the first one, as a sentence often begins with a foreign name.
    """
    if direction == "ltr" and text.isascii():
        return ""
    words = [word for word in text.split() if any(map(str.isalpha, word))]
    against = sum(text_direction(word) != direction for word in words)
    return ("rtl" if direction == "ltr" else "ltr") if against * 2 > len(words) else ""


@lru_cache(maxsize=16_384)
def language_of_script(text: str) -> str:
    """Return the language tag that a script implies: "ja" with any kana, "und-Cyrl" for Cyrillic, "" if Latin or mixed."""
    if text.isascii():
        return ""
    languages = {
        _LANGUAGE_BY_SCRIPT.get(unicodedata.name(letter, "").partition(" ")[0], "") for letter in text if letter.isalpha()
    }
    if languages in ({"ja"}, {"ja", "zh"}):
        return "ja"
    return languages.pop() if len(languages) == 1 else ""


class DirectedText(NamedTuple):
    """A name or phrase with the `direction` and `language` that differ from its letter's, else ""."""

    text: str
    direction: str
    language: str

    @classmethod
    def of(cls, text: str, around: str) -> "DirectedText":
        """Return the phrase with its direction and language, in a letter with the direction `around`."""
        direction = text_direction(text)
        return cls(text, direction if direction != around else "", "" if text.isascii() else language_of_script(text))

    @classmethod
    def sentence(cls, text: str, around: str) -> "DirectedText":
        """Return a one-line text, such as a title, with a direction of its own if most of its words run the other way."""
        direction = opposite_direction(text, around)
        return cls(text, direction, language_of_script(text) if direction else "")

    def __bool__(self) -> bool:
        return bool(self.text)

    def __html__(self) -> Markup:
        """The phrase as HTML, with its language and direction."""
        if not self.language and not self.direction:
            return escape(self.text)
        language = Markup(' lang="{}"').format(self.language) if self.language else ""
        direction = Markup(' dir="{}"').format(self.direction) if self.direction else ""
        return Markup("<bdi{}{}>{}</bdi>").format(language, direction, self.text)
