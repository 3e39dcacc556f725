"""Shared steps for commands on one signature: locks, organization, audit log and mail.

Everyone locks a letter's row before a signature's, and a signature's before the audit log's, so that there are no deadlocks.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import defer

from letterhub.commands.signatures._places import is_outweighed
from letterhub.domain.abuse.blocklist import Turned
from letterhub.domain.audit.references import Reference
from letterhub.domain.editions.attachment_policy import leaves
from letterhub.domain.letters.document import Kind
from letterhub.domain.mail.outgoing_mail import MailKind, MailState
from letterhub.domain.signatures.evidence import NOTHING_SAID, Doubt, FactKind, Standing
from letterhub.domain.signatures.proof_level import ProofLevel
from letterhub.domain.signatures.publishing import publishes_at_once
from letterhub.domain.signatures.republishing import BY_ANOTHER
from letterhub.domain.signatures.review import check_seen
from letterhub.domain.signatures.second_confirmation import CannotSecond
from letterhub.domain.signatures.signing import AlreadyConfirmed, check_confirmable
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import broken_constraint, db
from letterhub.mail.address_hashes import known_again
from letterhub.mail.outbox import Addressed, post, post_each
from letterhub.models import (
    Letter,
    OutboxLine,
    Revision,
    Signature,
    another_turned_away,
    found_out,
    organization_named,
    remember,
    same_name_stands,
)
from letterhub.queries.organizations.directory import in_question
from letterhub.queries.organizations.directory_facts import said_of
from letterhub.queries.signatures.proof_levels import proof_of
from letterhub.queries.signatures.second_confirmation import standing_beside

Facts = Mapping[str, str | bool | int]


def locked(signature_id: int) -> tuple[Letter, Signature]:
    """Return a signature and its letter, refreshed and locked; foreign keys to the letter are still possible."""
    letter = db.session.scalars(_ITS_LETTER, {"signature": signature_id}).one()
    return letter, db.session.scalars(_LOCKED, {"signature": signature_id}).one()


def locked_beside(signature_id: int, seen: str, at: dt.datetime) -> tuple[Letter, Signature, Signature]:
    """The letter, a signature that waits for its signatory, and the one that stands beside it, of which she says something.

    Raises AlreadyConfirmed, CannotSignNow, CannotSecond where none stands there, and ChangedMeanwhile where the line of the
    other is not the one whose mark was `seen`.
    """
    letter, signature = locked(signature_id)
    if signature.state not in (SignatureState.PENDING, SignatureState.EXPIRED):
        raise AlreadyConfirmed("This link has already been used.")
    check_confirmable(letter.term, signature.created_at, at)
    if (beside := standing_beside(signature_id)) is None:
        raise CannotSecond("That other signature is no longer on the letter. You can sign the letter yourself.")
    other = db.session.get_one(Signature, beside.id, with_for_update=True)
    check_seen(other.signatory, seen)
    return letter, signature, other


def locked_letter(letter_id: int) -> Letter:
    """Return a letter, locked against moves and revisions. Signing waits too, so that each mail is counted."""
    return db.session.scalars(_LETTER, {"letter": letter_id}).one()


_LOCKED_LETTER = select(Letter).with_for_update(of=Letter, key_share=True).execution_options(populate_existing=True)
_LETTER = _LOCKED_LETTER.where(Letter.id == bindparam("letter"))
_ITS_LETTER = _LOCKED_LETTER.join(Signature, Signature.letter_id == Letter.id).where(Signature.id == bindparam("signature"))
_LOCKED = (
    select(Signature).where(Signature.id == bindparam("signature")).with_for_update().execution_options(populate_existing=True)
)
_CURRENT = (
    select(Revision)
    .where(Revision.letter_id == bindparam("letter"))
    .order_by(Revision.number.desc())
    .limit(1)
    .options(defer(Revision.content))
)


def current_revision(letter_id: int) -> Revision:
    """Return the revision that readers see. Its content is deferred, as logos make it heavy."""
    return db.session.scalars(_CURRENT, {"letter": letter_id}).one()


def number_of(signature: Signature) -> int:
    """Return the number of the revision that a signature was begun under."""
    return db.session.get_one(Revision, signature.revision_id).number


def know_organization(signature: Signature, at: dt.datetime) -> None:
    """Link a signature to the organization of its name and website."""
    if signature.kind is Kind.ORGANIZATION:
        coalition_id = db.session.get_one(Letter, signature.letter_id).coalition_id
        signature.organization_id, signature.first_seen = organization_named(
            db.session(), coalition_id, signature.organization_name, signature.website, at, but=signature.id
        )


def appears_at_once(signature: Signature, letter: Letter) -> bool:
    """Return whether the letter's rules publish a signature without review, and remember on the letter that they did. Returns
    early if they never do, or another signature holds its place.
    """
    rules = letter.publish_rules
    if signature.stands_as is None:
        return False
    if rules.asks_about_all(signature.kind):
        return False
    standing = evidence_of(signature)
    if standing.doubts & (BY_ANOTHER | {Doubt.TURNED_AWAY}) and _is_proven_best(signature):
        standing = evidence_of(signature, despite_weaker=True)
    if not publishes_at_once(rules, signature.kind, standing):
        return False
    if signature.kind is Kind.INDIVIDUAL:
        letter.individuals_by_rule = True
    else:
        letter.organizations_by_rule = True
    return True


def _is_proven_best(signature: Signature) -> bool:
    """Return whether an organization's signature is proven, and no other for it or a similar one is proven as well."""
    proven = signature.kind is Kind.ORGANIZATION and proof_of(signature) is ProofLevel.PROVEN
    return proven and not is_outweighed(signature)


