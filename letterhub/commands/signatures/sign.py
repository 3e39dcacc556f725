"""Signing: sign, confirm, disown, correct, withdraw, and request a new link."""

import datetime as dt

from sqlalchemy import bindparam, select

from letterhub.commands.abuse._flood_detection import leave_flood
from letterhub.commands.abuse.submission_limiter import SubmissionLimiter, refund_limits
from letterhub.commands.invitations.invitations import use_invitation
from letterhub.commands.mail._suppression import stop_mail
from letterhub.commands.signatures._evidence import find_out_by_mail, find_out_domain, find_out_names, find_out_no_server
from letterhub.commands.signatures._notifications import tell_of_signatory
from letterhub.commands.signatures._places import take_corrected_place, take_place
from letterhub.commands.signatures._steps import (
    Facts,
    appears_at_once,
    cancel_mail,
    current_revision,
    facts_of,
    know_organization,
    locked,
    locked_letter,
    mail_about,
    number_of,
    remember_signatory,
    signed_facts,
)
from letterhub.domain.abuse.rate_limits import CORRECTIONS, Allowance, LimitedAct, Purse, TooOften, wait_in_words
from letterhub.domain.abuse.submission_limits import NOBODY, MailDecision, Sender, StampSpent
from letterhub.domain.letters.document import Signatory
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.mail.suppression import Why
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.signatures.happenings import Happening
from letterhub.domain.signatures.signing import (
    AlreadyConfirmed,
    MailedAlready,
    NothingChanged,
    SigningRequest,
    check_confirmable,
    check_correctable,
    check_current,
    check_may_mail,
    check_open,
    check_taken,
    needs_review,
)
from letterhub.domain.states import STANDING, SignatureMove, SignatureState
from letterhub.infrastructure.current import settings_here
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import OutboxLine, Signature, keep_consent, spend
from letterhub.queries.signatures.signatures import is_confirmed_by_mail

WAITS = frozenset({SignatureState.PENDING, SignatureState.EXPIRED})
GIVEN = STANDING | {SignatureState.OUTDATED}


@one_transaction
def sign_letter(
    letter_id: int, request: SigningRequest, *, at: dt.datetime, replaces: int | None = None, sender: Sender = NOBODY
) -> int:
    """Store a signature and queue its confirmation mail; return its id.

    `replaces` is an unconfirmed signature of the same person with a wrong address, which can no longer be confirmed. Raises
    CannotSignNow, NotTaken, TextChanged, StampSpent, TooManyForms and CannotMail. Reveals nothing about who has signed: only
    the mail does.
    """
    signature = Signature(letter_id=letter_id, email=request.email, request_key=request.key(letter_id), created_at=at)
    signature.take(request.line)
    letter = locked_letter(letter_id)  # from here on, concurrent requests wait
    check_open(letter.state, letter.deadline_at, at)
    check_taken(letter.who_may_sign, request.line.kind)
    revision = current_revision(letter_id)
    if request.revision is not None:  # without it, the text is shown before confirming
        check_current(request.revision, revision.number)
    if (first := _sent_before(signature)) is not None:
        return first
    signature.revision_id = revision.id
    limiter = SubmissionLimiter(letter, sender, at)
    limiter.record(signature, limiter.check(request.email))
    if request.no_mail_server:
        find_out_no_server(signature, at)
    if sender.invitation:
        use_invitation(signature, sender.invitation)
    _replace(replaces, letter_id, at)
    return signature.id


_SENT = select(Signature).where(Signature.request_key == bindparam("key"))


def _sent_before(signature: Signature) -> int | None:
    """Return the id of the signature made with this idempotency key; the letter's lock keeps out concurrent requests.

    Raises StampSpent if the fields differ.
    """
    key = signature.request_key
    first = db.session.scalars(_SENT, {"key": key}).one_or_none() if key else None
    if first is None:
        return None
    if (first.email, first.kind, facts_of(first)) != (signature.email, signature.kind, facts_of(signature)):
        raise StampSpent("This form was sent before with other words. Please check your entries and press the button again.")
    return first.id


def _replace(signature_id: int | None, letter_id: int, at: dt.datetime) -> None:
    old = db.session.get(Signature, signature_id, with_for_update=True) if signature_id else None
    if old is not None and old.letter_id == letter_id and old.state is SignatureState.PENDING:
        old.move(SignatureMove.WITHDRAW, at)
        cancel_mail(old, at)


@one_transaction
def confirm_signature(
    signature_id: int,
    *,
    revision: int | None,
    at: dt.datetime,
    line: Signatory | None = None,
    shown: ShownConsent | None = None,
) -> None:
    """Confirm a signature, with a corrected line if one is given, under the revision with that number.

    Without `revision`, the one it was begun under counts as read. `shown` is the consent text of the page; it is stored. Raises
    AlreadyConfirmed, AlreadySigned, CannotSignNow, TextChanged, and NotAllowedNow if it was disowned.
    """
    letter, signature = locked(signature_id)
    if signature.state in GIVEN:
        raise AlreadyConfirmed("This signature is already confirmed.")
    check_confirmable(letter.term, signature.created_at, at)
    current = current_revision(letter.id)
    check_current(number_of(signature) if revision is None else revision, current.number)
    before = facts_of(signature)
    if line is not None:
        signature.take(line)
    know_organization(signature, at)
    signature.revision_id = current.id
    signature.move(SignatureMove.CONFIRM, at)
    leave_flood(signature)
    find_out_by_mail(signature, at)
    take_place(signature, at, by_signatory=True)
    refund_limits(signature, at)
    if shown is not None:
        keep_consent(db.session(), signature.id, shown, current, at)
    if appears_at_once(signature, letter):
        signature.move(SignatureMove.PUBLISH, at)
    remember_signatory(signature, "confirmed", at, before, facts_of(signature), signed_facts(signature, current))
    mail_about(MailKind.SIGNED, signature, letter, at)


