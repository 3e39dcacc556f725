"""Names of a letter for review, with all that is known of each: search, filters and pages."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from letterhub.domain.letters.letter_document import LetterText, Signatory
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.questions.answers import AnsweredQuestion, Answers, answered_questions
from letterhub.domain.questions.news import NewsConsent, news_consent_from
from letterhub.domain.questions.question import Questions
from letterhub.domain.signatures.evidence import Assessment, DirectoryFacts
from letterhub.domain.signatures.line_fields import PRIVATE_FIELDS
from letterhub.domain.signatures.review import SignatureFilter, line_version
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import ACTIVE_STATES, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Revision, Signature, is_aside, is_named, is_queued
from letterhub.queries.abuse.blocklist import blocklist_matches
from letterhub.queries.changes.changes import SignatoryReply, last_replies
from letterhub.queries.letters.public_translations import PublicTranslation, translations_by_id
from letterhub.queries.letters.revisions import newest_revision_if_any
from letterhub.queries.organizations.likeness_questions import LikenessQuestion, directory_facts
from letterhub.queries.paging import fetch_page
from letterhub.queries.questions.questions import letter_questions
from letterhub.queries.signatures.assessments import FilterScan, assessments_of, scan_names
from letterhub.queries.signatures.duplicates import Duplicates, Namesake, find_duplicates, with_duplicate_keys
from letterhub.queries.signatures.evidence import evidence_sentences, facts_by_signature
from letterhub.queries.signatures.search import select_staff_matches
from letterhub.rendering.letter.signatory_list import SignatoryLine, line
from letterhub.rendering.pdf.letter_pdf import unprintable_characters
from letterhub.rendering.text.evidence_sentences import EvidenceSentence

PAGE_SIZE = 50
_BY_NAME = (Signature.sort_key, Signature.id)
ASIDE_STATES = frozenset(SignatureState) - ACTIVE_STATES - {SignatureState.PENDING}
QUEUED_STATES, ALL_STATES = (SignatureState.CONFIRMED,), tuple(SignatureState)


@dataclass(frozen=True, slots=True)
class SignatureSearch:
    """Search for names by state, words and filter; pages are numbered from 1, and those of a filter follow a name."""

    states: tuple[SignatureState, ...]
    words: str = ""
    filter: SignatureFilter | None = None
    page: int = 1
    after_id: int = 0


@dataclass(frozen=True, slots=True)
class SignatureDetails:
    """Signature as staff see it: its printed line, and all that is known about it.

    `private` is what is never published, `answered` its `answers` as people read them. `unprintable_characters` names each
    character that no font can draw. `translation` is the one that was read, None for the original. `reply` is that to the last
    change of the text that its signatory was asked about.
    """

    id: int
    state: SignatureState
    source: Source
    printed: SignatoryLine
    signatory: Signatory
    email: str
    private: tuple[str, ...]
    website: str
    website_domain: str
    assessment: Assessment
    questions: tuple[LikenessQuestion, ...]
    namesakes: tuple[Namesake, ...]
    organization_id: int | None
    line_version: str
    started_at: dt.datetime
    confirmed_at: dt.datetime | None
    published_at: dt.datetime | None
    ended_at: dt.datetime | None
    decline_reason: str
    evidence: tuple[EvidenceSentence, ...]
    answers: Answers | None
    answered: tuple[AnsweredQuestion, ...]
    news: NewsConsent | None
    unprintable_characters: tuple[str, ...]
    translation: PublicTranslation | None
    reply: SignatoryReply | None


@dataclass(frozen=True, slots=True)
class SignaturesPage:
    """Page of names; `first` and `last` count from 1 among the `total`, which is not exact if it is not
    `is_counted`: see `fetch_page`.

    Under a filter, `scan` says which names were looked at, and `total` counts the matching ones of these.
    """

    signatures: tuple[SignatureDetails, ...]
    total: int
    page: int = 1
    has_next: bool = False
    is_counted: bool = True
    scan: FilterScan | None = None

    @property
    def first(self) -> int:
        """Return the position of the first name shown."""
        return (self.page - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        """Return the position of the last name shown."""
        return self.first + len(self.signatures) - 1


def queued_signatures(letter_id: int, search: SignatureSearch) -> SignaturesPage:
    """Return a page of names, longest waiting first."""
    return _find_page(letter_id, search, (Signature.confirmed_at, Signature.id))


def sorted_signatures(letter_id: int, search: SignatureSearch) -> SignaturesPage:
    """Return a page of names in alphabetical order."""
    return _find_page(letter_id, search, _BY_NAME)


def signature_details(letter_id: int, signature_id: int) -> SignatureDetails | None:
    """Return one of a letter's names; None if it has none with this id."""
    signatures = _details_of(letter_id, select(Signature).where(Signature.letter_id == letter_id, Signature.id == signature_id))
    return signatures[0] if signatures else None


