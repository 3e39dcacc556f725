"""A letter from a Markdown file with its parts in the head."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from letterhub.domain.colors import ColorRefused, accent_from
from letterhub.domain.document import Addressee, Face, Letterhead, LetterText, Logo, Order, Paper, Shown, Theme
from letterhub.domain.drafts import MOST_LOGOS
from letterhub.domain.letters import PLACES, unknown_placeholders
from letterhub.domain.lines import one_line
from letterhub.intake.beside import NotBeside, picture_beside
from letterhub.intake.encodings import decoded
from letterhub.intake.front_matter import FrontMatter
from letterhub.intake.logo import read_logo
from letterhub.intake.refusals import FileRefused

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+)$", re.MULTILINE)


def read_letter(data: bytes, file: str, folder: Path | None = None) -> tuple[LetterText, tuple[str, ...]]:
    """The text and parts of a letter, and notes on what was left out. Logos are read from
    `folder` and below; without it, none is.

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
        theme=head.choice("theme", Theme, Theme.CLASSIC),
        face=head.choice("face", Face, Face.THEME),
        accent=_accent(head),
        window=head.yes("window_envelope"),
    )
    return text, _notes(head)


def check_placeholders(data: bytes, file: str) -> tuple[str, ...]:
    """Notes on the `{{…}}` of other programs, which are printed as they stand.

    One word in them is a slip of ours. Raises FileRefused with its line.
    """
    text = decoded(data, file).replace("\r\n", "\n")
    body = _parted(text, file)[1].rstrip("\n")
    unknown = unknown_placeholders(body)
    for wrong in unknown:
        if wrong.strip("{} \t\n").isidentifier():
            line = text.count("\n", 0, text.rindex(body) + body.index(wrong)) + 1
            raise FileRefused(file, f"the text says {wrong}, which is not a placeholder; {PLACES}", line=line)
    return (f"Printed as they stand, because they are not placeholders of ours: {', '.join(unknown)}.",) if unknown else ()


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
    return one_line(re.sub(r"[*_`]", "", found[1].rstrip(" \t#")))


def _language(head: FrontMatter) -> str:
    tag = head.text("language") or "en"
    if not _LANGUAGE.fullmatch(tag):
        raise head.refused("language", f"must be a tag such as en or pt-BR, not “{tag}”.")
    return tag


def _accent(head: FrontMatter) -> str:
    try:
        return accent_from(head.text("accent"))
    except ColorRefused as refusal:
        raise head.refused("accent", f"cannot be used: {refusal}") from refusal


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
    items = [item for key in ("logo", "logos") for item in _listed(given.get(key))]
    if len(items) > MOST_LOGOS:
        raise head.refused("letterhead", f"names {len(items)} logos; a letter may have {MOST_LOGOS}.")
    logos = tuple(_logo(head, item, name, folder) for item in items) if folder else ()
    return Letterhead(name, lines).with_logos(logos)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _logo(head: FrontMatter, item: Any, name: str, folder: Path) -> Logo:
    """A logo from its file; a text is the file, or `file` and `shows` say it and what it shows."""
    given = item if isinstance(item, Mapping) else {"file": item}
    path = _line(given.get("file"))
    try:
        data = picture_beside(folder, path)
    except NotBeside as trouble:
        raise head.refused("letterhead", f"names a logo that {trouble}") from None
    return read_logo(data, path, _line(given.get("shows")) or (f"Logo of {name}" if name else "Logo"))


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
    return (f"Left out, because they are not keys of ours: {', '.join(head.unread)}.",)
