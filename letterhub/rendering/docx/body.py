"""A letter's body in DOCX: paragraphs, headings, lists, quotes, tables and real footnotes, from Markdown tokens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from docx.oxml.ns import qn
from lxml.etree import SubElement, _Element
from markdown_it.token import Token

from letterhub.rendering.docx.builder import DocxBuilder, RunFormat
from letterhub.rendering.letter.directions import opposite_direction
from letterhub.rendering.letter.figures import figure_label
from letterhub.rendering.letter.list_labels import PLAIN, LabelStyle
from letterhub.rendering.letter.markdown_cleanup import Notes, text_of_inline

MAX_LIST_LEVEL = 8  # levels of a list below its first
HEADING_STYLES = {"h2": "Heading2", "h3": "Heading3", "h4": "Heading4"}
LIST_INDENT = 360  # twentieths of a point for each level
NewList = Callable[[int, LabelStyle], int]


@dataclass(slots=True)
class OpenLists:
    """The lists around a paragraph: the id of each in the file, and the style of its labels; `fresh` until the item's first
    paragraph.
    """

    numbers: list[int] = field(default_factory=list)
    styles: list[LabelStyle] = field(default_factory=list)
    fresh: bool = False


ALIGNMENTS = {"text-align:right": "end", "text-align:center": "center"}
"""Alignments of a table's cells in DOCX, by the style that the Markdown reader gives them."""


@dataclass(frozen=True, slots=True)
class DocumentParts:
    """Parts of a letter that its body needs: layout version, pictures by name, and the word for a figure."""

    layout: int
    pictures: Mapping[str, bytes]
    figure: str
    note_kind: str  # "foot" or "end"


