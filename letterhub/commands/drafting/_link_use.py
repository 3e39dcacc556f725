"""Use of a link by which a partner comments on a draft or suggests a change of it: checked, limited, and remembered."""

import datetime as dt

from letterhub.domain.abuse.rate_limits import COMMENT_LIMIT, LimitedAction, RateLimited, format_wait
from letterhub.domain.archive import check_not_deleted
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.links.secret_links import LinkKind, LinkPermission
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import current_settings
from letterhub.models import Letter, SecretLink, acquire

LINK_ENDED = _("This link no longer works. Ask the coalition for a new one.")
RANKS = {permission: rank for rank, permission in enumerate(LinkPermission)}
"""Permissions in order: each includes those before it."""


class LinkEnded(UserFacingError):
    """Raised for a link that does not work any more, or does not allow what is done by it."""


def use_link(link_id: int, letter_id: int, needed: LinkPermission, name: str, at: dt.datetime) -> SecretLink:
    """Lock a link, and store the name that was typed with it; return it. Raises LinkEnded, and RateLimited for a link used too
    often."""
    link = db.session.get(SecretLink, link_id, with_for_update=True, populate_existing=True)
    is_of_draft = link is not None and (link.letter_id, link.kind) == (letter_id, LinkKind.DRAFT) and link.is_valid_at(at)
    if link is None or not is_of_draft or RANKS[link.permission] < RANKS[needed]:
        raise LinkEnded(LINK_ENDED)
    try:
        acquire(db.session(), {(LimitedAction.COMMENT, str(link.id)): COMMENT_LIMIT}, current_settings().secret_key, at)
    except RateLimited as refusal:
        wait = format_wait(refusal.allowed_at, at)
        raise RateLimited(
            _("This link was used many times just now. Try again in %(wait)s.", wait=wait), refusal.allowed_at
        ) from refusal
    link.person = name
    return link


def lock_draft(letter_id: int, refusal: UserFacingError) -> None:
    """Lock a letter for a suggestion or comment. Raises DraftIsDeleted, and `refusal` unless it is a draft."""
    letter = db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    check_not_deleted(letter.deleted_at)
    if letter.state is not LetterState.DRAFT:
        raise refusal
