"""Shared steps for commands on one signature: locks, organization, audit log and mail.

Everyone locks a letter's row before a signature's, and a signature's before the audit log's, so that there are no deadlocks.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import defer

from letterhub.commands.questions._answer_steps import answers_await_review
from letterhub.commands.signatures._place_assignment import has_equal_rival
from letterhub.domain.abuse.blocklist import BlockReason
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.editions.deliveries import bulk_mail_delay
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.mail.outgoing_mail import MailKind, MailState
from letterhub.domain.signatures.evidence import NO_DIRECTORY_FACTS, Assessment, Doubt, FactKind
from letterhub.domain.signatures.line_fields import LOGGED_FIELDS
from letterhub.domain.signatures.ownership_inquiries import CannotSecond
from letterhub.domain.signatures.proof_level import ProofLevel
from letterhub.domain.signatures.publishing import DUPLICATE_DOUBTS, PublishRules, publishes_at_once
from letterhub.domain.signatures.review import CannotVouch, SignatureTarget, check_line_version
from letterhub.domain.signatures.signing import AlreadyConfirmed, check_confirmable
from letterhub.domain.states import UNCONFIRMED_STATES
from letterhub.infrastructure.db import db, violated_constraint
from letterhub.infrastructure.signed_links import blocklist_hashes
from letterhub.mail.outbox import BulkRecipient, queue_bulk_mail, queue_mail
from letterhub.models import (
    Invitation,
    Letter,
    OutboxMessage,
    Revision,
    Signature,
    append_audit_entry,
    create_organization,
    evidence_facts,
    has_same_name,
    is_blocklisted,
)
from letterhub.queries.letters.public_translations import PublicTranslation, current_translation
from letterhub.queries.organizations.likeness_questions import directory_facts, questions_by_signature
from letterhub.queries.signatures.impersonation import LineSearch, search_line
from letterhub.queries.signatures.proof_levels import proof_level_of
from letterhub.queries.signatures.second_confirmation import colleague_signature

AuditFacts = Mapping[str, str | bool | int]


def lock_signature(signature_id: int) -> tuple[Letter, Signature]:
    """Return a signature and its letter, refreshed and locked."""
    letter = db.session.scalars(_LETTER_OF_SIGNATURE, {"signature": signature_id}).one()
    return letter, db.session.scalars(_SIGNATURE_BY_ID, {"signature": signature_id}).one()


def lock_target(signature_target: SignatureTarget) -> tuple[Letter, Signature]:
    """Return the name and its letter, both locked. Raises CannotVouch if it belongs to another coalition."""
    letter, signature = lock_signature(signature_target.signature_id)
    if letter.coalition_id != signature_target.coalition_id:
        raise CannotVouch(_("There is no such name."))
    return letter, signature


def lock_with_colleague(signature_id: int, expected_version: str, at: dt.datetime) -> tuple[Letter, Signature, Signature]:
    """Return the letter, an unconfirmed signature, and the one that holds the organization's place and is judged, all locked.

    Raises AlreadyConfirmed, LetterNotOpen, CannotSecond if there is no such other signature, and SignatureChanged if its line
    is not the one with the version hash `expected_version`.
    """
    letter, signature = lock_signature(signature_id)
    if signature.state not in UNCONFIRMED_STATES:
        raise AlreadyConfirmed(_("This link has already been used."))
    check_confirmable(letter.signing_period, signature.created_at, at)
    if (colleague := colleague_signature(signature_id)) is None:
        raise CannotSecond(_("That other signature is no longer on the letter. You can sign the letter yourself."))
    other = db.session.get_one(Signature, colleague.id, with_for_update=True)
    check_line_version(other.signatory, expected_version)
    return letter, signature, other


def lock_letter(letter_id: int) -> Letter:
    """Return a letter, locked against moves and revisions. Signing waits too, so that each mail is counted."""
    return db.session.scalars(_LETTER_BY_ID, {"letter": letter_id}).one()


_LOCKED_LETTER = select(Letter).with_for_update(of=Letter).execution_options(populate_existing=True)
_LETTER_BY_ID = _LOCKED_LETTER.where(Letter.id == bindparam("letter"))
_LETTER_OF_SIGNATURE = _LOCKED_LETTER.join(Signature, Signature.letter_id == Letter.id).where(
    Signature.id == bindparam("signature")
)
_SIGNATURE_BY_ID = (
    select(Signature).where(Signature.id == bindparam("signature")).with_for_update().execution_options(populate_existing=True)
)
_CURRENT_REVISION = (
    select(Revision)
    .where(Revision.letter_id == bindparam("letter"))
    .order_by(Revision.number.desc())
    .limit(1)
    .options(defer(Revision.content))
)


def current_revision(letter_id: int) -> Revision:
    """Return the revision that readers see. Its content is deferred, as logos make it heavy."""
    return db.session.scalars(_CURRENT_REVISION, {"letter": letter_id}).one()


def link_organization(signature: Signature, coalition_id: int, at: dt.datetime) -> LineSearch:
    """Link a signature to the organization of its name and website. Return the search of its line, which has other
    organizations that the line may name."""
    search = search_line(signature, coalition_id)
    if signature.kind is SignatoryKind.ORGANIZATION:
        own = search.organizations.own or (create_organization(db.session(), coalition_id, search.organizations, at), True)
        signature.organization_id, signature.is_new_organization = own
    return search


def link_invitation(signature_id: int, letter_id: int, invitation_id: int) -> None:
    """Link an invitation to the signature of the last form that came by it."""
    statement = select(Invitation).where(Invitation.id == invitation_id, Invitation.letter_id == letter_id)
    if (invitation := db.session.scalar(statement.with_for_update())) is not None and invitation.email:
        invitation.signature_id = signature_id


def is_published_at_once(signature: Signature, rules: PublishRules) -> bool:
    """Return whether the letter's rules publish a signature without review, and remember on the letter that they did. Returns
    early if they never do, another signature holds its place, or staff must read its answers first.
    """
    if signature.place_key is None or rules.staff_review_all(signature.kind) or answers_await_review(signature):
        return False
    assessment = assess_signature(signature)
    if assessment.doubts & (DUPLICATE_DOUBTS | {Doubt.TURNED_AWAY}) and _is_proven_best(signature):
        assessment = assess_signature(signature, ignore_weaker=True)
    if not publishes_at_once(rules, signature.kind, assessment):
        return False
    letter = db.session.get_one(Letter, signature.letter_id)
    if signature.kind is SignatoryKind.INDIVIDUAL:
        letter.individuals_by_rule = True
    else:
        letter.organizations_by_rule = True
    return True


def _is_proven_best(signature: Signature) -> bool:
    """Return whether an organization's signature is proven, and no other for it or a similar one is proven as well."""
    proven = signature.kind is SignatoryKind.ORGANIZATION and proof_level_of(signature) is ProofLevel.PROVEN
    return proven and not has_equal_rival(signature)


