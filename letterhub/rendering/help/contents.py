"""Table of contents of the help pages: `docs/guide/README.md`, a heading and a list of links for each audience.

See docs/documentation.md.
"""

import posixpath
import re
from functools import cache
from typing import NamedTuple

from letterhub.paths import ROOT

CONTENTS = "docs/guide/README.md"
INDEX = "README.md"
_LINK = re.compile(r"\]\(([^)#\s:]+\.md)(?:#[^)\s]*)?\)")
_ITEM = re.compile(r"- \[([^\]]+)\]\(([^)\s]+)\)(?:[:.] (.+))?")


class Page(NamedTuple):
    """Help page: its Markdown file, its path below `/help/`, and its name and description in the table of contents.

    Pages listed in a folder's `README.md`, such as those of decisions, have that page as their `parent`.
    """

    file: str
    address: str
    name: str
    description: str
    parent: str = ""


class HelpSection(NamedTuple):
    """Pages for one audience, in the order in which they are read."""

    name: str
    anchor: str
    description: str
    pages: tuple[Page, ...]


class Neighbors(NamedTuple):
    """Place of a page in the table of contents."""

    page: Page
    section: HelpSection
    previous: Page | None
    next: Page | None


@cache
def sections() -> tuple[HelpSection, ...]:
    """Return the sections of the table of contents."""
    _title, *parts = read(CONTENTS).split("\n## ")
    return tuple(_section(part) for part in parts)


def _section(text: str) -> HelpSection:
    """Return the section of a heading, its sentence, and a list of links."""
    name, _break, rest = text.partition("\n")
    sentence, _break, listed = rest.strip().partition("\n\n")
    pages: list[Page] = []
    for item in re.split(r"\n(?=- )", listed.strip()):
        if found := _ITEM.fullmatch(" ".join(item.split())):
            file = resolve(CONTENTS, found[2])
            pages += [Page(file, address_of(file), found[1], found[3] or ""), *_children(file)]
    return HelpSection(name, heading_id(name), " ".join(sentence.split()), tuple(pages))


def _children(file: str) -> list[Page]:
    """Return the pages of a folder and those inside it that its `README.md` links to, in that order."""
    folder, name = posixpath.split(file)
    if name != INDEX:
        return []
    listed = dict.fromkeys(resolve(file, target) for target in _LINK.findall(read(file)))
    inside = [path for path in listed if path.startswith(f"{folder}/") and path != file]
    return [Page(path, address_of(path), title_of(path), "", address_of(file)) for path in inside]


@cache
def pages_by_address() -> dict[str, Neighbors]:
    """Return all pages with their place, by their address."""
    found: dict[str, Neighbors] = {}
    for section in sections():
        for before, page, after in zip((None, *section.pages), section.pages, (*section.pages[1:], None), strict=False):
            found[page.address] = Neighbors(page, section, before, after)
    return found


@cache
def address_of(file: str) -> str:
    """Return the address of a page below `/help/`: "organizers/first-letter" for docs/guide/organizers/first-letter.md."""
    return file.removeprefix("docs/").removeprefix("guide/").removesuffix(".md").removesuffix("/README").lower()


def resolve(file: str, target: str) -> str:
    """Return the path, from the program's folder, of what a file links to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), target))


def read(file: str) -> str:
    """Return the text of a Markdown file of the program."""
    return (ROOT / file).read_text(encoding="utf-8")


def title_of(file: str) -> str:
    """Return the title of a Markdown file: its first line, a heading."""
    return read(file).partition("\n")[0].removeprefix("# ")


def heading_id(heading: str) -> str:
    """Return the anchor of a heading, as code hosts make it, so that links work there, too."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


class HeadingIds:
    """Anchors of the headings of one page: a repeated one gets a number."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def next_id(self, heading: str) -> str:
        """Return the anchor of the page's next heading."""
        plain = heading_id(heading)
        count = self._counts.get(plain, 0)
        self._counts[plain] = count + 1
        return f"{plain}-{count}" if count else plain
