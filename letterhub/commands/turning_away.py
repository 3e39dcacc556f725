"""Keeps by what a signature that was turned away is known again, and forgets it where staff take that back."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, insert

from letterhub.db import db
from letterhub.domain.turned_away import Turned
from letterhub.mail.fingerprints import known_again
from letterhub.models import Signature, TurnedAway


def turn_away(signatures: Iterable[Signature], why: Turned, at: dt.datetime) -> None:
    """The same organization or person, mailbox or domain appears under the letter only where staff say so from now on."""
    rows = [
        {"letter_id": one.letter_id, "signature_id": one.id, "key": key, "why": why, "at": at}
        for one in signatures
        for key in dict.fromkeys(known_again(one.letter_id, one.known_again_by))
    ]
    if rows:
        db.session.execute(insert(TurnedAway), rows)


def forget_decline(*which: ColumnElement[bool]) -> None:
    """Staff took declines back. That an organization denied a signature is not theirs to take back."""
    db.session.execute(delete(TurnedAway).where(TurnedAway.why == Turned.DECLINED, *which))
