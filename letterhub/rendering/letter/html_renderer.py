"""Markdown tokens to HTML, for a screen or for paper.

See docs/design/letters.md.
"""

import enum
from collections.abc import Sequence

from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from letterhub.rendering.letter.figures import figure_label, picture_source
from letterhub.rendering.letter.note_renderer import NoteRenderer


class Medium(enum.Enum):
    """The medium of a letter: a page on a screen, a file that is read on a screen and printed, or a sheet of paper."""

    SCREEN = "screen"
    FILE = "file"
    PAPER = "paper"


class LetterRenderer(NoteRenderer):
    """HTML renderer of one letter: blocks, figures, and, by its base class, notes and links."""

    def paragraph_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Open a paragraph; one that opens a block quotation with a quotation mark gets a class for hanging punctuation."""
        if idx and tokens[idx - 1].type == "blockquote_open":
            first_words = next((child.content for child in tokens[idx + 1].children or () if child.content), "")
            if first_words.startswith(("“", "„", "«")):
                tokens[idx].attrSet("class", "hanging-quote")
        return str(self.renderToken(tokens, idx, options, env))

    def raised(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        """Render a superscript or subscript typed by hand; a superscript number links to its note if the letter lists any."""
        token = tokens[idx]
        text = escapeHtml(token.content)
        if token.tag == "sub":
            return f"<sub>{text}</sub>"
        if self._notes.listed and token.content.isdecimal():
            text = f'<a href="#note-{int(token.content)}" role="doc-noteref">{text}</a>'
        return f'<sup class="note-mark">{text}</sup>'

    def table_open(self, *_: object) -> str:
        """Open a table; on a screen inside a box that scrolls, by keyboard too, if the table is wider than the page."""
        scroll_box = f'<div class="table-scroll" role="group" tabindex="0" aria-label="{self._words.table}">'
        return "<table>" if self._paper else f"{scroll_box}<table>"

    def table_close(self, *_: object) -> str:
        """Close a table, and the box that scrolls it."""
        return "</table>\n" if self._paper else "</table></div>\n"

    def td_open(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        """Open a cell whose alignment is a class: our pages allow no style attributes."""
        alignment = str(tokens[idx].attrGet("style") or "").removeprefix("text-align:")
        return f'<{tokens[idx].tag} class="align-{alignment}">' if alignment else f"<{tokens[idx].tag}>"

    th_open = td_open

    def picture(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        """Render a picture within a line."""
        token = tokens[idx]
        return self._image(str(token.meta["name"]), token.content, int(token.meta.get("width", 0)))

    def _image(self, name: str, description: str, width: int) -> str:
        size = f' width="{width}%"' if width else ""
        return f'<img src="{picture_source(name)}" alt="{escapeHtml(description)}"{size}>'

    def figure_open(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        """Open a figure with its picture."""
        meta = tokens[idx].meta
        return f"<figure>{self._image(meta['name'], meta['description'], meta['width'])}"

    def caption_open(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        """Open the caption of a figure with its label, if it has a number."""
        label = f"<b>{figure_label(self._locale, tokens[idx])}.</b> " if tokens[idx].meta["number"] else ""
        return f"<figcaption>{label}"

    def page_break(self, *_: object) -> str:
        """Render a page break, which is seen on paper alone."""
        return '<div class="page-break"></div>\n'

    def container_keep_open(self, *_: object) -> str:
        """Open a block that stays on one page."""
        return '<div class="keep-together">\n'

    def fence(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        """Render lines that keep their breaks; no highlighting in a letter."""
        return f"<pre>{escapeHtml(tokens[idx].content)}</pre>\n"
