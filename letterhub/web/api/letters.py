"""Letters of a token's coalition: their state, revisions, figures and editions; an edition is frozen here too."""

import datetime as dt
from typing import Annotated

from flask import abort, request, url_for
from msgspec import Meta, convert

from letterhub.clock import now
from letterhub.commands.editions.freeze import freeze
from letterhub.domain.accounts.api_tokens import ApiScope
from letterhub.domain.editions.edition import check_freezable
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.revisions import ChangeKind
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.states import LetterState
from letterhub.queries.accounts import StaffContext
from letterhub.queries.api_pages import letters_after
from letterhub.queries.editions.editions import editions_of, file_content
from letterhub.queries.editions.next_edition import letter_version
from letterhub.queries.letters.revisions import letter_history
from letterhub.queries.progress.overview import letter_figures
from letterhub.web.access import get_letter_or_404
from letterhub.web.api.api import AnswerPage, FileAnswer, Input, Struct, endpoint
from letterhub.web.forms import MAX_INTEGER


class AfterQuery(Input):
    """Page of a list: the one whose path `next` gave."""

    after: Annotated[int, Meta(ge=0, le=MAX_INTEGER)] = 0


class OwnCoalition(Struct):
    """Coalition of the token."""

    slug: str
    name: str


class LetterAnswer(Struct):
    """Letter as staff see it. Counts of names: published, waiting for review, and not confirmed yet. `opens_at` is when a draft
    opens by itself."""

    slug: str
    title: str
    language: str
    state: LetterState
    is_open: bool
    is_archived: bool
    deadline_at: dt.datetime | None
    deadline_zone: str
    opens_at: dt.datetime | None
    saved_at: dt.datetime
    published_count: int
    individual_count: int
    awaiting_review_count: int
    pending_count: int
    editions: int


class RevisionAnswer(Struct):
    """Text that readers have seen. `counts_from` is the number of the revision from which signatures count for it."""

    number: int
    kind: ChangeKind
    reason: str
    sha256: str
    at: dt.datetime
    counts_from: int


class Count(Struct):
    """Number of signatures of a group; the label is "" for those that belong to none."""

    label: str
    number: int


class TimelinePoint(Struct):
    """Signatures of a span of time, and the total at its end."""

    start: dt.datetime
    end: dt.datetime
    number: int
    total: int


class FiguresAnswer(Struct):
    """Figures of a letter, as its Overview shows them."""

    total: int
    timeline: tuple[TimelinePoint, ...]
    sections: tuple[Count, ...]
    states: tuple[Count, ...]
    partners: tuple[Count, ...]
    invited: int
    invitations_opened: int
    invitations_signed: int


class EditionFileAnswer(Struct):
    """File of an edition: its state, size in bytes, and SHA-256 as hex; "" until it is done. `language` is "" for the letter's
    own."""

    format: FileFormat
    language: str
    state: JobState
    size: int
    sha256: str
    error: str


class EditionAnswer(Struct):
    """Edition as staff see it."""

    number: int
    public_id: str
    frozen_at: dt.datetime
    count: int
    revision: int
    frozen_by: str
    files: tuple[EditionFileAnswer, ...]


class EditionList(Struct):
    """Editions of a letter, newest first. `version` is that of the letter now: a new edition is frozen with it."""

    items: tuple[EditionAnswer, ...]
    version: str


