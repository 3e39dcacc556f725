"""Steps of commands on accounts and coalitions: find or create an account, and add a coalition at a free address."""

import datetime as dt
import secrets

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from letterhub.domain.accounts.roles import CoalitionExists
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.slugs import is_valid_slug
from letterhub.infrastructure.db import db, violated_constraint
from letterhub.models import Coalition, FormerSlug, Staff, append_audit_entry

SLUG_CONSTRAINTS = ("uq_coalition_slug", "pk_former_slug")


def find_or_create_account(email: str, at: dt.datetime) -> Staff:
    """Return the account with this address, created without a password if there is none.

    Two coalitions that invite someone at once both get the row that the database kept: its unique constraint is case-sensitive,
    so the address is in lower case.
    """
    statement = select(Staff).where(func.lower(Staff.email) == email)
    if existing := db.session.scalar(statement):
        return existing
    staff = Staff(email=email, created_at=at, fs_uniquifier=secrets.token_hex(32))
    try:
        with db.session.begin_nested():
            db.session.add(staff)
            db.session.flush()
    except IntegrityError:
        return db.session.scalars(statement).one()
    return staff


def add_coalition(name: str, slug: str, actor: str, at: dt.datetime) -> Coalition:
    """Add a coalition without staff, and return it. Raises CoalitionExists, and UserFacingError for an invalid slug."""
    check_slug(slug)
    coalition = Coalition(slug=slug, name=name, letterhead_lines=[], created_at=at)
    db.session.add(coalition)
    flush_slug(slug)
    append_audit_entry(
        db.session(), ReferenceKind.COALITION.reference(coalition.id), actor, "created", at=at, after={"name": name}
    )
    return coalition


def check_slug(slug: str, coalition_id: int | None = None) -> None:
    """Raise UserFacingError for an invalid slug, and CoalitionExists if another coalition has it, or had it before."""
    if not is_valid_slug(slug):
        raise UserFacingError(_("Use lowercase letters, digits and single hyphens, at most 60 characters."), field="slug")
    present = select(Coalition.id).where(Coalition.slug == slug)
    former = select(FormerSlug.coalition_id).where(FormerSlug.slug == slug)
    if set(db.session.scalars(present.union(former))) - {coalition_id}:
        raise _slug_taken(slug)


def flush_slug(slug: str) -> None:
    """Write the changed rows. Raises CoalitionExists if another coalition took the slug at the same moment."""
    try:
        db.session.flush()
    except IntegrityError as error:
        if violated_constraint(error) in SLUG_CONSTRAINTS:
            raise _slug_taken(slug) from error
        raise


def _slug_taken(slug: str) -> CoalitionExists:
    return CoalitionExists(_("There is already a coalition at the address %(slug)s. Choose another address.", slug=slug))
