"""XML elements of OpenDocument: their namespaces, names, and text with the white space that XML readers would drop."""

import re

from lxml.etree import Element, SubElement, _Element

from letterhub.rendering.office_packages import xml_text

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
NAMESPACES = {
    "office": f"{_OASIS}:office:1.0",
    "style": f"{_OASIS}:style:1.0",
    "text": f"{_OASIS}:text:1.0",
    "table": f"{_OASIS}:table:1.0",
    "draw": f"{_OASIS}:drawing:1.0",
    "fo": f"{_OASIS}:xsl-fo-compatible:1.0",
    "svg": f"{_OASIS}:svg-compatible:1.0",
    "config": f"{_OASIS}:config:1.0",
    "meta": f"{_OASIS}:meta:1.0",
    "manifest": f"{_OASIS}:manifest:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
}
Attributes = dict[str, str]
_SPACES = re.compile(r"(?<= ) +|^ +|\t|\n")


def name(prefixed: str) -> str:
    """Return the full name of an element or attribute: "text:p" with its namespace."""
    prefix, _, local = prefixed.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def new_element(prefixed: str, attributes: Attributes | None = None) -> _Element:
    """Return a new element with attributes by their prefixed names."""
    return Element(name(prefixed), _full_names(attributes), nsmap=NAMESPACES)


def add_element(parent: _Element, prefixed: str, attributes: Attributes | None = None, text: str = "") -> _Element:
    """Return a new element at the end of another, with attributes by their prefixed names."""
    element = SubElement(parent, name(prefixed), _full_names(attributes))
    element.text = xml_text(text) or None
    return element


def _full_names(attributes: Attributes | None) -> Attributes:
    return {name(key): value for key, value in (attributes or {}).items()}


def add_text(into: _Element, text: str) -> None:
    """Add text to the end of a paragraph or span, with elements for tabs, breaks, and spaces that readers would drop."""
    at = 0
    text = xml_text(text)
    for match in _SPACES.finditer(text):
        _append(into, text[at : match.start()])
        at = match.end()
        match match[0]:
            case "\t":
                add_element(into, "text:tab")
            case "\n":
                add_element(into, "text:line-break")
            case " " if not at - 1 and _ends_with_word(into):
                _append(into, " ")
            case spaces:
                add_element(into, "text:s", {"text:c": str(len(spaces))} if len(spaces) > 1 else None)
    _append(into, text[at:])


def _append(into: _Element, text: str) -> None:
    if len(into):
        into[-1].tail = (into[-1].tail or "") + text
    else:
        into.text = (into.text or "") + text


def _ends_with_word(element: _Element) -> bool:
    """Return whether an element has text, and the last of it is no space."""
    last = element[-1].tail or "".join(element[-1].itertext()) if len(element) else element.text
    return bool(last) and not last[-1:].isspace()