class BodyWriter:
    """Writer of block tokens: one method for each type that matters, named after it.

    `new_list` returns the id of a new list that starts at a number, 0 for bullets. `notes_builder` writes footnotes.
    """

    def __init__(
        self,
        docx_builder: DocxBuilder,
        notes: Notes,
        notes_builder: DocxBuilder,
        new_list: NewList,
        letter: DocumentParts,
    ) -> None:
        self._docx_builder, self._notes, self._notes_builder, self._new_list = docx_builder, notes, notes_builder, new_list
        self._letter = letter
        self._cell_alignment = ""
        self._caption: Token | None = None  # the opening of the caption around a paragraph
        self._keeps = 0  # blocks around a paragraph that stay on one page
        self._last_tied: _Element | None = None
        self._new_page = False
        self._lists = OpenLists()
        self._quotes = 0
        self._heading = ""
        self._table: _Element | None = None
        self._row: _Element | None = None
        self._in_table_head = False
        self._written_notes: set[int] = set()

    def write(self, tokens: Sequence[Token]) -> None:
        """Write tokens in their order."""
        for token in tokens:
            write_token = getattr(self, token.type, None)
            if write_token is not None:
                write_token(token)

    def write_annex(self, tokens: Sequence[Token]) -> None:
        """Write an annex, which begins on a new page."""
        self._new_page = True
        self.write(tokens)

    def heading_open(self, token: Token) -> None:
        self._heading = HEADING_STYLES.get(token.tag, "Heading4")

    def heading_close(self, _: Token) -> None:
        self._heading = ""

    def ordered_list_open(self, token: Token) -> None:
        style = token.meta.get("style", PLAIN)
        self._lists.styles.append(style)
        self._lists.numbers.append(self._new_list(int(token.attrGet("start") or 1), style))

    def bullet_list_open(self, _: Token) -> None:
        self._lists.styles.append(PLAIN)
        self._lists.numbers.append(self._new_list(0, PLAIN))

    def ordered_list_close(self, _: Token) -> None:
        self._lists.numbers.pop()
        self._lists.styles.pop()

    bullet_list_close = ordered_list_close

    def list_item_open(self, token: Token) -> None:
        self._lists.fresh = token.attrGet("class") != "check-box"  # its sign stands in place of a bullet
        if number := token.attrGet("value"):  # a list of its own, as its numbers skip some
            self._lists.numbers[-1] = self._new_list(int(number), self._lists.styles[-1])

    def blockquote_open(self, _: Token) -> None:
        self._quotes += 1

    def blockquote_close(self, _: Token) -> None:
        self._quotes -= 1

    def page_break(self, _: Token) -> None:
        self._new_page = True

    def container_keep_open(self, _: Token) -> None:
        self._keeps += 1

    def container_keep_close(self, _: Token) -> None:
        """End a block that stays on one page: its last paragraph is not tied to the next."""
        self._keeps -= 1
        if self._last_tied is not None and not self._keeps:
            self._docx_builder.untie(self._last_tied)

    def figure_open(self, token: Token) -> None:
        """Write a figure's picture in a paragraph of its own, which stays with its caption."""
        paragraph = self._docx_builder.paragraph("Figure", keep=True, new_page=self._new_page)
        self._new_page, self._last_tied = False, paragraph
        data, share = self._letter.pictures[token.meta["name"]], token.meta["width"] / 100
        self._docx_builder.picture(paragraph, data, token.meta["description"], share)

    def caption_open(self, token: Token) -> None:
        self._caption = token

    def caption_close(self, _: Token) -> None:
        self._caption = None

    def figure_close(self, _: Token) -> None:
        """End a figure: the last paragraph of it is not tied to the next, unless it is in a block that stays together."""
        if self._last_tied is not None and not self._keeps:
            self._docx_builder.untie(self._last_tied)

    def table_open(self, _: Token) -> None:
        self._table = self._docx_builder.table()
        self._in_table_head = True

    def thead_close(self, _: Token) -> None:
        self._in_table_head = False

    def tr_open(self, _: Token) -> None:
        if self._table is not None:
            self._row = self._docx_builder.row(self._table, head=self._in_table_head)

    def th_open(self, token: Token) -> None:
        self._cell_alignment = ALIGNMENTS.get(str(token.attrGet("style")), "")

    td_open = th_open

    def table_close(self, _: Token) -> None:
        self._table = self._row = None
        self._docx_builder.paragraph("TableEnd")

    def hr(self, _: Token) -> None:
        self._docx_builder.run(self._docx_builder.paragraph("Ornament"), "* * *")

    def fence(self, token: Token) -> None:
        """Write lines of code as one paragraph that keeps their breaks."""
        paragraph = self._docx_builder.paragraph("Code")
        for number, line in enumerate(token.content.rstrip("\n").split("\n")):
            if number:
                self._docx_builder.line_break(paragraph)
            self._docx_builder.run(paragraph, line, RunFormat(mono=True))

    def inline(self, token: Token) -> None:
        """Write a paragraph in the style of its place: a cell, a heading, a list item's beginning or rest, a quote, or text."""
        docx_builder, run_format, keep = _builder_for(self._docx_builder, token), RunFormat(), self._keeps > 0
        new_page, self._new_page = self._new_page, False
        lists = self._lists.numbers
        level = min(len(lists) - 1, MAX_LIST_LEVEL)
        if self._caption is not None:
            paragraph = docx_builder.paragraph("Caption", keep=True)
            if self._caption.meta["number"]:
                label = figure_label(self._letter.figure, self._caption)
                docx_builder.run(paragraph, f"{label}. ", RunFormat(bold=True))
        elif self._row is not None:
            docx_builder, run_format = docx_builder.cell(self._row), RunFormat(bold=self._in_table_head)
            flush = self._cell_alignment if self._letter.layout > 1 else ""
            paragraph = docx_builder.paragraph("TableText", keep=keep, new_page=new_page, alignment=flush)
        elif self._heading:
            paragraph = docx_builder.paragraph(self._heading, keep=True, new_page=new_page)
        elif lists and self._lists.fresh:
            self._lists.fresh = False
            paragraph = docx_builder.paragraph("ListParagraph", number=(lists[-1], level), keep=keep, new_page=new_page)
        elif lists:
            indent = LIST_INDENT * (level + 1) if level and self._letter.layout > 1 else 0
            paragraph = docx_builder.paragraph("ListContinue", keep=keep, new_page=new_page, indent=indent)
        else:
            paragraph = docx_builder.paragraph("Quote" if self._quotes else "BodyText", keep=keep, new_page=new_page)
        self._last_tied = paragraph if keep or self._caption else None
        self._write_runs(docx_builder, paragraph, token, run_format)

    def _write_runs(self, docx_builder: DocxBuilder, paragraph: _Element, inline: Token, run_format: RunFormat) -> None:
        """Write the words of one paragraph, formatted as `run_format` where they have no formatting of their own."""
        containers = [paragraph]  # and the link around the words, if any
        for token in inline.children or ():
            match token.type:
                case "strong_open" | "strong_close":
                    run_format = replace(run_format, bold=token.type == "strong_open")
                case "em_open" | "em_close":
                    run_format = replace(run_format, italic=token.type == "em_open")
                case "s_open" | "s_close":
                    run_format = replace(run_format, struck=token.type == "s_open")
                case "link_open":
                    containers.append(docx_builder.link(paragraph, str(token.attrGet("href") or "")))
                    run_format = replace(run_format, link=True)
                case "link_close":
                    containers.pop()
                    run_format = replace(run_format, link=False)
                case _:
                    self._write_inline(docx_builder, containers[-1], token, run_format)

    def _write_inline(self, docx_builder: DocxBuilder, into: _Element, token: Token, run_format: RunFormat) -> None:
        """Write a text, a break, or the reference of a note into a paragraph or link."""
        match token.type:
            case "softbreak":
                docx_builder.run(into, " ", run_format)
            case "hardbreak":
                docx_builder.line_break(into)
            case "picture":
                self._write_picture(docx_builder, into, token)
            case "code_inline":
                docx_builder.run(into, token.content, replace(run_format, mono=True))
            case "raised":
                position = "subscript" if token.tag == "sub" else "superscript"
                docx_builder.run(into, token.content, replace(run_format, raised=position))
            case "footnote_ref":
                self._write_reference(docx_builder, into, int(token.meta["id"]))
            case _:
                docx_builder.run(into, token.content, run_format)

    def _write_picture(self, docx_builder: DocxBuilder, into: _Element, token: Token) -> None:
        """Write a picture within a line; in a note its description alone."""
        if docx_builder.part is self._notes_builder.part:
            docx_builder.run(into, f"[{token.content}]")
        else:
            data, share = self._letter.pictures[token.meta["name"]], token.meta.get("width", 0) / 100
            docx_builder.picture(into, data, token.content, share)

    def _write_reference(self, docx_builder: DocxBuilder, into: _Element, note_id: int) -> None:
        """Write the reference of a footnote and, the first time, the note; a later one, or one in a note, is a number."""
        kind = self._letter.note_kind
        superscript, number = RunFormat(raised="superscript"), str(note_id + 1)
        is_in_note = docx_builder.part is self._notes_builder.part
        if is_in_note or note_id in self._written_notes:
            docx_builder.run(into, number, superscript)
            return
        self._written_notes.add(note_id)
        SubElement(docx_builder.empty_run(into, superscript), qn(f"w:{kind}noteReference"), {qn("w:id"): number})
        footnote = SubElement(self._notes_builder.story, qn(f"w:{kind}note"), {qn("w:id"): number})
        for index, inline in enumerate(self._notes.footnotes[note_id]):
            note_builder = _builder_for(replace(self._notes_builder, story=footnote), inline)
            paragraph = note_builder.paragraph("FootnoteText")
            if index == 0:
                SubElement(note_builder.empty_run(paragraph, superscript), qn(f"w:{kind}noteRef"))
                note_builder.run(paragraph, " ")
            self._write_runs(note_builder, paragraph, inline, RunFormat())


def _builder_for(docx_builder: DocxBuilder, inline: Token) -> DocxBuilder:
    """Return the builder for a paragraph, with the opposite direction if most of its words run against the builder's."""
    opposite = opposite_direction(text_of_inline(inline), "rtl" if docx_builder.rtl else "ltr")
    return replace(docx_builder, rtl=not docx_builder.rtl) if opposite else docx_builder
