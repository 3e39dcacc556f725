"""News of a coalition: offered on a letter's form, and consent to it withdrawn."""

import datetime as dt

from letterhub.commands.signatures._shared_steps import audit_signatory_action, lock_signature, lock_target
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.questions.news import NewsTextChanged, news_consent_from
from letterhub.domain.signatures.review import SignatureTarget
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, Signature, append_audit_entry

SIGNATORY = "signatory"


@one_transaction
def change_news_text(letter_id: int, text: str, expected_version: int, *, actor: str, at: dt.datetime) -> None:
    """Offer news on the form with these words, "" to offer none. Consent given so far keeps its words.

    Raises NewsTextChanged if the words are not those of `expected_version`.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update=True, populate_existing=True)
    if letter.news_version != expected_version:
        raise NewsTextChanged(_("These words were changed in the meantime. Check them and save again."))
    if text != letter.news_text:
        before, letter.news_text, letter.news_version = letter.news_text, text, letter.news_version + 1
        chain = ReferenceKind.LETTER.reference(letter_id)
        action = "news offered" if text else "news no longer offered"
        append_audit_entry(db.session(), chain, actor, action, at=at, before={"text": before}, after={"text": text})


@one_transaction
def withdraw_news_consent(signature_id: int, at: dt.datetime) -> None:
    """Withdraw a signatory's consent by their link. Do nothing if there is none, or it is withdrawn already."""
    _letter, signature = lock_signature(signature_id)
    if _end(signature, SIGNATORY, at):
        audit_signatory_action(signature, "news ended", at, {}, {})


@one_transaction
def end_news_consent(target: SignatureTarget) -> None:
    """Withdraw a signatory's consent, as they told staff. Do nothing if there is none, or it is withdrawn already."""
    letter, signature = lock_target(target)
    if _end(signature, target.actor, target.at):
        append_audit_entry(
            db.session(), ReferenceKind.LETTER.reference(letter.id), target.actor, "news ended", at=target.at,
            subject=ReferenceKind.SIGNATURE.reference(signature.id),
        )  # fmt: skip


def _end(signature: Signature, by: str, at: dt.datetime) -> bool:
    """Withdraw a signature's consent; return whether it stood."""
    consent = news_consent_from(signature.news_consent)
    if consent is None or consent.ended_at is not None:
        return False
    signature.news_consent = consent.end(by, at).to_facts()
    return True
