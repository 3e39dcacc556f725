"""HTML of a help page, from its Markdown: anchors, links to other pages, pictures, tables that scroll.

The files are the program's own. HTML in them, such as a comment for a test, is left out.

See docs/documentation.md.
"""

import hashlib
import posixpath
from collections.abc import Sequence
from functools import cache, lru_cache
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup
from PIL import Image

from letterhub.paths import DOCUMENTS, ROOT
from letterhub.rendering.help.contents import HeadingIds, address_of, pages_by_address, read, resolve

PICTURE_TYPES = {".png", ".webp"}
MAX_LISTED_LEVEL = 3


class Heading(NamedTuple):
    """Heading of a page, for its list of headings."""

    level: int
    anchor: str
    text: str


class HelpPage(NamedTuple):
    """Help page as HTML."""

    title: str
    description: str
    body: Markup
    headings: tuple[Heading, ...]


@lru_cache(maxsize=128)
def help_page(file: str) -> HelpPage:
    """Return the page of a Markdown file: its first heading is the title, its first paragraph the description."""
    tokens = _parser().parse(read(file))
    ids, headings, title, description = HeadingIds(), [], "", ""
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            text = plain_text(inline)
            token.attrSet("id", anchor := ids.next_id(text))
            headings.append(Heading(int(token.tag[1]), anchor, text))
            title = title or text
        elif token.type == "paragraph_open" and token.level == 0:
            description = description or plain_text(inline)
    html = _HelpRenderer().render(tokens[3:], _parser().options, {"file": file})
    listed = tuple(heading for heading in headings if 1 < heading.level <= MAX_LISTED_LEVEL)
    return HelpPage(title, description, Markup(html), listed)  # noqa: S704 - our own files, without their HTML


def plain_text(inline: Token) -> str:
    """Return the words of a paragraph or heading, without markup."""
    words = (child.content or " " * (child.type == "softbreak") for child in inline.children or ())
    return "".join(word for word, child in zip(words, inline.children or (), strict=True) if child.type != "html_inline")


@cache
def picture_url(file: str) -> str:
    """Return the URL of a picture of `docs/`, with a hash of its content as a cache buster."""
    digest = hashlib.sha256((ROOT / file).read_bytes()).hexdigest()[:10]
    return f"/help/pictures/{file.removeprefix('docs/')}?v={digest}"


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table")


def page_link(file: str, href: str) -> str:
    """Return the URL of what a page links to: another page, an anchor, or another site; "" if it is no page of the help."""
    target, hash_sign, anchor = href.partition("#")
    if not target or "://" in target or target.startswith("mailto:"):
        return href
    address = address_of(resolve(file, target))
    return f"/help/{address}{hash_sign}{anchor}" if address in pages_by_address() else ""


class _HelpRenderer(RendererHTML):
    """Renderer of help pages; `env` has the page's file."""

    def html_block(self, *_parsed: object) -> str:
        return ""

    def html_inline(self, *_parsed: object) -> str:
        return ""

    def link_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        link = page_link(env["file"], str(tokens[index].attrGet("href")))
        tokens[index].attrs = {"href": link} if link else {}
        return self.renderToken(tokens, index, options, env)

    def image(self, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType) -> str:
        file = resolve(env["file"], str(tokens[index].attrGet("src")))
        dark = posixpath.splitext(file)[0] + "-dark.webp"
        with Image.open(BytesIO((ROOT / file).read_bytes())) as opened:
            width, height = opened.size
        source = Markup('<source srcset="{}" media="(prefers-color-scheme: dark)">')
        picture = Markup('<img src="{}" alt="{}" width="{}" height="{}" loading="lazy">')
        return Markup("<picture>{}{}</picture>").format(
            source.format(picture_url(dark)) if (ROOT / dark).exists() else "",
            picture.format(picture_url(file), tokens[index].content, width, height),
        )

    def table_open(self, *_parsed: object) -> str:
        return '<div class="help-table" tabindex="0" role="group" aria-label="Table"><table>'

    def table_close(self, *_parsed: object) -> str:
        return "</table></div>"

    def fence(self, tokens: Sequence[Token], index: int, *_parsed: object) -> str:
        return Markup('<pre tabindex="0"><code>{}</code></pre>\n').format(tokens[index].content)

    def code_block(self, tokens: Sequence[Token], index: int, *_parsed: object) -> str:
        return self.fence(tokens, index)


def is_picture(path: str) -> bool:
    """Return whether a path below `docs/` is a picture that help pages may show."""
    file = (DOCUMENTS / path).resolve()
    return file.suffix in PICTURE_TYPES and file.is_relative_to(DOCUMENTS) and file.is_file()
