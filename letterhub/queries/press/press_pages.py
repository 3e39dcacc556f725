"""Press pages: as the public and holders of a secret link read them, and as staff edit them.

See docs/design/press.md.
"""

import datetime as dt
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import select

from letterhub.domain.editions.file_formats import EditionFileInfo, FileFormat
from letterhub.domain.i18n import _, ngettext
from letterhub.domain.letters.letter_document import SignatoryCounts
from letterhub.domain.press.press_page import PressContact, PressWords, is_released
from letterhub.infrastructure.db import db
from letterhub.models import Edition, Letter, PressPage, Staff
from letterhub.queries.editions.check_page import CheckPage, delivered_check_page, edition_check_page
from letterhub.queries.editions.editions import FileContent, file_content, finished_file_infos
from letterhub.queries.letters.public_letter import PublicLetter, public_letter_by_id
from letterhub.queries.press.quotes import ShownQuote, shown_quotes
from letterhub.rendering.letter.markdown import markdown_html


@dataclass(frozen=True, slots=True)
class PressPageView:
    """Press page as it is read: its letter and words, with Markdown as HTML, the quotes that were approved, and the edition
    whose files it offers, None before there is one; `files` are those that are finished."""

    letter: PublicLetter
    headline: str
    statement: Markup
    facts: tuple[str, ...]
    contacts: tuple[PressContact, ...]
    announcement: Markup
    quotes: tuple[ShownQuote, ...]
    release_at: dt.datetime | None
    release_zone: str
    edition: CheckPage | None
    files: tuple[EditionFileInfo, ...]

    @property
    def counts(self) -> SignatoryCounts:
        """Return the numbers of signatories: the edition's, or those of now."""
        return self.edition.counts if self.edition else self.letter.counts

    def is_public(self, at: dt.datetime) -> bool:
        """Return whether its embargo is over."""
        return is_released(self.release_at, at)


@dataclass(frozen=True, slots=True)
class EditablePressPage:
    """Press page as staff edit it; `version` is 0, and `words` None, before the first one is saved."""

    words: PressWords | None
    version: int
    release_at: dt.datetime | None
    saved_at: dt.datetime | None
    saved_by: str


def press_page(slug: str, at: dt.datetime) -> PressPageView | None:
    """Return the press page of the letter at this slug; None if there is none, or its embargo lasts."""
    row = db.session.scalar(select(PressPage).join(Letter, Letter.id == PressPage.letter_id).where(Letter.slug == slug))
    if row is None or not is_released(row.release_at, at):
        return None
    return _view_of(row, is_embargoed=False)


def press_page_for_staff(letter_id: int) -> PressPageView | None:
    """Return the press page as holders of a secret link read it; None before it is written, and of a draft."""
    row = db.session.get(PressPage, letter_id)
    return _view_of(row, is_embargoed=True) if row else None


def editable_press_page(letter_id: int) -> EditablePressPage:
    """Return the press page of a letter as it was saved."""
    query = select(PressPage, Staff.name).outerjoin(Staff, Staff.id == PressPage.saved_by_id)
    row = db.session.execute(query.where(PressPage.letter_id == letter_id)).one_or_none()
    if row is None:
        return EditablePressPage(None, 0, None, None, "")
    page, saved_by = row
    words = PressWords(page.headline, page.statement, tuple(page.facts), page.press_contacts, page.announcement)
    return EditablePressPage(words, page.version, page.release_at, page.saved_at, saved_by or "")


def embargoed_file(letter_id: int, file_format: FileFormat, language: str) -> FileContent | None:
    """Return a file of the edition that a press page offers under its embargo; None if there is none."""
    edition = _newest_edition(letter_id)
    return file_content(letter_id, edition.number, file_format, language) if edition else None


def counted_signatories(counts: SignatoryCounts) -> str:
    """Return the numbers of signatories in words: “152 organizations and 49 individuals”."""
    organizations = ngettext("one organization", "%(num)s organizations", counts.organizations)
    individuals = ngettext("one individual", "%(num)s individuals", counts.individuals)
    if counts.organizations and counts.individuals:
        return _("%(organizations)s and %(individuals)s", organizations=organizations, individuals=individuals)
    return individuals if counts.individuals else organizations


def _view_of(row: PressPage, *, is_embargoed: bool) -> PressPageView | None:
    """Return a press page as it is read; None of a draft. Under embargo it offers the newest edition."""
    letter = public_letter_by_id(row.letter_id)
    if letter is None:
        return None
    edition = delivered_check_page(letter.id) if letter.delivered_at else None
    files = edition.files if edition else ()
    if is_embargoed and (newest := _newest_edition(letter.id)):
        edition, files = edition_check_page(newest.public_id), finished_file_infos(newest.id, with_manifest=True)
    language, counts = letter.text.language, edition.counts if edition else letter.counts
    headline, statement, announcement, *facts = (
        counts.fill(words, language) for words in (row.headline, row.statement, row.announcement, *row.facts)
    )
    return PressPageView(
        letter=letter, headline=headline, statement=markdown_html(statement, headline, language),
        facts=tuple(facts), contacts=row.press_contacts, announcement=markdown_html(announcement, "", language),
        quotes=shown_quotes(letter.id), release_at=row.release_at, release_zone=row.release_zone,
        edition=edition, files=files,
    )  # fmt: skip


def _newest_edition(letter_id: int) -> Edition | None:
    return db.session.scalar(select(Edition).where(Edition.letter_id == letter_id).order_by(Edition.number.desc()).limit(1))
