"""Collection of evidence about a signature: its mailbox, its domain, and who signed before."""

import datetime as dt

from sqlalchemy import bindparam, select

from letterhub.domain.audit.references import WORKER, Reference
from letterhub.domain.organizations.matching import goes_by
from letterhub.domain.organizations.names import domain_of_website
from letterhub.domain.organizations.organization_words_in_line import reads_like_an_organization
from letterhub.domain.signatures.evidence import Evidence, Fact, FactKind, about, holding
from letterhub.infrastructure.db import db, read
from letterhub.models import IS_STAFFS_WORD, Invitation, Signature, find_out, found_out
from letterhub.queries.invitations.contacts import signed_before
from letterhub.queries.signatures.impersonation import has_odd_letters_beside_its_name, other_named


def find_out_by_mail(signature: Signature, at: dt.datetime) -> None:
    """Record what following the mailed link proves: that the mailbox is the signatory's, whether it is at the organization's
    domain, signed for it before, or was invited, and whether the line names another organization.
    """
    host, mark = signature.email.rpartition("@")[2], about(signature.signatory)
    with db.session.no_autoflush:
        title, by, domain = signed_before(signature), _invited_by(signature), _own_domain(signature)
    find_out(
        db.session(), signature.id, Fact(FactKind.MAILBOX, Reference.SIGNATORY.to(signature.id), at, facts={"domain": host})
    )
    if domain:
        find_out(db.session(), signature.id, Fact(FactKind.OWN_DOMAIN, WORKER, at, facts={"domain": domain}))
    if title is not None:
        find_out(db.session(), signature.id, Fact(FactKind.KNOWN_CONTACT, WORKER, at, mark, {"title": title}))
    if by is not None:
        find_out(db.session(), signature.id, Fact(FactKind.INVITED, Reference.STAFF.to(by), at, mark))
    find_out_names(signature, at)


def find_out_names(signature: Signature, at: dt.datetime) -> None:
    """Record doubts about the words of a line: they name or resemble another organization, read like one, or use odd
    characters.
    """
    other, mark = other_named(signature), about(signature.signatory)
    doubts: dict[FactKind, dict[str, str]] = {FactKind.NAMES_ANOTHER: {"name": other}} if other else {}
    if reads_like_an_organization(signature.signatory):
        doubts[FactKind.LIKE_ORGANIZATION] = {}
    if has_odd_letters_beside_its_name(signature):
        doubts[FactKind.ODD_LETTERS] = {}
    if doubts:
        known = holding(found_out(db.session(), [signature.id]).get(signature.id, ()), signature.signatory)
        for kind in doubts.keys() - known:
            find_out(db.session(), signature.id, Fact(kind, WORKER, at, mark, doubts[kind]))


def find_out_no_server(signature: Signature, at: dt.datetime) -> None:
    """Record that the mailbox's domain has no mail server."""
    host = signature.email.rpartition("@")[2]
    find_out(db.session(), signature.id, Fact(FactKind.NO_MAIL_SERVER, WORKER, at, facts={"domain": host}))


def find_out_domain(signature: Signature, at: dt.datetime) -> None:
    """Record that the mailbox is at the domain of the organization's website, if it is and was not recorded."""
    if domain := _own_domain(signature):
        find_out(db.session(), signature.id, Fact(FactKind.OWN_DOMAIN, WORKER, at, facts={"domain": domain}))


def _own_domain(signature: Signature) -> str:
    """Return the organization's website domain if the mailbox is there and that is not recorded yet; otherwise ""."""
    if Evidence.OWN_DOMAIN not in signature.evidence(same_name=False).evidence:
        return ""
    found = found_out(db.session(), [signature.id]).get(signature.id, ())
    return "" if FactKind.OWN_DOMAIN in holding(found, signature.signatory) else domain_of_website(signature.website)


_INVITATION = select(Invitation.line, Invitation.invited_by_id).where(
    Invitation.signature_id == bindparam("signature"), IS_STAFFS_WORD
)


def _invited_by(signature: Signature) -> int | None:
    """Return the id of the member of staff who invited it by this name and no other website; None if nobody did."""
    invited = read(_INVITATION, {"signature": signature.id}).first()
    if invited is None or not goes_by(signature.organization_name, [invited.line.get("organization", "")]):
        return None
    given, site = domain_of_website(invited.line.get("url", "")), domain_of_website(signature.website)
    if given and site and given != site:
        return None
    by: int | None = invited.invited_by_id
    return by
