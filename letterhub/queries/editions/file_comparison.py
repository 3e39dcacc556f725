"""Comparison of a file with an edition's own: of a file that no edition has byte for byte.

See docs/design/editions.md.
"""

import enum
import hashlib
import re
from dataclasses import dataclass
from itertools import islice
from threading import Lock

from cachetools import LRUCache, cached

from letterhub.domain.editions.edition import ALPHABET
from letterhub.domain.editions.file_comparison import (
    MIN_SHARED,
    CopyComparison,
    CopyVerdict,
    FileText,
    UnreadableFile,
    compare_copy,
)
from letterhub.domain.editions.file_differences import PrintedName
from letterhub.domain.editions.file_formats import TRANSLATED_FORMATS, FileFormat
from letterhub.domain.editions.languages import ALL_LANGUAGES, language_of_copy
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import end_read_transaction
from letterhub.intake.documents.copy_reader import read_document, unreadable_kind
from letterhub.intake.pdf.reader import OWN_FILE, STRANGERS_FILE, is_pdf, read_pdf
from letterhub.intake.pdf.workers import WorkerLimits
from letterhub.queries.editions.check_page import CheckPage, edition_check_page
from letterhub.queries.editions.editions import FileContent, edition_file_id, file_content
from letterhub.queries.editions.frozen_documents import frozen_document, frozen_texts
from letterhub.queries.letters.public_letter import revision_text
from letterhub.rendering.letter.signatory_list import signatory_list

WORD = re.compile(r"\w{4,}")
"""Word by which the language of a file is told: shorter ones are in many languages."""
MAX_TEXT_BYTES = 4 * 2**20
MAX_NAMED_EDITIONS = 3
CACHED_FILES = 8
PUBLIC_ID = re.compile(rf"\b(?:[{ALPHABET}]{{4}}-){{2}}[{ALPHABET}]{{4}}\b")
TEXT_FORMATS = (FileFormat.TXT, FileFormat.COMMENT, FileFormat.CSV, FileFormat.JSON)
DOCUMENT = re.compile(rb"PK\x03\x04|(?:\xef\xbb\xbf)?\s*(?:<!--[^>]{0,300}-->\s*)*<(?:!doctype|html)", re.IGNORECASE)
"""Beginning of an archive, as Word and OpenDocument files are, or of a web page."""


class CopyAnswer(enum.StrEnum):
    """Answer to a file that no edition has byte for byte."""

    COMPARED = "compared"
    NOT_DELIVERED = "not-delivered"
    NOT_OURS = "not-ours"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class CopyCheckResult:
    """Answer to a file: the `edition`, and format and language of its file that it was compared with; or, as `reason`, why it
    wasn't."""

    answer: CopyAnswer
    edition: CheckPage | None = None
    format: FileFormat = FileFormat.PDF
    language: str = ""
    comparison: CopyComparison | None = None
    reason: str = ""


def check_copy(page_edition: CheckPage | None, data: bytes) -> CopyCheckResult:
    """Return what a file is that equals no edition's file byte for byte, asked on an edition's page or that for files of any.

    The file is not stored.
    """
    end_read_transaction()  # reading takes a while
    try:
        copy, formats = _read(data)
        if not copy.has_words:
            raise UnreadableFile(_("This file holds pictures of pages and no text, and we can’t read pictures."))
        return _compare(copy, formats, page_edition)
    except UnreadableFile as error:
        return CopyCheckResult(CopyAnswer.UNREADABLE, reason=str(error))


