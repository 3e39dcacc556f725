"""Names of a letter for review, with all that is known of each: search, filters and pages."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, case, cast, func, literal, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from letterhub.domain.audit.references import Reference
from letterhub.domain.letters.document import Kind, LetterText, Signatory
from letterhub.domain.organizations.names import domain_of_website, name_key
from letterhub.domain.paging import last_page, page_within
from letterhub.domain.signatures.evidence import Claim, DirectorySays, FactKind, Standing, evidence_of
from letterhub.domain.signatures.review import Pick, mark_of
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import STANDING, SignatureState
from letterhub.infrastructure.db import db, reading_along
from letterhub.models import Chain, Letter, Organization, RecordEntry, Signature, Staff, is_named, is_queued
from letterhub.queries.abuse.blocklist import like_one_turned_away, rows_like_one_turned_away
from letterhub.queries.letters.revisions import newest_revision_if_any
from letterhub.queries.organizations.directory import SameQuestion
from letterhub.queries.organizations.directory_facts import said_of
from letterhub.queries.signatures.duplicates import Doubles, Namesake, doubles, own_columns
from letterhub.queries.signatures.evidence import facts_about, held_in, known_of
from letterhub.queries.text_search import holds
from letterhub.rendering.letter.view import Line, line
from letterhub.rendering.pdf.letter_pdf import unprintable
from letterhub.rendering.text.evidence_sentences import ToldFact

PAGE = 50
QUEUE, EVERY = (SignatureState.CONFIRMED,), tuple(SignatureState)


@dataclass(frozen=True, slots=True)
class Search:
    """Search for names by state, words and pick; pages are numbered from 1."""

    states: tuple[SignatureState, ...]
    words: str = ""
    pick: Pick | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Name:
    """Signature as staff see it: its printed line, and all that is known about it.

    `unprintable` names each of its characters that no font can draw.
    """

    id: int
    state: SignatureState
    source: Source
    printed: Line
    signatory: Signatory
    email: str
    website: str
    site: str
    standing: Standing
    questions: tuple[SameQuestion, ...]
    namesakes: tuple[Namesake, ...]
    organization_id: int | None
    mark: str
    begun_at: dt.datetime
    confirmed_at: dt.datetime | None
    published_at: dt.datetime | None
    ended_at: dt.datetime | None
    decline_reason: str
    known: tuple[ToldFact, ...]
    unprintable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamesPage:
    """Page of names; `first` and `last` count from 1 among the `total`."""

    names: tuple[Name, ...]
    total: int
    page: int
    pages: int

    @property
    def first(self) -> int:
        """Return the position of the first name shown."""
        return (self.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """Return the position of the last name shown."""
        return self.first + len(self.names) - 1


def names_in_queue(letter_id: int, search: Search) -> NamesPage:
    """Return a page of names, longest waiting first."""
    return _page(letter_id, search, (Signature.confirmed_at, Signature.id))


def names_in_order(letter_id: int, search: Search) -> NamesPage:
    """Return a page of names in alphabetical order."""
    return _page(letter_id, search, (Signature.sort_key, Signature.id))


CELLS: Mapping[str, ColumnElement[str] | InstrumentedAttribute[str]] = {
    "organization": Signature.organization_name,
    "signer_name": Signature.signer_name,
    "signer_title": Signature.signer_title,
    "location": Signature.location,
    "kind": type_coerce(Signature.kind, String),
    "url": Signature.website,
    "section": case((Signature.kind == Kind.ORGANIZATION, Signature.scope), else_=""),
    "lead": case((Signature.lead, "yes"), else_=""),
    "sort_name": Signature.sort_name,
    "affiliation": Signature.affiliation,
    "status": type_coerce(Signature.state, String),
}
"""Columns of the exported table, as text built by the database, as a table may have a million cells."""


def rows_for_table(letter_id: int, search: Search, columns: Sequence[str]) -> Iterator[Sequence[tuple[str, ...]]]:
    """Yield batches of rows for all names that a search finds, in alphabetical order."""
    found = _found(letter_id, search)
    picked = set(_picked(found, search.pick)) if search.pick else None
    cells = found.add_columns(*map(CELLS.__getitem__, columns)).order_by(Signature.sort_key, Signature.id)
    with reading_along() as connection:
        for rows in connection.execute(cells.execution_options(yield_per=500)).partitions():
            yield [tuple(row[1:]) for row in rows if picked is None or row[0] in picked]


def name_by_id(letter_id: int, signature_id: int) -> Name | None:
    """Return one of a letter's names; None if it has none with this id."""
    names = _named(letter_id, select(Signature).where(Signature.letter_id == letter_id, Signature.id == signature_id))
    return names[0] if names else None