def assess_signature(signature: Signature, since: dt.datetime | None = None, *, ignore_weaker: bool = False) -> Assessment:
    """Return the current evidence and doubts of a signature: all, or only those that came up `since` a moment, and then only
    blocklist matches of its own mailbox or domain.

    `ignore_weaker` leaves out doubts raised by weaker signatures: that they exist, or that staff declined one.
    """
    place_hash, *mailbox_hashes = blocklist_hashes(signature.letter_id, signature.blocklist_keys)
    compared_hashes = mailbox_hashes if since or ignore_weaker else [place_hash, *mailbox_hashes]
    is_blocked = is_blocklisted(compared_hashes, since)
    if ignore_weaker:
        is_blocked = or_(is_blocked, is_blocklisted([place_hash], except_reason=BlockReason.DECLINED))
    statement = select(has_same_name(), is_blocked).where(Signature.id == signature.id)
    same_name, turned_away = db.session.execute(statement).one()
    facts = evidence_facts(db.session(), [signature.id]).get(signature.id, ())
    if since is not None:  # the publisher knew a colleague's denial; a "no" that staff asked for is weighed again
        facts = tuple(fact for fact in facts if fact.kind is not FactKind.NOT_OURS or fact.at > since)
    like_another = not ignore_weaker and signature.id in questions_by_signature([signature.id], since=since)
    directory = directory_facts(select(Signature.id).where(Signature.id == signature.id)).get(signature.id, NO_DIRECTORY_FACTS)
    return signature.evidence(
        same_name=same_name and not ignore_weaker, turned_away=turned_away, like_another=like_another,
        facts=facts, directory=directory,
    )  # fmt: skip