def signatures_by_id(
    letter_id: int, signature_ids: Sequence[int], states: Sequence[SignatureState]
) -> tuple[SignatureDetails, ...]:
    """Return those of these names that belong to the letter and are in one of the states."""
    return _details_of(
        letter_id,
        select(Signature)
        .where(Signature.letter_id == letter_id, Signature.id.in_(signature_ids), Signature.state.in_(states))
        .order_by(Signature.sort_key, Signature.id),
    )


def latest_confirmed_signatures(letter_id: int, limit: int) -> tuple[SignatureDetails, ...]:
    """Return the names last confirmed by mail, in any state, newest first."""
    by_mail = (Signature.source == Source.FORM, Signature.confirmed_at.is_not(None), Signature.contact_erased_at.is_(None))
    query = select(Signature).where(Signature.letter_id == letter_id, *by_mail)
    return _details_of(letter_id, query.order_by(Signature.confirmed_at.desc(), Signature.id.desc()).limit(limit))


def signatures_in_force(letter_id: int) -> tuple[SignatureDetails, ...]:
    """Return every name that is published or waits for review, published ones first, in alphabetical order."""
    query = select(Signature).where(Signature.letter_id == letter_id, Signature.state.in_(ACTIVE_STATES))
    return _details_of(letter_id, query.order_by(Signature.state.desc(), Signature.sort_key, Signature.id))


def _find_page(letter_id: int, search: SignatureSearch, order: tuple[Any, ...]) -> SignaturesPage:
    """Return the requested page of a letter's names that a search finds, sorted by the columns of `order`."""
    if search.filter:
        matches, query = search.filter.matches, search_statement(letter_id, search)
        scan = scan_names(query, order, lambda _kind, found: matches(found), after_id=search.after_id, limit=PAGE_SIZE)
        return SignaturesPage(_sorted_details(letter_id, scan.ids, order), len(scan.ids), scan=scan)
    is_queue = search.states == QUEUED_STATES and not search.words  # it has a counter
    total = db.session.scalar(select(Letter.awaiting_review_count).where(Letter.id == letter_id)) if is_queue else None
    found = fetch_page(_sorted_ids(letter_id, search, order), search.page, PAGE_SIZE, total)
    signatures = _sorted_details(letter_id, [signature_id for (signature_id,) in found.rows], order)
    return SignaturesPage(signatures, found.total, found.page, has_next=found.has_next, is_counted=found.is_counted)


def _sorted_ids(letter_id: int, search: SignatureSearch, order: tuple[Any, ...]) -> Select[int]:
    """Return a select of the ids that a search finds, sorted; what words find by name without reading the signatures."""
    if not search.words or order is not _BY_NAME:
        return search_statement(letter_id, search).order_by(*order)
    found = select_staff_matches(letter_id, search.words, search.states).subquery()
    return select(found.c.signature_id).order_by(found.c.sort_key, found.c.signature_id)


def _sorted_details(letter_id: int, ids: Sequence[int], order: tuple[Any, ...]) -> tuple[SignatureDetails, ...]:
    return _details_of(letter_id, select(Signature).where(Signature.id.in_(ids)).order_by(*order))


def search_statement(letter_id: int, search: SignatureSearch) -> Select[int]:
    """Return a select of the ids of a letter's names in the searched states that contain the words; filters are not applied."""
    query = select(Signature.id).where(is_queued() if search.states == QUEUED_STATES else is_named())
    if search.states not in (QUEUED_STATES, ALL_STATES):
        (state, *more) = search.states
        query = query.where(Signature.state.in_(search.states) if more else Signature.state == state)
        if ASIDE_STATES.issuperset(search.states):
            query = query.where(is_aside())
    if not search.words:
        return query.where(Signature.letter_id == letter_id)
    found = select_staff_matches(letter_id, search.words, search.states).subquery()
    return query.where(Signature.letter_id + 0 == letter_id, Signature.id.in_(select(found.c.signature_id)))  # by what is found