def names_chosen(letter_id: int, signature_ids: Sequence[int], states: Sequence[SignatureState]) -> tuple[Name, ...]:
    """Return those of these names that belong to the letter and are in one of the states."""
    return _named(
        letter_id,
        select(Signature)
        .where(Signature.letter_id == letter_id, Signature.id.in_(signature_ids), Signature.state.in_(states))
        .order_by(Signature.sort_key, Signature.id),
    )


def latest_confirmed(letter_id: int, most: int) -> tuple[Name, ...]:
    """Return the names last confirmed by mail, in any state, newest first."""
    by_mail = (Signature.source == Source.FORM, Signature.confirmed_at.is_not(None), Signature.contact_erased_at.is_(None))
    found = select(Signature).where(Signature.letter_id == letter_id, *by_mail)
    return _named(letter_id, found.order_by(Signature.confirmed_at.desc(), Signature.id.desc()).limit(most))


def names_that_stand(letter_id: int) -> tuple[Name, ...]:
    """Return every name that is published or waits for review, published ones first, in alphabetical order."""
    standing = select(Signature).where(Signature.letter_id == letter_id, Signature.state.in_(STANDING))
    return _named(letter_id, standing.order_by(Signature.state.desc(), Signature.sort_key, Signature.id))


def last_by(letter_id: int, signature_ids: Iterable[int]) -> dict[int, str]:
    """Return the member of staff who last changed each of these names; untouched ones are left out."""
    subjects = list(map(Reference.SIGNATURE.to, signature_ids))
    if not subjects:
        return {}
    rows = db.session.execute(
        select(RecordEntry.subject, Staff.name)
        .join(Chain, Chain.id == RecordEntry.chain_id)
        .join(Staff, RecordEntry.actor == _as_actor())
        .where(Chain.name == Reference.LETTER.to(letter_id), RecordEntry.subject.in_(subjects))
        .order_by(RecordEntry.number)
    )
    return {number: name for subject, name in rows if (number := Reference.SIGNATURE.number_in(subject))}


def _as_actor() -> ColumnElement[str]:
    return literal(Reference.STAFF.beginning) + cast(Staff.id, String)  # concat() is missing in some supported SQLite versions


def _page(letter_id: int, search: Search, order: tuple[Any, ...]) -> NamesPage:
    found = _found(letter_id, search).order_by(*order)
    picked = _picked(found, search.pick) if search.pick else None
    total = len(picked) if picked is not None else _count(letter_id, search, found)
    pages, page = last_page(total, PAGE), page_within(search.page, total, PAGE)
    start = (page - 1) * PAGE
    numbers = picked[start : start + PAGE] if picked is not None else found.offset(start).limit(PAGE)
    names = _named(letter_id, select(Signature).where(Signature.id.in_(numbers)).order_by(*order))
    return NamesPage(names, total, page, pages)


def _count(letter_id: int, search: Search, found: Select[int]) -> int:
    """Return how many names a search finds; for the whole queue, from the letter's counter."""
    if search.states == QUEUE and not search.words.strip():
        return db.session.scalar(select(Letter.waiting).where(Letter.id == letter_id)) or 0
    return db.session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0


def _found(letter_id: int, search: Search) -> Select[int]:
    """Return a select of the ids of names that contain the words."""
    found = select(Signature.id).where(Signature.letter_id == letter_id, is_queued() if search.states == QUEUE else is_named())
    if search.states not in (QUEUE, EVERY):
        found = found.where(Signature.state.in_(search.states))
    words = search.words.strip()
    if not words:
        return found
    columns = (Signature.organization_name, Signature.signer_name, Signature.email, Signature.website)
    said = [holds(column, words) for column in columns]
    known = Organization.name_key.contains(name_key(words), autoescape=True)  # without accents and case, on every database
    return found.outerjoin(Organization, Organization.id == Signature.organization_id).where(or_(*said, known))


