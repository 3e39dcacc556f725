"""Next edition of a letter: its preview for staff, and its content, which is built before the letter is locked.

Both know the version of the letter that they were made of. See docs/design/editions.md.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from letterhub.domain.letters.draft_lint import HardcodedCount, find_hardcoded_counts, find_placeholders
from letterhub.domain.letters.letter_document import (
    LAYOUT_VERSION,
    LetterDocument,
    LetterText,
    Signatory,
    SignatoryCounts,
    SignatoryKind,
    SignatoryStyle,
    SignatureBlocks,
)
from letterhub.domain.letters.serialization import compress_lines, document_to_facts, fingerprint
from letterhub.domain.signatures.search_words import LinePart, printed_parts, search_words
from letterhub.infrastructure.db import db, snapshot_read
from letterhub.models import (
    LISTED_BEYOND_ASCII,
    Edition,
    Letter,
    Organization,
    OrganizationLogo,
    Revision,
    Signature,
    SignaturePicture,
    Translation,
    is_listed,
    root_id_of,
)
from letterhub.queries.letters.letter_lookup import current_revisions
from letterhub.queries.letters.public_letter import (
    LINE_COLUMNS,
    published_lines,
    revision_text,
    signatory_from_row,
)
from letterhub.queries.letters.public_translations import PublicTranslation, public_translations
from letterhub.queries.letters.translations import TranslationWork, translated_letter
from letterhub.queries.signatures.listing import NAMES_PER_PAGE, ListPage, PageRequest, list_page
from letterhub.queries.signatures.signature_picture import is_valid_picture, signature_pictures
from letterhub.rendering.letter.signatory_list import partial_signatory_list
from letterhub.rendering.letter.view import LetterView, letter_view
from letterhub.rendering.pdf.letter_pdf import list_glyph_warnings, text_glyph_warnings


@dataclass(frozen=True, slots=True)
class EditionPreview:
    """Preview of the next edition with a page of its list, and what staff should check in it: characters no font can draw, the
    number of an identical edition, hardcoded counts that are wrong, and placeholders left in the text.

    `scans` is how many scanned signatures it prints. `version` is the letter's, by which freezing knows what was shown.
    `translations` are all of the letter's: those of the current text are in the edition, the others are not.
    """

    version: str
    scans: int
    revision: int
    text: LetterText
    count: int
    letter: LetterView
    page: ListPage
    warnings: tuple[str, ...]
    identical_edition: int | None
    hardcoded_counts: tuple[HardcodedCount, ...]
    placeholders: tuple[str, ...]
    translations: tuple[TranslationWork, ...] = ()


@dataclass(frozen=True, slots=True)
class EditionContent:
    """Content of an edition: its document without the signatories, the hash of the whole, the ids of the signatures in its
    order, and for each page of the list its compressed lines and search words. `version` is that of the letter; `translations`
    are those of its text.
    """

    version: str
    revision_id: int
    revision: int
    document: dict[str, Any]
    sha256: str
    individuals: int
    unnamed: int
    signature_ids: list[int]
    pages: tuple[tuple[bytes, str], ...]
    translations: tuple[PublicTranslation, ...] = ()


def edition_preview(letter_id: int, request: PageRequest | None = None) -> EditionPreview | None:
    """Return a preview of the next edition with the requested page of its list; None for a letter that was never open."""
    row = db.session.execute(_CURRENT.where(Letter.id == letter_id)).one_or_none()
    if row is None:
        return None
    version = _version_of(letter_id, row)  # the list is read later: if it is newer, freezing is refused
    text = revision_text(row.id, row.sha256)
    page = list_page(letter_id, text, row.published_count, request or PageRequest())
    translations = translated_letter(letter_id, text).translations if row.translation_count else ()
    newest = select(Edition.number, Edition.letter_version).where(Edition.letter_id == letter_id)
    last = db.session.execute(newest.order_by(Edition.number.desc()).limit(1)).one_or_none()
    return EditionPreview(
        version=version, revision=row.number, text=text, count=row.published_count, page=page,
        scans=len(_scans(letter_id, text)),
        letter=_sheet(text, SignatoryCounts(row.published_count - row.individual_count, row.individual_count), page),
        warnings=(
            *text_glyph_warnings(text),
            *(warning for one in _translations(letter_id, row) for warning in text_glyph_warnings(one.text, one.name)),
            *_list_warnings(letter_id),
        ),
        identical_edition=last.number if last and last.letter_version == version else None,
        hardcoded_counts=tuple(one for one in find_hardcoded_counts(text.body) if not one.is_current(row.published_count)),
        placeholders=find_placeholders(text),
        translations=tuple(one for one in translations if one.language != text.language),
    )  # fmt: skip


def letter_version(letter_id: int) -> str:
    """Return the version of a letter's document: another one after each change of its text, its list, or a logo in that."""
    return _version_of(letter_id, db.session.execute(_CURRENT.where(Letter.id == letter_id)).one())


