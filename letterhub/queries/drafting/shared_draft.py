"""Draft that a secret link opens."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.letters.drafts import trim_text
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.links.secret_links import LinkKind, LinkPermission, token_hash
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Draft, Letter, SecretLink
from letterhub.queries.letters.revisions import newest_revision


@dataclass(frozen=True, slots=True)
class SharedDraft:
    """Draft behind a secret link. `is_draft` is False once the letter was opened: then it has its own page, at `slug`, and
    `text` is what that page shows, not what staff are drafting since.

    `person` is the name last typed by the link.
    """

    link_id: int
    label: str
    permission: LinkPermission
    person: str
    expires_at: dt.datetime | None
    letter_id: int
    is_draft: bool
    slug: str
    zone: str
    coalition: str
    text: LetterText

    @property
    def may_comment(self) -> bool:
        """True if the holder may comment."""
        return self.permission is not LinkPermission.READ

    @property
    def may_suggest(self) -> bool:
        """True if the holder may suggest changes."""
        return self.permission is LinkPermission.SUGGEST


def shared_draft(token: str, at: dt.datetime) -> SharedDraft | None:
    """Return the draft that a secret link opens; None if the link does not work, or its draft was deleted."""
    query = (
        select(SecretLink, Letter, Draft, Coalition.name)
        .join(Letter, Letter.id == SecretLink.letter_id)
        .join(Draft, Draft.letter_id == Letter.id)
        .join(Coalition, Coalition.id == Letter.coalition_id)
        .where(SecretLink.token_hash == token_hash(token), SecretLink.kind == LinkKind.DRAFT)
        .where(Letter.deleted_at.is_(None))
    )
    row = db.session.execute(query).one_or_none()
    if row is None or not row.SecretLink.is_valid_at(at):
        return None
    link, letter, is_draft = row.SecretLink, row.Letter, row.Letter.state is LetterState.DRAFT
    text = trim_text(text_from_facts(row.Draft.text)) if is_draft else newest_revision(letter.id).text
    return SharedDraft(
        link.id, link.label, link.permission, link.person, link.expires_at, letter.id, is_draft, letter.slug,
        letter.deadline_zone, row.name, text,
    )  # fmt: skip