def _compare(copy: FileText, formats: tuple[FileFormat, ...], page_edition: CheckPage | None) -> CopyCheckResult:
    """Compare a file with that of the edition it names, else of the page's. Raises UnreadableFile.

    What is in an edition before its delivery is told to nobody but whoever has all of it.
    """
    named = _named_edition(copy, page_edition)
    edition = named or page_edition
    if edition is None:
        return CopyCheckResult(CopyAnswer.NOT_OURS)
    comparisons, language = {}, _language_of(copy, edition, formats) if edition.translation_count else ""
    for own_format in formats:
        content = file_content(
            edition.letter_id, edition.number, own_format, language if own_format in TRANSLATED_FORMATS else ""
        )
        if content:
            own_text, names = _text_and_names(content)
            comparisons[own_format] = compare_copy(own_text, copy, names)
    if not comparisons:
        raise UnreadableFile(_("We have no finished file of that edition to compare this one with."))
    file_format, comparison = max(comparisons.items(), key=lambda item: (item[1].verdict is CopyVerdict.SAME, item[1].shared))
    language = language if file_format in TRANSLATED_FORMATS else ""
    if comparison.verdict is CopyVerdict.SAME:
        return CopyCheckResult(CopyAnswer.COMPARED, edition, file_format, language, comparison)
    if not named and comparison.shared < MIN_SHARED:
        return CopyCheckResult(CopyAnswer.NOT_OURS)
    if not edition.is_delivered:
        return CopyCheckResult(CopyAnswer.NOT_DELIVERED if named else CopyAnswer.NOT_OURS, named)
    return CopyCheckResult(CopyAnswer.COMPARED, edition, file_format, language, comparison)


def _language_of(copy: FileText, edition: CheckPage, formats: tuple[FileFormat, ...]) -> str:
    """Return the language of the edition's file that a file is compared with: one alone, as reading each would cost as much
    again. It is told by the words of the texts, since whatever else a file says of itself can be forged or lost."""
    texts = {"": revision_text(edition.revision_id, edition.revision_sha256), **frozen_texts(edition.id)}
    words = {language: WORD.findall(f"{text.title} {text.body}".casefold()) for language, text in texts.items()}
    with_all = FileFormat.PDF in formats and edition_file_id(edition.letter_id, edition.number, FileFormat.PDF, ALL_LANGUAGES)
    return language_of_copy(WORD.findall(" ".join(copy.pages).casefold()), words, with_all=bool(with_all))


def _named_edition(copy: FileText, page_edition: CheckPage | None) -> CheckPage | None:
    """Return the edition whose id a file prints, the page's before others, or that an attached manifest names; None if none."""
    ids = dict.fromkeys(match for page in copy.pages for match in PUBLIC_ID.findall(page))
    if page_edition is not None and page_edition.public_id in ids:
        return page_edition
    named = [*islice(ids, MAX_NAMED_EDITIONS), *([copy.edition_id] if PUBLIC_ID.fullmatch(copy.edition_id) else [])]
    return next((edition for public_id in named if (edition := edition_check_page(public_id))), None)


@cached(LRUCache(CACHED_FILES), key=lambda content: (content.edition_id, content.sha256), lock=Lock())
def _text_and_names(content: FileContent) -> tuple[FileText, tuple[PrintedName, ...]]:
    """Return the text of an edition's file, and the names of the frozen list that it prints. Raises UnreadableFile."""
    names = tuple(
        PrintedName(line.name.text, " ".join(part.text for part in (line.detail, line.below) if part))
        for section in signatory_list(frozen_document(content.edition_id, content.language)).sections
        for line in section.lines
    )
    end_read_transaction()
    return _read(content.data, OWN_FILE)[0], names


def _read(data: bytes, limits: WorkerLimits = STRANGERS_FILE) -> tuple[FileText, tuple[FileFormat, ...]]:
    """Return the text of a file, and the formats that it may be in. Raises UnreadableFile."""
    if is_pdf(data):  # even if it begins as an archive or a web page does: PDF readers look past that
        return read_pdf(data, limits), (FileFormat.PDF,)
    if DOCUMENT.match(data):
        text, file_format = read_document(data, limits)
        return text, (file_format,)
    return _read_text(data), TEXT_FORMATS


def _read_text(data: bytes) -> FileText:
    """Return the text of a plain-text file, drawn alike if its lines are equal. Raises UnreadableFile for any other file."""
    if len(data) > MAX_TEXT_BYTES or b"\0" in data:
        raise unreadable_kind()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unreadable_kind() from None
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return FileText((text,), (hashlib.sha256(lines.encode()).hexdigest(),))
