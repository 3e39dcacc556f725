"""Addresses of the sitemap: the letters that anyone may read, and their coalitions."""

from sqlalchemy import exists, select

from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Letter, Translation
from letterhub.queries.letters.feeds import PUBLIC_STATES
from letterhub.queries.letters.translations import languages_of

MAX_PATHS = 20_000
"""Limit on the pages of a kind in a sitemap, which may have 50,000."""


def public_paths() -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Return the slugs of the letters that anyone may read, newest first, each with the languages of its original and its
    translations, () without translations; and the slugs of their coalitions."""
    listed = Letter.state.in_(PUBLIC_STATES)
    is_translated = exists().where(Translation.letter_id == Letter.id, Translation.published_id.is_not(None))
    rows = db.session.execute(
        select(Letter.slug, is_translated.label("translated")).where(listed).order_by(Letter.id.desc()).limit(MAX_PATHS)
    ).all()
    languages = languages_of(row.slug for row in rows if row.translated) if any(row.translated for row in rows) else {}
    letters = {row.slug: languages.get(row.slug, ()) for row in rows}
    with_letters = select(Letter.coalition_id).where(listed)
    coalitions = db.session.scalars(
        select(Coalition.slug).where(Coalition.id.in_(with_letters)).order_by(Coalition.id.desc()).limit(MAX_PATHS)
    )
    return letters, tuple(coalitions)
