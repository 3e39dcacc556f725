"""Archive: letters that staff put away, and drafts that they deleted."""

import datetime as dt

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.states import LetterState

DELETED_DRAFT_RETENTION = dt.timedelta(days=30)
"""Time for which a deleted draft can be restored; then it is erased."""
DELETED_DRAFTS = "deleted drafts"
"""Name of deleted drafts in the list of what is due for erasure."""
ARCHIVABLE_STATES = frozenset({LetterState.CLOSED, LetterState.DELIVERED, LetterState.WITHDRAWN})


class CannotArchive(UserFacingError):
    """Raised when a letter in its state cannot be archived."""


class CannotDelete(UserFacingError):
    """Raised when a letter is not a draft, and so cannot be deleted."""


class DraftIsDeleted(UserFacingError):
    """Raised when a draft was deleted in the meantime."""


class CannotRestore(UserFacingError):
    """Raised when a deleted draft was erased, or restored, in the meantime."""


def check_archivable(state: LetterState) -> None:
    """Raise CannotArchive unless a letter in this state can be archived."""
    if state not in ARCHIVABLE_STATES:
        raise CannotArchive(_("Only closed, delivered and withdrawn letters can be archived. Close this letter first."))


def check_deletable(state: LetterState) -> None:
    """Raise CannotDelete unless a letter in this state can be deleted."""
    if state is LetterState.WITHDRAWN:
        raise CannotDelete(_("This letter was withdrawn, so it can’t be deleted. Archive it instead."))
    if state is not LetterState.DRAFT:
        raise CannotDelete(
            _("This letter was opened and may have been signed, so it can’t be deleted. Close and archive it, or withdraw it.")
        )


def check_not_deleted(deleted_at: dt.datetime | None) -> None:
    """Raise DraftIsDeleted if a letter was deleted."""
    if deleted_at is not None:
        raise DraftIsDeleted(_("This draft was deleted in the meantime. An organizer can restore it under Deleted drafts."))


def erased_at(deleted_at: dt.datetime) -> dt.datetime:
    """Return when a draft that was deleted then is erased."""
    return deleted_at + DELETED_DRAFT_RETENTION
