"""HTML checks of every page: parsed as strictly as the standard allows, then examined rule by rule."""

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from cachetools import LRUCache
from html5lib._tokenizer import HTMLTokenizer, attributeMap
from html5lib.constants import E as PARSE_ERRORS
from html5lib.constants import tokenTypes

from letterhub.web.assets import first_paint_sheet

Rule = Callable[[Element], Iterator[str]]
BUTTONS = {"submit", "button", "reset", "image"}
LINK_ATTRIBUTES = ("href", "src", "action", "formaction")
ID_ATTRIBUTES = (
    "for",
    "form",
    "list",
    "aria-controls",
    "aria-describedby",
    "aria-errormessage",
    "aria-labelledby",
    "aria-owns",
)
_ATTRIBUTE = r'[ \n]+([a-z][a-z0-9-]*)(?:="([^"&\0\r]*)")?'
_START_TAG = re.compile(rf"([a-z][a-z0-9]*)((?:{_ATTRIBUTE})*)[ \n]*>")
_END_TAG = re.compile(r"/([a-z][a-z0-9]*)>")
_ATTRIBUTES = re.compile(_ATTRIBUTE)

_CSRF_TOKEN = re.compile(r'name="csrf_token"(?: type="hidden")? value="([\w.-]+)"', re.ASCII)
_good_pages: LRUCache[str, Element] = LRUCache(100)
"""Pages that were found good, by their HTML without the CSRF token of their forms."""

_read_tag = HTMLTokenizer.tagOpenState


def _read_plain_tag(tokenizer: Any) -> bool:
    """Read the tag whose "<" was read: at once if it is plain and lies in one piece of the input, else in html5lib's way.

    Anything but what templates write, such as a capital, a character reference or an attribute twice, is read character by
    character, so that the parser finds the same errors.
    """
    stream = tokenizer.stream
    if start := _START_TAG.match(stream.chunk, stream.chunkOffset):
        found = _ATTRIBUTES.findall(start[2])
        attributes = attributeMap(found)
        if len(attributes) < len(found):
            return bool(_read_tag(tokenizer))
        token = {"type": tokenTypes["StartTag"], "name": start[1], "data": attributes}
        end = start.end()
    elif closing := _END_TAG.match(stream.chunk, stream.chunkOffset):
        token = {"type": tokenTypes["EndTag"], "name": closing[1], "data": []}
        end = closing.end()
    else:
        return bool(_read_tag(tokenizer))
    stream.chunkOffset = end
    tokenizer.currentToken = token | {"selfClosing": False, "selfClosingAcknowledged": False}
    tokenizer.tokenQueue.append(tokenizer.currentToken)
    tokenizer.state = tokenizer.dataState
    return True


HTMLTokenizer.tagOpenState = _read_plain_tag

FIRST_PAINT_SHEET = str(first_paint_sheet("").element).removeprefix("<style>").removesuffix("</style>")
"""The one style sheet that may stand in a page; the rest of its text is the letter's color."""


def parse_html(html: str) -> Element:
    """Return the page as a tree; raises AssertionError with every place where it is not valid HTML."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    wrong = [f"line {place[0]}: {PARSE_ERRORS[code] % facts}" for place, code, facts in parser.errors]
    assert not wrong, "not valid HTML: " + "; ".join(wrong)
    return tree


def checked_html(html: str) -> Element:
    """Return the page as a tree; raises AssertionError with each violation of accessibility or of the security policy.

    A page that was found good, as the same test's page on the other database, is not checked again.
    """
    tokens = _CSRF_TOKEN.findall(html)
    token = tokens[0] if tokens and html.count(tokens[0]) == len(tokens) else ""
    alike = html.replace(token, "") if token else html
    if (good := _good_pages.get(alike)) is not None:
        tree = copy.deepcopy(good)
        for field in tree.iterfind(".//input[@name='csrf_token']") if token else ():
            field.set("value", token)
        return tree
    tree = parse_html(html)
    wrong = [sentence for rule in RULES for sentence in rule(tree)]
    assert not wrong, "; ".join(wrong)
    _good_pages[alike] = tree
    return tree


def text_of(element: Element) -> str:
    """Return the text of an element, with single spaces, without scripts and templates."""
    return " ".join("".join(_words(element)).split())


def _words(element: Element) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in ("script", "style", "template", "head"):  # a comment's tag is no str
        return
    yield element.text or ""
    for child in element:
        yield from _words(child)
        if child.tag in ("br", "p", "div", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "option"):
            yield " "
        yield child.tail or ""


def accessible_name(tree: Element, element: Element) -> str:
    """Return the accessible name of an element: its label, its text or its picture's."""
    if label := element.get("aria-label", "").strip():
        return label
    if pointed := element.get("aria-labelledby"):
        return " ".join(text_of(part) for part in tree.iter() if part.get("id") in pointed.split())
    pictures = " ".join(picture.get("alt", "") for picture in element.iter("img"))
    return (
        f"{text_of(element)} {pictures}".strip() or element.get("value", "")
        if element.tag != "input"
        else _label(tree, element)
    )


def _label(tree: Element, control: Element) -> str:
    if control.get("type") in BUTTONS:
        return control.get("value", "") or control.get("alt", "")
    labels = (label for label in tree.iter("label") if label.get("for") == control.get("id", "-") or control in label.iter())
    return " ".join(text_of(label) for label in labels)


