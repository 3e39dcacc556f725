"""Confirmation of a signature by its mailed link, or by an invitation whose link was mailed to the signer.

Signers of a letter do not wait for each other: each holds the letter against closing and changes of its text, which wait for
them, and locks only its own signature and the names that resemble its own. What all share is written when it commits.

See docs/design/concurrency.md.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import aliased

from letterhub.commands.abuse._flood_detection import clear_flood_flag
from letterhub.commands.abuse._submission_limiter import DELAYED_MAIL, LIMITED_MAIL, NETWORK_HASH, refund_limits
from letterhub.commands.questions._answer_steps import audit_facts_of_answers
from letterhub.commands.signatures._evidence import mailbox_facts, recorded_facts
from letterhub.commands.signatures._place_assignment import assign_place
from letterhub.commands.signatures._shared_steps import (
    audit_facts_of_signing,
    audit_signatory_action,
    bind_to_translation,
    cancel_emails,
    correctable_fields,
    current_revision,
    is_published_at_once,
    link_organization,
)
from letterhub.domain.i18n import _
from letterhub.domain.interface_languages import public_language, speaking
from letterhub.domain.letters.letter_document import LetterText, Signatory
from letterhub.domain.mail.email_addresses import EmailAddress, is_same_mailbox
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.questions.answers import Answers
from letterhub.domain.questions.news import NewsConsent, NewsOffer
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.signatures.publishing import PublishRules
from letterhub.domain.signatures.signing import (
    AlreadyConfirmed,
    SigningPeriod,
    check_confirmable,
    check_kind_accepted,
    check_open,
    check_text_current,
)
from letterhub.domain.states import CONFIRMED_STATES, SignatureMove, SignatureState
from letterhub.infrastructure.db import db, execute_core, one_transaction
from letterhub.infrastructure.signed_links import InvalidLink, LinkContent
from letterhub.infrastructure.statements import Row, insert_rows
from letterhub.mail.outbox import message_columns
from letterhub.models import (
    HAS_WEBHOOK,
    Coalition,
    Consent,
    EvidenceFact,
    Invitation,
    Letter,
    OutboxMessage,
    Revision,
    Signature,
    consent_columns,
    evidence_columns,
    note_without_webhooks,
)
from letterhub.queries.invitations.received_invitations import check_mailbox_proven
from letterhub.queries.letters.letter_lookup import is_newest_revision
from letterhub.queries.letters.public_letter import revision_text
from letterhub.queries.letters.public_translations import PublicTranslation

ConsentOf = Callable[[Signatory, LetterText], ShownConsent]
"""Function that returns what a page showed to the signer of a line, as it was before a correction, under a text, in the
language that is spoken now."""


@one_transaction
def confirm_signature(
    signature_id: int,
    *,
    revision: int | None,
    at: dt.datetime,
    translation: int | None = None,
    line: Signatory | None = None,
    answers: Answers | None = None,
    consent: ConsentOf | None = None,
    link: LinkContent | None = None,
) -> None:
    """Confirm a signature, with a corrected line and answers if they are given, under the revision with that number, read in
    the translation with that id.

    Without `revision`, the one it was begun under counts as read. `consent` is stored. Raises AlreadyConfirmed, AlreadySigned,
    LetterNotOpen, TextChanged, InvalidLink if the `link` was made for another one, and MoveNotAllowed if it was disowned.
    """
    locked = _lock(signature_id, at)
    signature: Signature = locked.Signature
    if link is not None:
        link.check_same_row(signature.created_at)
    if signature.state in CONFIRMED_STATES:
        raise AlreadyConfirmed(_("This signature is already confirmed."))
    period = SigningPeriod(locked.state, locked.deadline_at, locked.closed_at, dt.timedelta(hours=locked.grace_hours))
    check_confirmable(period, signature.created_at, at)
    check_text_current(locked.signed_number if revision is None else revision, locked.number)
    read = bind_to_translation(signature)
    if revision is not None:
        check_text_current(translation, signature.translation_id)
    _sign_current_text(locked, line, answers, consent, at, read)


def _sign_current_text(
    locked: Any,
    line: Signatory | None,
    answers: Answers | None,
    consent: ConsentOf | None,
    at: dt.datetime,
    read: PublicTranslation | None = None,
) -> None:
    """Confirm the signature of a row of `_lock` under the current text, which was read in a translation or in the original;
    publish it if a rule says so, and log it."""
    signature: Signature = locked.Signature
    text = read.text if read else revision_text(locked.revision_id, locked.sha256)
    with speaking(public_language(signature.language or text.language)):
        shown = consent and consent(signature.signatory, text)
    before, answers_before = correctable_fields(signature), signature.answers
    if line is not None:
        signature.set_line(line, answers)
    _confirm(signature, locked, shown, at, read)
    if is_published_at_once(signature, PublishRules(locked.publish_rule, locked.publish_individuals)):
        signature.move(SignatureMove.PUBLISH, at)
    after, facts = correctable_fields(signature), audit_facts_of_signing(signature, locked.number, locked.sha256, read)
    facts = {**facts, **audit_facts_of_answers(signature, answers_before)}
    audit_signatory_action(signature, "confirmed", at, before, after, facts)


@one_transaction
def sign_by_invitation(
    invitation_id: int, *, mailbox: int, revision: int | None, at: dt.datetime, line: Signatory, consent: ConsentOf,
    answers: Answers | None = None, news: NewsOffer | None = None,
) -> int:  # fmt: skip
    """Sign for an invited organization and confirm it at once; return the signature's id. No other mail proves the mailbox:
    the invitation's link was mailed to it, `mailbox` is the number in that link.

    `line` is the one that the page showed, or as it was corrected there: a lead stays one under its own name. `answers` are
    those to the letter's questions, `news` is the offer of news that was accepted, `revision` the number of the text. The
    letter is held, then the invitation locked, so that of two presses one signs. Raises AlreadyConfirmed if the invitation was
    used, MailboxNotProven, LetterNotOpen, TextChanged and AlreadySigned.
    """
    letter_id = db.session.scalar(select(Invitation.letter_id).where(Invitation.id == invitation_id))
    letter = db.session.scalars(_HELD_LETTER, {"letter": letter_id}).one()
    invitation = db.session.get_one(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    earlier = db.session.get(Signature, invitation.signature_id, with_for_update=True) if invitation.signature_id else None
    if earlier is not None and earlier.confirmed_at is not None:
        raise AlreadyConfirmed(_("This signature is already confirmed."))
    check_mailbox_proven(invitation, mailbox)
    check_open(letter.state, letter.deadline_at, at)
    check_kind_accepted(letter.who_may_sign, line.kind)
    if earlier is not None and earlier.state is SignatureState.PENDING and is_same_mailbox(earlier.email, invitation.email):
        earlier.move(SignatureMove.WITHDRAW, at)
        cancel_emails(earlier, at)
    signature = Signature(
        letter_id=letter.id, revision_id=current_revision(letter.id).id, alphabet=letter.alphabet, email=invitation.email,
        state=SignatureState.PENDING, created_at=at,
        lead=bool(invitation.line.get("lead")) and line.organization == invitation.line["organization"],
        news_consent=NewsConsent(news.text, news.version, at).to_facts() if news else None,
    )  # fmt: skip
    signature.set_line(line, answers)
    db.session.add(signature)
    db.session.flush()
    invitation.signature_id = signature.id
    db.session.flush()
    locked = _lock(signature.id, at)
    check_text_current(revision or 0, locked.number)
    _sign_current_text(locked, None, None, consent, at)
    return signature.id


def _confirm(
    signature: Signature, locked: Any, shown: ShownConsent | None, at: dt.datetime, read: PublicTranslation | None
) -> None:
    """Move a signature, store evidence, consent and mail, and assign its place."""
    search = link_organization(signature, locked.coalition_id, at)
    signature.revision_id = locked.revision_id
    signature.move(SignatureMove.CONFIRM, at)
    if signature.from_flood:
        clear_flood_flag(signature)
    recorded = recorded_facts(signature) if locked.has_facts else ()
    facts = mailbox_facts(signature, search, locked.coalition, recorded, at, may_be_invited=locked.has_invitation)
    of_signature = {"signature_id": signature.id}
    rows: list[Row] = [(EvidenceFact, of_signature | evidence_columns(fact)) for fact in facts]
    if shown is not None:
        translation = read.evidence if read else None
        rows.append((Consent, of_signature | consent_columns(shown, locked.number, locked.sha256, at, translation)))
    mail = message_columns(MailKind.SIGNED, EmailAddress(signature.email), {}, at) | of_signature
    mail |= {"coalition_id": locked.coalition_id, "letter_id": signature.letter_id, "due_at": at}
    insert_rows(db.session.connection(), (OutboxMessage, mail), rows)
    may_have_rivals = search.organizations.own is not None or not search.organizations.is_place_free
    assign_place(signature, at, by_signatory=True, may_have_rivals=may_have_rivals)
    if locked.limited_mail:
        refund_limits(signature, locked.limited_mail["limits"], locked.network_hash, locked.delayed_mail, at)


def _lock(signature_id: int, at: dt.datetime) -> Any:
    """Return a signature with its letter, its revision and the current one, and what there is to look up. Raises InvalidLink.

    The signature is locked, and the letter held: other signers hold it too, and whoever closes or changes it waits. The rows
    are read after that, as they may have changed until then.
    """
    if db.engine.dialect.name == "postgresql":
        execute_core(_HOLD_LETTER, {"signature": signature_id})
    row: Any = db.session.execute(_SIGNATURE, {"signature": signature_id, "at": at}).one_or_none()
    if row is None:
        raise InvalidLink(_("This link no longer works. Use our latest email, or ask the coalition for a new link."))
    if not row.has_webhook:
        note_without_webhooks(db.session(), row.Signature.letter_id)
    return row


_HELD_LETTER = select(Letter).where(Letter.id == bindparam("letter")).with_for_update(read=True, key_share=True)
_HELD_LETTER = _HELD_LETTER.execution_options(populate_existing=True)
_HOLD_LETTER = (
    select(Letter.id)
    .join(Signature, Signature.letter_id == Letter.id)
    .where(Signature.id == bindparam("signature"))
    .with_for_update(read=True, key_share=True, of=Letter)
)
_SIGNED = aliased(Revision)
_SIGNATURE = (
    select(
        Signature, Letter.coalition_id, Coalition.name.label("coalition"), Letter.state,
        Letter.deadline_at, Letter.closed_at, Letter.grace_hours,
        Letter.publish_rule, Letter.publish_individuals, Revision.id.label("revision_id"), Revision.number, Revision.sha256,
        _SIGNED.number.label("signed_number"),
        exists().where(EvidenceFact.signature_id == Signature.id).label("has_facts"),
        exists().where(Invitation.signature_id == Signature.id).label("has_invitation"),
        LIMITED_MAIL.label("limited_mail"), NETWORK_HASH.label("network_hash"),
        DELAYED_MAIL.label("delayed_mail"), HAS_WEBHOOK.label("has_webhook"),
    )
    .join(Letter, Letter.id == Signature.letter_id)
    .join(Coalition, Coalition.id == Letter.coalition_id)
    .join(Revision, is_newest_revision())
    .join(_SIGNED, _SIGNED.id == Signature.revision_id)
    .where(Signature.id == bindparam("signature"))
    .with_for_update(of=Signature)
    .execution_options(populate_existing=True)
)  # fmt: skip
