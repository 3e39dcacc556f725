"""Footnotes of HTML: a reference that links to a note, and a note that links back."""

import re

from letterhub.intake.docx.html_tree import BLOCK_TAGS, Node

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
    """Remove the rules from lists of notes, in one walk even if these are nested."""
    listed = listed or _NOTE_LIST_STYLE in node.style
    if listed:
        node.children = [child for child in node.children if isinstance(child, str) or child.tag != "hr"]
    for child in node.children:
        if isinstance(child, Node):
            _remove_rules(child, listed=listed)


def _reference_name(link: Node) -> str | None:
    """Return the name by which a note links to its reference: its own, or that of the superscript around it."""
    parent_id = link.parent.attributes.get("id") if link.parent is not None and link.parent.tag in ("sup", "span") else None
    return link.attributes.get("id") or link.attributes.get("name") or parent_id


def _note_element(target: Node, root: Node) -> Node | None:
    """Return the element of a whole note: its list item, the block named as a note, or else its paragraph."""
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
    return next(
        iter([*named_blocks, *items, *(ancestor for ancestor in ancestors if ancestor.tag in ("p", "div", "dd", "td"))]), None
    )


def _is_inside(node: Node, other: Node) -> bool:
    """Return whether an element is another one or is inside of it."""
    ancestor: Node | None = node
    while ancestor is not None:
        if ancestor is other:
            return True
        ancestor = ancestor.parent
    return False
