"""Lint of a table of signatories: duplicate lines, and text garbled by another program."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from letterhub.domain.i18n import _, ngettext
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.signatures.line_fields import LINE_FIELDS, line_texts
from letterhub.domain.signatures.personal_names import reads_last_name_first

MAX_NOTES = 12
MAX_QUOTED_LENGTH = 80
_HTML = re.compile(r"&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,5});|</?[a-z][a-z0-9]{0,10}(?:\s[^<>@]{0,200})?/?>", re.IGNORECASE)
"""Entity or tag of HTML."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]{2,}")
_PLAUSIBLE_LETTERS = re.compile("[\u00a0-\u017f\u2010-\u2044\u20ac\u2122]+")


def text_notes(signatories: Collection[tuple[int, Signatory]]) -> Iterator[str]:
    """Yield notes on texts that are printed as they stand, each with its lines: with marks of HTML or of a wrong encoding, and
    signers whose last name stands first."""
    yield from _garbled_text_notes(signatories)
    reversed_names = [
        (line, signatory.signer_name) for line, signatory in signatories if reads_last_name_first(signatory.signer_name)
    ]
    if reversed_names:
        yield _(
            "“%(name)s” reads like a last name before a first name and is printed as it stands: %(lines)s. Write the first "
            "name first, or put the two into columns “First name” and “Last name”.",
            name=reversed_names[0][1], lines=list_of_lines([line for line, _name in reversed_names]),
        )  # fmt: skip


def _garbled_text_notes(signatories: Iterable[tuple[int, Signatory]]) -> Iterator[str]:
    """Yield notes on texts with HTML entities or tags, or in a wrong encoding."""
    lines_by_tag: dict[str, list[int]] = defaultdict(list)
    lines_by_guess: dict[str, list[int]] = defaultdict(list)
    for line, signatory in signatories:
        for text in (*line_texts(signatory), signatory.section):
            for match in _HTML.finditer(text) if "&" in text or "<" in text else ():
                lines_by_tag[match[0][:MAX_QUOTED_LENGTH]].append(line)
            if not text.isascii() and (meant := _BEYOND_ASCII.sub(_redecode, text)) != text:
                quoted, quoted_meant = text[:MAX_QUOTED_LENGTH], meant[:MAX_QUOTED_LENGTH]
                lines_by_guess[_("“%(text)s” may mean “%(meant)s”", text=quoted, meant=quoted_meant)].append(line)
    for tag, lines in list(lines_by_tag.items())[:MAX_NOTES]:
        yield _(
            "“%(tag)s” is HTML and is printed as it stands: %(lines)s. Write what it stands for.",
            tag=tag,
            lines=list_of_lines(lines),
        )
    for guess, lines in list(lines_by_guess.items())[:MAX_NOTES]:
        yield _("%(guess)s: %(lines)s. If so, export the table again as UTF-8.", guess=guess, lines=list_of_lines(lines))


def duplicate_line_notes(
    signatories: Iterable[tuple[int, Signatory]], printed_line: Callable[[Signatory], str]
) -> Iterator[str]:
    """Yield notes on lines that are printed more than once, ignoring case, with what differs in them: each is counted.

    `printed_line` returns a signatory as the letter prints it.
    """
    rows_by_name: dict[str, list[tuple[int, Signatory]]] = defaultdict(list)
    for line, signatory in signatories:
        rows_by_name[signatory.name.casefold()].append((line, signatory))
    rows_by_line: dict[str, list[tuple[int, Signatory]]] = defaultdict(list)
    for rows in rows_by_name.values():
        for line, signatory in rows if len(rows) > 1 else ():
            rows_by_line[printed_line(signatory).casefold()].append((line, signatory))
    duplicates = [rows for rows in rows_by_line.values() if len(rows) > 1]
    for rows in duplicates[:MAX_NOTES]:
        sentence = _(
            "“%(name)s” is printed and counted %(count)s times: %(lines)s.",
            name=printed_line(rows[0][1])[:MAX_QUOTED_LENGTH],
            count=len(rows),
            lines=list_of_lines([line for line, _signatory in rows]),
        )
        differing = _differing_fields([signatory for _line, signatory in rows])
        unprinted = _("They differ only in what is not printed: %(fields)s.", fields=", ".join(differing))
        yield f"{sentence} {unprinted}" if differing else sentence
    if len(duplicates) > MAX_NOTES:
        yield ngettext(
            "One more line is printed several times.",
            "%(num)s more lines are printed several times.",
            len(duplicates) - MAX_NOTES,
        )


def _differing_fields(signatories: Sequence[Signatory]) -> list[str]:
    """Return the names of the fields in which signatories differ."""
    values = {field: {str(getattr(one, field.key)).casefold() for one in signatories} for field in LINE_FIELDS}
    return [str(field.label) for field, found in values.items() if len(found) > 1]


def unify_section_case(sections: Sequence[str]) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Return one spelling for sections that differ in case alone, and a note on each: "Texas" replaces "TEXAS" too."""
    counts_by_section: dict[str, Counter[str]] = defaultdict(Counter)
    for section in filter(None, sections):
        counts_by_section[section.casefold()][section] += 1
    replacements: dict[str, str] = {}
    notes: list[str] = []
    for counts in counts_by_section.values():
        # mixed case before "TEXAS" and "texas", then the most frequent
        best = max(counts, key=lambda spelling: (not spelling.islower() and not spelling.isupper(), counts[spelling]))
        others = [spelling for spelling in counts if spelling != best]
        replacements |= dict.fromkeys(others, best)
        if others:
            notes.append(
                _(
                    "The spellings %(spellings)s were combined into one section, “%(section)s”.",
                    section=best,
                    spellings=", ".join(f"“{spelling}”" for spelling in (best, *others)),
                )
            )
    return replacements, tuple(notes[:MAX_NOTES])


def _redecode(match: re.Match[str]) -> str:
    """Return UTF-8 that was decoded as Windows-1252 restored, if that gives plausible letters: "CafÃ©" is "Café"."""
    letters = match[0]
    whole = f"{letters}\x9d" if letters.endswith("â€") else letters  # a closing quote, whose last byte is stripped from lines
    try:
        decoded = b"".join(map(_encode_byte, whole)).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return letters
    return decoded if _PLAUSIBLE_LETTERS.fullmatch(decoded) else letters


def _encode_byte(letter: str) -> bytes:
    """Return a letter as Windows-1252, or as Latin-1 if that has none."""
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def list_of_lines(lines: Sequence[int]) -> str:
    """Return line numbers as words, "line 3" or "lines 3, 5 and 8"; those beyond MAX_NOTES only as a count."""
    numbers = [f"{line}" for line in dict.fromkeys(lines)]
    more = [_("%(count)s more", count=f"{len(numbers) - MAX_NOTES:,}")] if len(numbers) > MAX_NOTES else []
    *first, last = [*numbers[:MAX_NOTES], *more]
    return _("lines %(lines)s and %(last)s", lines=", ".join(first), last=last) if first else _("line %(line)s", line=last)
