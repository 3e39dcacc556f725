"""Lint of a table of signatories: duplicate names, and text garbled by another program."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from letterhub.domain.letters.document import Signatory
from letterhub.domain.signatures.line_fields import line_texts

MAX_NOTES = 12
MAX_QUOTED_LENGTH = 80
_HTML_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,5});", re.IGNORECASE)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]{2,}")
_PLAUSIBLE_LETTERS = re.compile("[\u00a0-\u017f\u2010-\u2044\u20ac\u2122]+")


def garbled_text_notes(signatories: Iterable[tuple[int, Signatory]]) -> Iterator[str]:
    """Yield notes on names with HTML entities or a wrong encoding, each with its lines: they are printed as is."""
    markup: dict[str, list[int]] = defaultdict(list)
    letters: dict[str, list[int]] = defaultdict(list)
    for line, text in ((line, text) for line, one in signatories for text in (*line_texts(one), one.section)):
        for found in _HTML_ENTITY.finditer(text):
            markup[found[0]].append(line)
        if not text.isascii() and (meant := _repair_encoding(text)) != text:
            letters[f"“{text[:MAX_QUOTED_LENGTH]}” may mean “{meant[:MAX_QUOTED_LENGTH]}”"].append(line)
    for sign, lines in list(markup.items())[:MAX_NOTES]:
        yield f"“{sign}” is printed as it stands: {_list_of_lines(lines)}. Write the sign that it stands for."
    for said, lines in list(letters.items())[:MAX_NOTES]:
        yield f"{said}: {_list_of_lines(lines)}. If so, export the table again as UTF-8."


def duplicate_name_notes(signatories: Iterable[tuple[int, Signatory]]) -> Iterator[str]:
    """Yield notes on duplicate names with the same details, ignoring case: each is printed and counted."""
    same: dict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
    for line, one in signatories:
        same[(one.kind, *(part.casefold() for part in (one.name, one.detail, one.location)))].append((line, one.name))
    twice = [(found[0][1], [line for line, _ in found]) for found in same.values() if len(found) > 1]
    for name, lines in twice[:MAX_NOTES]:
        yield f"“{name}” is printed and counted {len(lines)} times: {_list_of_lines(lines)}."
    if len(twice) > MAX_NOTES:
        yield f"{len(twice) - MAX_NOTES:,} more names stand in several lines."


def unify_section_case(sections: Sequence[str]) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Return one spelling for sections that differ in case alone, and a note on each: "Texas" replaces "TEXAS" too."""
    of_one: dict[str, Counter[str]] = defaultdict(Counter)
    for section in filter(None, sections):
        of_one[section.casefold()][section] += 1
    spelled: dict[str, str] = {}
    notes: list[str] = []
    for found in of_one.values():
        best = max(found, key=lambda one: (not one.islower() and not one.isupper(), found[one]))
        others = [one for one in found if one != best]
        spelled |= dict.fromkeys(others, best)
        if others:
            notes.append(f"One section, “{best}”, is made of {', '.join(f'“{one}”' for one in (best, *others))}.")
    return spelled, tuple(notes[:MAX_NOTES])


def _repair_encoding(text: str) -> str:
    """Return the text with UTF-8 that was decoded as Windows-1252 restored: "CafÃ©" is "Café"."""
    return _BEYOND_ASCII.sub(lambda found: _redecode(found[0]), text)


def _redecode(letters: str) -> str:
    whole = f"{letters}\x9d" if letters.endswith("â€") else letters  # a closing quote, whose last byte is stripped from lines
    try:
        read = b"".join(map(_encode_byte, whole)).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return letters
    return read if _PLAUSIBLE_LETTERS.fullmatch(read) else letters


def _encode_byte(letter: str) -> bytes:
    """Return a letter as Windows-1252, or as Latin-1 if that has none."""
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def _list_of_lines(lines: Sequence[int]) -> str:
    told = [f"{line}" for line in dict.fromkeys(lines)]
    more = [f"{len(told) - MAX_NOTES:,} more"] if len(told) > MAX_NOTES else []
    *some, last = [*told[:MAX_NOTES], *more]
    return f"lines {', '.join(some)} and {last}" if some else f"line {last}"