def evidence_of(signature: Signature, since: dt.datetime | None = None, *, despite_weaker: bool = False) -> Standing:
    """Return the current evidence and doubts of a signature: all, or only those that came up `since` a moment, and then only
    blocklist matches of its own mailbox or domain.

    `despite_weaker` leaves out doubts raised by weaker signatures: that they exist, or that staff declined one.
    """
    place, *own = known_again(signature.letter_id, signature.known_again_by)
    turned = another_turned_away([*own] if since or despite_weaker else [place, *own], since)
    if despite_weaker:
        turned = or_(turned, another_turned_away([place], but=Turned.DECLINED))
    doubled = select(same_name_stands(), turned).where(Signature.id == signature.id)
    same_name, turned_away = db.session.execute(doubled).one()
    found = found_out(db.session(), [signature.id]).get(signature.id, ())
    if since is not None:  # the publisher knew a colleague's denial; a "no" that staff asked for is weighed again
        found = tuple(fact for fact in found if fact.kind is not FactKind.NOT_OURS or fact.at > since)
    like_another = not despite_weaker and signature.id in in_question([signature.id], since=since)
    said = said_of(select(Signature.id).where(Signature.id == signature.id)).get(signature.id, NOTHING_SAID)
    return signature.evidence(
        same_name=same_name and not despite_weaker, turned_away=turned_away, like_another=like_another, found=found, said=said
    )  # fmt: skip


def is_of_a_place(error: IntegrityError) -> bool:
    """Return whether the unique constraint on a signature's place was violated."""
    return broken_constraint(error) == "uq_signature_letter_id_stands_as"


def facts_of(signature: Signature) -> Facts:
    """Return the fields that a signatory may correct."""
    return {
        "organization": signature.organization_name,
        "website": signature.website,
        "signer_name": signature.signer_name,
        "signer_title": signature.signer_title,
        "location": signature.location,
        "affiliation": signature.affiliation,
        "section": signature.scope,
    }


def signed_facts(signature: Signature, revision: Revision) -> Facts:
    """Return the audit log's facts about a signed text: by whom, its number and hash, and the resulting state."""
    return {
        "state": str(signature.state),
        "name": signature.signatory.name,
        "revision": revision.number,
        "sha256": revision.sha256,
    }


def remember_signatory(
    signature: Signature, action: str, at: dt.datetime, before: Facts, after: Facts, also: Facts | None = None
) -> None:
    """Append a signatory's change to the letter's audit log, with further facts in `also`."""
    changed = [name for name in after if after[name] != before.get(name)]
    remember(
        db.session(),
        Reference.LETTER.to(signature.letter_id),
        Reference.SIGNATORY.to(signature.id),
        action,
        at=at,
        subject=Reference.SIGNATURE.to(signature.id),
        before={name: before[name] for name in changed if name in before},
        after={name: after[name] for name in changed} | dict(also or {}),
    )


def mail_about(kind: MailKind, signature: Signature, letter: Letter, at: dt.datetime) -> OutboxLine:
    """Queue a mail of a kind to a signatory, in the caller's transaction."""
    return post(
        kind,
        signature.email,
        at=at,
        coalition_id=letter.coalition_id,
        letter_id=letter.id,
        signature_id=signature.id,
    )


def mail_each(kind: MailKind, whom: Sequence[Signature], letter: Letter, facts: Mapping[str, int], at: dt.datetime) -> None:
    """Queue the same mail to each of these signatories with an address, paced so that other mail can pass."""
    reached = [one for one in whom if one.email]
    addressed = (Addressed(one.id, one.email, at + leaves(place, len(reached))) for place, one in enumerate(reached))
    post_each(kind, addressed, facts, at=at, coalition_id=letter.coalition_id, letter_id=letter.id)


def cancel_mail(signature: Signature, at: dt.datetime) -> None:
    """Cancel all unsent mail about a signature."""
    lines = db.session.scalars(select(OutboxLine).where(OutboxLine.signature_id == signature.id).with_for_update())
    for line in lines:
        if line.state is MailState.WAITING:
            line.cancel(at, "Not sent: the signature was taken back.")
