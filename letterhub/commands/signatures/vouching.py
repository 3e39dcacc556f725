"""Vouching for a name: staff answer for it in their own, with a reason, and may take that back."""

from letterhub.commands.signatures._shared_steps import lock_target
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.signatures.evidence import Fact, FactKind, applicable_fact_kinds, hash_line
from letterhub.domain.signatures.review import CannotVouch, SignatureTarget, check_line_version
from letterhub.domain.states import ACTIVE_STATES, SIGNATURE_STATE_NAMES
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Signature, add_evidence, append_audit_entry, evidence_facts


@one_transaction
def vouch_for_signature(signature_target: SignatureTarget, reason: str) -> None:
    """Record that a member of staff vouches for a name, and why. Raises CannotVouch and SignatureChanged."""
    _letter, signature = lock_target(signature_target)
    name = signature.signatory.name
    if signature.state not in ACTIVE_STATES:
        raise CannotVouch(
            _(
                "%(name)s is %(state)s, so there is nothing to vouch for.",
                name=name,
                state=SIGNATURE_STATE_NAMES[signature.state],
            )
        )
    check_line_version(signature.signatory, signature_target.expected_version, signature.answers)
    if _is_vouched_for(signature):
        raise CannotVouch(_("%(name)s is already marked as verified.", name=name))
    _record_vouch(signature, signature_target, FactKind.VOUCHED, "vouched", {"reason": reason})


@one_transaction
def stop_vouching(signature_target: SignatureTarget) -> None:
    """End the vouching for a name. Raises CannotVouch."""
    _letter, signature = lock_target(signature_target)
    if not _is_vouched_for(signature):
        raise CannotVouch(_("%(name)s isn’t marked as verified.", name=signature.signatory.name))
    _record_vouch(signature, signature_target, FactKind.VOUCH_ENDED, "vouch ended", {})


def _is_vouched_for(signature: Signature) -> bool:
    """Return whether staff vouch for the name as it prints now."""
    facts = evidence_facts(db.session(), [signature.id]).get(signature.id, ())
    return FactKind.VOUCHED in applicable_fact_kinds(facts, signature.signatory)


def _record_vouch(
    signature: Signature, signature_target: SignatureTarget, kind: FactKind, action: str, facts: dict[str, str]
) -> None:
    add_evidence(
        db.session(),
        signature.id,
        Fact(kind, signature_target.actor, signature_target.at, hash_line(signature.signatory), facts),
    )
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(signature.letter_id), signature_target.actor, action,
        at=signature_target.at, subject=ReferenceKind.SIGNATURE.reference(signature.id), after=facts,
    )  # fmt: skip
