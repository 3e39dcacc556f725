"""Check page of an edition: what an edition is, whether it was delivered, and which edition a file belongs to.

See docs/design/editions.md.
"""

import datetime as dt
import enum
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Exists, case, exists, func, select

from letterhub.domain.editions.deliveries import DeliveryMethod
from letterhub.domain.editions.edition import Erratum
from letterhub.domain.editions.file_formats import CERTIFICATE_SEPARATOR, EditionFileInfo, FileFormat, edition_file_name
from letterhub.domain.editions.languages import files_by_language, files_in_language
from letterhub.domain.letters.letter_document import EditionInfo, SignatoryCounts
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Delivery, Edition, EditionFile, EditionTranslation, Letter, Revision
from letterhub.queries.editions.editions import FileContent, delivered_edition_id, file_content
from letterhub.queries.editions.errata import errata_of


@dataclass(frozen=True, slots=True)
class PublicDelivery:
    """Delivery as the public may see it; `undone_at` is set if it was recorded by mistake."""

    recipient: str
    method: DeliveryMethod
    delivered_at: dt.datetime
    time_zone: str
    undone_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class CheckPage:
    """Contents of an edition's check page. Before delivery it has no files, errata and hashes.

    `newest` is the number and public id of the letter's currently delivered edition, if that is another one;
    `translation_count` the number of translations that it was frozen with.
    """

    id: int
    letter_id: int
    revision_id: int
    slug: str
    title: str
    language: str
    coalition: str
    number: int
    public_id: str
    frozen_at: dt.datetime
    time_zone: str
    count: int
    individuals: int
    layout: int
    url: str
    sha256: str
    revision_sha256: str
    deliveries: tuple[PublicDelivery, ...]
    undone_deliveries: tuple[PublicDelivery, ...]
    files: tuple[EditionFileInfo, ...]
    errata: tuple[Erratum, ...]
    newest: tuple[int, str] | None
    withdrawn_at: dt.datetime | None
    translation_count: int = 0

    def files_in(self, language: str) -> tuple[EditionFileInfo, ...]:
        """Return its files for the readers of a language: those in another only where there is none in theirs."""
        return files_in_language(self.files, "" if language == self.language else language)

    @property
    def files_by_language(self) -> tuple[tuple[str, tuple[EditionFileInfo, ...]], ...]:
        """Return its files in each language."""
        return files_by_language(self.files)

    @property
    def counts(self) -> SignatoryCounts:
        """Return the numbers of its organizations and individuals."""
        return SignatoryCounts(self.count - self.individuals, self.individuals)

    @property
    def edition_info(self) -> EditionInfo:
        """Return what is printed of the edition, with its time in its own time zone."""
        return EditionInfo(self.number, self.public_id, self.frozen_at.astimezone(ZoneInfo(self.time_zone)), self.url)

    @property
    def is_delivered(self) -> bool:
        """Return whether it has been delivered."""
        return bool(self.deliveries)

    @property
    def is_superseded(self) -> bool:
        """Return whether a later edition has been delivered."""
        return self.is_delivered and self.newest is not None


class FileVerdict(enum.StrEnum):
    """Result of verifying a file."""

    AS_DELIVERED = "as-delivered"
    SUPERSEDED = "superseded"
    NOT_DELIVERED = "not-delivered"
    NOT_OURS = "not-ours"


@dataclass(frozen=True, slots=True)
class FileCheckResult:
    """Verdict on a file, with its `edition`, `format` and `language`; None if it is not ours. `is_of_other_letter`: of another
    letter."""

    verdict: FileVerdict
    edition: CheckPage | None = None
    format: FileFormat | None = None
    is_of_other_letter: bool = False
    language: str = ""


def edition_check_page(public_id: str) -> CheckPage | None:
    """Return the public facts of the edition with this printed id; None if there is none."""
    return _find_check_page(Edition.public_id == public_id)


def delivered_check_page(letter_id: int) -> CheckPage | None:
    """Return the letter's currently delivered edition; None before delivery."""
    edition_id = delivered_edition_id(letter_id)
    return _find_check_page(Edition.id == edition_id) if edition_id else None


