"""Lint of a letter's Markdown: what is left out of the printed letter, or printed as it was typed.

See docs/design/letters.md.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from markdown_it.token import Token

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.draft_lint import plain_parts
from letterhub.domain.letters.letter_document import LetterText
from letterhub.rendering.letter.lint.phrases import first_few, quoted
from letterhub.rendering.letter.lint.typed_markup import typed_markup_notes
from letterhub.rendering.letter.markdown import parse_letter_markdown
from letterhub.rendering.letter.omissions import Omissions

_UNPRINTED_QUERY = re.compile(r"mailto:[^?]*\?.|[?&]utm_", re.IGNORECASE)
_PLAIN_MARKUP = re.compile(
    r"\*[^\s*](?:[^*\n]{0,80}[^\s*])?\*|(?<!\w)_[^\s_](?:[^_\n]{0,80}[^\s_])?_(?!\w)|`[^`\n]{1,80}`|~~[^~\n]{1,80}~~"
    r"|\[[^\[\]\n]{1,80}\]\([^()\s]{1,300}\)|\[\^[^\[\]\s]{1,40}\]|</?[a-z][a-z0-9]{0,9}(?:\s[^<>]{0,80})?/?>|&[a-z]{2,8};",
    re.IGNORECASE,
)


def text_notes(text: LetterText) -> tuple[str, ...]:
    """Return a sentence for each kind of content of a letter that is left out in print, or printed as it was typed."""
    typed = (match[0] for part in plain_parts(text) for match in _PLAIN_MARKUP.finditer(part))
    if phrases := quoted(typed):
        note = _(
            "Title, subject, addresses and the like aren’t Markdown, so these are printed as typed: %(phrases)s.",
            phrases=phrases,
        )
        return (*markup_notes(text.body, text.picture_names), note)
    return markup_notes(text.body, text.picture_names)


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
    if phrases := quoted(name for name in pictures if name not in omissions.shown_pictures):
        notes.append(_("These pictures aren’t shown, since the text doesn’t name them: %(phrases)s.", phrases=phrases))
    references = env.get("references", {}).items()
    unused = [
        f"{label.casefold()}: {reference['href']} {reference['title']}"
        for label, reference in references
        if label not in omissions.used_labels
    ]
    if phrases := quoted(unused):
        notes.append(_("Addresses that no link refers to aren’t printed: %(phrases)s.", phrases=phrases))
    if phrases := quoted(f"{one['label'].casefold()}: {one['href']}" for one in env.get("duplicate_refs", ())):
        notes.append(_("Addresses that are given again don’t count; the first of each does: %(phrases)s.", phrases=phrases))
    if phrases := quoted(token.info for token in tokens if token.type == "fence" and token.info.strip()):
        notes.append(_("Words beside the marks around a block of code aren’t printed: %(phrases)s.", phrases=phrases))
    if phrases := quoted(address for token in tokens for address in _shortened_addresses(token)):
        notes.append(_("On paper, addresses are printed without subjects and tracking parts: %(phrases)s.", phrases=phrases))
    notes += typed_markup_notes(env.get("prose", ()))
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
    if phrases := quoted(described):
        notes.append(
            _(
                "These pictures aren’t among the letter’s files, so their descriptions are printed instead: %(phrases)s.",
                phrases=phrases,
            )
        )
    if phrases := quoted(address for description, address in omissions.pictures if not description.strip()):
        notes.append(
            _(
                "Pictures without a description are left out: %(phrases)s. Write what they show between the brackets.",
                phrases=phrases,
            )
        )
    if phrases := quoted(f"{words} ({address})" for words, address in omissions.links):
        notes.append(
            _(
                "Only the words of these links are printed, since they lead neither to the web nor to a mailbox: %(phrases)s.",
                phrases=phrases,
            )
        )
    if phrases := quoted(omissions.titles):
        notes.append(_("Titles of links and pictures aren’t printed: %(phrases)s.", phrases=phrases))
    for numbers in omissions.list_numbers:
        printed = range(numbers[0], numbers[0] + len(numbers))
        notes.append(
            _(
                "A list that is numbered %(typed)s is printed as %(printed)s.",
                typed=first_few(map(str, numbers)),
                printed=first_few(map(str, printed)),
            )
        )
    return notes