def _picked(found: Select[int], pick: Pick) -> list[int]:
    """Return the ids of a pick's names. Evidence is computed, not stored, so it is never out of date."""
    return [number for number, (_kind, one) in standings_of(found).items() if pick.takes(one)]


def standings_of(found: Select[int]) -> dict[int, tuple[Kind, Standing]]:
    """Return the evidence and doubts of each selected signature of one letter, in order."""
    columns = (Signature.id.label("own_id"), Signature.letter_id, Signature.source, Signature.confirmed_at)
    facts = (Signature.email, Signature.website, Signature.first_seen, Signature.from_flood)
    line = (Signature.kind, Signature.organization_name, Signature.signer_name)
    rows = db.session.execute(found.add_columns(*columns, *facts, *line, *own_columns())).all()
    others, held = doubles(rows[0].letter_id) if rows else Doubles({}, {}, {}), held_in(found)
    said, turned_away = said_of(found), rows_like_one_turned_away(rows)
    return {
        row.id: (
            row.kind,
            _standing(row, others, held.get(row.id, frozenset()), said.get(row.id, DirectorySays()), row.id in turned_away),
        )
        for row in rows
    }


def _standing(row: Row[Any], others: Doubles, held: frozenset[FactKind], said: DirectorySays, turned_away: bool) -> Standing:
    claim = Claim(
        row.source, row.confirmed_at is not None, row.email, row.website, row.first_seen, row.from_flood,
        said.domains, said.reviewed,
    )  # fmt: skip
    return evidence_of(
        claim, turned_away=turned_away, same_name=others.same_name(row), like_another=row.id in others.questions,
        other_name=said.other_name, held=said.held(held),
    )  # fmt: skip


def _current_text(letter_id: int) -> LetterText:
    revision = newest_revision_if_any(letter_id)
    return revision.text if revision else LetterText(title="", body="")


def _named(letter_id: int, chosen: Select[Signature]) -> tuple[Name, ...]:
    """Return the names of selected signatures, in order."""
    text = _current_text(letter_id)
    rows = db.session.execute(chosen.add_columns(Signature.id.label("own_id"), *own_columns())).all()
    others, signatures = doubles(letter_id, rows), [row.Signature for row in rows]
    facts = facts_about(signatures)
    said = said_of(select(Signature.id).where(Signature.id.in_([row.own_id for row in rows])))
    turned_away = like_one_turned_away(letter_id, {one.id: one.known_again_by for one in signatures})
    standing = {
        row.own_id: row.Signature.evidence(
            same_name=others.same_name(row),
            turned_away=row.own_id in turned_away,
            like_another=row.own_id in others.questions,
            found=facts.get(row.own_id, ()),
            said=said.get(row.own_id, DirectorySays()),
        )
        for row in rows
    }
    known = known_of(signatures, facts, standing)
    return tuple(_name(row, text, standing[row.own_id], known[row.own_id], others) for row in rows)


def _name(found: Row[Any], text: LetterText, standing: Standing, known: tuple[ToldFact, ...], others: Doubles) -> Name:
    row = found.Signature
    return Name(
        id=row.id,
        state=row.state,
        source=row.source,
        printed=line(row.signatory, text),
        signatory=row.signatory,
        email=row.email,
        website=_address(row.website),
        site=domain_of_website(row.website),
        standing=standing,
        questions=others.questions.get(row.id, ()),
        namesakes=others.namesakes(found),
        organization_id=row.organization_id,
        mark=mark_of(row.signatory),
        begun_at=row.created_at,
        confirmed_at=row.confirmed_at,
        published_at=row.published_at,
        ended_at=row.ended_at,
        decline_reason=row.decline_reason,
        known=known,
        unprintable=unprintable(row.signatory),
    )


def _address(website: str) -> str:
    """Return a website as an http(s) URL; "" if it is none."""
    address = website if "://" in website else f"https://{website}"
    return address if website and address.casefold().startswith(("http://", "https://")) else ""
