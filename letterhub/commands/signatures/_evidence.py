"""Evidence about a signature: its mailbox, its domain, who signed before, and disputes by its organization.

See docs/design/signatures.md.
"""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import bindparam, select

from letterhub.commands.signatures._notifications import notify_second_persons, notify_staff
from letterhub.commands.signatures._place_assignment import reassign_place
from letterhub.domain.audit.log import WORKER, ReferenceKind
from letterhub.domain.organizations.matching import has_name
from letterhub.domain.organizations.organization_words_in_line import reads_like_organization
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.signatures.added_names import EvidenceFile
from letterhub.domain.signatures.evidence import Evidence, Fact, FactKind, applicable_fact_kinds, hash_line
from letterhub.domain.signatures.proof_level import proof_level
from letterhub.domain.signatures.review import SignatureEvent
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, execute_core
from letterhub.models import (
    IS_KNOWN_TO_STAFF,
    Coalition,
    EvidenceDocument,
    Invitation,
    Letter,
    Signature,
    add_evidence,
    append_audit_entry,
    delete_reviews_like,
    end_quotes,
    evidence_facts,
)
from letterhub.queries.invitations.past_signatories import title_signed_before
from letterhub.queries.signatures.impersonation import (
    LineSearch,
    has_odd_letters_outside_reviewed_name,
    impersonated_organization,
)
from letterhub.queries.signatures.proof_levels import proof_facts, proof_level_of


def add_mailbox_evidence(signature: Signature, search: LineSearch, at: dt.datetime) -> None:
    """Record what following the mailed link proves, see `mailbox_facts`."""
    for fact in mailbox_facts(signature, search, _coalition_name(signature), recorded_facts(signature), at):
        add_evidence(db.session(), signature.id, fact)


def mailbox_facts(
    signature: Signature,
    search: LineSearch,
    coalition: str,
    recorded: Iterable[Fact],
    at: dt.datetime,
    *,
    may_be_invited: bool = True,
) -> list[Fact]:
    """Return the facts that following the mailed link proves, without those already `recorded`: that the mailbox is the
    signatory's, whether it is at the organization's domain, signed for it before, or was invited, and whether the line names
    another organization.

    `search` is the search of the signature's line, `coalition` the coalition's name.
    """
    with db.session.no_autoflush:
        title = title_signed_before(signature) if search.organizations.has_candidates else None
        staff_id = _inviting_staff_id(signature) if may_be_invited else None
        own_domain = _unrecorded_own_domain(signature, recorded)
        doubts = _line_doubts(signature, search, coalition, recorded, at)
    domain, signatory = signature.email.rpartition("@")[2], ReferenceKind.SIGNATORY.reference(signature.id)
    facts = [Fact(FactKind.MAILBOX, signatory, at, facts={"domain": domain})]
    if own_domain:
        facts.append(Fact(FactKind.OWN_DOMAIN, WORKER, at, facts={"domain": own_domain}))
    if title is not None:
        facts.append(Fact(FactKind.KNOWN_CONTACT, WORKER, at, hash_line(signature.signatory), {"title": title}))
    if staff_id is not None:
        facts.append(Fact(FactKind.INVITED, ReferenceKind.STAFF.reference(staff_id), at, hash_line(signature.signatory)))
    return facts + doubts


def add_impersonation_evidence(signature: Signature, search: LineSearch, at: dt.datetime) -> None:
    """Record doubts about the words of a line that are not recorded yet."""
    for fact in _line_doubts(signature, search, _coalition_name(signature), recorded_facts(signature), at):
        add_evidence(db.session(), signature.id, fact)


def _line_doubts(
    signature: Signature, search: LineSearch, coalition: str, recorded: Iterable[Fact], at: dt.datetime
) -> list[Fact]:
    """Return unrecorded doubts about the words of a line."""
    if not (doubts := _word_doubts(signature, search, coalition)):
        return []
    db.session.flush()  # what staff reviewed is looked up by the stored organization, which may be new to the signature
    doubts = _word_doubts(signature, search, coalition)
    line_hash, recorded_kinds = hash_line(signature.signatory), applicable_fact_kinds(recorded, signature.signatory)
    return [Fact(kind, WORKER, at, line_hash, facts) for kind, facts in doubts.items() if kind not in recorded_kinds]


def _word_doubts(signature: Signature, search: LineSearch, coalition: str) -> dict[FactKind, dict[str, str]]:
    """Return doubts about the words of a line, with the facts of each: they name or resemble another organization, read like
    one, or use odd characters. What staff reviewed counts if the signature's organization is stored.
    """
    organization = impersonated_organization(signature, search, coalition)
    doubts: dict[FactKind, dict[str, str]] = {FactKind.NAMES_ANOTHER: {"name": organization}} if organization else {}
    if reads_like_organization(signature.signatory):
        doubts[FactKind.LIKE_ORGANIZATION] = {}
    if has_odd_letters_outside_reviewed_name(signature):
        doubts[FactKind.ODD_LETTERS] = {}
    return doubts


