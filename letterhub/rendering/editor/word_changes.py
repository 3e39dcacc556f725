"""Changes of a Word file made in the Markdown of a block; what they don't touch stays as its author formatted it.

See docs/design/drafting/word_back.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from letterhub.domain.drafting.suggestions import MAX_CONTENT, SuggestedChange, SuggestionKind
from letterhub.domain.drafting.text_merge import merge_bodies
from letterhub.domain.drafting.word_comparison import BlockChange, new_paragraphs
from letterhub.domain.drafting.word_edits import PARAGRAPH_END, Edit, NewWords, Places
from letterhub.domain.drafting.word_file import OBJECT
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import normalize_body
from letterhub.domain.letters.letter_document import LetterText
from letterhub.rendering.editor.inline_writer import MARK_ORDER, Node
from letterhub.rendering.editor.markdown_reader import UnsupportedText, read_document
from letterhub.rendering.editor.markdown_writer import DocumentWriter, walk
from letterhub.rendering.editor.text_blocks import TextBlock, change_block, text_blocks
from letterhub.rendering.letter.document_locale import document_locale

_TEXT_BLOCKS = ("paragraph", "heading", "annex")
_FIXED_BLOCKS = ("code_block", "figure", "horizontal_rule")
_HEADINGS = {"Heading1": 2, "Heading2": 2, "Heading3": 3, "Heading4": 4}


class CannotTake(UserFacingError):
    """Raised for a change that can't be made in a text."""


class _Character(NamedTuple):
    """Character of a paragraph; all characters of a count or a note have its node in common."""

    text: str
    node: Node
    is_whole: bool


@dataclass(slots=True)
class BlockEditor:
    """Editor of the blocks of one text. `words` are those of each block's paragraphs in its Word copy, by the block's line."""

    text: LetterText
    words: Mapping[int, Sequence[str]]
    _blocks: tuple[TextBlock, ...] = field(init=False)
    _document: Node | None = field(init=False)

    def __post_init__(self) -> None:
        self._blocks = text_blocks(self.text)
        try:
            document = read_document(self.text.body, tuple(picture.name for picture in self.text.pictures))
        except UnsupportedText:
            document = None
        is_whole = document is not None and len(document["content"]) == len(self._blocks)
        self._document = document if is_whole else None

    def suggested_change(self, change: BlockChange) -> SuggestedChange:
        """Return a change as a suggestion. Raises CannotTake and CannotSuggest."""
        number = next((at for at, block in enumerate(self._blocks) if block.start == change.line), None)
        if number is None:
            raise CannotTake(_("This part of the text can’t be told apart from others. Change it on the Write tab."))
        block, content = self._blocks[number], ""
        if change.kind is SuggestionKind.ADD:
            content = "\n\n".join(_new_paragraph(words) for words in change.added)
        elif change.kind is SuggestionKind.REPLACE:
            content = self._edited(number, change)
        content = normalize_body(content).strip()
        if len(content) > MAX_CONTENT:
            raise CannotTake(_("This change is longer than a suggestion may be. Make it on the Write tab."))
        if change.kind is not SuggestionKind.DROP and not content:
            raise CannotTake(_("A picture, footnote or field was added. Add it on the Write tab."))
        change_block(self.text, number, change.kind, content)
        return SuggestedChange(change.kind, number, block.markdown, content)

    def _edited(self, number: int, change: BlockChange) -> str:
        """Return the Markdown of a block with edits; what they leave as it was keeps its bytes."""
        typed = self._blocks[number].markdown
        own = [edit for edits in change.edits.values() for edit in edits]
        if all(edit.end == 0 and edit.text.endswith(PARAGRAPH_END) for edit in own):
            return "\n\n".join([*(_new_paragraph(words) for edit in own for words in new_paragraphs(edit.words)), typed])
        if self._document is None:
            document, at = _alone(self._blocks[number].markdown), 0
        else:
            document, at = self._document, number
        node, words = document["content"][at], self.words[change.line]
        inner = [one for one in walk(node) if one["type"] in (*_TEXT_BLOCKS, *_FIXED_BLOCKS)]
        if len(inner) != len(words) or any(inner[one]["type"] in _FIXED_BLOCKS for one in change.edits):
            raise CannotTake(_("A figure, a block of code or a line was changed. Change it on the Write tab."))
        placeholder = f"[{document_locale(self.text.language).words.number}]"
        heads = {id(cell["content"][0]) for cell in walk(node) if cell["type"] == "table_header"}
        new = {}
        for one, edits in change.edits.items():
            is_head = id(inner[one]) in heads  # and bold by itself
            plain_edits = [_without_bold(edit) if is_head else edit for edit in edits]
            new[id(inner[one])] = _edited_contents(inner[one], words[one], plain_edits, placeholder)
        writer = DocumentWriter(document)
        before = document["content"][at - 1] if at else None
        parts = [{**node, "content": content} for content in new[id(node)]] if id(node) in new else [_replaced(node, new)]
        edited = "\n\n".join(filter(None, (writer.following_block(part, before) for part in parts)))
        plain = DocumentWriter(document).following_block(node, before)
        return _as_typed(plain, edited, typed)


