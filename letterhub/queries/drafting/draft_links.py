"""Secret links to a draft, for staff; and the draft that one opens."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.drafting.draft_links import draft_token_hash
from letterhub.domain.letters.document import LetterText
from letterhub.domain.letters.drafts import trim_text
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Draft, DraftLink, Letter, Staff
from letterhub.queries.letters.revisions import newest_revision


@dataclass(frozen=True, slots=True)
class ListedDraftLink:
    """Secret link as staff see it, without its token; `works` says whether it still opens the draft."""

    id: int
    label: str
    may_comment: bool
    created_at: dt.datetime
    created_by: str
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    use_count: int
    used_at: dt.datetime | None
    works: bool


@dataclass(frozen=True, slots=True)
class SharedDraft:
    """Draft behind a secret link. `is_draft` is False once the letter was opened: then it has its own page, at `slug`, and
    `text` is what that page shows, not what staff are drafting since.

    `person` is the name last typed by the link.
    """

    link_id: int
    label: str
    may_comment: bool
    person: str
    expires_at: dt.datetime
    letter_id: int
    is_draft: bool
    slug: str
    zone: str
    coalition: str
    text: LetterText


def draft_links(letter_id: int, at: dt.datetime) -> tuple[ListedDraftLink, ...]:
    """Return the secret links to a draft, the newest first."""
    query = select(DraftLink, Staff.name).outerjoin(Staff, Staff.id == DraftLink.created_by_id)
    rows = db.session.execute(query.where(DraftLink.letter_id == letter_id).order_by(DraftLink.id.desc()))
    return tuple(
        ListedDraftLink(
            link.id, link.label, link.may_comment, link.created_at, created_by or "", link.expires_at, link.revoked_at,
            link.use_count, link.used_at, link.is_valid_at(at),
        )
        for link, created_by in rows
    )  # fmt: skip


def shared_draft(token: str, at: dt.datetime) -> SharedDraft | None:
    """Return the draft that a secret link opens; None if the link does not work, or its draft was deleted."""
    query = (
        select(DraftLink, Letter, Draft, Coalition.name)
        .join(Letter, Letter.id == DraftLink.letter_id)
        .join(Draft, Draft.letter_id == Letter.id)
        .join(Coalition, Coalition.id == Letter.coalition_id)
        .where(DraftLink.token_hash == draft_token_hash(token), Letter.deleted_at.is_(None))
    )
    row = db.session.execute(query).one_or_none()
    if row is None or not row.DraftLink.is_valid_at(at):
        return None
    link, letter, is_draft = row.DraftLink, row.Letter, row.Letter.state is LetterState.DRAFT
    text = trim_text(text_from_facts(row.Draft.text)) if is_draft else newest_revision(letter.id).text
    return SharedDraft(
        link.id, link.label, link.may_comment, link.person, link.expires_at, letter.id, is_draft, letter.slug,
        letter.deadline_zone, row.name, text,
    )  # fmt: skip
