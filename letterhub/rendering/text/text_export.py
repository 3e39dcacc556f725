"""An edition as plain text: in full, and cut to the comment box of a public docket."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from letterhub.domain.letters.document import LetterDocument, LetterText, Signatory
from letterhub.rendering.letter.document_strings import words
from letterhub.rendering.letter.view import Line, Roll, letter_view, line
from letterhub.rendering.text.plain_text import plain_text

MOST_IN_A_COMMENT = 5_000
CUT = " […]"
UNBROKEN = 1_000_000  # a width at which no line is broken: a comment box breaks lines itself


def edition_text(document: LetterDocument) -> bytes:
    """Return the letter from its letterhead to its cc, with all signatories as printed; UTF-8, at most 72 characters a line."""
    letter = letter_view(document)
    mark = document.edition
    parts = [
        "\n".join(said.text for said in (letter.sender, *letter.sender_lines) if said),
        letter.date,
        letter.via.text,
        plain_text(document).strip(),
        *_listed(letter.roll),
        "\n".join((letter.words.cc, *(one.text for one in letter.cc))) if letter.cc else "",
        "\n".join(said for said in ("--", letter.edition, mark.address) if said) if mark else "",
    ]
    return _encoded("\n\n".join(part for part in parts if part))


def comment_text(document: LetterDocument) -> bytes:
    """Return the letter in at most 5,000 characters: its text, then as many names as fit, and where to read the rest.

    With names and their details if those fit, else with names alone. A text that is too long itself is visibly cut.
    """
    letter = letter_view(document)
    text = plain_text(document, UNBROKEN).strip()
    lines = [one for section in letter.roll.sections for one in section.lines]
    whole = _joined(text, letter.roll.title if lines else "", "\n".join(map(_on_one_line, lines)))
    if size_of(whole) <= MOST_IN_A_COMMENT:
        return _encoded(whole)
    return _encoded(_with_names_that_fit(document, text, letter.roll.title, [one.name.text for one in lines]))


def size_of(text: str) -> int:
    """Return the length of a text as browsers count it: UTF-16 units, a line break being two."""
    return sum(map(_size, text))


def _size(letter: str) -> int:
    return 2 if letter == "\n" or ord(letter) > 0xFFFF else 1


def _with_names_that_fit(document: LetterDocument, text: str, title: str, names: Sequence[str]) -> str:
    said = words(document.text.language)
    address = document.edition.address if document.edition else ""
    room = MOST_IN_A_COMMENT - size_of(_joined(text, title, "\n"))
    if sum(size_of(name) + 2 for name in names) <= room:
        return _joined(text, title, "\n".join(names))
    fitting = _how_many_fit(names, room - size_of(_more(said.more, len(names), address)) - 2)
    if fitting:
        return _joined(text, title, "\n".join((*names[:fitting], _more(said.more, len(names) - fitting, address))))
    tail = _joined(title, ": ".join(part for part in (said.whole, address) if part))
    return _joined(_cut(text, MOST_IN_A_COMMENT - size_of(tail) - 4), tail)


def _how_many_fit(names: Sequence[str], room: int) -> int:
    return bisect_right(list(accumulate(size_of(name) + 2 for name in names)), room)


def _more(sentence: str, count: int, address: str) -> str:
    return ": ".join(part for part in (sentence.format(count=f"{count:,}"), address) if part)


def _cut(text: str, room: int) -> str:
    """Return the text, or as many whole sentences or words as fit, with a mark that it was cut."""
    if size_of(text) <= room:
        return text
    fits = text[: bisect_right(list(accumulate(map(_size, text))), room - len(CUT))]
    end = max(fits.rfind("\n\n"), fits.rfind(". ") + 1)
    kept = fits[:end] if end > len(fits) // 2 else fits.rpartition(" ")[0] or fits
    return kept.rstrip() + CUT


def _listed(roll: Roll) -> Iterator[str]:
    if roll:
        yield roll.title
    for section in roll.sections:
        lines = "\n".join(map(_on_one_line, section.lines))
        yield f"{section.heading}:\n\n{lines}" if section.heading else lines
    if roll.note:
        yield roll.note


def printed_on_one_line(one: Signatory, text: LetterText) -> str:
    """Return a signatory as printed, on one line: "Example Alliance — Nia Example, Director"."""
    return _on_one_line(line(one, text))


def _on_one_line(printed: Line) -> str:
    return " — ".join(part for part in (printed.name.text, printed.detail.text, printed.below.text) if part)


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _encoded(text: str) -> bytes:
    return (text.rstrip() + "\n").encode("utf-8", errors="replace")
