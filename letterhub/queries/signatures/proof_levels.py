"""Proof levels of signatures: the ties between a mailbox and an organization."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, or_, select

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.organizations.matching import NameAndSite, lookup_keys
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.signatures.evidence import DENIALS, FactKind, applicable_facts
from letterhub.domain.signatures.proof_level import OrganizationTie, ProofFacts, ProofLevel, is_namesake, make_tie, proof_level
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import ACTIVE_STATES, SignatureState
from letterhub.infrastructure.db import db, execute_core
from letterhub.models import (
    IS_DENIED,
    IS_KNOWN_TO_STAFF,
    Invitation,
    Letter,
    Organization,
    OrganizationKey,
    ReviewedName,
    Signature,
    belongs_to,
    evidence_facts,
)
from letterhub.queries.abuse.blocklist import blocked_mailboxes
from letterhub.queries.organizations.likeness_questions import questions_by_signature

STAFF_FACTS = frozenset({FactKind.VOUCHED, FactKind.INVITED})


@dataclass(frozen=True, slots=True)
class SignatureProof:
    """Proof level of a signature, and whether it holds its place."""

    level: ProofLevel
    holds_place: bool


def proofs_by_signature(signature_ids: Collection[int]) -> Mapping[int, SignatureProof]:
    """Return the proof of each of a few signatures, by id."""
    rows = db.session.scalars(select(Signature).where(Signature.id.in_(signature_ids)))
    return {row.id: SignatureProof(proof_level_of(row), row.place_key is not None) for row in rows}


def proof_level_of(signature: Signature) -> ProofLevel:
    """Return the proof level of a signature; a review by staff counts."""
    return proof_level(proof_facts(signature))


def proof_facts(signature: Signature) -> ProofFacts:
    """Return the facts from which the proof level of a signature is decided."""
    facts = applicable_facts(evidence_facts(db.session(), [signature.id]).get(signature.id, ()), signature.signatory)
    kinds = frozenset(fact.kind for fact in facts)
    if FactKind.INVITED in kinds:  # the invitation may be copied from a signature that was later declined or denied
        ended = select(Invitation.id).where(Invitation.signature_id == signature.id, ~IS_KNOWN_TO_STAFF)
        if db.session.scalar(ended.limit(1)) is not None:
            kinds -= {FactKind.INVITED}
    own_emails = (signature.email,) if signature.source is Source.FORM and signature.email else ()
    seconder_ids = ReferenceKind.SIGNATORY.ids_in(fact.source for fact in facts if fact.kind is FactKind.SECOND_PERSON)
    seconders = select(Signature.email).where(Signature.id.in_(seconder_ids), Signature.email != "")
    emails = (*own_emails, *(db.session.scalars(seconders) if seconder_ids else ()))
    reviewed_at = signature.reviewed_at  # a denial from before was overruled by staff
    decision_times = [reviewed_at, *(fact.at for fact in facts if fact.kind is FactKind.VOUCHED)]
    blocked = blocked_mailboxes(signature.letter_id, emails, max((at for at in decision_times if at), default=None))
    denials = (fact for fact in facts if fact.kind in DENIALS)
    return ProofFacts(
        emails=tuple(email for email in emails if email not in blocked),
        site=domain_of_website(signature.website),
        ties=ties_of(signature) if signature.kind is SignatoryKind.ORGANIZATION else (),
        by_staff=signature.source is Source.IMPORT or bool(kinds & STAFF_FACTS),
        reviewed=reviewed_at is not None,
        denied=any(reviewed_at is None or denial.at >= reviewed_at for denial in denials),
        turned_away=bool(blocked.intersection(own_emails)),
    )


def ties_of(signature: Signature) -> tuple[OrganizationTie, ...]:
    """Return the mailboxes and domains that staff tied to the organizations whose name a signature has: by other signatures
    that they reviewed or imported, by invitations, and in the directory. The signature itself is left out.
    """
    coalition_id = db.session.scalar(select(Letter.coalition_id).where(Letter.id == signature.letter_id))
    rows = _namesakes(coalition_id, signature)
    reviewed_names = _reviewed_names(
        coalition_id, {name for row in rows for name in (row.name, *row.other_names)}, signature.id
    )
    roots = {row.id: row for row in rows if row.root_id is None}
    sites = {row.id: roots[row.effective_root_id].domain for row in rows if row.effective_root_id in roots}
    organization_ids = [row.id for row in rows]
    ties = [
        *(
            make_tie([row.email], [domain_of_website(row.website)])
            for row in _reviewed_signatures(organization_ids, signature.id)
        ),
        *(make_tie([], [reviewed_name.domain, reviewed_name.site]) for reviewed_name in reviewed_names),
        *(
            _invitation_tie(invitation, sites.get(invitation.organization_id or 0, ""))
            for invitation in _invitations(organization_ids, signature)
        ),
        *(
            make_tie([], [*map(str, row.more_domains), row.domain if row.vouched_at else ""], [row.domain])
            for row in roots.values()
        ),
    ]
    return tuple(tie for tie in ties if tie.mailboxes or tie.domains)


def _invitation_tie(invitation: Invitation, site: str) -> OrganizationTie:
    """Return the tie of an invitation: its mailbox with the website given in it; unless its address was copied from a
    signature, also with `site`, the domain of the organization's website.
    """
    return make_tie(
        [invitation.email],
        [domain_of_website(str(invitation.line.get("website", "")))],
        [] if invitation.copied_from_id else [site],
    )


def _namesakes(coalition_id: int | None, signature: Signature) -> Sequence[Organization]:
    """Return the directory entries of organizations whose name matches, in any spelling, with merged entries.

    An entry merged automatically under another name stands alone: staff never confirmed that both are one.
    """
    parameters = {"coalition": coalition_id, "keys": list(lookup_keys(NameAndSite(signature.organization_name)))}
    candidates = [
        row
        for row in db.session.scalars(_CANDIDATES, parameters)
        if any(is_namesake(signature.organization_name, name) for name in (row.name, *map(str, row.other_names)))
    ]
    if signature.organization_id is not None:
        candidates.append(db.session.get_one(Organization, signature.organization_id))
    if not candidates:
        return ()
    lone_ids = {row.id for row in candidates if row.merged_by_other_name}
    root_ids = {row.effective_root_id for row in candidates if not row.merged_by_other_name}
    is_merged = belongs_to(Organization, root_ids) & Organization.merged_by_other_name.is_(False)
    return db.session.scalars(select(Organization).where(or_(Organization.id.in_(lone_ids), is_merged))).all()


_ORGANIZATIONS_WITH_KEY = select(OrganizationKey.organization_id).where(
    OrganizationKey.key.in_(bindparam("keys", expanding=True))
)
_CANDIDATES = select(Organization).where(
    Organization.coalition_id == bindparam("coalition"), Organization.id.in_(_ORGANIZATIONS_WITH_KEY)
)
_REVIEWED = (
    select(Signature.email, Signature.website)
    .where(Signature.organization_id.in_(bindparam("organizations", expanding=True)), Signature.id != bindparam("excluded"))
    .where(or_(Signature.reviewed_at.is_not(None), Signature.source == Source.IMPORT))
    .where(Signature.state != SignatureState.DECLINED, ~IS_DENIED)
)


def _reviewed_signatures(organization_ids: Collection[int], excluded_id: int) -> Sequence[Row[Any]]:
    """Return addresses and sites of the organizations' signatures that staff published or imported, under any letter."""
    parameters = {"organizations": list(organization_ids), "excluded": excluded_id}
    return execute_core(_REVIEWED, parameters) if organization_ids else ()


