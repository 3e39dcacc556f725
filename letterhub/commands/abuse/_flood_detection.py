"""Flood detection: flags forms that came in a flood of others, and clears the flag of those that are confirmed.

See docs/design/abuse.md.
"""

import datetime as dt

from sqlalchemy import ColumnElement, Update, bindparam, exists, func, select, update
from sqlalchemy.orm import aliased

from letterhub.domain.abuse.submission_limits import FLOOD_WINDOW, NETWORK_FLOOD_THRESHOLD
from letterhub.infrastructure.db import execute_core
from letterhub.models import Signature, SubmissionOrigin, is_outside_floods


def flag_flood(letter_id: int, network_hash: str, at: dt.datetime, *, has_proof_of_work: bool | None) -> None:
    """Flag the letter's unconfirmed forms of the last hour that belong to the same flood as a new one from this network.

    `has_proof_of_work` says whether the new form has one: flags all forms of the letter that have one too, or all that have
    none either. If it is None, flags all forms from the network. A form that someone is confirming at this moment is left out,
    as if it had been confirmed before.
    """
    parameters: dict[str, object] = {"letter": letter_id, "since": at - FLOOD_WINDOW}
    if has_proof_of_work is None:
        execute_core(_FLAG_BY_NETWORK, parameters | {"network": network_hash})
    else:
        execute_core(_FLAG_BY_PROOF, parameters | {"has_proof_of_work": has_proof_of_work})


def _flag_statement(origin_condition: ColumnElement[bool]) -> Update:
    """Return the UPDATE that flags a letter's recent forms whose origin meets the condition, unless flagged already."""
    unflagged = (Signature.letter_id == bindparam("letter"), Signature.created_at > bindparam("since"), is_outside_floods())
    in_same_flood = exists().where(SubmissionOrigin.signature_id == Signature.id, origin_condition)
    unlocked = select(Signature.id).where(*unflagged, in_same_flood).with_for_update(of=Signature, skip_locked=True)
    return update(Signature).where(Signature.id.in_(unlocked)).values(from_flood=True)


_FLAG_BY_PROOF = _flag_statement(SubmissionOrigin.has_proof_of_work == bindparam("has_proof_of_work"))
_FLAG_BY_NETWORK = _flag_statement(SubmissionOrigin.network_hash == bindparam("network"))
"""Prebuilt statements: during a flood, each form runs one of them."""


def clear_flood_flag(signature: Signature) -> None:
    """Clear the flood flag of a confirmed signature: floods consist of forms that nobody confirms.

    It stays if ten forms or more came from its network within an hour of it, or if its network has been erased.
    """
    parameters = {
        "signature": signature.id,
        "since": signature.created_at - FLOOD_WINDOW,
        "until": signature.created_at + FLOOD_WINDOW,
    }
    form_count = execute_core(_FORMS_OF_SAME_NETWORK, parameters).scalar_one()
    is_network_erased, is_network_flooding = form_count == 0, form_count >= NETWORK_FLOOD_THRESHOLD
    signature.from_flood = is_network_erased or is_network_flooding


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
