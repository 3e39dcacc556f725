"""Inline HTML as runs: bold, italics, superscripts, links, footnotes; and counts of what was left out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from letterhub.intake.documents.document_tree import Run, RunKind, Runs
from letterhub.intake.documents.html_tree import BLOCK_TAGS, Node
from letterhub.intake.documents.layout_tags import TAB
from letterhub.intake.documents.numbering import without_markers

MAX_SUPERSCRIPT_LENGTH = 40
_FONT_WEIGHT = re.compile(r"(?:^|;)font-weight:(bold|bolder|normal|lighter|\d{1,4}(?!\d))")
_FONT_STYLE = re.compile(r"(?:^|;)font-style:(italic|oblique|normal)")
_VERTICAL_ALIGN = re.compile(r"(?:^|;)vertical-align:(super|sub)(?:;|$)")
_HIDDEN_STYLE = re.compile(r"(?:^|;)(?:display:none|visibility:hidden|mso-hide:all)")
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f\x7f]+", re.IGNORECASE)
_TAB_STYLE = re.compile(r"(?:^|;)mso-tab-count:\d")
_WHITESPACE = re.compile(r"[ \t\r\n\f\v\u2028\u2029]+")
_NO_BREAK_SPACES = re.compile(r" *\u00a0[ \u00a0]+| +\u00a0")
_DROPPED_CHARACTERS = dict.fromkeys([0xAD, 0x200B, 0xFEFF, *range(0xFDD3, 0xFDF0)])


@dataclass(frozen=True, slots=True)
class InlineFormat:
    """Formatting inherited from the elements around a text."""

    bold: bool = False
    italic: bool = False
    href: str = ""
    kind: RunKind = RunKind.TEXT


@dataclass(slots=True)
class InlineConverter:
    """Converter of inline content; `left_out` counts, by kind, what cannot be imported."""

    left_out: Counter[str] = field(default_factory=Counter)

    def runs(self, children: Iterable[Node | str], around: InlineFormat | None = None) -> Iterator[Run]:
        """Yield inline content with its formatting; `around` is the formatting of the element around it."""
        around = around or InlineFormat()
        for child in children:
            if isinstance(child, str):
                text = _NO_BREAK_SPACES.sub(" ", _WHITESPACE.sub(" ", child.translate(_DROPPED_CHARACTERS)))
                yield Run(text, around.bold, around.italic, around.href, around.kind)
            elif child.tag in ("note", "br", "input"):
                yield _void_element_run(child, around)
            elif _TAB_STYLE.search(child.style) or child.attributes.get("class") == "Apple-tab-span":
                yield Run(TAB, href=around.href)
            elif kind := _unsupported_kind(child):
                self.left_out[kind] += 1
            elif not is_hidden(child):
                yield from self.runs(child.children, self.format_within(child, around))

    def format_within(self, node: Node, inline_format: InlineFormat) -> InlineFormat:
        """Return the formatting inside an element, given that around it."""
        style, tag = node.style, node.tag
        if weight := _FONT_WEIGHT.search(style):
            bold = weight[1] in ("bold", "bolder") or (weight[1].isdecimal() and int(weight[1]) >= 600)
            inline_format = replace(inline_format, bold=bold)
        elif tag in ("b", "strong"):
            inline_format = replace(inline_format, bold=True)
        if slant := _FONT_STYLE.search(style):
            inline_format = replace(inline_format, italic=slant[1] != "normal")
        elif tag in ("i", "em"):
            inline_format = replace(inline_format, italic=True)
        alignment = _VERTICAL_ALIGN.search(style)
        if tag in ("sup", "sub") or alignment:
            is_superscript = tag == "sup" or (alignment is not None and alignment[1] == "super")
            inline_format = replace(inline_format, kind=RunKind.RAISED if is_superscript else RunKind.LOWERED)
        self._count_lost_formatting(node)
        return replace(inline_format, href=self._href(node)) if tag == "a" else inline_format

    def _count_lost_formatting(self, node: Node) -> None:
        """Count an element whose text is kept without its strike-through, underline or highlight."""
        if not node.text().strip():
            return
        self.left_out["struck"] += node.tag in ("s", "strike", "del") or "text-decoration:line-through" in node.style
        is_tracked = node.tag == "ins" and "datetime" in node.attributes
        self.left_out["tracked"] += is_tracked
        self.left_out["underlined"] += node.tag in ("u", "ins") and not is_tracked
        self.left_out["marked"] += node.tag == "span" and node.attributes.get("class") == "highlight"

    def _href(self, node: Node) -> str:
        """Return the URL of a link to the web or a mailbox; "" for any other, which is counted if it leads elsewhere."""
        href = node.attributes.get("href", "").strip()
        if _ADDRESS.fullmatch(href):
            return href
        is_link_target = not href and not node.attributes.keys().isdisjoint({"id", "name"})
        leads_within = href.startswith("#")
        if node.text().strip() and not leads_within and not is_link_target:
            self.left_out["links"] += 1
        return ""


def is_hidden(node: Node) -> bool:
    """Return whether an element is hidden, or only the marker of a list or of a comment."""
    return bool(_HIDDEN_STYLE.search(node.style)) or "mso-list:ignore" in node.style or "mso-element:comment" in node.style


def _void_element_run(node: Node, inline_format: InlineFormat) -> Run:
    """Return the run of an empty inline element: a footnote reference, a line break, or a checkbox."""
    if node.tag == "note":
        return Run(node.attributes["name"], kind=RunKind.NOTE)
    if node.tag == "br":
        return Run("", kind=RunKind.BREAK)
    is_checkbox = node.attributes.get("type", "").casefold() == "checkbox"
    box = "☒" if "checked" in node.attributes else "☐"
    return Run(box if is_checkbox else "", inline_format.bold, inline_format.italic, inline_format.href, inline_format.kind)


def _unsupported_kind(node: Node) -> str:
    """Return the kind of an element that cannot be imported; "" for one that can."""
    if node.tag == "img":
        return "pictures"
    if node.attributes.get("class", "").casefold() == "msocomanchor":
        return "comments"
    return "tracked" if node.tag == "del" and "datetime" in node.attributes else ""


def normalize_runs(line: Iterable[Run]) -> Runs:
    """Return a line with whitespace collapsed, runs of the same formatting joined, and emphasis only on letters and digits."""
    spaced = _join_runs(_collapse_spaces(_separate_spaces(_join_runs(line))))
    return _join_runs(_without_stray_emphasis(_strip_no_break_spaces(spaced)))


def _join_runs(runs: Iterable[Run]) -> Runs:
    """Return runs without empty ones, adjacent runs of the same formatting joined; footnote references stay apart."""
    joined: list[Run] = []
    for (*_formatting, kind), group in groupby((run for run in runs if run.text), key=lambda run: run.formatting):
        adjacent = list(group)
        if kind is RunKind.NOTE:
            joined += adjacent
        else:
            joined.append(replace(adjacent[0], text="".join(run.text for run in adjacent)))
    return tuple(joined)


def _separate_spaces(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield runs with outer spaces as runs of their own; superscripts have none, and are limited in length."""
    for run in runs:
        text = _WHITESPACE.sub(" ", without_markers(run.text))
        if run.kind is RunKind.NOTE:
            yield run
        elif run.kind is not RunKind.TEXT:
            script_text = re.sub("[<>]", "", text.strip())
            fits = 0 < len(script_text) <= MAX_SUPERSCRIPT_LENGTH
            yield Run(script_text, kind=run.kind) if fits else replace(run, text=text, kind=RunKind.TEXT)
        else:
            core = text.strip(" ")
            if text.startswith(" "):
                yield Run(" ")
            yield replace(run, text=core)
            if core and text.endswith(" "):
                yield Run(" ")