def is_place_conflict(error: IntegrityError) -> bool:
    """Return whether the unique constraint on a signature's place was violated."""
    return violated_constraint(error) == "uq_signature_letter_id_place_key"


def correctable_fields(signature: Signature) -> AuditFacts:
    """Return the values of the fields that a signatory may correct, by key."""
    return {field.key: getattr(signature, field.column) for field in LOGGED_FIELDS}


def bind_to_translation(signature: Signature) -> PublicTranslation | None:
    """Record the translation of the current text in the signature's language, and return it; None if the original is read."""
    current = current_translation(signature.letter_id, signature.language) if signature.language else None
    signature.translation_id = current.id if current else None
    return current


def audit_facts_of_signing(
    signature: Signature, revision_number: int, text_sha256: str, translation: PublicTranslation | None = None
) -> AuditFacts:
    """Return what the audit log records of a signing: the new state, the name, the number and hash of the text, and those of
    the translation that was read."""
    read = {"translation": translation.language, "translation_sha256": translation.sha256} if translation else {}
    return read | {
        "state": str(signature.state),
        "name": signature.signatory.name,
        "revision": revision_number,
        "sha256": text_sha256,
    }


def audit_signatory_action(
    signature: Signature,
    action: str,
    at: dt.datetime,
    before: AuditFacts,
    after: AuditFacts,
    further_facts: AuditFacts | None = None,
) -> None:
    """Log a signatory's action in the letter's audit log, with the values that differ between `before` and `after`.

    `further_facts` are logged as they are.
    """
    changed = [name for name in after if after[name] != before.get(name)]
    append_audit_entry(
        db.session(),
        ReferenceKind.LETTER.reference(signature.letter_id),
        ReferenceKind.SIGNATORY.reference(signature.id),
        action,
        at=at,
        subject=ReferenceKind.SIGNATURE.reference(signature.id),
        before={name: before[name] for name in changed if name in before},
        after={name: after[name] for name in changed} | dict(further_facts or {}),
    )


def email_signatory(kind: MailKind, signature: Signature, letter: Letter, at: dt.datetime) -> OutboxMessage:
    """Queue a mail of a kind to a signatory, in the caller's transaction."""
    return queue_mail(
        kind,
        signature.email,
        at=at,
        coalition_id=letter.coalition_id,
        letter_id=letter.id,
        signature_id=signature.id,
    )


def email_signatories(
    kind: MailKind, signatories: Sequence[Signature], letter: Letter, parameters: Mapping[str, int], at: dt.datetime
) -> None:
    """Queue the same mail to each of these signatories with an address, paced so that other mail can pass."""
    reachable = [signature for signature in signatories if signature.email]
    recipients = (
        BulkRecipient(signature.id, signature.email, at + bulk_mail_delay(position, len(reachable)))
        for position, signature in enumerate(reachable)
    )
    queue_bulk_mail(kind, recipients, parameters, at=at, coalition_id=letter.coalition_id, letter_id=letter.id)


def cancel_emails(signature: Signature, at: dt.datetime) -> None:
    """Cancel all unsent mail about a signature."""
    messages = db.session.scalars(select(OutboxMessage).where(OutboxMessage.signature_id == signature.id).with_for_update())
    for message in messages:
        if message.state is MailState.WAITING:
            message.cancel(at, _("Not sent: the signature was withdrawn."))
