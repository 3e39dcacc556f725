"""Flood detection: flags forms that came in a flood of others, and clears the flag of those that are confirmed.

See docs/design/abuse.md.
"""

import datetime as dt

from sqlalchemy import ColumnElement, Update, bindparam, exists, func, select, update
from sqlalchemy.orm import aliased

from letterhub.domain.abuse.submission_limits import FLOOD_WITHIN, NETWORK_FLOOD
from letterhub.infrastructure.db import db, read
from letterhub.models import Signature, Trace, is_unmarked


def mark_flood(trace: Trace, at: dt.datetime, *, of_letter: bool) -> None:
    """Flag the last hour's unconfirmed forms that belong to the same flood as a new one, of its letter or of its network.

    Forms with and without a proof of work are counted as separate floods.
    """
    told = {"letter": trace.letter_id, "since": at - FLOOD_WITHIN}
    like_it = {"proven": trace.proven} if of_letter else {"network": trace.network_key}
    db.session.connection().execute(_MARK_BY_PROOF if of_letter else _MARK_BY_NETWORK, told | like_it)


def _marking(like_it: ColumnElement[bool]) -> Update:
    unmarked = (Signature.letter_id == bindparam("letter"), Signature.created_at > bindparam("since"), is_unmarked())
    came_like_it = exists().where(Trace.signature_id == Signature.id, like_it)
    return update(Signature).where(*unmarked, came_like_it).values(from_flood=True)


_MARK_BY_PROOF = _marking(Trace.proven == bindparam("proven"))
_MARK_BY_NETWORK = _marking(Trace.network_key == bindparam("network"))
"""Prebuilt statements: during a flood, each form runs one of them."""


def leave_flood(signature: Signature) -> None:
    """Clear the flood flag of a confirmed signature: floods consist of forms that nobody confirms.

    It stays if ten forms or more came from its network within an hour of it, or if its network has been erased.
    """
    if not signature.from_flood:
        return
    told = {
        "signature": signature.id,
        "since": signature.created_at - FLOOD_WITHIN,
        "until": signature.created_at + FLOOD_WITHIN,
    }
    of_network = read(_BESIDE, told).scalar_one()
    signature.from_flood = of_network == 0 or of_network >= NETWORK_FLOOD


_ITS_TRACE = aliased(Trace)
_BESIDE = (
    select(func.count())
    .select_from(Trace)
    .join(_ITS_TRACE, (_ITS_TRACE.letter_id == Trace.letter_id) & (_ITS_TRACE.network_key == Trace.network_key))
    .where(_ITS_TRACE.signature_id == bindparam("signature"), _ITS_TRACE.network_key != "")
    .where(Trace.begun_at > bindparam("since"), Trace.begun_at < bindparam("until"))
)
"""Count of the forms from a signature's network within an hour before or after it, including its own."""