@one_transaction
def disown_signature(signature_id: int, at: dt.datetime) -> None:
    """Disown an unconfirmed signature ("We didn't send this form"), and suppress further mail about the letter to its mailbox.

    Staff see it on their dashboard. Raises AlreadyConfirmed.
    """
    _letter, signature = locked(signature_id)
    if signature.state in GIVEN:
        raise AlreadyConfirmed("This signature is confirmed. To withdraw it, use the link in the email that thanked you.")
    if signature.state in WAITS:
        signature.move(SignatureMove.WITHDRAW, at)
        stop_mail(signature, Why.DISOWNED, at)
        remember_signatory(signature, "disowned", at, {}, {}, {"state": signature.state})


@one_transaction
def correct_signature(signature_id: int, line: Signatory, at: dt.datetime) -> None:
    """Correct a line; one that says something new returns to the queue.

    Raises NotCorrectable, NothingChanged, TooOften and AlreadySigned.
    """
    letter, signature = locked(signature_id)
    check_correctable(signature.state)
    before, old, seen = signature.signatory, facts_of(signature), signature.state
    signature.take(line)
    if signature.signatory == before:
        raise NothingChanged("Nothing was changed: the line is as it was.")
    _count_correction(signature_id, at)
    know_organization(signature, at)
    take_corrected_place(signature, new=needs_review(before, signature.signatory), at=at)
    find_out_domain(signature, at)
    find_out_names(signature, at)
    moved: Facts = {"state": signature.state} if signature.state is not seen else {}
    remember_signatory(signature, "corrected", at, old, facts_of(signature), moved)
    tell_of_signatory(letter, signature, Happening.CORRECTED, at, listed=seen is SignatureState.PUBLISHED)


def _count_correction(signature_id: int, at: dt.datetime) -> None:
    """Count a correction against its rate limit. Raises TooOften. A later error rolls it back with the transaction."""
    purse: dict[Purse, Allowance] = {(LimitedAct.CORRECT, str(signature_id)): CORRECTIONS}
    try:
        spend(db.session(), purse, settings_here().secret_key, at)
    except TooOften as refusal:
        wait = wait_in_words(refusal.free_at, at)
        sentence = f"This line was corrected many times within the hour. You can correct it again in {wait}."
        raise TooOften(sentence, refusal.free_at) from refusal


@one_transaction
def withdraw_signature(signature_id: int, at: dt.datetime) -> None:
    """Withdraw a signature, at any time. Raises NotAllowedNow if it is withdrawn already."""
    letter, signature = locked(signature_id)
    before, listed = {"state": str(signature.state)}, signature.published_at is not None
    signature.move(SignatureMove.WITHDRAW, at)
    cancel_mail(signature, at)
    remember_signatory(signature, "withdrawn", at, before, {"state": str(signature.state)})
    tell_of_signatory(letter, signature, Happening.WITHDRAWN, at, listed=listed)


@one_transaction
def mail_confirmation_again(signature_id: int, at: dt.datetime, sender: Sender = NOBODY) -> dt.datetime | None:
    """Queue the confirmation mail again, for whoever filled in the form; return when it will be sent, None for at once.

    Raises MailedAlready.
    """
    letter, signature = locked(signature_id)
    if signature.state is not SignatureState.PENDING:
        return None
    check_may_mail(_mailed_at(signature), at)
    limiter = SubmissionLimiter(letter, sender, at)
    decision = limiter.check_again(signature.email)
    limiter.record_mail(signature, decision)
    return decision.promised_at if decision.promised_at > at else None


@one_transaction
def mail_new_link(signature_id: int, email: str, at: dt.datetime) -> None:
    """Queue a new link, to confirm or manage, if the address is the signature's own; otherwise do nothing.

    The signatory of an imported signature is asked whether it is theirs: nobody has confirmed it from this mailbox yet. Callers
    hold an older link, so no stranger can use up the limit.
    """
    letter, signature = locked(signature_id)
    if signature.state not in WAITS | GIVEN or email.casefold() != signature.email.casefold():
        return
    try:
        check_may_mail(_mailed_at(signature), at)
    except MailedAlready:
        return
    if signature.state in WAITS:
        SubmissionLimiter(letter, NOBODY, at).record_mail(signature, MailDecision(at, at))
    elif signature.state is SignatureState.OUTDATED:
        mail_about(MailKind.AGAIN, signature, letter, at)
    else:
        by_mail = is_confirmed_by_mail(signature.id)
        mail_about(MailKind.SIGNED if by_mail else MailKind.STILL, signature, letter, at)


def _mailed_at(signature: Signature) -> list[dt.datetime]:
    return list(db.session.scalars(select(OutboxLine.created_at).where(OutboxLine.signature_id == signature.id)))
