"""Reader of a draft's Word copy that comes back: paragraphs with tracked changes, comments, identity.

See docs/design/drafting/word_back.md.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from letterhub.domain.drafting.comments import MAX_AUTHOR
from letterhub.domain.drafting.word_file import (
    IDENTITY_NAMESPACE,
    OBJECT,
    TOKEN_PREFIX,
    DraftIdentity,
    ParagraphKey,
    Tracking,
    WordComment,
    WordFile,
    WordParagraph,
    WordPiece,
)
from letterhub.domain.i18n import _
from letterhub.domain.line_validation import normalize_line
from letterhub.domain.unicode import REMOVE_DIRECTION_OVERRIDES
from letterhub.intake.documents.docx_parts import MAX_ELEMENTS, MAX_TAGS, parse_part, unpack_parts
from letterhub.intake.documents.word_text import WORD
from letterhub.intake.errors import FileRefused

MAX_COMMENTS = 500
MAX_PARAGRAPH = 20_000  # characters
_READ = re.compile(
    r"word/(?:document|comments|footnotes|endnotes|styles)\.xml|docProps/core\.xml|customXml/item\d{1,4}\.xml|_rels/\.rels"
)
_MAIN_PART = "word/document.xml"
_UNWRAPPED = frozenset(
    f"{WORD}{name}" for name in ("hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo")
)
_INSERTIONS, _DELETIONS = (f"{WORD}ins", f"{WORD}moveTo"), (f"{WORD}del", f"{WORD}moveFrom")
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": ""}
_OBJECTS = frozenset("drawing pict object footnoteReference endnoteReference sym ptab AlternateContent oMath oMathPara".split())
_OFF = ("0", "false", "off", "none")
_NO_LETTERS = re.compile("[\ufffc\r\n\x80-\x9f\u2028\u2029\ufdd0-\ufdef]")
_EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_DC, _CP = "{http://purl.org/dc/elements/1.1/}", "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
_TERMS = "{http://purl.org/dc/terms/}"


def read_returned_word(data: bytes, file: str) -> WordFile:
    """Return what a Word file has. Raises FileRefused for what is none, is damaged, or is longer than a letter."""
    parts = unpack_parts(data, file, lambda name: bool(_READ.fullmatch(name)))
    if _MAIN_PART not in parts:
        raise FileRefused(file, _("this is not a Word document (.docx)."))
    if sum(content.count(b"<") for content in parts.values()) > MAX_TAGS:
        raise FileRefused(file, _("the document is far longer than a letter. Please choose a shorter one."))
    roots = {name: parse_part(content, file) for name, content in parts.items()}
    if sum(1 for _element in roots[_MAIN_PART].iter()) > 2 * MAX_ELEMENTS:
        raise FileRefused(file, _("the document is far longer than a letter. Please choose a shorter one."))
    body = roots[_MAIN_PART].find(f"{WORD}body")
    if body is None:
        raise FileRefused(file, _("the document has no text."))
    reader = _ParagraphReader()
    paragraphs = tuple(reader.paragraphs(body))
    if any(sum(len(piece.text) for piece in paragraph.pieces) > MAX_PARAGRAPH for paragraph in paragraphs):
        raise FileRefused(file, _("the document is far longer than a letter. Please choose a shorter one."))
    core = roots.get("docProps/core.xml")
    comments = _comments(roots.get("word/comments.xml"), reader)
    return WordFile(_identity(core, roots), _last_saved(core), paragraphs, comments, tuple(_notes(roots)))


class _ParagraphReader:
    """Reader of the paragraphs of a body, in their order, with the ranges of comments."""

    def __init__(self) -> None:
        self._waiting: list[ParagraphKey] = []  # of bookmarks that begin between paragraphs
        self._known: set[ParagraphKey] = set()
        self._open: dict[str, list[str]] = {}
        self._count = 0
        self.quotes: dict[str, tuple[int, str]] = {}  # by the id of the comment: its paragraph and words

    def paragraphs(self, parent: Any, *, in_table: bool = False) -> Iterator[WordParagraph]:
        """Yield the paragraphs of a body, a cell, or whatever wraps them."""
        for child in parent.iterchildren(etree.Element):
            if child.tag == f"{WORD}p":
                yield self._paragraph(child, in_table=in_table)
                self._count += 1
            elif child.tag in (f"{WORD}bookmarkStart", f"{WORD}commentRangeStart", f"{WORD}commentRangeEnd"):
                self._begin_or_end(child, self._waiting)
            elif child.tag in (f"{WORD}tbl", f"{WORD}tr", f"{WORD}tc", *_UNWRAPPED, *_INSERTIONS, *_DELETIONS):
                yield from self.paragraphs(child, in_table=in_table or child.tag == f"{WORD}tbl")

    def _paragraph(self, element: Any, *, in_table: bool) -> WordParagraph:
        keys, self._waiting = self._waiting, []
        pieces = [piece for piece in self._pieces(element, keys, None, None) if piece.text]
        properties = element.find(f"{WORD}pPr")
        end = None if properties is None else properties.find(f"{WORD}rPr")
        moves = sum(len("".join(one.itertext())) for one in element.iter(f"{WORD}moveFrom", f"{WORD}moveTo"))
        return WordParagraph(
            tuple(dict.fromkeys(keys)), tuple(pieces), _value(properties, "pStyle"),
            is_in_list=properties is not None and properties.find(f"{WORD}numPr") is not None,
            is_in_table=in_table,
            end_inserted=_tracking_in(end, "ins"), end_deleted=_tracking_in(end, "del"),
            moved=moves > 0 and moves >= sum(len(piece.text) for piece in pieces if piece.text.strip()) // 2,
        )  # fmt: skip

    def _pieces(
        self, parent: Any, keys: list[ParagraphKey], inserted: Tracking | None, deleted: Tracking | None
    ) -> Iterator[WordPiece]:
        """Yield the words of a paragraph or of what wraps some of them."""
        for child in parent.iterchildren(etree.Element):
            if child.tag == f"{WORD}r":
                yield from self._run(child, inserted, deleted)
            elif child.tag in _INSERTIONS:
                yield from self._pieces(child, keys, _tracking(child), deleted)
            elif child.tag in _DELETIONS:
                yield from self._pieces(child, keys, inserted, _tracking(child))
            elif child.tag in _UNWRAPPED:
                yield from self._pieces(child, keys, inserted, deleted)
            elif etree.QName(child).localname in _OBJECTS:
                yield WordPiece(OBJECT, inserted=inserted, deleted=deleted)
            else:
                self._begin_or_end(child, keys)

    def _run(self, run: Any, inserted: Tracking | None, deleted: Tracking | None) -> Iterator[WordPiece]:
        properties = run.find(f"{WORD}rPr")
        texts = []
        for child in run.iterchildren(etree.Element):
            name = etree.QName(child).localname
            if name in ("t", "delText"):
                texts.append(_NO_LETTERS.sub(" ", child.text or "").translate(REMOVE_DIRECTION_OVERRIDES))
            elif name == "br" and child.get(f"{WORD}type") in ("page", "column"):
                continue
            else:
                texts.append(_SIGNS.get(name, OBJECT if name in _OBJECTS else ""))
        text = "".join(texts)
        if not deleted:
            for words in self._open.values():
                words.append(text)
        yield WordPiece(text, _is_on(properties, "b"), _is_on(properties, "i"), inserted, deleted)

    def _begin_or_end(self, element: Any, keys: list[ParagraphKey]) -> None:
        """Note the beginning of a bookmark, or the beginning or end of a comment's range."""
        name = etree.QName(element).localname
        own_id = element.get(f"{WORD}id") or ""
        if name == "bookmarkStart":
            key = ParagraphKey.of_bookmark(element.get(f"{WORD}name") or "")
            if key is not None and key not in self._known:
                self._known.add(key)
                keys.append(key)
        elif name == "commentRangeStart" and len(self._open) < MAX_COMMENTS:
            self._open[own_id] = []
            self.quotes.setdefault(own_id, (self._count, ""))
        elif name == "commentRangeEnd" and own_id in self._open:
            self.quotes[own_id] = (self.quotes[own_id][0], "".join(self._open.pop(own_id)))


