"""Search over the help pages: every word of the query, in the words of one section of a page.

See docs/documentation.md.
"""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from markupsafe import Markup

from letterhub.domain.unicode import normalize_unicode
from letterhub.rendering.help.contents import HeadingIds, HelpSection, Page, read, sections

MAX_QUERY_LENGTH = 100
MAX_RESULTS = 20
EXCERPT_LENGTH = 200
GUIDE = "docs/guide/"  # pages for people who need not read code
TITLE_WEIGHT, HEADING_WEIGHT, GUIDE_WEIGHT, MAX_BODY_HITS = 12, 6, 6, 3
_HEADING = re.compile(r"#{1,6} +(.+)")
_MARKUP = re.compile(r"<!--.*?-->|!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|[*`\[|]+|^[-> ]+|-{3,}", re.MULTILINE | re.DOTALL)


class Passage(NamedTuple):
    """One section of a page, as plain text, and folded for comparison."""

    page: Page
    section: HelpSection
    heading: str
    anchor: str
    text: str
    folded: str


class SearchResult(NamedTuple):
    """Section of a page that has all words of a query, with an excerpt in which they are marked."""

    page: Page
    section: HelpSection
    heading: str
    anchor: str
    excerpt: Markup


def search_help(query: str) -> list[SearchResult]:
    """Return the sections of pages that have all words of a query, the best first; equals in the order of the contents."""
    words = list(dict.fromkeys(re.findall(r"\w[\w.{}'’-]*", fold(query[:MAX_QUERY_LENGTH]))))
    if not words:
        return []
    scored = [(score, passage) for passage in passages() if (score := _score(passage, words))]
    scored.sort(key=lambda pair: -pair[0])
    return [
        SearchResult(one.page, one.section, one.heading, one.anchor, _excerpt(one.text, words))
        for _score_of, one in scored[:MAX_RESULTS]
    ]


def _score(passage: Passage, words: list[str]) -> int:
    """Return how well a passage fits; 0 if it lacks a word."""
    title, heading = fold(passage.page.name), fold(passage.heading)
    score = GUIDE_WEIGHT * passage.page.file.startswith(GUIDE)
    for word in words:
        hits = min(passage.folded.count(word), MAX_BODY_HITS)
        found = hits + TITLE_WEIGHT * (word in title and not passage.anchor) + HEADING_WEIGHT * (word in heading)
        if not found:
            return 0
        score += found
    return score


def _excerpt(text: str, words: list[str]) -> Markup:
    """Return the part of a text around the first of the words, with all of them marked."""
    pattern = re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)
    first = pattern.search(text)
    start = max((first.start() if first else 0) - EXCERPT_LENGTH // 3, 0)
    start = text.find(" ", start) + 1 if start else 0
    end = text.rfind(" ", start, start + EXCERPT_LENGTH) if len(text) > start + EXCERPT_LENGTH else len(text)
    part = text[start:end]
    marked, last = Markup(), 0
    for found in pattern.finditer(part):
        marked += Markup("{}<mark>{}</mark>").format(part[last : found.start()], found[0])
        last = found.end()
    return Markup("{}{}{}{}").format("… " if start else "", marked, part[last:], " …" if end < len(text) else "")


@cache
def passages() -> tuple[Passage, ...]:
    """Return all sections of all pages, in the order of the table of contents."""
    return tuple(passage for section in sections() for page in section.pages for passage in _passages_of(page, section))


def _passages_of(page: Page, section: HelpSection) -> list[Passage]:
    """Return the sections of a page; the first is the page itself, without an anchor."""
    ids, parts, in_fence = HeadingIds(), [(page.name, "", [page.description])], False
    for line in read(page.file).splitlines():
        in_fence ^= line.startswith("```")
        found = None if in_fence else _HEADING.fullmatch(line)
        if found is None:
            parts[-1][2].append(line)
            continue
        heading = _MARKUP.sub("", found[1])
        anchor = ids.next_id(heading)
        if not line.startswith("# "):
            parts.append((heading, anchor, []))
    return [
        Passage(page, section, heading, anchor, text, fold(f"{heading} {text}"))
        for heading, anchor, lines in parts
        for text in [" ".join(_MARKUP.sub(" ", "\n".join(lines)).split())]
    ]


def fold(text: str) -> str:
    """Return a text for comparison: without case and accents."""
    parts = normalize_unicode("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part)).replace("’", "'")
