"""Proof levels: how far a mailbox is shown to belong to its organization.

See docs/design/signatures.md.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from letterhub.domain.mail.email_addresses import EmailAddress, own_domain
from letterhub.domain.organizations.matching import MatchReason, NameAndSite, compare_names


class ProofLevel(enum.IntEnum):
    """Strength of the proof that a signature is its organization's own."""

    UNPROVEN = 0  # free or disposable mail, another domain, or the website's domain if staff tied other mailboxes to it
    CLAIMED = 1  # a mailbox at the typed website's domain, to which staff tied no organization of that name
    PROVEN = 2  # a mailbox or domain that staff tied to the organization, or their word for this very signature


@dataclass(frozen=True, slots=True)
class OrganizationTie:
    """Link that a coalition's staff made between mailboxes or domains and an organization's name.

    `mailboxes` are canonical, see `EmailAddress`; `domains` are registrable. `sites` are the domains of the websites to
    which it applies: two organizations may share a name.
    """

    mailboxes: frozenset[str]
    domains: frozenset[str]
    sites: frozenset[str]

    def counts_for(self, site: str) -> bool:
        """Return whether the tie applies to an organization whose website is at the domain `site`; if that is "", all do."""
        return not site or site in self.sites

    def has(self, email: str) -> bool:
        """Return whether the tie covers an address, by its mailbox or its domain."""
        return EmailAddress(email).canonical in self.mailboxes or own_domain(email) in self.domains


@dataclass(frozen=True, slots=True)
class ProofFacts:
    """Inputs of a signature's proof level.

    `emails` are the addresses that confirmed it, its own and those of seconders. `by_staff`: staff imported it,
    invited that mailbox by name, or vouch for it. `reviewed`: they published it as it prints. `denied`: its organization said
    since that it is not its own. `turned_away`: staff declined its mailbox since.
    """

    emails: tuple[str, ...]
    site: str
    ties: tuple[OrganizationTie, ...] = ()
    by_staff: bool = False
    reviewed: bool = False
    denied: bool = False
    turned_away: bool = False


NAMESAKE_REASONS = frozenset(
    {MatchReason.SAME_NAME, MatchReason.SPACES, MatchReason.LOOK_ALIKE, MatchReason.WEB_NAME, MatchReason.FULLER}
)
"""Matches by which a reader confuses two names; not an acronym or a typing error, which other names share by chance."""


def is_namesake(name: str, other: str) -> bool:
    """Return whether a reader would take one name for the other, however it is spelled."""
    return compare_names(NameAndSite(name), NameAndSite(other)).reasons[0] in NAMESAKE_REASONS


def make_tie(emails: Iterable[str], domains: Iterable[str], sites: Iterable[str] = ()) -> OrganizationTie:
    """Return the tie of these addresses, their domains and `domains` to an organization with websites at `sites`.

    Domains of free and disposable mail are left out. Its websites may also be at any of the domains. "" is ignored everywhere.
    """
    addresses = [email for email in emails if email]
    own_domains = {*map(own_domain, addresses), *(own_domain(f"@{domain}") for domain in domains if domain)} - {""}
    return OrganizationTie(
        frozenset(EmailAddress(email).canonical for email in addresses),
        frozenset(own_domains),
        frozenset({*own_domains, *domains, *sites} - {""}),
    )


def proof_level(facts: ProofFacts) -> ProofLevel:
    """Return how well a signature is proven to be its organization's own.

    A mailbox that staff tied to an organization proves a signature only with that organization's website, as others may share
    its name. A mailbox at the website that the signer typed proves little, and nothing if staff tied other mailboxes to it.
    """
    if facts.denied or facts.turned_away:
        return ProofLevel.UNPROVEN
    ties = [tie for tie in facts.ties if tie.counts_for(facts.site)]
    is_tied = any(tie.has(email) for tie in ties for email in facts.emails if email)
    if facts.by_staff or facts.reviewed or is_tied:
        return ProofLevel.PROVEN
    if ties or not facts.site:
        return ProofLevel.UNPROVEN
    is_at_site = any(own_domain(email) == facts.site for email in facts.emails)
    return ProofLevel.CLAIMED if is_at_site else ProofLevel.UNPROVEN