def _one_heading(tree: Element) -> Iterator[str]:
    headings = [text_of(heading) for heading in tree.iter("h1")]
    if len(headings) != 1 or not headings[0]:
        yield f"a page has one h1, with words in it: this one has {headings}"


def _headings_descend(tree: Element) -> Iterator[str]:
    levels = [int(element.tag[1]) for element in tree.iter() if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6")]
    for above, below in pairwise(levels):
        if below > above + 1:
            yield f"an h{below} follows an h{above}: a level is missing"


def _titled(tree: Element) -> Iterator[str]:
    title = tree.find("head/title")
    if title is None or not (title.text or "").strip():
        yield "the page has no title"
    if not tree.get("lang"):
        yield "the page does not say its language"
    if tree.find("head/meta[@name='viewport']") is None:
        yield "the page does not fit itself to a phone (no viewport)"


def _one_main(tree: Element) -> Iterator[str]:
    if len(list(tree.iter("main"))) != 1:
        yield "a page has one <main>"


def _unique_ids(tree: Element) -> Iterator[str]:
    counts = Counter(element.get("id") for element in tree.iter() if element.get("id") is not None)
    yield from (f"{count} elements have the id {id_!r}" for id_, count in counts.items() if count > 1 or not id_)


def _references_lead_somewhere(tree: Element) -> Iterator[str]:
    ids = {element.get("id") for element in tree.iter()}
    for element in tree.iter():
        for attribute in ID_ATTRIBUTES:
            yield from (f"{attribute}={id_!r} names nothing" for id_ in element.get(attribute, "").split() if id_ not in ids)
        target = element.get("href", "")
        if element.tag == "a" and len(target) > 1 and target.startswith("#") and target[1:] not in ids:
            yield f"the link to {target} leads nowhere"


def _controls_have_labels(tree: Element) -> Iterator[str]:
    for control in tree.iter():
        if control.tag not in ("input", "select", "textarea") or control.get("type") in {"hidden", *BUTTONS}:
            continue
        if not (control.get("aria-label") or control.get("aria-labelledby") or _label(tree, control)):
            yield f"the {control.tag} {control.get('name')!r} has no label"


def _buttons_and_links_have_names(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        link = element.tag == "a" and element.get("href") is not None
        button = element.tag in ("button", "summary") or (element.tag == "input" and element.get("type") in BUTTONS)
        if (link or button) and not accessible_name(tree, element):
            yield f"a {element.tag} has no words: {element.attrib}"


def _images_have_alt_texts(tree: Element) -> Iterator[str]:
    yield from (f"the picture {picture.get('src')!r} has no alt" for picture in tree.iter("img") if picture.get("alt") is None)


def _nothing_inline(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if "style" in element.attrib or (element.tag == "style" and FIRST_PAINT_SHEET not in (element.text or "")):
            yield f"a style stands in the page: {element.tag} {element.get('style')}"
        if element.tag == "script" and not element.get("src") and "json" not in element.get("type", ""):
            yield "a script stands in the page"
        yield from (f"{name} stands on a {element.tag}" for name in element.attrib if name.startswith(("on", "hx-on")))
        if any(
            element.get(name, "").strip().casefold().startswith("javascript:")
            for name in ("href", "src", "action", "formaction")
        ):
            yield f"a {element.tag} leads to a script"


def _autofocus_is_right(tree: Element) -> Iterator[str]:
    wrong = [element.get("name") for element in tree.iter() if element.get("aria-invalid") == "true"]
    here = [element.get("name") for element in tree.iter() if "autofocus" in element.attrib]
    if len(here) > 1 or (wrong and not here):
        yield f"the cursor stands in {here}, and {wrong} are to be mended"


INLINE_ELEMENTS = ("span", "a", "strong", "em", "b", "i", "bdi", "small", "code", "time", "kbd")


def _words_do_not_run_together(tree: Element) -> Iterator[str]:
    """Require a space or a sign between the words of two adjacent inline elements: Jinja removes line ends at blocks."""
    for parent in _elements_outside_letters(tree):
        for one, other in pairwise(parent):
            between = one.tail or ""
            if (
                one.tag in INLINE_ELEMENTS
                and other.tag in INLINE_ELEMENTS
                and not between
                and _tag_of(one)[-1:].isalnum()
                and _tag_of(other)[:1].isalnum()
            ):
                yield f"words run together: “{text_of(one)}{text_of(other)}”"


def _tag_of(element: Element) -> str:
    return "".join(_words(element))


def _elements_outside_letters(element: Element) -> Iterator[Element]:
    """Yield every element outside of a letter's own text, where people may join words as they like."""
    if "letter" in element.get("class", "").split():
        return
    yield element
    for child in element:
        if isinstance(child.tag, str):
            yield from _elements_outside_letters(child)


RULES: tuple[Rule, ...] = (
    _titled,
    _one_main,
    _one_heading,
    _headings_descend,
    _unique_ids,
    _references_lead_somewhere,
    _controls_have_labels,
    _buttons_and_links_have_names,
    _images_have_alt_texts,
    _nothing_inline,
    _autofocus_is_right,
    _words_do_not_run_together,
)
