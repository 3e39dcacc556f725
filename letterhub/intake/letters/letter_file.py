"""A letter from a Markdown file with YAML front matter."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path, PurePath
from typing import Any, NamedTuple
from urllib.parse import unquote

from letterhub.domain.i18n import _
from letterhub.domain.letters.branding import InvalidColor, parse_accent
from letterhub.domain.letters.drafts import MAX_LOGOS, normalize_body, normalize_multiline
from letterhub.domain.letters.letter_document import (
    Addressee,
    Letterhead,
    LetterText,
    Logo,
)
from letterhub.domain.letters.opening_rules import (
    footnote_errors,
    misplaced_placeholder_error,
    placeholders_outside_body,
    unknown_placeholder_error,
    unknown_placeholders,
)
from letterhub.domain.letters.pictures import MAX_PICTURES, Picture, pdf_annex
from letterhub.domain.line_validation import normalize_line
from letterhub.intake.errors import FileRefused
from letterhub.intake.images import ImageUnavailable, read_local_image, read_logo, read_picture
from letterhub.intake.letters.front_matter import FrontMatter
from letterhub.intake.letters.letter_language import read_language
from letterhub.intake.letters.plain_yaml import YamlBlock
from letterhub.intake.pdf.annex import read_pdf_annex
from letterhub.intake.tables.file_types import decode_text

_LINE_SEPARATORS = dict.fromkeys(map(ord, "\x0b\x0c\x85\u2028\u2029"), " ")
_PICTURE_ADDRESS = re.compile(
    r"!\[[^\]\n]{0,2000}\]\(\s{0,9}(?:<([^<>\n]{1,300})>|([^\s<>()]{1,300}))"
    r"|^ {0,3}\[[^\]\n]{1,200}\]:\s{0,9}<?([^\s<>]{1,300}\.(?:png|jpe?g|webp|svg))",
    re.IGNORECASE | re.MULTILINE,
)
_NOTE_LABEL = re.compile(r"\[\^([^\]\s]{1,200})\]")
_STATE_AND_ZIP = re.compile(r"[A-Z]{2} \d{5}(?:-\d{4})?")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+)$", re.MULTILINE)


def read_letter(data: bytes, file: str, folder: Path | None = None) -> tuple[LetterText, tuple[str, ...]]:
    """Return the text and parts of a letter, and notes on what was left out.

    Logos and pictures are read from `folder` or below, if given.

    Raises FileRefused with the line of the first mistake.
    """
    parts = _split_front_matter(data, file)
    body = normalize_body(parts.body)
    head = FrontMatter(normalize_multiline(parts.head.translate(_LINE_SEPARATORS)), file, parts.head_line)
    annexes = [*_annexes(head, folder)] if folder else []
    body += "".join(annex.markdown for annex in annexes)
    date, date_words = head.date("date")
    text = LetterText(
        title=head.text("title") or _first_heading(body, file),
        body=body,
        date=date,
        date_words=date_words or head.text("date_in_words"),
        via=head.text("via"),
        addressees=tuple(_addressees(head)),
        re=head.text("re"),
        short_subject=head.text("short_subject"),
        salutation=head.text("salutation"),
        closing=head.text("closing"),
        cc=head.texts("cc"),
        enclosures=head.texts("enclosures", "enclosure"),
        language=read_language(head, body),
        letterhead=_letterhead(head, folder),
        pictures=_all_pictures(body, file, folder, annexes) if folder else (),
        **_layout_choices(head),
    )
    return text, head.notes


_CHOICE_KEYS = {
    **{name: name for name in "paper order shown theme face margins size figures notes links".split()},
    "blocks": "signature_blocks",
}
"""Keys of the front matter that choose among a few values, by field of the text."""
_DEFAULTS = LetterText("", "")


def _layout_choices(head: FrontMatter) -> dict[str, Any]:
    """Return the fields of the text that say how it looks."""
    defaults = {name: getattr(_DEFAULTS, name) for name in _CHOICE_KEYS}
    return {
        **{name: head.choice(_CHOICE_KEYS[name], type(default), default) for name, default in defaults.items()},
        "accent": _accent(head),
        "window": head.is_yes("window_envelope"),
        "justify": head.is_yes("justify"),
        "signature_lines": head.is_yes("signature_lines"),
    }


def check_placeholders(text: LetterText, data: bytes, file: str) -> tuple[str, ...]:
    """Return notes on unknown `{{…}}` in a letter read from a file, which are printed as is, and on unmatched footnotes.

    A single word in braces must be a placeholder of ours, and placeholders belong in the body. Raises FileRefused with the
    line.
    """
    parts = _split_front_matter(data, file)
    for part, placeholder in placeholders_outside_body(text):
        line = parts.head_line + parts.head.count("\n", 0, max(parts.head.find(placeholder), 0))
        raise FileRefused(file, misplaced_placeholder_error(part, placeholder), line=line)
    unknown = unknown_placeholders(parts.body)
    for placeholder in unknown:
        if placeholder.strip("{} \t\n").isidentifier():
            line = parts.body_line + parts.body.count("\n", 0, parts.body.index(placeholder))
            raise FileRefused(file, unknown_placeholder_error(placeholder), line=line)
    notes = unknown_placeholder_notes(unknown)
    return (*notes, *footnote_errors(parts.body))


def unknown_placeholder_notes(unknown: Sequence[str]) -> tuple[str, ...]:
    """Return a note on text that looks like a placeholder but is not one that we fill in; no notes if there is no such text."""
    if not unknown:
        return ()
    return (_("Printed as they are, because they are not placeholders: %(placeholders)s.", placeholders=", ".join(unknown)),)


class _Parts(NamedTuple):
    """The front matter and the body of a file, each with its first line; a file without front matter is all body."""

    head: str
    head_line: int
    body: str
    body_line: int


def _split_front_matter(data: bytes, file: str) -> _Parts:
    """Return the parts of a letter file. Raises FileRefused if it is empty, or if its front matter never ends."""
    text = decode_text(data, file, _("Please save it as plain text in UTF-8.")).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise FileRefused(file, _("the file is empty."))
    lines = text.split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if lines[first].rstrip() != "---":
        return _Parts("", 1, text, 1)
    ends = [at for at, line in enumerate(lines) if at > first and line.rstrip() in ("---", "...")]
    if not ends:
        raise FileRefused(file, _("the head of the letter starts with --- and never ends."), line=first + 1)
    begin = next((at for at in range(ends[0] + 1, len(lines)) if lines[at]), len(lines))
    return _Parts("\n".join(lines[first + 1 : ends[0]]), first + 2, "\n".join(lines[begin:]).strip("\n") + "\n", begin + 1)


def _first_heading(body: str, file: str) -> str:
    """Return the text of the first heading, for a letter without title. Raises FileRefused if there is none."""
    match = _HEADING.search(body)
    if match is None:
        sentence = _("the letter has no title. Start the file with three lines: “---”, “title: …” and “---”.")
        raise FileRefused(file, sentence, line=1)
    return normalize_line(re.sub(r"[*_`]", "", match[1].rstrip(" \t#")))


def _accent(head: FrontMatter) -> str:
    """Return the accent color of the letter. Raises FileRefused if it cannot be used."""
    try:
        return parse_accent(head.text("accent"))
    except InvalidColor as refusal:
        raise head.refusal("accent", _("cannot be used: %(problem)s", problem=str(refusal))) from refusal


def _addressees(head: FrontMatter) -> Iterator[Addressee]:
    """Yield the addressees. Each is a text, whose first line is the name, or a block with a name and lines."""
    for key, item in head.entries("addressee", "addressees"):
        if isinstance(item, YamlBlock):
            name, lines = _one_line(item.take("name")), _lines(head, key, item.take("lines", "address"))
            head.note_unread(key, item)
            if not name:
                raise head.refusal(key, _("needs a name in every block."))
        elif isinstance(item, list):
            raise head.refusal(key, _("must be text, or a name with lines."))
        else:
            text_lines = [line for line in map(normalize_line, str(item or "").split("\n")) if line]
            name, lines = "".join(text_lines[:1]), tuple(text_lines[1:])
        if name:
            yield Addressee(name, lines)


def _letterhead(head: FrontMatter, folder: Path | None) -> Letterhead:
    """Return the letterhead; its logos are read if the letter has a folder."""
    block = head.block("letterhead")
    name = _one_line(block.take("name", "coalition"))
    lines = _lines(head, "letterhead", block.take("lines", "address"))
    items: list[Any] = []
    for value in (block.take("logo"), block.take("logos")):
        if isinstance(value, list):
            items += value
        elif value:
            items.append(value)
    if len(items) > MAX_LOGOS:
        raise head.refusal(
            "letterhead", _("names %(count)s logos; a letter may have %(most)s.", count=len(items), most=MAX_LOGOS)
        )
    logos = tuple(_logo(head, item, name, folder) for item in items) if folder else ()
    head.note_unread("letterhead", block)
    return Letterhead(name, lines).with_logos(logos)


def _logo(head: FrontMatter, item: Any, name: str, folder: Path) -> Logo:
    """Return a logo; `item` is its file, or has `file` and `shows`, its alternative text."""
    block = item if isinstance(item, YamlBlock) else YamlBlock({"file": item})
    path, shows = _one_line(block.take("file")), _one_line(block.take("shows"))
    head.note_unread("letterhead", block)
    try:
        data = read_local_image(folder, path)
    except ImageUnavailable as trouble:
        raise head.refusal("letterhead", _("names a logo that %(problem)s", problem=str(trouble))) from None
    return read_logo(data, path, shows or (f"Logo of {name}" if name else "Logo"))


class _Annex(NamedTuple):
    """Markdown of an annex, and the pictures of its pages if it is a PDF."""

    markdown: str
    pictures: tuple[Picture, ...] = ()


def _annexes(head: FrontMatter, folder: Path) -> Iterator[_Annex]:
    """Yield each annex that the head names: a file, or a block with a title and a file or a text."""
    taken: list[str] = []
    for number, (key, item) in enumerate(head.entries("annex", "annexes"), start=1):
        block = item if isinstance(item, YamlBlock) else YamlBlock({"file": item})
        title, path, text = (_one_line(block.take("title")), _one_line(block.take("file")), str(block.take("text") or ""))
        head.note_unread(key, block)
        if path:
            try:
                data = read_local_image(folder, path)
            except ImageUnavailable as trouble:
                raise head.refusal(key, _("names a file that %(problem)s", problem=str(trouble))) from None
            if path.casefold().endswith(".pdf"):
                markdown, pictures = pdf_annex(title or PurePath(path).stem, path, read_pdf_annex(data, path), taken)
                taken += [picture.name for picture in pictures]
                yield _Annex(f"\n\n{markdown}\n", pictures)
                continue
            text = decode_text(data, path, _("Please save it as plain text in UTF-8."))
        text = normalize_body(text).strip()
        if not title and (heading := _HEADING.match(text)):
            title, text = heading[1].rstrip(" \t#"), text[heading.end() :].strip()
        if not title or not text:
            raise head.refusal(key, _("needs a title and a text in every annex."))
        text = _NOTE_LABEL.sub(rf"[^annex-{number}-\1]", text)  # other notes than the letter's and other annexes'
        yield _Annex(f"\n\n:::annex {title}\n\n{text}\n")


def _all_pictures(body: str, file: str, folder: Path, annexes: Sequence[_Annex]) -> tuple[Picture, ...]:
    """Return the pages of annexed PDFs, and the pictures that a text names, read from its folder. A file that is no picture is
    reported when the text is rendered."""
    pages = [picture for annex in annexes for picture in annex.pictures]
    addresses = (unquote(match[1] or match[2] or match[3]) for match in _PICTURE_ADDRESS.finditer(body))
    names = [name for name in dict.fromkeys(addresses) if name not in {page.name for page in pages}]
    pictures = []
    for name in names:
        try:
            data = read_local_image(folder, name)
        except ImageUnavailable:
            continue
        _check_picture_count(file, len(names) + len(pages))
        pictures.append(read_picture(data, name, name))
    _check_picture_count(file, len(pages))
    return (*pages, *pictures)


def _check_picture_count(file: str, count: int) -> None:
    """Raise FileRefused if a letter would have too many pictures."""
    if count > MAX_PICTURES:
        raise FileRefused(file, _("the letter has %(count)s pictures; it may have %(most)s.", count=count, most=MAX_PICTURES))


def _lines(head: FrontMatter, key: str, value: Any) -> tuple[str, ...]:
    """Return the lines of an address, with a note if a state and ZIP code are on a line of their own."""
    items = value if isinstance(value, list) else str(value or "").split("\n")
    if any(isinstance(item, list | dict) for item in items):
        raise head.refusal(key, _("must consist of lines of text. Put a line with a colon or brackets in quotes."))
    lines = tuple(line for line in map(_one_line, items) if line)
    for before, line in pairwise(lines):
        if _STATE_AND_ZIP.fullmatch(line):
            whole = f"{before}, {line}"
            head.note(
                key,
                _(
                    '“%(line)s” is on a line of its own below “%(before)s”. To make them one line, write "%(whole)s" '
                    "with the quotes.",
                    line=line,
                    before=before,
                    whole=whole,
                ),
            )
    return lines


def _one_line(value: Any) -> str:
    return normalize_line(str(value)) if value is not None else ""