def _as_typed(plain: str, edited: str, typed: str) -> str:
    """Return edited Markdown with the marks and line ends of what its author typed, which is `plain` as we write it."""
    merged = merge_bodies(plain, edited, typed)
    try:
        is_same = merged is not None and read_document(merged) == read_document(edited)
    except UserFacingError:
        is_same = False
    return merged if merged is not None and is_same else edited


def _without_bold(edit: Edit) -> Edit:
    return replace(edit, words=tuple(replace(one, bold=False) for one in edit.words))


def _alone(markdown: str) -> Node:
    """Return a block as a document of its own. Raises CannotTake for one that the editor can't hold."""
    try:
        document = read_document(markdown)
    except UnsupportedText as reason:
        raise CannotTake(_("This part can only be edited as Markdown, on the Write tab. %(reason)s", reason=reason)) from None
    if len(document["content"]) != 1:
        raise CannotTake(_("This part of the text can’t be told apart from others. Change it on the Write tab."))
    return document


def _replaced(node: Node, new: Mapping[int, Sequence[Sequence[Node]]]) -> Node:
    """Return a block with the new contents of the paragraphs in it."""
    if id(node) in new:
        return {**node, "content": list(new[id(node)][0])}
    if "content" not in node or node["type"] in _TEXT_BLOCKS:
        return node
    return {**node, "content": [_replaced(child, new) for child in node["content"]]}


def _edited_contents(node: Node, words: str, edits: Sequence[Edit], placeholder: str) -> list[list[Node]]:
    """Return the contents of a paragraph with edits: several if it is divided."""
    characters = list(_characters(node.get("content", ()), placeholder))
    places = Places("".join(one.text for one in characters), words)
    end = len(characters) + 1
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        first, last = places.span(edit.start, edit.end)
        first, last = _around_whole(characters, first, last)
        if last > end:
            raise CannotTake(_("These words were changed twice, with and without tracking. Change them on the Write tab."))
        end = first
        characters[first:last] = _inserted(edit.words, characters, first, last)
    contents: list[list[Node]] = [[]]
    for character in characters:
        if character.text == PARAGRAPH_END:
            contents.append([])
        else:
            _append(contents[-1], character)
    return contents


def _characters(nodes: Sequence[Node], placeholder: str) -> list[_Character]:
    characters: list[_Character] = []
    for node in nodes:
        if node["type"] == "text":
            characters += (_Character(one, node, is_whole=False) for one in node["text"])
        else:
            text = {"hard_break": "\n", "count": placeholder}.get(node["type"], OBJECT)
            characters += (_Character(one, node, is_whole=True) for one in text)
    return characters


def _around_whole(characters: Sequence[_Character], first: int, last: int) -> tuple[int, int]:
    """Return a span that cuts through no count."""
    while 0 < first < len(characters) and characters[first].is_whole and characters[first].node is characters[first - 1].node:
        first -= 1
    while 0 < last < len(characters) and characters[last].is_whole and characters[last].node is characters[last - 1].node:
        last += 1
    return first, max(first, last)


def _inserted(words: Sequence[NewWords], characters: Sequence[_Character], first: int, last: int) -> list[_Character]:
    """Return new words as characters: formatted as what they replace or follow, and bold or italic as in the file."""
    before, replaced, after = characters[max(first - 1, 0) : first], characters[first:last], characters[last : last + 1]
    around = [*replaced, *before, *after]
    marks = {mark["type"]: mark for mark in around[0].node.get("marks", ())} if around else {}
    links = [[mark for mark in one.node.get("marks", ()) if mark["type"] == "link"] for one in (*before, *after)]
    if not replaced and (len(links) < 2 or links[0] != links[1]):
        marks.pop("link", None)
    result: list[_Character] = []
    for one in words:
        own = {kind: mark for kind, mark in marks.items() if kind not in ("strong", "em")}
        own |= {"strong": {"type": "strong"}} if one.bold else {}
        own |= {"em": {"type": "em"}} if one.italic else {}
        ordered = [own[kind] for kind in MARK_ORDER if kind in own]
        for text in one.text.replace(OBJECT, ""):
            node: Node = {"type": "hard_break"} if text == "\n" else {"type": "text", "text": text}
            result.append(_Character(text, {**node, **({"marks": ordered} if ordered else {})}, is_whole=text == "\n"))
    return result


def _append(nodes: list[Node], character: _Character) -> None:
    """Add a character to the contents of a paragraph; a node that is a whole once."""
    node, last = character.node, nodes[-1] if nodes else None
    if character.is_whole:
        if last is not node:
            nodes.append(node)
    elif last is not None and last["type"] == "text" and last.get("marks") == node.get("marks"):
        nodes[-1] = last | {"text": last["text"] + character.text}
    else:
        nodes.append(node | {"text": character.text})


def _new_paragraph(words: Sequence[NewWords]) -> str:
    """Return a new paragraph or heading as Markdown."""
    level = _HEADINGS.get(words[0].style)
    kind = {"type": "heading", "attrs": {"level": level}} if level else {"type": "paragraph"}
    content: list[Node] = []
    for character in _inserted(words, (), 0, 0):
        _append(content, character)
    if level:
        content = [{key: value for key, value in node.items() if key != "marks"} for node in content]
    node = {**kind, "content": content}
    return DocumentWriter({"type": "doc", "content": [node]}).block(node)
