"""Flood detection: flags forms that came in a flood of others, and clears the flag of those that are confirmed.

See docs/design/abuse.md.
"""

import datetime as dt

from sqlalchemy import ColumnElement, Update, bindparam, exists, func, select, update
from sqlalchemy.orm import aliased

from letterhub.domain.abuse.submission_limits import FLOOD_WINDOW, NETWORK_FLOOD_THRESHOLD
from letterhub.infrastructure.db import db, execute_core
from letterhub.models import Signature, SubmissionOrigin, is_outside_floods


def flag_flood(trace: SubmissionOrigin, at: dt.datetime, *, of_letter: bool) -> None:
    """Flag the last hour's unconfirmed forms that belong to the same flood as a new one, of its letter or of its network.

    Forms with and without a proof of work are counted as separate floods.
    """
    told = {"letter": trace.letter_id, "since": at - FLOOD_WINDOW}
    like_it = {"proven": trace.has_proof_of_work} if of_letter else {"network": trace.network_hash}
    db.session.connection().execute(_FLAG_BY_PROOF if of_letter else _FLAG_BY_NETWORK, told | like_it)


def _flag_statement(like_it: ColumnElement[bool]) -> Update:
    unmarked = (Signature.letter_id == bindparam("letter"), Signature.created_at > bindparam("since"), is_outside_floods())
    came_like_it = exists().where(SubmissionOrigin.signature_id == Signature.id, like_it)
    return update(Signature).where(*unmarked, came_like_it).values(from_flood=True)


_FLAG_BY_PROOF = _flag_statement(SubmissionOrigin.has_proof_of_work == bindparam("proven"))
_FLAG_BY_NETWORK = _flag_statement(SubmissionOrigin.network_hash == bindparam("network"))
"""Prebuilt statements: during a flood, each form runs one of them."""


def clear_flood_flag(signature: Signature) -> None:
    """Clear the flood flag of a confirmed signature: floods consist of forms that nobody confirms.

    It stays if ten forms or more came from its network within an hour of it, or if its network has been erased.
    """
    told = {
        "signature": signature.id,
        "since": signature.created_at - FLOOD_WINDOW,
        "until": signature.created_at + FLOOD_WINDOW,
    }
    of_network = execute_core(_FORMS_OF_SAME_NETWORK, told).scalar_one()
    signature.from_flood = of_network == 0 or of_network >= NETWORK_FLOOD_THRESHOLD


_OWN_ORIGIN = aliased(SubmissionOrigin)
_FORMS_OF_SAME_NETWORK = (
    select(func.count())
    .select_from(SubmissionOrigin)
    .join(
        _OWN_ORIGIN,
        (_OWN_ORIGIN.letter_id == SubmissionOrigin.letter_id) & (_OWN_ORIGIN.network_hash == SubmissionOrigin.network_hash),
    )
    .where(_OWN_ORIGIN.signature_id == bindparam("signature"), _OWN_ORIGIN.network_hash != "")
    .where(SubmissionOrigin.started_at > bindparam("since"), SubmissionOrigin.started_at < bindparam("until"))
)
"""Count of the forms from a signature's network within an hour before or after it, including its own."""
