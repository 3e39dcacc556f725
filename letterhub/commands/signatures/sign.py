"""Signing: sign, disown, correct, withdraw, and request a new link."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from letterhub.commands.abuse._submission_limiter import SubmissionLimiter
from letterhub.commands.changes._change_notices import record_objection
from letterhub.commands.mail._mail_holds import suppress_mail
from letterhub.commands.questions._answer_steps import answers_await_review, audit_facts_of_answers
from letterhub.commands.signatures._evidence import (
    add_domain_evidence,
    add_impersonation_evidence,
)
from letterhub.commands.signatures._notifications import notify_of_signatory_action
from letterhub.commands.signatures._place_assignment import reassign_corrected_place
from letterhub.commands.signatures._shared_steps import (
    AuditFacts,
    audit_signatory_action,
    cancel_emails,
    correctable_fields,
    email_signatory,
    link_invitation,
    link_organization,
    lock_signature,
)
from letterhub.domain.abuse.rate_limits import CORRECTION_LIMIT, BucketKey, LimitedAction, RateLimit, RateLimited, format_wait
from letterhub.domain.abuse.submission_limits import UNKNOWN_SENDER, FormTokenSpent, Sender
from letterhub.domain.audit.log import WORKER
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.signing_settings import FormSettingsChanged
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind, SuppressionReason
from letterhub.domain.questions.answers import Answers
from letterhub.domain.questions.news import NewsConsent
from letterhub.domain.signatures.evidence import Fact, FactKind
from letterhub.domain.signatures.line_fields import PRIVATE_FIELDS, TYPED_FIELDS, line_columns
from letterhub.domain.signatures.review import SignatureEvent
from letterhub.domain.signatures.signing import (
    AlreadyConfirmed,
    MailedTooOften,
    NothingChanged,
    SigningRequest,
    check_correctable,
    check_kind_accepted,
    check_mail_frequency,
    check_open,
    check_text_current,
    needs_review,
)
from letterhub.domain.states import CONFIRMED_STATES, UNCONFIRMED_STATES, SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.infrastructure.signed_links import current_settings
from letterhub.models import OutboxMessage, Signature, acquire, count_new_signature, end_quotes
from letterhub.queries.letters.public_translations import published_translation
from letterhub.queries.signatures.own_signature import is_confirmed_by_mail


@one_transaction
def sign_letter(
    letter_id: int, request: SigningRequest, *, at: dt.datetime, replaces: int | None = None, sender: Sender = UNKNOWN_SENDER
) -> int:
    """Store a signature and queue its confirmation mail; return its id.

    `replaces` is an unconfirmed signature of the same person with a wrong address, which can no longer be confirmed. Raises
    FormSettingsChanged, LetterNotOpen, SignerKindNotAccepted, TextChanged, FormTokenSpent, TooManyForms and CannotMail. Reveals
    nothing about who has signed: only the mail does.
    """
    replaced = db.session.get(Signature, replaces, with_for_update=True) if replaces else None
    limiter = SubmissionLimiter(letter_id, request.email, sender, at, request.key(letter_id))
    facts = limiter.facts
    if request.settings is not None and request.settings != facts.settings:
        raise FormSettingsChanged(_("This letter’s form changed. Please review your entries and submit again."))
    check_open(facts.state, facts.deadline_at, at)
    check_kind_accepted(facts.settings.who_may_sign, request.line.kind)
    if request.revision is not None:  # without it, the text is shown before confirming
        check_text_current(request.revision, facts.revision_number)
    typed = line_columns(request.line, facts.alphabet) | {"email": request.email.typed, **request.private}
    if request.answers:
        typed["answers"] = dict(request.answers)
    if request.news:
        typed["news_consent"] = NewsConsent(request.news.text, request.news.version, at).to_facts()
    if facts.earlier_id is not None:
        _check_same_submission(typed, facts.earlier_id)
        return facts.earlier_id
    columns = typed | {
        "letter_id": letter_id, "revision_id": facts.revision_id, "idempotency_key": request.key(letter_id), "created_at": at,
        "language": request.language, "translation_id": _translation_read(letter_id, request),
    }  # fmt: skip
    no_mail_server = Fact(FactKind.NO_MAIL_SERVER, WORKER, at, facts={"domain": request.email.host})
    signature_id = limiter.record(columns, limiter.check(), [no_mail_server] if request.no_mail_server else [])
    if sender.invitation:
        link_invitation(signature_id, letter_id, sender.invitation)
    if replaced is not None and replaced.letter_id == letter_id and replaced.state is SignatureState.PENDING:
        replaced.move(SignatureMove.WITHDRAW, at)
        cancel_emails(replaced, at)
    db.session.flush()
    count_new_signature(db.session(), letter_id, facts.revision_number, facts.settings.who_may_sign, at)
    return signature_id


def _translation_read(letter_id: int, request: SigningRequest) -> int | None:
    """Return the id of the translation of the current text that a form showed; None if it showed the original, as no language
    was chosen or its translation is of an earlier text. Raises TextChanged if readers see another translation by now, or none.
    """
    if not request.language:
        return None
    found = published_translation(letter_id, request.language)
    current = found[0].id if found and found[1] else None
    if found is None or request.revision is not None:  # without it, the text is shown before confirming
        check_text_current(request.translation if found else 0, current)
    return current


def _check_same_submission(typed: Mapping[str, Any], earlier_id: int) -> None:
    """Raise FormTokenSpent if a new signature differs in any field of the form from the earlier one by the same form."""
    earlier = db.session.get_one(Signature, earlier_id)
    columns = [field.column for field in (*TYPED_FIELDS, *PRIVATE_FIELDS)]
    is_same = all(typed.get(column, "") == getattr(earlier, column) for column in columns)
    has_same_consent = ("news_consent" in typed) is (earlier.news_consent is not None)
    if not is_same or typed.get("answers") != earlier.answers or not has_same_consent:
        raise FormTokenSpent(_("This form was already submitted with different entries. Please review them and submit again."))


@one_transaction
def disown_signature(signature_id: int, at: dt.datetime) -> None:
    """Disown an unconfirmed signature ("We didn't send this form"), and suppress further mail about the letter to its mailbox.

    Staff see it on their dashboard. Raises AlreadyConfirmed.
    """
    _letter, signature = lock_signature(signature_id)
    if signature.state in CONFIRMED_STATES:
        raise AlreadyConfirmed(_("This signature is confirmed. To withdraw it, use the link in the email that thanked you."))
    if signature.state in UNCONFIRMED_STATES:
        signature.move(SignatureMove.WITHDRAW, at)
        suppress_mail(signature, SuppressionReason.DISOWNED, at)
        audit_signatory_action(signature, "disowned", at, {}, {}, {"state": signature.state})


@one_transaction
def correct_signature(signature_id: int, line: Signatory, at: dt.datetime, answers: Answers | None = None) -> None:
    """Correct a line and answers to the letter's questions; what says something new returns to the queue.

    Raises NotCorrectable, NothingChanged, RateLimited and AlreadySigned.
    """
    letter, signature = lock_signature(signature_id)
    check_correctable(signature.state)
    line_before, fields_before, state_before = signature.signatory, correctable_fields(signature), signature.state
    answers_before = signature.answers
    signature.set_line(line, answers)
    if signature.signatory == line_before and signature.answers == answers_before:
        raise NothingChanged(_("You didn’t change anything, so your entry is as it was."))
    bucket: dict[BucketKey, RateLimit] = {(LimitedAction.CORRECT, str(signature_id)): CORRECTION_LIMIT}
    try:
        acquire(db.session(), bucket, current_settings().secret_key, at)  # an error below rolls it back
    except RateLimited as refusal:
        wait = format_wait(refusal.allowed_at, at)
        sentence = _("This entry was corrected many times within the hour. You can correct it again in %(wait)s.", wait=wait)
        raise RateLimited(sentence, refusal.allowed_at) from refusal
    search = link_organization(signature, letter.coalition_id, at)
    is_new = needs_review(line_before, signature.signatory) or answers_await_review(signature, answers_before)
    reassign_corrected_place(signature, new=is_new, at=at)
    add_domain_evidence(signature, at)
    add_impersonation_evidence(signature, search, at)
    new_state: AuditFacts = {"state": signature.state} if signature.state is not state_before else {}
    further = {**new_state, **audit_facts_of_answers(signature, answers_before)}
    audit_signatory_action(signature, "corrected", at, fields_before, correctable_fields(signature), further)
    notify_of_signatory_action(letter, signature, SignatureEvent.CORRECTED, at, listed=state_before is SignatureState.PUBLISHED)


@one_transaction
def withdraw_signature(signature_id: int, at: dt.datetime) -> None:
    """Withdraw a signature, at any time. Raises MoveNotAllowed if it is withdrawn already."""
    letter, signature = lock_signature(signature_id)
    before, listed = {"state": str(signature.state)}, signature.published_at is not None
    was_confirmed = signature.state in CONFIRMED_STATES
    if was_confirmed:
        record_objection(signature, at)
    signature.move(SignatureMove.WITHDRAW, at)
    end_quotes(db.session(), signature.id, at)
    cancel_emails(signature, at)
    if was_confirmed and signature.email:
        email_signatory(MailKind.WITHDRAWN, signature, letter, at)
    audit_signatory_action(signature, "withdrawn", at, before, {"state": str(signature.state)})
    notify_of_signatory_action(letter, signature, SignatureEvent.WITHDRAWN, at, listed=listed)


@one_transaction
def resend_confirmation(signature_id: int, at: dt.datetime, sender: Sender = UNKNOWN_SENDER) -> dt.datetime | None:
    """Queue the confirmation mail again, for whoever filled in the form; return when it will be sent, None for at once.

    Does nothing if the signature no longer waits for its confirmation. Raises MailedTooOften.
    """
    signature = db.session.get_one(Signature, signature_id, with_for_update=True, populate_existing=True)
    if signature.state is not SignatureState.PENDING:
        return None
    check_mail_frequency(_mail_times(signature), at)
    limiter = SubmissionLimiter(signature.letter_id, EmailAddress(signature.email), sender, at)
    decision = limiter.check(again=True)
    limiter.record_mail(signature_id, decision)
    return decision.promised_at if decision.promised_at > at else None


@one_transaction
def email_new_link(signature_id: int, email: str, at: dt.datetime) -> None:
    """Queue a new link, to confirm or manage, if the address is the signature's own; otherwise do nothing.

    The signatory of an imported signature is asked whether it is theirs: nobody has confirmed it from this mailbox yet. Callers
    hold an older link, so no stranger can use up the limit.
    """
    letter, signature = lock_signature(signature_id)
    if signature.state not in UNCONFIRMED_STATES | CONFIRMED_STATES or email.casefold() != signature.email.casefold():
        return
    try:
        check_mail_frequency(_mail_times(signature), at)
    except MailedTooOften:
        return
    if signature.state in UNCONFIRMED_STATES:
        email_signatory(MailKind.CONFIRM, signature, letter, at)
    elif signature.state is SignatureState.OUTDATED:
        email_signatory(MailKind.RECONFIRM, signature, letter, at)
    else:
        confirmed_by_mail = is_confirmed_by_mail(signature.id)
        email_signatory(MailKind.SIGNED if confirmed_by_mail else MailKind.RENEW_CONSENT, signature, letter, at)


def _mail_times(signature: Signature) -> list[dt.datetime]:
    return list(db.session.scalars(select(OutboxMessage.created_at).where(OutboxMessage.signature_id == signature.id)))
