"""Directory of a coalition: its organizations, and one with all that is known of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from letterhub.domain.letters.letter_document import Logo
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.states import ACTIVE_STATES, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import (
    Letter,
    Organization,
    OrganizationLogo,
    Revision,
    Signature,
    Staff,
    belongs_to,
    root_id_of,
)
from letterhub.queries.organizations.likeness_questions import LikenessQuestion, likeness_questions, select_questioned
from letterhub.queries.paging import contains_text, fetch_page

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ListedOrganization:
    """Organization in the directory's list: the number of letters it signed, and of open questions."""

    id: int
    name: str
    domain: str
    signed: int
    questions: int
    vouched_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """Page of organizations; `total` counts all that were found, if it `is_counted`: see `fetch_page`."""

    rows: tuple[ListedOrganization, ...]
    total: int
    page: int
    has_next: bool
    is_counted: bool


@dataclass(frozen=True, slots=True)
class OrganizationEntry:
    """Name and site that an organization signed by. The `is_own` one is the main entry, which cannot be split off.

    `merged_by_other_name` says that staff have not confirmed yet that it goes by this name.
    """

    id: int
    name: str
    domain: str
    is_own: bool
    merged_by_other_name: bool


@dataclass(frozen=True, slots=True)
class OrganizationSignature:
    """Signature of an organization, with its letter."""

    id: int
    slug: str
    title: str
    language: str
    line: str
    signer: str
    email: str
    state: SignatureState
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class OrganizationProfile:
    """Organization with all that is known of it."""

    id: int
    name: str
    other_names: tuple[str, ...]
    more_domains: tuple[str, ...]
    section: str
    country: str
    parent: tuple[int, str] | None
    chapters: tuple[tuple[int, str], ...]
    vouched_at: dt.datetime | None
    vouched_by: str
    vouch_reason: str
    entries: tuple[OrganizationEntry, ...]
    signatures: tuple[OrganizationSignature, ...]
    questions: tuple[LikenessQuestion, ...]
    logo: Logo | None

    @property
    def domains(self) -> tuple[str, ...]:
        """Return each domain of its websites, or that staff know as its own, once."""
        return tuple(dict.fromkeys((*(entry.domain for entry in self.entries if entry.domain), *self.more_domains)))

    @property
    def contacts(self) -> tuple[tuple[str, str], ...]:
        """Return name and address of those whose signatures for it are published, each mailbox once, latest first."""
        published = [
            (signature.signer, signature.email)
            for signature in self.signatures
            if signature.state is SignatureState.PUBLISHED and signature.email
        ]
        latest_by_mailbox = {EmailAddress(email).canonical: (signer, email) for signer, email in reversed(published)}
        return tuple(latest_by_mailbox.values())[::-1]


def directory_page(coalition_id: int, words: str = "", filter_name: str = "", page: int = 1) -> DirectoryPage:
    """Return a page of organizations with these words in a name or domain. `filter_name` is that of `_matching_conditions`."""
    columns = (Organization.id, Organization.name, Organization.domain, Organization.vouched_at)
    query = select(*columns).where(*_matching_conditions(coalition_id, words, filter_name))
    found = fetch_page(query.order_by(Organization.sort_key, Organization.id), page, PAGE_SIZE)
    organization_ids = [row.id for row in found.rows]
    letter_counts, questions = _letter_counts(organization_ids), likeness_questions(coalition_id, organization_ids)
    listed = (
        ListedOrganization(
            row.id, row.name, row.domain, letter_counts.get(row.id, 0), len(questions.get(row.id, ())), row.vouched_at
        )
        for row in found.rows
    )
    return DirectoryPage(tuple(listed), found.total, found.page, found.has_next, found.is_counted)


def organization_profile(coalition_id: int, number: int) -> OrganizationProfile | None:
    """Return an organization of the coalition, or the one it was merged into; None if there is none with this id."""
    row = _find_root(coalition_id, number)
    if row is None:
        return None
    entries = db.session.scalars(
        select(Organization)
        .where(belongs_to(Organization, [row.id]))
        .order_by(Organization.root_id.is_not(None), Organization.id)
    )
    parent = _find_root(coalition_id, row.parent_id) if row.parent_id else None
    staff = db.session.get(Staff, row.vouched_by_id) if row.vouched_by_id else None
    logo = db.session.get(OrganizationLogo, row.id)
    return OrganizationProfile(
        id=row.id,
        name=row.name,
        other_names=tuple(row.other_names),
        more_domains=tuple(row.more_domains),
        section=row.section,
        country=row.country,
        parent=(parent.id, parent.name) if parent and parent.id != row.id else None,
        chapters=_chapters(row.id),
        vouched_at=row.vouched_at,
        vouched_by=staff.name if staff else "",
        vouch_reason=row.vouch_reason,
        entries=tuple(
            OrganizationEntry(entry.id, entry.name, entry.domain, entry.id == row.id, entry.merged_by_other_name)
            for entry in entries
        ),
        signatures=_signatures(row.id),
        questions=likeness_questions(coalition_id, [row.id]).get(row.id, ()),
        logo=Logo(logo.media_type, logo.content, "") if logo else None,
    )


