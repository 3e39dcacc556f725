"""Proof levels: how far a signature's mailbox is shown to belong to the organization it signs for."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from letterhub.domain.mailboxes import is_disposable, is_free_mail, mailbox_of
from letterhub.domain.organizations import domain_of_email
from letterhub.domain.sameness import Named, Reason, compare


class ProofLevel(enum.IntEnum):
    """How strong the proof is that a signature is its organization's own."""

    UNPROVEN = 0  # free or disposable mail, another domain, or the website alone where staff tied others to it
    CLAIMED = 1  # a mailbox at the website that the form was given, to which staff tied nobody of that name
    PROVEN = 2  # a mailbox or domain that staff tied to the organization, or their word for this very signature


@dataclass(frozen=True, slots=True)
class Tie:
    """One thing by which a coalition's staff tied mailboxes and domains to an organization of a name.

    `mailboxes` are canonical, see `mailbox_of`; `domains` are registrable. `sites` are the domains of the websites for which it
    counts: of two organizations of one name, each has its own.
    """

    mailboxes: frozenset[str]
    domains: frozenset[str]
    sites: frozenset[str]

    def counts_for(self, site: str) -> bool:
        """Whether it says anything about a place with this site; of one without a site, everything does."""
        return not site or site in self.sites

    def has(self, email: str) -> bool:
        """Whether it ties an address to its organization."""
        return mailbox_of(email) in self.mailboxes or own_domain_of(email) in self.domains


@dataclass(frozen=True, slots=True)
class ProofFacts:
    """What the proof level of a signature is decided from.

    `emails` are the addresses whose readers confirmed it, its own and those of second persons. `by_staff` says that staff
    imported it, invited that mailbox by name, or vouch for it; `reviewed` that they published it as it prints, which `denied`
    undoes: its organization said that it is not its own. `turned_away` says that staff turned its mailbox away since.
    """

    emails: tuple[str, ...]
    site: str
    ties: tuple[Tie, ...] = ()
    by_staff: bool = False
    reviewed: bool = False
    denied: bool = False
    turned_away: bool = False


NAMESAKES = frozenset({Reason.SAME_NAME, Reason.SPACES, Reason.LOOK_ALIKE, Reason.WEB_NAME, Reason.FULLER})
"""Why a reader takes one name for another; not by an acronym or a slip, which names of others have by chance."""


def is_namesake(name: str, other: str) -> bool:
    """Whether a reader would take one name for the other, however it is spelled."""
    return compare(Named(name), Named(other)).reasons[0] in NAMESAKES


def own_domain_of(email: str) -> str:
    """Return the registrable domain of an address, "" where anyone can have a mailbox."""
    domain = domain_of_email(email)
    return "" if not domain or is_free_mail(domain) or is_disposable(email.rpartition("@")[2]) else domain


def tie(emails: Iterable[str], domains: Iterable[str], sites: Iterable[str] = ()) -> Tie:
    """Return the tie of these addresses and domains, where not anyone has a mailbox, to an organization with these sites."""
    given = [email for email in emails if email]
    own = {*map(own_domain_of, given), *(own_domain_of(f"@{domain}") for domain in domains if domain)} - {""}
    return Tie(frozenset(map(mailbox_of, given)), frozenset(own), frozenset({*own, *domains, *sites} - {""}))


def proof_level(facts: ProofFacts) -> ProofLevel:
    """Return the proof level of a signature.

    What staff tied to a name proves a place only with that organization's own site: another may have the same name. The
    website that a form was given proves nothing where staff tied anyone to it.
    """
    if facts.denied or facts.turned_away:
        return ProofLevel.UNPROVEN
    known = [one for one in facts.ties if one.counts_for(facts.site)]
    if facts.by_staff or facts.reviewed or any(one.has(email) for one in known for email in facts.emails if email):
        return ProofLevel.PROVEN
    at_site = any(own_domain_of(email) == facts.site for email in facts.emails)
    return ProofLevel.CLAIMED if facts.site and at_site and not known else ProofLevel.UNPROVEN
