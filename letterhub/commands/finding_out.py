"""What is found out about a signature by itself, and kept as facts: of its mailbox, its domain, and who signed before."""

import datetime as dt

from sqlalchemy import select

from letterhub.db import db
from letterhub.domain.evidence import Evidence, Fact, FactKind, about, holding
from letterhub.domain.organizations import domain_of_website
from letterhub.domain.sameness import goes_by
from letterhub.models import Invitation, Signature, find_out, found_out
from letterhub.queries.contacts import signed_before


def find_out_by_mail(signature: Signature, at: dt.datetime) -> None:
    """Keeps what using the mailed link shows: that the mailbox is hers, whether it is at the organization's domain, whether it
    signed for it before, and whether staff had invited it.
    """
    host = signature.email.rpartition("@")[2]
    find_out(db.session(), signature.id, Fact(FactKind.MAILBOX, f"signatory-{signature.id}", at, facts={"domain": host}))
    find_out_domain(signature, at)
    mark = about(signature.signatory)
    if (title := signed_before(signature)) is not None:
        find_out(db.session(), signature.id, Fact(FactKind.KNOWN_CONTACT, "worker", at, mark, {"title": title}))
    if (by := _invited_by(signature)) is not None:
        find_out(db.session(), signature.id, Fact(FactKind.INVITED, f"staff-{by}", at, mark))


def find_out_no_server(signature: Signature, at: dt.datetime) -> None:
    """Keeps that the domain of its mailbox names no server for its mail."""
    host = signature.email.rpartition("@")[2]
    find_out(db.session(), signature.id, Fact(FactKind.NO_MAIL_SERVER, "worker", at, facts={"domain": host}))


def find_out_domain(signature: Signature, at: dt.datetime) -> None:
    """Keeps that the mailbox is at the domain of the organization's website, where it is and was not known."""
    found = found_out(db.session(), [signature.id]).get(signature.id, ())
    known = FactKind.OWN_DOMAIN in holding(found, signature.signatory)
    if not known and Evidence.OWN_DOMAIN in signature.evidence(same_name=False).evidence:
        domain = {"domain": domain_of_website(signature.website)}
        find_out(db.session(), signature.id, Fact(FactKind.OWN_DOMAIN, "worker", at, facts=domain))


def _invited_by(signature: Signature) -> int | None:
    """Who of staff invited it by the name that it signs by; None where nobody did."""
    invitation = db.session.scalar(select(Invitation).where(Invitation.signature_id == signature.id))
    if invitation is None or not goes_by(signature.organization_name, [invitation.line.get("organization", "")]):
        return None
    return invitation.invited_by_id