def _version_of(letter_id: int, row: Any) -> str:
    """Return the version of a letter with this row of `_CURRENT`."""
    facts: dict[str, Any] = {
        "revision": row.number,
        "list": row.list_version,
        "count": row.published_count,
        "layout": LAYOUT_VERSION,
    }
    if revision_text(row.id, row.sha256).shown is SignatoryStyle.LOGOS:
        logos = (
            select(Signature.id, OrganizationLogo.organization_id, OrganizationLogo.stored_at)
            .join(Organization, Organization.id == Signature.organization_id)
            .join(OrganizationLogo, OrganizationLogo.organization_id == root_id_of(Organization))
            .where(Signature.letter_id == letter_id, is_listed())
            .order_by(Signature.id)
        )
        facts["logos"] = [(number, owner, at.isoformat()) for number, owner, at in db.session.execute(logos)]
    if scans := _scans(letter_id, revision_text(row.id, row.sha256)):
        facts["scans"] = scans
    if translations := _translations(letter_id, row):
        facts["translations"] = [(one.language, one.id) for one in translations]
    return fingerprint(facts)[:16]


def _translations(letter_id: int, row: Any) -> tuple[PublicTranslation, ...]:
    """Return the published translations of the text of a letter with this row of `_CURRENT`."""
    if not row.translation_count:
        return ()
    published = public_translations(letter_id, revision_text(row.id, row.sha256).language)
    return tuple(one for one in published if one.revision_hash == row.sha256)


def _scans(letter_id: int, text: LetterText) -> list[tuple[int, str]]:
    """Return the ids of the signatures whose scanned signatures the next edition prints, each with when it was stored."""
    if text.blocks is SignatureBlocks.NONE:
        return []
    scans = select(Signature.id, SignaturePicture.stored_at).join(SignaturePicture, is_valid_picture())
    scans = scans.where(Signature.letter_id == letter_id, is_listed()).order_by(Signature.id)
    return [(number, at.isoformat()) for number, at in db.session.execute(scans)]


_CURRENT = current_revisions().with_only_columns(
    Revision.id,
    Revision.number,
    Revision.sha256,
    Letter.list_version,
    Letter.published_count.label("published_count"),
    Letter.individual_count,
    select(func.count())
    .where(Translation.letter_id == Letter.id)
    .correlate(Letter)
    .scalar_subquery()
    .label("translation_count"),
)


def edition_content(letter_id: int) -> EditionContent:
    """Return the content of the letter's next edition, from one snapshot of the database."""
    with snapshot_read():
        row = db.session.execute(_CURRENT.where(Letter.id == letter_id)).one()
        version, text = _version_of(letter_id, row), revision_text(row.id, row.sha256)
        lines, translations = _with_scans(letter_id, text, published_lines(letter_id, text)), _translations(letter_id, row)
    signatories = tuple(line for _, line in lines)
    document = LetterDocument(text, signatories, revision_hash=row.sha256)
    facts = document_to_facts(document)
    sha256, serialized = fingerprint(facts), facts.pop("signatories")
    return EditionContent(
        version=version, revision_id=row.id, revision=row.number, document=facts, sha256=sha256,
        individuals=document.counts.individuals,
        unnamed=sum(map(_is_unnamed, signatories)),
        signature_ids=[number for number, _ in lines],
        pages=tuple(_pages(signatories, serialized, printed_parts(text))), translations=translations,
    )  # fmt: skip


def _is_unnamed(signatory: Signatory) -> bool:
    """Return whether an organization has no named person with a title."""
    return signatory.kind is SignatoryKind.ORGANIZATION and not (signatory.signer_name and signatory.signer_title)


def _with_scans(letter_id: int, text: LetterText, lines: Sequence[tuple[int, Signatory]]) -> Sequence[tuple[int, Signatory]]:
    """Return lines with their scanned signatures, if the letter has signature blocks. Only editions show them."""
    if text.blocks is SignatureBlocks.NONE:
        return lines
    scans = signature_pictures(Signature.letter_id == letter_id, is_listed())
    return [(number, replace(line, signature_picture=scans[number]) if number in scans else line) for number, line in lines]


def _pages(
    signatories: Sequence[Signatory], lines: Sequence[dict[str, Any]], parts: Collection[LinePart]
) -> Iterator[tuple[bytes, str]]:
    """Yield the compressed `lines` of each page with the search words of its signatories: a text line for each, with a space
    before each word. `parts` are the parts of a line that are printed and may be searched.
    """
    for start in range(0, len(lines), NAMES_PER_PAGE):
        on_page = slice(start, start + NAMES_PER_PAGE)
        words = "\n".join(f" {' '.join(sorted(search_words(line, parts)))}" for line in signatories[on_page])
        yield compress_lines(lines[on_page]), words


def _sheet(text: LetterText, counts: SignatoryCounts, page: ListPage) -> LetterView:
    """Return the letter as it would print, with a page of its list."""
    filled = replace(text, body=counts.fill(text.body, text.language))
    view = letter_view(LetterDocument(filled, page.signatories), level=3)
    part = partial_signatory_list(text, counts, page.signatories, page.first_signatory)
    return replace(view, signatory_list=replace(part, note=view.signatory_list.note))


def _list_warnings(letter_id: int) -> tuple[str, ...]:
    """Return a warning for each name with characters that no font can draw: the few names beyond ASCII have an index."""
    conditions = Signature.letter_id == letter_id, LISTED_BEYOND_ASCII[f"{db.engine.dialect.name}_where"]
    rows = db.session.execute(select(*LINE_COLUMNS).where(*conditions).order_by(Signature.sort_key, Signature.id))
    return list_glyph_warnings([signatory_from_row(row) for row in rows.all()])
