"""Parts of a letter that stand in the text of a Word draft: date, addressees, subject, salutation, closing, and cc.

A part is moved to its field only if it is certain: plain lines before a salutation, a usual closing at the end. Everything else
stays in the text, where its writer sees it.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from letterhub.domain.i18n import _
from letterhub.domain.letters.document import Addressee, LetterText

DATE_FORMATS = ("%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%Y-%m-%d")
MAX_HEAD_PARAGRAPHS = 40
MAX_LINE_LENGTH = 100
MAX_ADDRESS_LINES = 9
MAX_ADDRESSEES = 6
_SALUTATION = re.compile(
    r"(?:Dear|To whom it may concern|Estimad[oa]s?|Sehr geehrte|Chers?|Chères?|Madame|Monsieur|Prezad[oa]s?|Geachte)\b"
    r"[^\n]{0,200}[:,]",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:Most )?(?:respectfully|sincerely|cordially|very truly yours|yours (?:sincerely|truly|faithfully)|with (?:\w+ )?respect"
    r"|(?:best|kind|warm) regards|in solidarity)(?: (?:submitted|yours))?[,.]",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"(?:re|subject)\s*:\s*(\S.*)", re.IGNORECASE)
_VIA = re.compile(r"via \S.*", re.IGNORECASE)
_COPIES = re.compile(r"cc\s*:\s*(.*)", re.IGNORECASE)
_MARKUP = re.compile(r"[#>|]|[-+*] |\d+[.)] |!?\[|:::|```|\t")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPHASIS = re.compile(r"(\*{1,3})(\S(?:.*\S)?)\1")


def place_parts(text: LetterText) -> tuple[LetterText, tuple[str, ...]]:
    """Return a text with the parts of its body in their fields, and the names of those parts."""
    before, salutation, rest = _split_at_salutation(text.body.split("\n\n"))
    placed, names = text, list[str]()
    if salutation:
        head = _read_head(before)
        if head is None:
            before = [*before, salutation]
        else:
            before, found = head
            placed = replace(placed, salutation=salutation, **{field: value for field, _name, value in found})
            names += [name for _field, name, _value in found] + [_("salutation")]
    closing, copies, rest = _split_at_closing(rest)
    if closing:
        placed = replace(placed, closing=closing, cc=copies or placed.cc)
        names += [_("closing"), *([_("cc")] if copies else ())]
    return replace(placed, body="\n\n".join([*before, *rest]).strip()), tuple(map(str, names))


def _split_at_salutation(paragraphs: Sequence[str]) -> tuple[list[str], str, list[str]]:
    """Return the paragraphs before the salutation, the salutation, and those after it; all come after it if there is none."""
    for index, paragraph in enumerate(paragraphs[:MAX_HEAD_PARAGRAPHS]):
        lines = _plain_lines(paragraph)
        if lines and len(lines) == 1 and _SALUTATION.fullmatch(lines[0]):
            return list(paragraphs[:index]), lines[0], list(paragraphs[index + 1 :])
    return [], "", list(paragraphs)


def _read_head(paragraphs: list[str]) -> tuple[list[str], list[tuple[str, str, Any]]] | None:
    """Return what stays of the paragraphs before a salutation, and field, name and value of each part; None if one is no part.

    Lines before the date are the sender's, as on printed stationery, and stay.
    """
    read = [_plain_lines(paragraph) for paragraph in paragraphs]
    dates = [index for index, lines in enumerate(read) if lines and len(lines) == 1 and _date_of(lines[0])]
    first = dates[0] if dates else 0
    parts: dict[str, tuple[str, Any]] = {}
    address: list[list[str]] = []
    for lines in read[first:]:
        if lines is None:
            return None
        field, name, value = _single_part(lines)
        if field and field not in parts:
            parts[field] = (name, value)
        else:
            address.append(lines)
    addressees = tuple(_addressees(address))
    if len(addressees) > MAX_ADDRESSEES or any(len(one.lines) >= MAX_ADDRESS_LINES for one in addressees):
        return None
    if addressees:
        parts["addressees"] = (_("addressees"), addressees)
    return paragraphs[:first], [(field, name, value) for field, (name, value) in parts.items()]


def _single_part(lines: list[str]) -> tuple[str, str, Any]:
    """Return field, name and value of a line that is a part by itself; empty for a line of an address."""
    if len(lines) == 1:
        if on := _date_of(lines[0]):
            return "date", _("date"), on
        if found := _SUBJECT.fullmatch(lines[0]):
            return "re", _("subject"), found[1]
        if _VIA.fullmatch(lines[0]):
            return "via", _("way of sending"), lines[0]
    return "", "", None


def _addressees(paragraphs: list[list[str]]) -> Iterator[Addressee]:
    """Yield addressees: one for each paragraph of several lines, and one for lines that are paragraphs of their own."""
    single: list[str] = []
    for lines in [*paragraphs, []]:
        if len(lines) == 1:
            single += lines
            continue
        if single:
            yield Addressee(single[0], tuple(single[1:]))
            single = []
        if lines:
            yield Addressee(lines[0], tuple(lines[1:]))


def _split_at_closing(paragraphs: list[str]) -> tuple[str, tuple[str, ...], list[str]]:
    """Return the closing, the names of copies below it, and the paragraphs without both; footnotes may follow them."""
    end = len(paragraphs)
    while end and (paragraphs[end - 1].startswith("[^") or not paragraphs[end - 1].strip()):
        end -= 1
    copies: list[str] = []
    last = _plain_lines(paragraphs[end - 1]) if end else None
    if last and (found := _COPIES.fullmatch(last[0])):
        copies, end = [line for line in (found[1], *last[1:]) if line], end - 1
        last = _plain_lines(paragraphs[end - 1]) if end else None
    if not last or len(last) != 1 or not _CLOSING.fullmatch(last[0]):
        return "", (), paragraphs
    return last[0], tuple(copies), [*paragraphs[: end - 1], *paragraphs[end + bool(copies) :]]


def _plain_lines(paragraph: str) -> list[str] | None:
    """Return the lines of a paragraph that is nothing but short lines, without escapes and emphasis; else None."""
    lines = [line.rstrip("\\").strip() for line in paragraph.strip().split("\n")]
    if any(not line or len(line) > MAX_LINE_LENGTH * 2 or _MARKUP.match(line) or "](" in line for line in lines):
        return None
    plain = [_ESCAPE.sub(r"\1", _EMPHASIS.sub(r"\2", line)) for line in lines]
    return None if any(len(line) > MAX_LINE_LENGTH for line in plain) else plain


def _date_of(line: str) -> dt.date | None:
    """Return the day that a line says, if it says nothing else."""
    for form in DATE_FORMATS:
        with suppress(ValueError):
            return dt.datetime.strptime(line, form).replace(tzinfo=dt.UTC).date()
    return None