def file_verdict(page_edition: CheckPage | None, sha256: str) -> FileCheckResult:
    """Return the verdict on the file with this hash, checked on the page of an edition, or on that for files of any.

    If several editions have this file, the page's own goes before delivered ones, and those before others.
    """
    delivered = _is_delivered()
    row = db.session.execute(
        select(EditionFile.format, EditionFile.language, Edition.public_id)
        .join(Edition, Edition.id == EditionFile.edition_id)
        .where(EditionFile.sha256 == sha256, EditionFile.state == JobState.DONE)
        .order_by(
            case((Edition.id == (page_edition.id if page_edition else 0), 0), else_=1),
            case((delivered, 0), else_=1),
            Edition.id.desc(),
        )
        .limit(1)
    ).one_or_none()
    edition = edition_check_page(row.public_id) if row else None
    if row is None or edition is None:
        return FileCheckResult(FileVerdict.NOT_OURS)
    if not edition.is_delivered:
        verdict = FileVerdict.NOT_DELIVERED
    else:
        verdict = FileVerdict.SUPERSEDED if edition.is_superseded else FileVerdict.AS_DELIVERED
    is_of_other_letter = page_edition is not None and edition.letter_id != page_edition.letter_id
    return FileCheckResult(verdict, edition, row.format, is_of_other_letter=is_of_other_letter, language=row.language)


def public_file(public_id: str, file_format: FileFormat, language: str = "") -> FileContent | None:
    """Return a file of a delivered edition, in the letter's own or another language; None for any other."""
    row = db.session.execute(
        select(Edition.letter_id, Edition.number).where(Edition.public_id == public_id, _is_delivered())
    ).one_or_none()
    return file_content(row.letter_id, row.number, file_format, language) if row else None


def _is_delivered() -> Exists:
    return exists().where(Delivery.edition_id == Edition.id, Delivery.undone_at.is_(None))


_TRANSLATION_COUNT = (
    select(func.count()).where(EditionTranslation.edition_id == Edition.id).correlate(Edition).scalar_subquery()
)


def _find_check_page(condition: ColumnElement[bool]) -> CheckPage | None:
    """Return the contents of the check page of the edition that meets the condition; None if there is none."""
    row = db.session.execute(
        select(
            Edition,
            Letter,
            Coalition.name,
            Revision.content["title"].as_string(),
            Revision.content["language"].as_string(),
            Revision.sha256,
            _TRANSLATION_COUNT,
        )
        .join(Letter, Letter.id == Edition.letter_id)
        .join(Revision, Revision.id == Edition.revision_id)
        .join(Coalition, Coalition.id == Letter.coalition_id)
        .where(condition)
    ).one_or_none()
    return _check_page_from(*row) if row else None


def _check_page_from(
    edition: Edition, letter: Letter, coalition: str, title: str, language: str, revision_sha256: str, translation_count: int
) -> CheckPage:
    """Return the contents of an edition's check page. Its names are not read, so that large editions are cheap."""
    rows = select(Delivery).where(Delivery.edition_id == edition.id).order_by(Delivery.delivered_at, Delivery.id)
    deliveries = [
        PublicDelivery(delivery.recipient, delivery.method, delivery.delivered_at, delivery.time_zone, delivery.undone_at)
        for delivery in db.session.scalars(rows)
    ]
    valid = tuple(delivery for delivery in deliveries if delivery.undone_at is None)
    newest_id = delivered_edition_id(letter.id)
    is_other = newest_id is not None and newest_id != edition.id
    newest = db.session.get(Edition, newest_id) if is_other else None
    return CheckPage(
        id=edition.id, letter_id=letter.id, revision_id=edition.revision_id, slug=letter.slug, title=title,
        language=language, coalition=coalition,
        number=edition.number, public_id=edition.public_id, frozen_at=edition.frozen_at, time_zone=edition.time_zone,
        count=edition.count,
        individuals=edition.individuals, layout=edition.layout,
        url=edition.check_url, sha256=edition.sha256, revision_sha256=revision_sha256,
        deliveries=valid,
        undone_deliveries=tuple(delivery for delivery in deliveries if delivery.undone_at is not None),
        files=_files_of(edition, letter.slug) if valid else (),
        errata=errata_of(edition.id) if valid else (),
        newest=(newest.number, newest.public_id) if newest else None,
        withdrawn_at=letter.withdrawn_at, translation_count=translation_count,
    )  # fmt: skip


def _files_of(edition: Edition, slug: str) -> tuple[EditionFileInfo, ...]:
    """Return the finished files, including the manifest, as the page lists them."""
    rows = db.session.execute(
        select(EditionFile.format, EditionFile.language, EditionFile.size, EditionFile.sha256, EditionFile.toolchain)
        .where(EditionFile.edition_id == edition.id, EditionFile.state == JobState.DONE)
        .order_by(EditionFile.id)
    )
    return tuple(
        EditionFileInfo(
            file_format,
            edition_file_name(slug, edition.number, file_format, language),
            size,
            sha256,
            CERTIFICATE_SEPARATOR in version,
            language,
        )
        for file_format, language, size, sha256, version in rows
    )
