"""A letter's body in DOCX: paragraphs, headings, lists, quotes, tables and real footnotes, from Markdown tokens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from docx.oxml.ns import qn
from lxml.etree import SubElement, _Element
from markdown_it.token import Token

from letterhub.rendering.docx.builder import Look, Pen
from letterhub.rendering.letter.footnotes import Notes
from letterhub.rendering.letter.heading_levels import plain_words
from letterhub.rendering.letter.writing_systems import direction_against

DEEPEST = 8  # levels of a list below its first
HEADINGS = {"h2": "Heading2", "h3": "Heading3", "h4": "Heading4"}
NewList = Callable[[int], int]


@dataclass(slots=True)
class Lists:
    """The lists around a paragraph, each as its id in the file; `fresh` until the item's first paragraph."""

    numbers: list[int]
    fresh: bool = False


class TextWriter:
    """Writer of block tokens: one method for each type that matters, named after it.

    `new_list` returns the id of a new list that starts at a number, 0 for bullets. `notes_pen` writes footnotes.
    """

    def __init__(self, pen: Pen, notes: Notes, notes_pen: Pen, new_list: NewList) -> None:
        self._pen, self._notes, self._notes_pen, self._new_list = pen, notes, notes_pen, new_list
        self._lists = Lists([])
        self._quotes = 0
        self._heading = ""
        self._table: _Element | None = None
        self._row: _Element | None = None
        self._head = False
        self._noted: set[int] = set()

    def write(self, tokens: Sequence[Token]) -> None:
        """Write tokens in their order."""
        for token in tokens:
            draw = getattr(self, token.type, None)
            if draw is not None:
                draw(token)

    def heading_open(self, token: Token) -> None:
        self._heading = HEADINGS.get(token.tag, "Heading4")

    def heading_close(self, _: Token) -> None:
        self._heading = ""

    def ordered_list_open(self, token: Token) -> None:
        self._lists.numbers.append(self._new_list(int(token.attrGet("start") or 1)))

    def bullet_list_open(self, _: Token) -> None:
        self._lists.numbers.append(self._new_list(0))

    def ordered_list_close(self, _: Token) -> None:
        self._lists.numbers.pop()

    bullet_list_close = ordered_list_close

    def list_item_open(self, _: Token) -> None:
        self._lists.fresh = True

    def blockquote_open(self, _: Token) -> None:
        self._quotes += 1

    def blockquote_close(self, _: Token) -> None:
        self._quotes -= 1

    def table_open(self, _: Token) -> None:
        self._table = self._pen.table()
        self._head = True

    def thead_close(self, _: Token) -> None:
        self._head = False

    def tr_open(self, _: Token) -> None:
        if self._table is not None:
            self._row = self._pen.row(self._table, head=self._head)

    def table_close(self, _: Token) -> None:
        self._table = self._row = None
        self._pen.paragraph("TableEnd")

    def hr(self, _: Token) -> None:
        self._pen.run(self._pen.paragraph("Ornament"), "* * *")

    def fence(self, token: Token) -> None:
        paragraph = self._pen.paragraph("Code")
        for number, line in enumerate(token.content.rstrip("\n").split("\n")):
            if number:
                self._pen.line_break(paragraph)
            self._pen.run(paragraph, line, Look(mono=True))

    def inline(self, token: Token) -> None:
        pen = _turned(self._pen, token)
        if self._row is not None:
            pen = pen.cell(self._row)
            self._runs(pen, pen.paragraph("TableText"), token, Look(bold=self._head))
        else:
            self._runs(pen, self._block(pen), token, Look())

    def _block(self, pen: Pen) -> _Element:
        """Return a new paragraph for the text that follows: a heading, a list item or its continuation, a quote, or plain."""
        if self._heading:
            return pen.paragraph(self._heading, keep=True)
        if self._lists.numbers:
            level = min(len(self._lists.numbers) - 1, DEEPEST)
            fresh, self._lists.fresh = self._lists.fresh, False
            if fresh:
                return pen.paragraph("ListParagraph", number=(self._lists.numbers[-1], level))
            return pen.paragraph("ListContinue")
        return pen.paragraph("Quote" if self._quotes else "BodyText")

    def _runs(self, pen: Pen, into: _Element, inline: Token, look: Look) -> None:
        """Write the words of one paragraph with their formatting."""
        open_links = [into]
        for token in inline.children or ():
            match token.type:
                case "strong_open" | "strong_close":
                    look = replace(look, bold=token.type == "strong_open")
                case "em_open" | "em_close":
                    look = replace(look, italic=token.type == "em_open")
                case "link_open":
                    open_links.append(pen.link(into, str(token.attrGet("href") or "")))
                    look = replace(look, link=True)
                case "link_close":
                    open_links.pop()
                    look = replace(look, link=False)
                case _:
                    self._word(pen, open_links[-1], token, look)

    def _word(self, pen: Pen, into: _Element, token: Token, look: Look) -> None:
        match token.type:
            case "softbreak":
                pen.run(into, " ", look)
            case "hardbreak":
                pen.line_break(into)
            case "code_inline":
                pen.run(into, token.content, replace(look, mono=True))
            case "raised":
                pen.run(into, token.content, replace(look, raised="subscript" if token.tag == "sub" else "superscript"))
            case "footnote_ref":
                self._note(pen, into, int(token.meta["id"]))
            case _:
                pen.run(into, token.content, look)

    def _note(self, pen: Pen, into: _Element, key: int) -> None:
        """Write the reference of a footnote and, the first time, the note; later references are superscript numbers."""
        if key in self._noted or pen.part is self._notes_pen.part:
            pen.run(into, str(key + 1), Look(raised="superscript"))
            return
        self._noted.add(key)
        run = pen.bare_run(into, Look(raised="superscript"))
        SubElement(run, qn("w:footnoteReference"), {qn("w:id"): str(key + 1)})
        self._write_note(key)

    def _write_note(self, key: int) -> None:
        story = self._notes_pen.story
        note = SubElement(story, qn("w:footnote"), {qn("w:id"): str(key + 1)})
        plain = Pen(note, self._notes_pen.part, self._notes_pen.rtl)
        for number, inline in enumerate(self._notes.footnotes[key]):
            pen = _turned(plain, inline)
            paragraph = pen.paragraph("FootnoteText")
            if not number:
                SubElement(pen.bare_run(paragraph, Look(raised="superscript")), qn("w:footnoteRef"))
                pen.run(paragraph, " ")
            self._runs(pen, paragraph, inline, Look())


def _turned(pen: Pen, inline: Token) -> Pen:
    """Return the builder for a paragraph, with the opposite direction if its words run against the letter."""
    against = direction_against(plain_words(inline), "rtl" if pen.rtl else "ltr")
    return replace(pen, rtl=not pen.rtl) if against else pen
