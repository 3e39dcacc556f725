"""Collection of evidence about a signature: its mailbox, its domain, and who signed before."""

import datetime as dt

from sqlalchemy import bindparam, select

from letterhub.domain.audit.references import WORKER, ReferenceKind
from letterhub.domain.organizations.matching import has_name
from letterhub.domain.organizations.names import domain_of_website
from letterhub.domain.organizations.organization_words_in_line import reads_like_organization
from letterhub.domain.signatures.evidence import Evidence, Fact, FactKind, applicable_fact_kinds, hash_line
from letterhub.infrastructure.db import db, execute_core
from letterhub.models import IS_KNOWN_TO_STAFF, Invitation, Signature, add_evidence, evidence_facts
from letterhub.queries.invitations.contacts import title_signed_before
from letterhub.queries.signatures.impersonation import has_odd_letters_outside_reviewed_name, impersonated_organization


def add_mailbox_evidence(signature: Signature, at: dt.datetime) -> None:
    """Record what following the mailed link proves: that the mailbox is the signatory's, whether it is at the organization's
    domain, signed for it before, or was invited, and whether the line names another organization.
    """
    mailbox_domain, line_facts = signature.email.rpartition("@")[2], hash_line(signature.signatory)
    with db.session.no_autoflush:
        title, staff_id, own_domain = (
            title_signed_before(signature),
            _inviting_staff_id(signature),
            _unrecorded_own_domain(signature),
        )
    add_evidence(
        db.session(),
        signature.id,
        Fact(FactKind.MAILBOX, ReferenceKind.SIGNATORY.reference(signature.id), at, facts={"domain": mailbox_domain}),
    )
    if own_domain:
        add_evidence(db.session(), signature.id, Fact(FactKind.OWN_DOMAIN, WORKER, at, facts={"domain": own_domain}))
    if title is not None:
        add_evidence(db.session(), signature.id, Fact(FactKind.KNOWN_CONTACT, WORKER, at, line_facts, {"title": title}))
    if staff_id is not None:
        add_evidence(
            db.session(), signature.id, Fact(FactKind.INVITED, ReferenceKind.STAFF.reference(staff_id), at, line_facts)
        )
    add_impersonation_evidence(signature, at)


def add_impersonation_evidence(signature: Signature, at: dt.datetime) -> None:
    """Record doubts about the words of a line: they name or resemble another organization, read like one, or use odd
    characters.
    """
    organization, line_facts = impersonated_organization(signature), hash_line(signature.signatory)
    doubts: dict[FactKind, dict[str, str]] = {FactKind.NAMES_ANOTHER: {"name": organization}} if organization else {}
    if reads_like_organization(signature.signatory):
        doubts[FactKind.LIKE_ORGANIZATION] = {}
    if has_odd_letters_outside_reviewed_name(signature):
        doubts[FactKind.ODD_LETTERS] = {}
    if doubts:
        recorded_kinds = applicable_fact_kinds(
            evidence_facts(db.session(), [signature.id]).get(signature.id, ()), signature.signatory
        )
        for kind in doubts.keys() - recorded_kinds:
            add_evidence(db.session(), signature.id, Fact(kind, WORKER, at, line_facts, doubts[kind]))


def add_no_mail_server_evidence(signature: Signature, at: dt.datetime) -> None:
    """Record that the mailbox's domain has no mail server."""
    domain = signature.email.rpartition("@")[2]
    add_evidence(db.session(), signature.id, Fact(FactKind.NO_MAIL_SERVER, WORKER, at, facts={"domain": domain}))


def add_domain_evidence(signature: Signature, at: dt.datetime) -> None:
    """Record that the mailbox is at the domain of the organization's website, if it is and was not recorded."""
    if domain := _unrecorded_own_domain(signature):
        add_evidence(db.session(), signature.id, Fact(FactKind.OWN_DOMAIN, WORKER, at, facts={"domain": domain}))


def _unrecorded_own_domain(signature: Signature) -> str:
    """Return the organization's website domain if the mailbox is there and that is not recorded yet; otherwise ""."""
    if Evidence.OWN_DOMAIN not in signature.evidence(same_name=False).evidence:
        return ""
    facts = evidence_facts(db.session(), [signature.id]).get(signature.id, ())
    return (
        "" if FactKind.OWN_DOMAIN in applicable_fact_kinds(facts, signature.signatory) else domain_of_website(signature.website)
    )


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
