"""A letter's body for word processors: paragraphs, headings, lists, quotes, tables and real footnotes, from Markdown tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml.etree import _Element
from markdown_it.token import Token

from letterhub.domain.digits import DIGITS
from letterhub.rendering.letter.directions import opposite_direction
from letterhub.rendering.letter.document_locale import DocumentLocale
from letterhub.rendering.letter.figures import figure_label
from letterhub.rendering.letter.list_labels import PLAIN, LabelStyle
from letterhub.rendering.letter.markdown_cleanup import Notes, text_of_inline
from letterhub.rendering.office.builder import ListPlace, OfficeBuilder, OfficeFile, RunFormat

MAX_LIST_LEVEL = 8  # levels of a list below its first
HEADING_STYLES = {"h2": "Heading2", "h3": "Heading3", "h4": "Heading4"}
LIST_INDENT = 360  # twentieths of a point for each level


@dataclass(slots=True)
class OpenLists:
    """The lists around a paragraph: the id of each in the file, and the style of its labels; `fresh` until the item's first
    paragraph.
    """

    numbers: list[int] = field(default_factory=list)
    styles: list[LabelStyle] = field(default_factory=list)
    fresh: bool = False

    @property
    def place(self) -> ListPlace | None:
        """Place of the next paragraph."""
        level = min(len(self.numbers) - 1, MAX_LIST_LEVEL)
        return ListPlace(self.numbers[-1], level, self.fresh) if self.numbers else None


ALIGNMENTS = {"text-align:right": "end", "text-align:center": "center"}
"""Alignments of a table's cells, by the style that the Markdown reader gives them."""


@dataclass(frozen=True, slots=True)
class DocumentParts:
    """Parts of a letter that its body needs: layout version, pictures by name, and its locale."""

    layout: int
    pictures: Mapping[str, bytes]
    locale: DocumentLocale


