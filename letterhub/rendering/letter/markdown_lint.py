"""Lint of a letter's Markdown: what is left out of the printed letter, or printed as it was typed.

See docs/design/letters.md.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from markdown_it.token import Token

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.rendering.letter.markdown import parse_letter_markdown
from letterhub.rendering.letter.omissions import Omissions

MAX_LISTED = 3
MAX_PHRASE_LENGTH = 60

_HTML_TAGS = (
    "a|abbr|article|aside|b|big|blockquote|body|br|caption|center|cite|code|col|colgroup|dd|del|details|div|dl|dt|em|figcaption"
    "|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|ins|kbd|li|link|main|mark|meta|nav|object|ol|p|pre|q|s"
    "|script|section|small|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|video"
)
_HTML = re.compile(rf"</?(?:{_HTML_TAGS})(?:\s[^<>]{{0,300}})?/?>|<!--.{{0,300}}", re.IGNORECASE)
_UNPRINTED_QUERY = re.compile(r"mailto:[^?]*\?.|[?&]utm_", re.IGNORECASE)
_OTHER_MARKUP = re.compile(
    r":::+[ \t]*[\w{][^\n]{0,40}|\{(?:[.#]|width=)[\w-]{1,40}[^{}\n]{0,40}\}"
    r"|\\(?:newpage|pagebreak|clearpage|vspace|hfill|noindent)\b"
    r"|\$\$[^$\n]{1,80}\$\$|==[^=\s][^=\n]{0,80}==|\[\[[^\[\]\n]{1,80}\]\]|\[TOC\]"
    r"|!?\[[^\[\]\n]{0,200}\]\([^()\n]{1,300}\)|~~"
)


def markup_notes(markdown: str, pictures: Collection[str] = ()) -> tuple[str, ...]:
    """Return a sentence for each kind of content that is left out of the printed letter, or printed as it was typed.

    `pictures` are the names of the letter's.
    Empty for a text that cannot be printed at all: its error says why.
    """
    env: dict[str, Any] = {}
    try:
        tokens = parse_letter_markdown(markdown, None, env=env, pictures=pictures)
    except UserFacingError:
        return ()
    omissions: Omissions = env["omissions"]
    notes = _omission_notes(omissions)
    if phrases := _quoted(name for name in pictures if name not in omissions.shown_pictures):
        notes.append(_("These pictures aren’t shown, since the text doesn’t name them: %(phrases)s.", phrases=phrases))
    references = env.get("references", {}).items()
    unused = [
        f"{label.casefold()}: {reference['href']}" for label, reference in references if label not in omissions.used_labels
    ]
    if phrases := _quoted(unused):
        notes.append(_("Addresses that no link refers to aren’t printed: %(phrases)s.", phrases=phrases))
    if phrases := _quoted(token.info for token in tokens if token.type == "fence" and token.info.strip()):
        notes.append(_("Words beside the marks around a block of code aren’t printed: %(phrases)s.", phrases=phrases))
    if phrases := _quoted(address for token in tokens for address in _shortened_addresses(token)):
        notes.append(_("On paper, addresses are printed without subjects and tracking parts: %(phrases)s.", phrases=phrases))
    words = [child.content for token in tokens for child in token.children or () if child.type == "text"]
    if phrases := _quoted(match[0] for text in words for match in _HTML.finditer(text)):
        notes.append(
            _(
                "HTML is printed as it was typed: %(phrases)s. Use Markdown instead, such as *italic* or **bold**.",
                phrases=phrases,
            )
        )
    if phrases := _quoted(match[0] for text in words for match in _OTHER_MARKUP.finditer(text)):
        notes.append(_("This looks like markup, but is printed as typed: %(phrases)s.", phrases=phrases))
    return tuple(notes)


def _shortened_addresses(token: Token) -> Iterator[str]:
    """Yield the addresses of a paragraph's links that are printed without a part of them."""
    for child in token.children or ():
        address = str(child.attrGet("href") or "") if child.type == "link_open" else ""
        if _UNPRINTED_QUERY.search(address):
            yield address


def _omission_notes(omissions: Omissions) -> list[str]:
    """Return a sentence for each kind of content that was left out or changed when the text was parsed."""
    notes = []
    described = (f"{description} ({address})" for description, address in omissions.pictures if description.strip())
    if phrases := _quoted(described):
        notes.append(
            _(
                "These pictures aren’t among the letter’s files, so their descriptions are printed instead: %(phrases)s.",
                phrases=phrases,
            )
        )
    if phrases := _quoted(address for description, address in omissions.pictures if not description.strip()):
        notes.append(
            _(
                "Pictures without a description are left out: %(phrases)s. Write what they show between the brackets.",
                phrases=phrases,
            )
        )
    if phrases := _quoted(f"{words} ({address})" for words, address in omissions.links):
        notes.append(
            _(
                "Only the words of these links are printed, since they lead neither to the web nor to a mailbox: %(phrases)s.",
                phrases=phrases,
            )
        )
    if phrases := _quoted(omissions.titles):
        notes.append(_("Titles of links and pictures aren’t printed: %(phrases)s.", phrases=phrases))
    for numbers in omissions.list_numbers:
        printed = range(numbers[0], numbers[0] + len(numbers))
        notes.append(
            _(
                "A list that is numbered %(typed)s is printed as %(printed)s.",
                typed=_first_few(map(str, numbers)),
                printed=_first_few(map(str, printed)),
            )
        )
    return notes


def _quoted(phrases: Iterable[str]) -> str:
    """Return the first phrases, each once and in quotation marks: “a”, “b”, “c”, …; "" without phrases."""
    unique = dict.fromkeys(" ".join(phrase.split()) for phrase in phrases)
    cut = (phrase if len(phrase) <= MAX_PHRASE_LENGTH else f"{phrase[:MAX_PHRASE_LENGTH]}…" for phrase in unique)
    return _first_few(f"“{phrase}”" for phrase in cut)


def _first_few(phrases: Iterable[str]) -> str:
    """Return phrases in one line, with an ellipsis for more than a few."""
    listed = list(islice(phrases, MAX_LISTED + 1))
    return ", ".join([*listed[:MAX_LISTED], *("…" for _more in listed[MAX_LISTED:])])
