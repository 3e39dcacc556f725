"""Scanned signatures: staff add one to a name, replace it, or remove it."""

import hashlib

from letterhub.commands.signatures._shared_steps import lock_target
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.letter_document import Logo
from letterhub.domain.signatures.review import SignatureTarget, check_line_version
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import SignaturePicture, append_audit_entry


@one_transaction
def set_signature_picture(signature_target: SignatureTarget, picture: Logo) -> None:
    """Set or replace the scanned signature of a name as it prints now. Raises CannotVouch and SignatureChanged."""
    _letter, signature = lock_target(signature_target)
    check_line_version(signature.signatory, signature_target.expected_version, signature.answers)
    _delete_picture(signature.id)
    stored = {"media_type": picture.media_type, "content": picture.data, "stored_at": signature_target.at}
    db.session.add(SignaturePicture(signature_id=signature.id, signer_name=signature.signer_name, **stored))
    facts: dict[str, int | str] = {"size": len(picture.data), "sha256": hashlib.sha256(picture.data).hexdigest()}
    _append_audit_entry(signature.letter_id, signature_target, "scanned signature added", facts)


@one_transaction
def remove_signature_picture(signature_target: SignatureTarget) -> None:
    """Remove the scanned signature of a name, if it has one. Raises CannotVouch."""
    _letter, signature = lock_target(signature_target)
    if _delete_picture(signature.id):
        _append_audit_entry(signature.letter_id, signature_target, "scanned signature removed", {})


def _delete_picture(signature_id: int) -> bool:
    """Delete the scanned signature of a name; return whether there was one."""
    stored = db.session.get(SignaturePicture, signature_id)
    if stored is None:
        return False
    db.session.delete(stored)
    db.session.flush()
    return True


def _append_audit_entry(letter_id: int, signature_target: SignatureTarget, action: str, facts: dict[str, int | str]) -> None:
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), signature_target.actor, action, at=signature_target.at,
        subject=ReferenceKind.SIGNATURE.reference(signature_target.signature_id), after=facts,
    )  # fmt: skip
