"""A letter from a Markdown file with its parts in the head."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from letterhub.domain.document import Addressee, Letterhead, LetterText, Logo, Order, Paper, Shown
from letterhub.domain.lines import one_line
from letterhub.intake.encodings import decoded
from letterhub.intake.front_matter import FrontMatter
from letterhub.intake.logo import read_logo
from letterhub.intake.refusals import FileRefused

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


def read_letter(data: bytes, file: str, folder: Path | None = None) -> tuple[LetterText, tuple[str, ...]]:
    """The text and parts of a letter, and notes on what was left out. A logo's path starts at `folder`; without, none is read.

    Raises FileRefused with the line of the first mistake.
    """
    head, body = _parted(decoded(data, file).replace("\r\n", "\n"), file)
    text = LetterText(
        title=head.text("title") or _first_heading(body, file),
        body=body,
        date=head.date("date"),
        via=head.text("via"),
        addressees=tuple(_addressees(head)),
        re=head.text("re"),
        salutation=head.text("salutation"),
        closing=head.text("closing"),
        cc=head.texts("cc"),
        language=_language(head),
        paper=head.choice("paper", Paper, Paper.LETTER),
        order=head.choice("order", Order, Order.ALPHABETICAL),
        shown=head.choice("shown", Shown, Shown.SIGNER),
        letterhead=_letterhead(head, folder),
    )
    return text, _notes(head)


def _parted(text: str, file: str) -> tuple[FrontMatter, str]:
    """The head and the body of a file; a file without a head is all body."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return FrontMatter("", file, 1), text
    ends = [at for at, line in enumerate(lines[1:], start=1) if line.rstrip() in ("---", "...")]
    if not ends:
        raise FileRefused(file, "the head of the letter opens with --- and never closes.", line=1)
    return FrontMatter("\n".join(lines[1 : ends[0]]), file, 2), "\n".join(lines[ends[0] + 1 :]).strip("\n") + "\n"


def _first_heading(body: str, file: str) -> str:
    found = _HEADING.search(body)
    if found is None:
        raise FileRefused(file, "the letter has no title. Add a line “title: …” to its head.", line=1)
    return one_line(re.sub(r"[*_`]", "", found[1]))


def _language(head: FrontMatter) -> str:
    tag = head.text("language") or "en"
    if not _LANGUAGE.fullmatch(tag):
        raise head.refused("language", f"must be a tag such as en or pt-BR, not “{tag}”.")
    return tag


def _addressees(head: FrontMatter) -> Iterator[Addressee]:
    """Inside addresses: a text, whose first line is the name, or a name with lines."""
    for key, item in head.entries("addressee", "addressees"):
        if isinstance(item, Mapping):
            name, lines = _line(item.get("name")), _lines(head, key, item.get("lines"))
            if not name:
                raise head.refused(key, "needs a name in every block.")
        elif isinstance(item, list):
            raise head.refused(key, "must be a text, or a name with lines.")
        else:
            name, *rest = [line for line in map(one_line, str(item or "").split("\n")) if line] or [""]
            lines = tuple(rest)
        if name:
            yield Addressee(name, lines)


def _letterhead(head: FrontMatter, folder: Path | None) -> Letterhead:
    given = head.mapping("letterhead")
    name = _line(given.get("name") or given.get("coalition"))
    lines = _lines(head, "letterhead", given.get("lines") or given.get("address"))
    return Letterhead(name, lines, _logo(head, _line(given.get("logo")), name, folder))


def _logo(head: FrontMatter, path: str, name: str, folder: Path | None) -> Logo | None:
    if not path or folder is None:
        return None
    try:
        data = (folder / path).read_bytes()
    except OSError:
        raise head.refused("letterhead", f"names a logo that cannot be read: {path}.") from None
    return read_logo(data, path, f"Logo of {name}" if name else "Logo")


def _lines(head: FrontMatter, key: str, value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else str(value or "").split("\n")
    if any(isinstance(item, list | dict) for item in items):
        raise head.refused(key, "must hold lines of text.")
    return tuple(line for line in map(_line, items) if line)


def _line(value: Any) -> str:
    return one_line(str(value)) if value is not None else ""


def _notes(head: FrontMatter) -> tuple[str, ...]:
    if not head.unread:
        return ()
    return (f"Left out, because they are no keys of ours: {', '.join(head.unread)}.",)