def _comments(root: Any, reader: _ParagraphReader) -> tuple[WordComment, ...]:
    found = [] if root is None else root.findall(f"{WORD}comment")[:MAX_COMMENTS]
    comments = []
    for comment in found:
        lines = ("".join(text.text or "" for text in one.iter(f"{WORD}t")) for one in comment.iter(f"{WORD}p"))
        paragraph, quote = reader.quotes.get(comment.get(f"{WORD}id") or "", (None, ""))
        comments.append(WordComment(_tracking(comment), "\n".join(lines).strip(), quote, paragraph))
    return tuple(comments)


def _notes(roots: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words of each footnote and endnote, with all changes."""
    for kind in ("footnote", "endnote"):
        root = roots.get(f"word/{kind}s.xml")
        for note in () if root is None else root.findall(f"{WORD}{kind}"):
            texts = (text for text in note.iter(f"{WORD}t") if not any(up.tag in _DELETIONS for up in text.iterancestors()))
            if words := " ".join("".join(text.text or "" for text in texts).split()):
                yield words


def _identity(core: Any, roots: Mapping[str, Any]) -> DraftIdentity:
    """Return the identity that a file carries; "" for what it lacks."""
    identifier = _text(core, f"{_DC}identifier")
    token = identifier.removeprefix(TOKEN_PREFIX) if identifier.startswith(TOKEN_PREFIX) else ""
    for name, root in roots.items():
        if name.startswith("customXml/") and root.tag == f"{{{IDENTITY_NAMESPACE}}}draft":
            own = f"{{{IDENTITY_NAMESPACE}}}"
            return DraftIdentity(_text(root, f"{own}token") or token, _text(root, f"{own}text"))
    return DraftIdentity(token, "")


def _text(root: Any, name: str) -> str:
    return "" if root is None else str(root.findtext(name) or "").strip()


def _last_saved(core: Any) -> Tracking:
    return Tracking(_author(_text(core, f"{_CP}lastModifiedBy")), _moment(_text(core, f"{_TERMS}modified")))


def _tracking_in(properties: Any, name: str) -> Tracking | None:
    found = None if properties is None else properties.find(f"{WORD}{name}")
    return None if found is None else _tracking(found)


def _tracking(element: Any) -> Tracking:
    return Tracking(_author(element.get(f"{WORD}author") or ""), _moment(element.get(f"{WORD}date") or ""))


def _author(name: str) -> str:
    """Return a name on one line, without what would turn the words after it around."""
    return normalize_line(name[: 4 * MAX_AUTHOR].translate(REMOVE_DIRECTION_OVERRIDES))[:MAX_AUTHOR]


def _moment(written: str) -> dt.datetime | None:
    """Return a date of the file; None for none, or one that can't be."""
    try:
        moment = dt.datetime.fromisoformat(written)
        moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment >= _EARLIEST else None


def _value(properties: Any, name: str) -> str:
    found = None if properties is None else properties.find(f"{WORD}{name}")
    return "" if found is None else found.get(f"{WORD}val") or ""


def _is_on(properties: Any, name: str) -> bool:
    found = None if properties is None else properties.find(f"{WORD}{name}")
    return found is not None and (found.get(f"{WORD}val") or "") not in _OFF