def _matching_conditions(coalition_id: int, words: str, filter_name: str) -> Sequence[ColumnElement[bool]]:
    """Return the conditions for organizations with these words in a name or domain, merged entries included.

    `filter_name` limits them to those with an open "question", or to "unvouched" ones, for which staff do not vouch.
    """
    # The few with a question are found by their own index, the others by that of a coalition's names.
    own = Organization.coalition_id + 0 if filter_name == "question" else Organization.coalition_id
    conditions = [own == coalition_id, Organization.root_id.is_(None)]
    if words:
        merged = aliased(Organization)  # few: by the index of roots
        roots = select(merged.root_id).where(
            merged.root_id > 0, merged.coalition_id + 0 == coalition_id, _has_words(merged, words)
        )
        conditions.append(or_(_has_words(Organization, words), Organization.id.in_(roots)))
    if filter_name == "question":
        conditions.append(Organization.id.in_(select_questioned(coalition_id)))
    if filter_name == "unvouched":
        conditions.append(Organization.vouched_at.is_(None))
    return conditions


def _has_words(entry: type[Organization], words: str) -> ColumnElement[bool]:
    """Return the condition that an entry of the directory has these words in its name or domain."""
    return or_(
        entry.name_key.contains(name_key(words), autoescape=True),
        entry.domain.contains(words.casefold(), autoescape=True),
        contains_text(entry.name, words),
    )


def _letter_counts(roots: Sequence[int]) -> dict[int, int]:
    """Return how many letters each of these organizations has signed, merged entries included; those with none are left out."""
    rows = db.session.execute(
        select(root_id_of(Organization).label("root"), func.count(func.distinct(Signature.letter_id)).label("letters"))
        .join(Signature, Signature.organization_id == Organization.id)
        .join(Letter, Letter.id == Signature.letter_id)
        .where(belongs_to(Organization, roots), Signature.state.in_(ACTIVE_STATES), Letter.deleted_at.is_(None))
        .group_by(root_id_of(Organization))
    )
    return {row.root: row.letters for row in rows}


def _find_root(coalition_id: int, number: int) -> Organization | None:
    """Return the coalition's organization with this id, or the one it was merged into; None if there is none."""
    row = db.session.get(Organization, number)
    if row is None or row.coalition_id != coalition_id:
        return None
    return db.session.get_one(Organization, row.root_id) if row.root_id else row


def _chapters(root: int) -> tuple[tuple[int, str], ...]:
    """Return id and name of the organizations whose parent this is, by name."""
    rows = db.session.execute(
        select(Organization.id, Organization.name)
        .where(Organization.parent_id == root, Organization.root_id.is_(None), Organization.id != root)
        .order_by(Organization.sort_key, Organization.id)
    )
    return tuple((row.id, row.name) for row in rows)


def _signatures(root: int) -> tuple[OrganizationSignature, ...]:
    """Return an organization's latest signatures, including those of merged entries."""
    rows = db.session.execute(
        select(Signature, Letter.slug)
        .join(Organization, Organization.id == Signature.organization_id)
        .join(Letter, Letter.id == Signature.letter_id)
        .where(belongs_to(Organization, [root]), Letter.deleted_at.is_(None))
        .order_by(Signature.created_at.desc(), Signature.id.desc())
        .limit(PAGE_SIZE)
    ).all()
    letter_ids = {signature.letter_id for signature, _ in rows}
    title, language = (Revision.content[name].as_string().label(name) for name in ("title", "language"))
    texts = select(Revision.letter_id, title, language).where(Revision.letter_id.in_(letter_ids)).order_by(Revision.number)
    newest_texts = {row.letter_id: (row.title, row.language) for row in db.session.execute(texts)}
    return tuple(
        OrganizationSignature(
            signature.id, slug, *newest_texts.get(signature.letter_id, ("", "")), signature.signatory.name,
            signature.signer_name, signature.email, signature.state, signature.confirmed_at or signature.created_at,
        )
        for signature, slug in rows
    )  # fmt: skip