class FileQuery(Input):
    """Language of a file: that of a translation, "" for the letter's own, or "mul" for the PDF of all languages."""

    language: Annotated[str, Meta(pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$", max_length=35)] = ""


class FreezeRequest(Input):
    """The version of the letter that the program has read. `all_languages` asks for one PDF of all languages, too."""

    version: Annotated[str, Meta(min_length=1, max_length=100)]
    all_languages: bool = False


class FrozenEdition(Struct):
    """Number of the new edition; its files are made in the background."""

    number: int


@endpoint("GET", "/coalition", scope=ApiScope.READ_LETTERS)
def coalition(caller: StaffContext) -> OwnCoalition:
    """The coalition that the token belongs to."""
    return OwnCoalition(slug=caller.coalition_slug, name=caller.coalition_name)


@endpoint("GET", "/letters", scope=ApiScope.READ_LETTERS)
def letters(caller: StaffContext, query: AfterQuery) -> AnswerPage[LetterAnswer]:
    """The coalition's letters, drafts and archived ones too, the oldest first."""
    found, after = letters_after(caller.coalition_id, query.after)
    items = convert(tuple(found), tuple[LetterAnswer, ...], from_attributes=True)
    return AnswerPage(items=items, next=url_for(".letters", after=after) if after else None)


@endpoint("GET", "/letters/<slug>", scope=ApiScope.READ_LETTERS)
def letter(caller: StaffContext, slug: str) -> LetterAnswer:
    """One letter of the coalition."""
    return convert(get_letter_or_404(caller, slug), LetterAnswer, from_attributes=True)


@endpoint("GET", "/letters/<slug>/revisions", scope=ApiScope.READ_LETTERS)
def revisions(caller: StaffContext, slug: str) -> tuple[RevisionAnswer, ...]:
    """Every text of a letter that readers have seen, newest first."""
    history = letter_history(get_letter_or_404(caller, slug).letter_id)
    return convert(history, tuple[RevisionAnswer, ...], from_attributes=True)


@endpoint("GET", "/letters/<slug>/figures", scope=ApiScope.READ_LETTERS)
def figures(caller: StaffContext, slug: str) -> FiguresAnswer:
    """Numbers of signatures over time and by group, and of invitations."""
    found = letter_figures(get_letter_or_404(caller, slug).letter_id, now())
    sections, states, partners = (
        convert(counts, tuple[Count, ...], from_attributes=True)
        for counts in (found.sections, found.states, found.sources.partners)
    )
    return FiguresAnswer(
        total=found.total, sections=sections, states=states, partners=partners, invited=found.outcomes.invited,
        invitations_opened=found.outcomes.opened, invitations_signed=found.outcomes.signed,
        timeline=tuple(
            TimelinePoint(start=point.bin.start, end=point.bin.end, number=point.number, total=point.total)
            for point in found.timeline.points
        ),
    )  # fmt: skip


@endpoint("GET", "/letters/<slug>/editions", scope=ApiScope.READ_EDITIONS)
def editions(caller: StaffContext, slug: str) -> EditionList:
    """The editions of a letter with the states of their files."""
    header = get_letter_or_404(caller, slug)
    items = convert(editions_of(header.letter_id), tuple[EditionAnswer, ...], from_attributes=True)
    version = "" if header.state is LetterState.DRAFT else letter_version(header.letter_id)
    return EditionList(items=items, version=version)


@endpoint("GET", "/letters/<slug>/editions/<int:number>/files/<file_format>", scope=ApiScope.READ_EDITIONS)
def edition_file(caller: StaffContext, slug: str, number: int, file_format: str, query: FileQuery) -> FileAnswer:
    """A finished file of an edition: the same bytes for as long as the edition exists."""
    header = get_letter_or_404(caller, slug)
    if file_format not in tuple(FileFormat):
        abort(404)
    content = file_content(header.letter_id, number, FileFormat(file_format), query.language) or abort(404)
    answer = FileAnswer(content.data, mimetype=content.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=content.name)
    answer.set_etag(content.sha256)
    return answer


@endpoint("POST", "/letters/<slug>/editions", scope=ApiScope.WRITE_EDITIONS, status=201)
def freeze_edition(caller: StaffContext, slug: str, body: FreezeRequest) -> FrozenEdition:
    """Freeze the letter as an edition, unless it has changed since its version was read."""
    header = get_letter_or_404(caller, slug)
    check_freezable(header.state)
    key = f"{caller.actor} {request.headers['Idempotency-Key']}"
    number = freeze(
        header.letter_id, body.version, actor=caller.actor, staff_id=caller.staff_id, at=now(), form_token=key,
        all_languages=body.all_languages,
    )  # fmt: skip
    return FrozenEdition(number=number)
