"""Reads about a letter's pages as staff asked for them: how far they are, what is to be drawn, and the drawn file."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import undefer

from letterhub.db import db
from letterhub.domain.document import LetterDocument, Paper
from letterhub.domain.editions import JobState
from letterhub.domain.snapshot import text_from_facts
from letterhub.models import Draft, Letter, Preview
from letterhub.queries.documents import published_signatories
from letterhub.queries.jobs import jobs_to_draw


@dataclass(frozen=True, slots=True)
class PreviewFacts:
    """A letter's pages as far as they are drawn; `progress` in percent. `behind` is true where the text was saved since."""

    id: int
    state: JobState
    progress: int
    pages: int
    paper: Paper
    warnings: tuple[str, ...]
    error: str
    asked_at: dt.datetime
    behind: bool

    @property
    def is_drawn(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state.is_over


def preview_of(letter_id: int, preview_id: int) -> PreviewFacts | None:
    """The pages of this letter with this number; None where it has none, or they were forgotten."""
    row = db.session.execute(
        select(Preview, Preview.text["paper"].as_string().label("paper"), Draft.version)
        .join(Draft, Draft.letter_id == Preview.letter_id)
        .where(Preview.id == preview_id, Preview.letter_id == letter_id)
    ).one_or_none()
    if row is None:
        return None
    one = row.Preview
    return PreviewFacts(
        id=one.id, state=one.state, progress=one.progress, pages=one.pages, paper=Paper(row.paper),
        warnings=tuple(one.warnings), error=one.error, asked_at=one.asked_at, behind=row.version != one.version,
    )  # fmt: skip


def pages_of(letter_id: int, preview_id: int) -> tuple[str, bytes] | None:
    """The drawn pages as PDF, and what the file is called; None where there are none, or not yet."""
    row = db.session.execute(
        select(Letter.slug, Preview.content)
        .join(Letter, Letter.id == Preview.letter_id)
        .where(Preview.id == preview_id, Preview.letter_id == letter_id, Preview.state == JobState.DONE)
    ).one_or_none()
    return (f"{row.slug}-draft.pdf", row.content) if row else None


def document_of_preview(preview_id: int) -> LetterDocument | None:
    """The document that a preview shows: its text, everyone published now, and when it was asked for; None where it is gone."""
    row = db.session.execute(
        select(Preview, Letter.deadline_zone)
        .join(Letter, Letter.id == Preview.letter_id)
        .where(Preview.id == preview_id)
        .options(undefer(Preview.text))
    ).one_or_none()
    if row is None:
        return None
    asked_at = row.Preview.asked_at.astimezone(ZoneInfo(row.deadline_zone))
    text = text_from_facts(row.Preview.text)
    return LetterDocument(text, published_signatories(row.Preview.letter_id, text), draft_at=asked_at)


def previews_to_draw(at: dt.datetime) -> tuple[int, ...]:
    """The previews that wait, and those whose drawing was broken off, the oldest first."""
    return jobs_to_draw(Preview, at)
