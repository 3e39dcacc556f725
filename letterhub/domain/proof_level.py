"""Proof levels: how far a signature's mailbox is shown to belong to the organization it signs for."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from letterhub.domain.mailboxes import is_disposable, is_free_mail, mailbox_of
from letterhub.domain.organizations import domain_of_email
from letterhub.domain.sameness import Named, Reason, compare


class ProofLevel(enum.IntEnum):
    """How strong the proof is that a signature is its organization's own."""

    UNPROVEN = 0  # free or disposable mail, another domain, or the website alone where staff know the name
    CLAIMED = 1  # a mailbox at the website that the form was given, for a name that staff neither know nor invited
    PROVEN = 2  # a mailbox or domain that staff tied to the organization, or their word for this very signature


@dataclass(frozen=True, slots=True)
class Ties:
    """What a coalition's staff have tied to the organizations of one name.

    `known` says that they know the name: they invited, imported, vouched for, described, or published it after review.
    `mailboxes` are canonical, see `mailbox_of`; `domains` are registrable.
    """

    known: bool = False
    mailboxes: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ProofFacts:
    """What the proof level of a signature is decided from.

    `emails` are the addresses whose readers confirmed it, its own and those of second persons. `by_staff` says that staff
    imported it, invited that mailbox by name, or vouch for it; `reviewed` that they published it as it prints, which `denied`
    undoes: its organization said that it is not its own.
    """

    emails: tuple[str, ...]
    site: str
    ties: Ties
    by_staff: bool = False
    reviewed: bool = False
    denied: bool = False


NAMESAKES = frozenset({Reason.SAME_NAME, Reason.SPACES, Reason.LOOK_ALIKE, Reason.WEB_NAME, Reason.FULLER})
"""Why a reader takes one name for another; not by an acronym or a slip, which names of others have by chance."""


def is_namesake(name: str, other: str) -> bool:
    """Whether a reader would take one name for the other, however it is spelled."""
    return compare(Named(name), Named(other)).reasons[0] in NAMESAKES


def own_domain_of(email: str) -> str:
    """Return the registrable domain of an address, "" where anyone can have a mailbox."""
    domain = domain_of_email(email)
    return "" if not domain or is_free_mail(domain) or is_disposable(email.rpartition("@")[2]) else domain


def ties(known: bool, emails: Iterable[str], sites: Iterable[str]) -> Ties:
    """Return the ties to mailboxes, and to domains that are theirs alone, of these addresses and sites."""
    given = [email for email in emails if email]
    domains = {*map(own_domain_of, given), *(own_domain_of(f"@{site}") for site in sites if site)}
    return Ties(known, frozenset(map(mailbox_of, given)), frozenset(domains - {""}))


def proof_level(facts: ProofFacts) -> ProofLevel:
    """Return the proof level of a signature.

    The website that a form was given proves nothing about a name that the coalition knows: anyone can type it, and register
    another.
    """
    if facts.denied:
        return ProofLevel.UNPROVEN
    if facts.by_staff or facts.reviewed or any(_is_tied(email, facts.ties) for email in facts.emails):
        return ProofLevel.PROVEN
    at_site = any(own_domain_of(email) == facts.site for email in facts.emails)
    return ProofLevel.CLAIMED if facts.site and at_site and not facts.ties.known else ProofLevel.UNPROVEN


def _is_tied(email: str, known: Ties) -> bool:
    return bool(email) and (mailbox_of(email) in known.mailboxes or own_domain_of(email) in known.domains)