class BodyWriter:
    """Writer of block tokens: one method for each type that matters, named after it."""

    def __init__(self, file: OfficeFile, notes: Notes, letter: DocumentParts) -> None:
        self._file, self._builder, self._notes = file, file.body, notes
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
        self._note_numbers: dict[int, int] = {}  # of the notes that were written

    def write(self, tokens: Sequence[Token]) -> None:
        """Write tokens in their order."""
        for token in tokens:
            if token.level == 0 and token.nesting >= 0 and token.map and token.type != "inline":
                self._file.begin_block(token.map[0])
            write_token = getattr(self, token.type, None)
            if write_token is not None:
                write_token(token)
        self._file.begin_block(-1)

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
        start = int(token.attrGet("start") or 1)
        self._lists.numbers.append(0 if self._has_typed_labels(style) else self._file.new_list(start, style))

    def bullet_list_open(self, _: Token) -> None:
        self._lists.styles.append(PLAIN)
        self._lists.numbers.append(self._file.new_list(0, PLAIN))

    def ordered_list_close(self, _: Token) -> None:
        self._lists.numbers.pop()
        self._lists.styles.pop()

    bullet_list_close = ordered_list_close

    def list_item_open(self, token: Token) -> None:
        self._lists.fresh = token.attrGet("class") != "check-box"  # its sign stands in place of a bullet
        style = self._lists.styles[-1]
        if self._has_typed_labels(style):
            self._lists.numbers[-1] = self._file.new_list(1, LabelStyle("", token.meta["label"], ""))
        elif number := token.attrGet("value"):  # likewise, as its numbers skip some
            self._lists.numbers[-1] = self._file.new_list(int(number), style)

    def _has_typed_labels(self, style: LabelStyle) -> bool:
        """Return whether each item of such a list is a list of its own with its label, as word processors can't count so."""
        return style.numerals in DIGITS and style.numerals not in self._file.counted_digits

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
            self._builder.untie(self._last_tied)

    def figure_open(self, token: Token) -> None:
        """Write a figure's picture in a paragraph of its own, which stays with its caption."""
        paragraph = self._builder.paragraph("Figure", keep=True, new_page=self._new_page)
        self._new_page, self._last_tied = False, paragraph
        data, share = self._letter.pictures[token.meta["name"]], token.meta["width"] / 100
        self._builder.picture(paragraph, data, token.meta["description"], share)

    def caption_open(self, token: Token) -> None:
        self._caption = token

    def caption_close(self, _: Token) -> None:
        self._caption = None

    def figure_close(self, _: Token) -> None:
        """End a figure: its last paragraph may part from the next one, unless both are in a block that stays together."""
        if self._last_tied is not None and not self._keeps:
            self._builder.untie(self._last_tied)

    def table_open(self, _: Token) -> None:
        self._table = self._builder.table()
        self._in_table_head = True

    def thead_close(self, _: Token) -> None:
        self._in_table_head = False

    def tr_open(self, _: Token) -> None:
        if self._table is not None:
            self._row = self._builder.row(self._table, head=self._in_table_head)

    def th_open(self, token: Token) -> None:
        self._cell_alignment = ALIGNMENTS.get(str(token.attrGet("style")), "")

    td_open = th_open

    def table_close(self, _: Token) -> None:
        self._table = self._row = None
        self._builder.paragraph("TableEnd")

    def hr(self, _: Token) -> None:
        self._builder.run(self._builder.paragraph("Ornament"), "* * *")

    def fence(self, token: Token) -> None:
        """Write lines of code as one paragraph that keeps their breaks."""
        place = self._lists.place
        paragraph = self._builder.paragraph("Code", place=place and place._replace(begins_item=False))
        for number, line in enumerate(token.content.rstrip("\n").split("\n")):
            if number:
                self._builder.line_break(paragraph)
            self._builder.run(paragraph, line, RunFormat(mono=True))

    def inline(self, token: Token) -> None:
        """Write a paragraph in the style of its place: a cell, a heading, a list item's beginning or rest, a quote, or text."""
        builder, run_format, keep = _builder_for(self._builder, token), RunFormat(), self._keeps > 0
        new_page, self._new_page = self._new_page, False
        place = self._lists.place
        if self._caption is not None:
            paragraph = builder.paragraph("Caption", keep=True)
            if self._caption.meta["number"]:
                label = figure_label(self._letter.locale, self._caption)
                builder.run(paragraph, f"{label}. ", RunFormat(bold=True))
        elif self._row is not None:
            builder, run_format = builder.cell(self._row), RunFormat(bold=self._in_table_head)
            flush = self._cell_alignment if self._letter.layout > 1 else ""
            paragraph = builder.paragraph("TableText", keep=keep, new_page=new_page, alignment=flush)
        elif self._heading:
            paragraph = builder.paragraph(self._heading, keep=True, new_page=new_page)
        elif place and place.begins_item:
            self._lists.fresh = False
            paragraph = builder.paragraph("ListParagraph", place=place, keep=keep, new_page=new_page)
        elif place:
            indent = LIST_INDENT * (place.level + 1) if place.level and self._letter.layout > 1 else 0
            paragraph = builder.paragraph("ListContinue", place=place._replace(indent=indent), keep=keep, new_page=new_page)
        else:
            paragraph = builder.paragraph("Quote" if self._quotes else "BodyText", keep=keep, new_page=new_page)
        self._last_tied = paragraph if keep or self._caption else None
        self._write_runs(builder, paragraph, token, run_format)

    def _write_runs(self, builder: OfficeBuilder, paragraph: _Element, inline: Token, run_format: RunFormat) -> None:
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
                    containers.append(builder.link(paragraph, str(token.attrGet("href") or "")))
                    run_format = replace(run_format, link=True)
                case "link_close":
                    containers.pop()
                    run_format = replace(run_format, link=False)
                case _:
                    self._write_inline(builder, containers[-1], token, run_format)

    def _write_inline(self, builder: OfficeBuilder, into: _Element, token: Token, run_format: RunFormat) -> None:
        """Write a text, a break, or the reference of a note into a paragraph or link."""
        match token.type:
            case "softbreak":
                builder.run(into, " ", run_format)
            case "hardbreak":
                builder.line_break(into)
            case "picture":
                self._write_picture(builder, into, token)
            case "code_inline":
                builder.run(into, token.content, replace(run_format, mono=True))
            case "raised":
                position = "subscript" if token.tag == "sub" else "superscript"
                builder.run(into, token.content, replace(run_format, raised=position))
            case "footnote_ref":
                self._write_reference(builder, into, int(token.meta["id"]))
            case _:
                builder.run(into, token.content, run_format)

    def _write_picture(self, builder: OfficeBuilder, into: _Element, token: Token) -> None:
        """Write a picture within a line; in a note its description alone."""
        if builder.note_kind:
            builder.run(into, f"[{token.content}]")
        else:
            data, share = self._letter.pictures[token.meta["name"]], token.meta.get("width", 0) / 100
            builder.picture(into, data, token.content, share)

    def _write_reference(self, builder: OfficeBuilder, into: _Element, note_id: int) -> None:
        """Write the reference of a note and, the first time, the note; a later one, or one in a note, is a number.

        Word has no notes of notes, so since layout 3 the words of one that nothing else has referred to stand in brackets.
        """
        is_later = self._letter.layout > 2
        if builder.note_kind and is_later and note_id not in self._note_numbers:
            self._note_numbers[note_id] = 0
            builder.run(into, " [")
            for inline in self._notes.footnotes[note_id]:
                self._write_runs(builder, into, inline, RunFormat())
            builder.run(into, "]")
            return
        if builder.note_kind or self._note_numbers.get(note_id):
            number = self._note_numbers.get(note_id) or note_id + 1
            builder.run(into, self._letter.locale.plain_number(number), RunFormat(raised="superscript"))
            return
        self._note_numbers[note_id] = 1 + sum(map(bool, self._note_numbers.values())) if is_later else note_id + 1
        number = self._note_numbers[note_id]
        story = self._file.new_note(number, self._letter.locale.plain_number(number))
        builder.note_reference(into, story)
        for inline in self._notes.footnotes[note_id]:
            note_builder = _builder_for(story, inline)
            self._write_runs(note_builder, note_builder.paragraph("FootnoteText"), inline, RunFormat())


def _builder_for(builder: OfficeBuilder, inline: Token) -> OfficeBuilder:
    """Return the builder for a paragraph, with the opposite direction if most of its words run against the builder's."""
    opposite = opposite_direction(text_of_inline(inline), "rtl" if builder.rtl else "ltr")
    return builder.facing(rtl=not builder.rtl) if opposite else builder
