"""Answers to a letter's questions, corrected by staff."""

from letterhub.commands.questions._answer_steps import audit_facts_of_answers
from letterhub.commands.signatures._shared_steps import lock_target
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.questions.answers import Answers
from letterhub.domain.signatures.review import SignatureTarget, check_correction
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import append_audit_entry


@one_transaction
def correct_answers(target: SignatureTarget, answers: Answers) -> None:
    """Correct the answers of a name that is listed or waits for review. Raises CannotCorrect and SignatureChanged."""
    letter, signature = lock_target(target)
    check_correction(signature.signatory.name, signature.state, signature.signatory, target.expected_version, signature.answers)
    before = signature.answers
    signature.set_answers(answers)
    if after := audit_facts_of_answers(signature, before):
        append_audit_entry(
            db.session(), ReferenceKind.LETTER.reference(letter.id), target.actor, "answers corrected", at=target.at,
            subject=ReferenceKind.SIGNATURE.reference(signature.id), after=after,
        )  # fmt: skip
