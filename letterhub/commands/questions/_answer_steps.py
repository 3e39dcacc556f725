"""Steps that commands on a signature share about its answers to a letter's questions."""

from collections.abc import Mapping

from letterhub.domain.questions.answers import Answers, changed_questions, has_public_text
from letterhub.models import Signature
from letterhub.queries.questions.questions import letter_questions


def answers_await_review(signature: Signature, before: Answers | None = None) -> bool:
    """Return whether freely typed answers that differ from those `before` would appear on the letter: staff read them first."""
    changed = {key: answer for key, answer in (signature.answers or {}).items() if answer != (before or {}).get(key)}
    return bool(changed) and has_public_text(letter_questions(signature.letter_id), changed)


def audit_facts_of_answers(signature: Signature, before: Answers | None) -> Mapping[str, str]:
    """Return for the audit log which questions have another answer than `before`; never the answers, which can be erased."""
    if signature.answers == before:
        return {}
    changed = changed_questions(letter_questions(signature.letter_id), before, signature.answers)
    return {"answers": ", ".join(f"“{one.label}”" for one in changed)}
