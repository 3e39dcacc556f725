"""Outdated signatures that return to the list: confirmed again, or without that, as their change was taken back or their
signatories did not object to it."""

import datetime as dt

from letterhub.commands.signatures._place_assignment import assign_place, has_equal_rival
from letterhub.commands.signatures._shared_steps import assess_signature, is_published_at_once
from letterhub.domain.signatures.publishing import DUPLICATE_DOUBTS, is_republished_at_once
from letterhub.domain.signatures.signing import AlreadySigned
from letterhub.domain.states import SignatureMove
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature


def is_relisted_at_once(signature: Signature, listed_at: dt.datetime | None) -> bool:
    """Return whether a signature listed at that time returns without review: no doubt came up since that staff must weigh."""
    assessment = assess_signature(signature, since=listed_at)
    is_outweighed = bool(assessment.doubts & DUPLICATE_DOUBTS) and has_equal_rival(signature)
    return is_republished_at_once(assessment, outweighed=is_outweighed)


def relist_confirmed(
    signature: Signature, letter: Letter, listed_at: dt.datetime | None, at: dt.datetime, *, is_new: bool
) -> None:
    """Return a signature that was confirmed again to the list where it stood at `listed_at`, unless its line `is_new` or
    doubts came up since; otherwise to the queue, if the letter's rules don't publish it."""
    keeps_place = listed_at is not None and not is_new and signature.place_key is not None
    if (keeps_place and is_relisted_at_once(signature, listed_at)) or is_published_at_once(signature, letter.publish_rules):
        signature.move(SignatureMove.PUBLISH, at)
    else:
        signature.published_at = None


def try_restore(signature: Signature, at: dt.datetime, *, is_checked: bool = False) -> bool:
    """Restore an outdated signature to its earlier state, unless its mailbox has signed again since, as an individual. Return
    whether it did.

    If it `is_checked`, it returns to the queue where doubts came up since it was listed.
    """
    if signature.place_key is not None:
        _restore_state(signature, at, is_checked=is_checked)
        return True
    try:
        with db.session.begin_nested():
            _restore_state(signature, at, is_checked=is_checked)
    except AlreadySigned:
        return False
    return True


def _restore_state(signature: Signature, at: dt.datetime, *, is_checked: bool) -> None:
    """Restore an outdated signature: to the list if it was there and has its place, otherwise to the queue.

    Raises AlreadySigned for a person whose mailbox has another one in force.
    """
    published_at = signature.published_at
    signature.move(SignatureMove.RESTORE, at)
    if signature.place_key is None:
        assign_place(signature, at)
    if published_at is None or signature.place_key is None:
        return
    if is_checked and not is_relisted_at_once(signature, published_at):
        signature.published_at = None
        return
    signature.move(SignatureMove.PUBLISH, published_at)