def filtered_ids(query: Select[int], signature_filter: SignatureFilter) -> list[int]:
    """Return the ids of selected names that match a filter."""
    return [
        signature_id
        for signature_id, (_kind, assessment) in assessments_of(query).items()
        if signature_filter.matches(assessment)
    ]


def _details_of(letter_id: int, query: Select[Signature]) -> tuple[SignatureDetails, ...]:
    """Return selected signatures of a letter as staff see them, in order."""
    revision = newest_revision_if_any(letter_id)
    text = revision.text if revision else LetterText(title="", body="")
    rows = db.session.execute(with_duplicate_keys(query)).all()
    duplicates, signatures = find_duplicates(letter_id, rows), [row.Signature for row in rows]
    facts = facts_by_signature(signatures)
    directory = directory_facts(select(Signature.id).where(Signature.id.in_([row.own_id for row in rows])))
    blocked_ids = blocklist_matches(letter_id, ((signature.id, signature.blocklist_keys) for signature in signatures))
    assessments = {
        row.own_id: row.Signature.evidence(
            same_name=duplicates.same_name(row),
            turned_away=row.own_id in blocked_ids,
            like_another=row.own_id in duplicates.questions,
            facts=facts.get(row.own_id, ()),
            directory=directory.get(row.own_id, DirectoryFacts()),
        )
        for row in rows
    }
    sentences, replies = evidence_sentences(signatures, facts, assessments), _last_replies(revision, signatures)
    questions = letter_questions(letter_id) if any(signature.answers for signature in signatures) else ()
    translations = translations_by_id({signature.translation_id for signature in signatures if signature.translation_id})
    return tuple(
        _details_from(
            row, text, assessments[row.own_id], sentences[row.own_id], duplicates, questions, replies.get(row.own_id),
            translations.get(row.Signature.translation_id),
        )
        for row in rows
    )  # fmt: skip


def _last_replies(revision: Revision | None, signatures: Sequence[Signature]) -> Mapping[int, SignatoryReply]:
    """Return the replies to a change of these signatures; none are read where the text never changed in substance."""
    if revision is None or revision.number == 1:
        return {}
    return last_replies([signature.id for signature in signatures])


def _details_from(
    row: Row[Any], text: LetterText, assessment: Assessment, sentences: tuple[EvidenceSentence, ...], duplicates: Duplicates,
    questions: Questions, reply: SignatoryReply | None, translation: PublicTranslation | None,
) -> SignatureDetails:  # fmt: skip
    """Return the signature of a row as staff see it; its line prints as in `text`."""
    signature, signatory = row.Signature, row.Signature.signatory
    return SignatureDetails(
        id=signature.id,
        state=signature.state,
        source=signature.source,
        printed=line(signatory, text),
        signatory=signatory,
        email=signature.email,
        private=tuple(filter(None, (getattr(signature, field.column) for field in PRIVATE_FIELDS))),
        website=_website_url(signature.website),
        website_domain=domain_of_website(signature.website),
        assessment=assessment,
        questions=duplicates.questions.get(signature.id, ()),
        namesakes=duplicates.namesakes(row),
        organization_id=signature.organization_id,
        line_version=line_version(signatory, signature.answers),
        started_at=signature.created_at,
        confirmed_at=signature.confirmed_at,
        published_at=signature.published_at,
        ended_at=signature.ended_at,
        decline_reason=signature.decline_reason,
        evidence=sentences,
        answers=signature.answers,
        answered=answered_questions(questions, signature.answers),
        news=news_consent_from(signature.news_consent),
        unprintable_characters=unprintable_characters(signatory),
        translation=translation,
        reply=reply,
    )


def _website_url(website: str) -> str:
    """Return a website as an http(s) URL; "" if it is not one."""
    address = website if "://" in website else f"https://{website}"
    return address if website and address.casefold().startswith(("http://", "https://")) else ""
