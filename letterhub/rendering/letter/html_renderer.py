"""Markdown tokens to HTML: endnotes on a screen, footnotes and addresses of links on paper.

See docs/design/letters.md.
"""

import enum
from collections.abc import Sequence

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from letterhub.rendering.letter.document_strings import DocumentStrings
from letterhub.rendering.letter.figures import figure_label, picture_source
from letterhub.rendering.letter.markdown_cleanup import Notes, alphabetic_number, display_address


class Medium(enum.Enum):
    """The medium of a letter: a page on a screen, or a sheet of paper."""

    SCREEN = "screen"
    PAPER = "paper"


class LetterRenderer(RendererHTML):
    """HTML renderer of one letter.

    It records the notes and addresses already printed, so make one for each letter.
    """

    def __init__(self, medium: Medium, notes: Notes, words: DocumentStrings, options: OptionsDict) -> None:
        super().__init__()
        self._options = options
        self._paper = medium is Medium.PAPER
        self._notes = notes
        self._words = words
        self._rendered_notes: set[int] = set()
        self._addresses: dict[str, str] = {}
        self._in_note = False

    def part(self, tokens: Sequence[Token], notes: Sequence[int]) -> str:
        """Return the HTML of a letter's text or of an annex, with these of its notes below it if it is for a screen."""
        html = str(self.render(tokens, self._options, {}))
        if self._paper or not notes:
            return html
        back_link = '<a class="note-back" href="#note-mark-{}" role="doc-backlink" aria-label="{}">↑</a>'
        items = "".join(
            f'<li id="note-{number}">{self._note(number)}\N{NO-BREAK SPACE}{back_link.format(number, self._words.back)}</li>'
            for number in (note + 1 for note in notes)
        )
        start = f' start="{notes[0] + 1}"' if notes[0] else ""
        label = self._words.notes
        return f'{html}<section class="letter-notes" role="doc-endnotes" aria-label="{label}"><ol{start}>{items}</ol></section>'

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

    def footnote_ref(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        """Render the reference of a footnote; on paper the first one contains the note itself, for the foot of its page."""
        number = int(tokens[idx].meta["id"]) + 1
        is_first = number not in self._rendered_notes
        self._rendered_notes.add(number)
        if self._paper and is_first:
            return f'<span class="note" id="note-{number}" data-mark="{number}">{self._note(number)}</span>'
        anchor = f' id="note-mark-{number}"' if is_first else ""
        return f'<sup class="note-mark"><a href="#note-{number}"{anchor} role="doc-noteref">{number}</a></sup>'

    def _note(self, number: int) -> str:
        """Return the HTML of a note's text, its paragraphs in one line."""
        self._in_note = True
        paragraphs = [
            self.renderInline(inline.children or [], self._options, {}) for inline in self._notes.footnotes[number - 1]
        ]
        self._in_note = False
        return " ".join(paragraphs)

    def link_open(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        """Open a link, without its title: nobody can read that on paper or on a phone."""
        href = escapeHtml(str(tokens[idx].attrGet("href") or ""))
        direction = tokens[idx].attrGet("dir")
        return f'<a href="{href}" dir="{direction}">' if direction else f'<a href="{href}">'

    def link_close(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        """Close a link; on paper its address follows as a note, or in parentheses within a note.

        A link whose text is its address gets none, and an address that has a note already gets a reference to it.
        """
        if not self._paper:
            return "</a>"
        start = max(at for at in range(idx) if tokens[at].type == "link_open")  # links never nest
        href, text = str(tokens[start].attrGet("href") or ""), "".join(token.content for token in tokens[start:idx])
        address = display_address(href)
        if display_address(text.strip()).casefold() == address.casefold():
            return "</a>"
        printed = f'<bdi dir="ltr">{escapeHtml(address)}</bdi>' if tokens[start].meta.get("isolates") else escapeHtml(address)
        if self._in_note:
            return f"</a> ({printed})"
        if href in self._addresses:
            marker = self._addresses[href]
            return f'</a><sup class="note-mark"><a href="#note-{marker}" role="doc-noteref">{marker}</a></sup>'
        number = len(self._addresses) + 1
        self._addresses[href] = marker = alphabetic_number(number) if self._notes.any else str(number)
        return f'</a><span class="note note--address" id="note-{marker}" data-mark="{marker}">{printed}</span>'

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
        label = f"<b>{figure_label(self._words.figure, tokens[idx])}.</b> " if tokens[idx].meta["number"] else ""
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