def _collapse_spaces(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield runs with one space between two words, and none at either end."""
    space_pending, at_start = False, True
    for run in runs:
        if run.text == " " and run.kind is RunKind.TEXT:
            space_pending = True
        else:
            if space_pending and not at_start:
                yield Run(" ")
            space_pending, at_start = False, False
            yield run


def _strip_no_break_spaces(runs: Runs) -> Runs:
    """Return a line without the no-break spaces that fill it at either end."""
    stripped = list(runs)
    while stripped and stripped[0].kind is RunKind.TEXT and not stripped[0].text.strip():
        del stripped[0]
    while stripped and stripped[-1].kind is RunKind.TEXT and not stripped[-1].text.strip():
        del stripped[-1]
    if stripped and stripped[0].kind is RunKind.TEXT:
        stripped[0] = replace(stripped[0], text=stripped[0].text.lstrip())
    if stripped and stripped[-1].kind is RunKind.TEXT:
        stripped[-1] = replace(stripped[-1], text=stripped[-1].text.rstrip())
    return tuple(stripped)


def _without_stray_emphasis(runs: Runs) -> Iterator[Run]:
    """Yield the runs. Of one without letters and digits, only the emphasis stays that the words on both its sides have."""
    following: list[Run] = [Run("")]
    for run in reversed(runs):
        following.append(following[-1] if _has_no_words(run) else run)
    before = Run("")
    for run, after in zip(runs, reversed(following[:-1]), strict=True):
        if not _has_no_words(run):
            before = run
            yield run
            continue
        href = before.href if before.href == after.href and not run.href else run.href
        yield replace(run, bold=before.bold and after.bold, italic=before.italic and after.italic, href=href)


def _has_no_words(run: Run) -> bool:
    return run.kind is RunKind.TEXT and not any(letter.isalnum() for letter in run.text)


_IS_NOTE = re.compile(r"(?:_?(?:ftn|edn|fn)|(?:foot|end)?note)[\w.:-]*\d+")
MAX_NOTES = 1_000
_NOTE_LIST_STYLE = "note-list"


def extract_notes(root: Node, first: int) -> dict[int, Node]:
    """Remove the notes from a tree and return them by number, from `first` on, in the order of their references.

    Each reference becomes the empty element "note" with its number as its name.
    """
    targets = {name: node for node in root.elements() for key in ("id", "name") if (name := node.attributes.get(key))}
    links = [node for node in root.elements() if node.tag == "a" and node.attributes.get("href", "").startswith("#")]
    back_links: dict[str, Node] = {node.attributes["href"]: node for node in reversed(links)}
    notes: dict[int, Node] = {}
    numbers: dict[int, int] = {}
    for link in links:
        target = targets.get(link.attributes["href"][1:])
        note_element = _note_element(target, root) if target is not None else None
        if note_element is None or _is_inside(link, note_element):
            continue
        if id(note_element) not in numbers:
            back_link = back_links.get(f"#{_reference_name(link)}")
            if back_link is None or back_link.tag != "a" or not _is_inside(back_link, note_element) or len(notes) >= MAX_NOTES:
                continue
            back_link.remove()
            number = first + len(notes)
            notes[number], numbers[id(note_element)] = note_element, number
        link.tag, link.attributes, link.children = "note", {"name": str(numbers[id(note_element)])}, []
    for note in notes.values():
        note.remove()
    _remove_rules(root)
    return notes


def _remove_rules(node: Node, *, listed: bool = False) -> None:
    """Remove the horizontal rules from lists of notes; `listed` is True inside of such a list."""
    listed = listed or _NOTE_LIST_STYLE in node.style
    if listed:
        node.children = [child for child in node.children if isinstance(child, str) or child.tag != "hr"]
    for child in node.children:
        if isinstance(child, Node):
            _remove_rules(child, listed=listed)


def _reference_name(link: Node) -> str | None:
    """Return the name by which a note links to its reference: its own, or that of the superscript around it."""
    parent = link.parent
    parent_id = parent.attributes.get("id") if parent is not None and parent.tag in ("sup", "span") else None
    return link.attributes.get("id") or link.attributes.get("name") or parent_id


def _note_element(target: Node, root: Node) -> Node | None:
    """Return the element of a whole note: the block named as a note, its list item or its paragraph; None if there is none."""
    ancestors: list[Node] = []
    node: Node | None = target
    while node is not None and node is not root:
        ancestors.append(node)
        node = node.parent
    named_blocks = [
        ancestor
        for ancestor in ancestors
        if ancestor.tag in BLOCK_TAGS and _IS_NOTE.fullmatch(ancestor.attributes.get("id", "").casefold())
    ]
    items = [ancestor for ancestor in ancestors if ancestor.tag == "li"]
    paragraphs = [ancestor for ancestor in ancestors if ancestor.tag in ("p", "div", "dd", "td")]
    return next(iter([*named_blocks, *items, *paragraphs]), None)


def _is_inside(node: Node, other: Node) -> bool:
    """Return whether an element is `other`, or is inside of it."""
    ancestor: Node | None = node
    while ancestor is not None:
        if ancestor is other:
            return True
        ancestor = ancestor.parent
    return False