def _coalition_name(signature: Signature) -> str:
    query = select(Coalition.name).join(Letter, Letter.coalition_id == Coalition.id).where(Letter.id == signature.letter_id)
    with db.session.no_autoflush:
        return db.session.scalars(query).one()


def recorded_facts(signature: Signature) -> tuple[Fact, ...]:
    """Return the facts that are recorded about a signature."""
    with db.session.no_autoflush:
        return evidence_facts(db.session(), [signature.id]).get(signature.id, ())


def add_domain_evidence(signature: Signature, at: dt.datetime) -> None:
    """Record that the mailbox is at the domain of the organization's website, if it is and was not recorded."""
    if domain := _unrecorded_own_domain(signature, recorded_facts(signature)):
        add_evidence(db.session(), signature.id, Fact(FactKind.OWN_DOMAIN, WORKER, at, facts={"domain": domain}))


def _unrecorded_own_domain(signature: Signature, recorded: Iterable[Fact]) -> str:
    """Return the organization's website domain if the mailbox is there and that is not recorded yet; otherwise ""."""
    if Evidence.OWN_DOMAIN not in signature.evidence(same_name=False).evidence:
        return ""
    domain = domain_of_website(signature.website)
    is_recorded = any(fact.kind is FactKind.OWN_DOMAIN and fact.facts.get("domain") == domain for fact in recorded)
    return "" if is_recorded else domain


_INVITATION = select(Invitation.line, Invitation.invited_by_id).where(
    Invitation.signature_id == bindparam("signature"), IS_KNOWN_TO_STAFF
)


def _inviting_staff_id(signature: Signature) -> int | None:
    """Return the id of the member of staff who invited it by this name and no other website; None if nobody did."""
    invitation = execute_core(_INVITATION, {"signature": signature.id}).first()
    if invitation is None or not has_name(signature.organization_name, [invitation.line.get("organization", "")]):
        return None
    invited_domain, signed_domain = domain_of_website(invitation.line.get("website", "")), domain_of_website(signature.website)
    if invited_domain and signed_domain and invited_domain != signed_domain:
        return None
    staff_id: int | None = invitation.invited_by_id
    return staff_id


def record_dispute(letter: Letter, disputed: Signature, disputer: Signature, at: dt.datetime) -> None:
    """Record that the reader of a mailbox denies another signature of the same organization, and apply the consequences.

    Nothing moves if the mailbox is proven less or is on the blocklist, or if staff published that signature again after an
    earlier denial from its domain: they decided, and are told that the question came up once more.
    """
    is_credible = _is_proven_as_well(disputer, disputed)
    kind = FactKind.NOT_OURS if is_credible else FactKind.DISPUTED
    source, domain = ReferenceKind.SIGNATORY.reference(disputer.id), {"domain": disputer.email.rpartition("@")[2]}
    add_evidence(db.session(), disputed.id, Fact(kind, source, at, hash_line(disputed.signatory), domain))
    before = disputed.state
    if is_credible and letter.state in (LetterState.OPEN, LetterState.CLOSED) and not letter.takes_late_names:
        # only staff change what was delivered
        delete_reviews_like(db.session(), disputed, letter.coalition_id)
        disputed.unlist_as_denied(at)
        end_quotes(db.session(), disputed.id, at)
        reassign_place(disputed, at)
    new_state = {"state": str(disputed.state)} if disputed.state is not before else {}
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(disputed.letter_id), source, "said not ours", at=at,
        subject=ReferenceKind.SIGNATURE.reference(disputed.id),
        before={"state": str(before)} if new_state else {}, after=new_state,
    )  # fmt: skip
    notify_second_persons(letter, [disputed.id], SignatureEvent.NOT_OURS, at)
    notify_staff(letter, disputed, SignatureEvent.NOT_OURS, at)


def _is_proven_as_well(disputer: Signature, disputed: Signature) -> bool:
    """Return whether a denial counts: the disputer's proof is at least as good as that of the signature, and it is not on the
    blocklist; nor did staff publish the signature after an earlier denial.
    """
    proof = proof_facts(disputer)
    if proof.turned_away:
        return False
    if disputed.reviewed_at is not None:
        facts = evidence_facts(db.session(), [disputed.id]).get(disputed.id, ())
        if any(fact.kind is FactKind.NOT_OURS and fact.at <= disputed.reviewed_at for fact in facts):
            return False
    return proof_level(proof) >= proof_level_of(disputed)


def store_document(signature_id: int, note: str, file: EvidenceFile | None, staff_id: int, at: dt.datetime) -> None:
    """Store what staff keep for themselves: a note and a file, if there are any."""
    if not note and file is None:
        return
    columns = {"file_name": file.name, "media_type": file.media_type, "content": file.content} if file else {}
    db.session.add(EvidenceDocument(signature_id=signature_id, note=note, stored_at=at, stored_by_id=staff_id, **columns))
