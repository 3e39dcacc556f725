"""Look-up of letters: one by its slug, and current revisions."""

from sqlalchemy import ColumnElement, Select, and_, func, select

from letterhub.domain.alphabets import alphabet_of
from letterhub.domain.i18n import _
from letterhub.domain.letters.opening_rules import NoSuchLetter
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Revision


def letter_id_of(slug: str) -> int:
    """Return the id of the letter with this slug, in any state, unless it was deleted. Raises NoSuchLetter."""
    letter_id = db.session.scalar(select(Letter.id).where(Letter.slug == slug, Letter.deleted_at.is_(None)))
    if letter_id is None:
        raise NoSuchLetter(_("There is no letter “%(slug)s”. Enter the last part of its address.", slug=slug))
    return letter_id


def current_revisions() -> Select[Revision]:
    """Return a select of every letter's current revision, joined with its letter."""
    return select(Revision).join(Letter, is_newest_revision())


def is_newest_revision() -> ColumnElement[bool]:
    """Return the join condition for a letter's newest revision."""
    newest = select(func.max(Revision.number)).where(Revision.letter_id == Letter.id).correlate(Letter).scalar_subquery()
    return and_(Revision.letter_id == Letter.id, Revision.number == newest)


def letters_of_another_alphabet() -> tuple[tuple[int, str], ...]:
    """Return the ids of letters that are not sorted by the alphabet of their current text's language, each with that one."""
    language = Revision.content["language"].as_string()
    rows = db.session.execute(select(Letter.id, Letter.alphabet, language).join(Revision, is_newest_revision()))
    alphabets = ((letter_id, alphabet, alphabet_of(language)) for letter_id, alphabet, language in rows)
    return tuple((letter_id, own) for letter_id, alphabet, own in alphabets if alphabet != own)