def _reviewed_names(coalition_id: int | None, names: Collection[str], excluded_id: int) -> Sequence[ReviewedName]:
    """Return names that staff published under any letter, which outlive the signature and its address."""
    is_other = or_(ReviewedName.signature_id.is_(None), ReviewedName.signature_id != excluded_id)
    query = select(ReviewedName).where(ReviewedName.coalition_id == coalition_id, ReviewedName.name.in_(names), is_other)
    return db.session.scalars(query).all() if names else ()


def _invitations(organization_ids: Collection[int], signature: Signature) -> Sequence[Invitation]:
    """Return the invitations of these organizations to any letter, and of the signature's name to its own."""
    by_name = (Invitation.letter_id == signature.letter_id) & (Invitation.name_key == name_key(signature.organization_name))
    condition = or_(by_name, Invitation.organization_id.in_(organization_ids)) if organization_ids else by_name
    return db.session.scalars(select(Invitation).where(condition, Invitation.email != "", IS_KNOWN_TO_STAFF)).all()


def similar_signatures(signature: Signature) -> Sequence[Signature]:
    """Return the other signatures in force under the letter that have the same organization name, or are for the same or a
    similar organization."""
    if signature.organization_id is None:
        return ()
    organization = db.session.get_one(Organization, signature.organization_id)
    questions = questions_by_signature([signature.id]).get(signature.id, ())
    organization_ids = select(Organization.id).where(
        Organization.coalition_id == organization.coalition_id,
        or_(
            Organization.name_key == organization.name_key,
            belongs_to(Organization, {organization.effective_root_id, *(question.other_id for question in questions)}),
        ),
    )
    query = select(Signature).where(
        Signature.letter_id == signature.letter_id, Signature.id != signature.id, Signature.state.in_(ACTIVE_STATES),
        Signature.organization_id.in_(organization_ids),
    )  # fmt: skip
    return db.session.scalars(query).all()
