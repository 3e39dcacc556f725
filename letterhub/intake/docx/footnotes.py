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
    named = {name: node for node in root.elements() for key in ("id", "name") if (name := node.attributes.get(key))}
    links = [node for node in root.elements() if node.tag == "a" and node.attributes.get("href", "").startswith("#")]
    back: dict[str, Node] = {node.attributes["href"]: node for node in reversed(links)}
    notes: dict[int, Node] = {}
    taken: dict[int, int] = {}
    for mark in links:
        target = named.get(mark.attributes["href"][1:])
        home = _note_element(target, root) if target is not None else None
        if home is None or _is_inside(mark, home):
            continue
        if id(home) not in taken:
            leads_back = back.get(f"#{_reference_name(mark)}")
            if leads_back is None or leads_back.tag != "a" or not _is_inside(leads_back, home) or len(notes) >= MAX_NOTES:
                continue
            leads_back.remove()
            number = first + len(notes)
            notes[number], taken[id(home)] = home, number
        mark.tag, mark.attributes, mark.children = "note", {"name": str(taken[id(home)])}, []
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


def _reference_name(mark: Node) -> str | None:
    """Return the name by which a note links to its reference: its own, or that of the superscript around it."""
    around = mark.parent.attributes.get("id") if mark.parent is not None and mark.parent.tag in ("sup", "span") else None
    return mark.attributes.get("id") or mark.attributes.get("name") or around


def _note_element(target: Node, root: Node) -> Node | None:
    """Return the element of a whole note: its list item, the block named as a note, or else its paragraph."""
    above: list[Node] = []
    node: Node | None = target
    while node is not None and node is not root:
        above.append(node)
        node = node.parent
    named = [one for one in above if one.tag in BLOCK_TAGS and _IS_NOTE.fullmatch(one.attributes.get("id", "").casefold())]
    items = [one for one in above if one.tag == "li"]
    return next(iter([*named, *items, *(one for one in above if one.tag in ("p", "div", "dd", "td"))]), None)


def _is_inside(node: Node, other: Node) -> bool:
    here: Node | None = node
    while here is not None:
        if here is other:
            return True
        here = here.parent
    return False
