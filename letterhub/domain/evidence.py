"""How we know: the facts that speak for a signature, what is in doubt, and when a name appears without staff."""

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from letterhub.domain.document import Signatory
from letterhub.domain.letters import PublishRule
from letterhub.domain.mailboxes import is_disposable, is_free_mail
from letterhub.domain.organizations import domain_of_email, domain_of_website, is_government
from letterhub.domain.signing import Source, weighed
from letterhub.domain.snapshot import fingerprint


class FactKind(enum.StrEnum):
    """What can be found out about a signature, and what its fact says besides."""

    MAILBOX = "mailbox"  # the mailed link was used: `domain` of the mailbox
    OWN_DOMAIN = "own-domain"  # that is the domain of the organization's website: `domain`
    IMPORTED = "imported"  # from a file: `file`
    NO_MAIL_SERVER = "no-mail-server"  # the domain names no mail server of its own: `domain`
    SECOND_YES = "second-yes"  # a second address at its domain said yes: `address`, `where`
    OTHER_YES = "other-yes"  # an address elsewhere said yes: `address`, `where`
    SECOND_NO = "second-no"  # a second address said no: `address`, `where`
    VOUCHED = "vouched"  # a member of staff answers for it: `reason`
    VOUCH_ENDED = "vouch-ended"  # and does so no more


class Evidence(enum.StrEnum):
    """What speaks for a signature."""

    MAILBOX = "mailbox"
    OWN_DOMAIN = "own-domain"
    SECOND_YES = "second-yes"
    OTHER_YES = "other-yes"
    VOUCHED = "vouched"
    IMPORTED = "imported"


class Doubt(enum.StrEnum):
    """What makes staff look twice at a signature."""

    SECOND_NO = "second-no"
    SAME_NAME = "same-name"
    LIKE_ANOTHER = "like-another"
    FREE_MAIL = "free-mail"
    DISPOSABLE = "disposable"
    OTHER_DOMAIN = "other-domain"
    NO_MAIL_SERVER = "no-mail-server"
    NO_WEBSITE = "no-website"
    GOVERNMENT = "government"
    NO_ADDRESS = "no-address"
    FLOOD = "flood"
    FIRST_SEEN = "first-seen"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was found out. `source` is "signatory-12", "staff-3", "inquiry-7", "worker" or "operator".

    `about` is the mark of the line that it speaks of, "" where it speaks of the mailbox alone.
    """

    kind: FactKind
    source: str
    at: dt.datetime
    about: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """How we know: what speaks for a signature and what is in doubt. First seen is told, and alone is no reason to wait."""

    evidence: frozenset[Evidence]
    doubts: frozenset[Doubt]

    @property
    def clear(self) -> bool:
        """Whether mailbox and domain agree and nothing but newness is in doubt."""
        return {Evidence.MAILBOX, Evidence.OWN_DOMAIN} <= self.evidence and not self.doubts - {Doubt.FIRST_SEEN}


def about(line: Signatory) -> str:
    """The mark of what a line says: what was found out about it holds as long as it says the same."""
    return fingerprint({"line": list(map(str, weighed(line)))})


def holding(facts: Iterable[Fact], line: Signatory) -> frozenset[FactKind]:
    """The kinds of facts that hold of a line now. Staff's word ends when they take it back, and the last one counts.

    What was said of another line does not hold of this one; a "no" holds whatever the line says since.
    """
    mark, held = about(line), set()
    for fact in facts:
        if fact.kind is FactKind.VOUCH_ENDED:
            held.discard(FactKind.VOUCHED)
        elif fact.kind is FactKind.SECOND_NO or fact.about in ("", mark):
            held.add(fact.kind)
    return frozenset(held)


def evidence_of(
    *,
    source: Source,
    confirmed: bool,
    email: str,
    website: str,
    first_seen: bool,
    from_flood: bool = False,
    same_name: bool = False,
    like_another: bool = False,
    held: frozenset[FactKind] = frozenset(),
) -> Standing:
    """The standing of a signature from its facts. A domain speaks for it only where its mailbox is confirmed, and never where
    anyone can have a mailbox there.

    `same_name` says whether another of its name stands under the letter, `like_another` whether staff are asked if it is
    another one; `held` are the kinds of facts that hold of it.
    """
    about_mail = _doubts_about_mail(email, domain_of_website(website))
    mailbox = confirmed and source is Source.FORM
    evidence = {
        Evidence.MAILBOX: mailbox,
        Evidence.OWN_DOMAIN: mailbox and bool(email) and not any(about_mail[doubt] for doubt in AGAINST_DOMAIN),
        Evidence.SECOND_YES: FactKind.SECOND_YES in held,
        Evidence.OTHER_YES: FactKind.OTHER_YES in held,
        Evidence.VOUCHED: FactKind.VOUCHED in held,
        Evidence.IMPORTED: source is Source.IMPORT,
    }
    doubts = {
        Doubt.SECOND_NO: FactKind.SECOND_NO in held,
        Doubt.SAME_NAME: same_name,
        Doubt.LIKE_ANOTHER: like_another,
        Doubt.NO_MAIL_SERVER: FactKind.NO_MAIL_SERVER in held,
        Doubt.FLOOD: from_flood,
        Doubt.FIRST_SEEN: first_seen,
        **about_mail,
    }
    return Standing(
        frozenset(one for one, holds in evidence.items() if holds), frozenset(one for one, holds in doubts.items() if holds)
    )


AGAINST_DOMAIN = (Doubt.FREE_MAIL, Doubt.DISPOSABLE, Doubt.OTHER_DOMAIN, Doubt.NO_WEBSITE)


def _doubts_about_mail(email: str, site: str) -> dict[Doubt, bool]:
    """What an address and the domain of a website say of each other."""
    mail_domain, host = domain_of_email(email), email.rpartition("@")[2]
    disposable = is_disposable(host)
    free = is_free_mail(mail_domain) and not disposable
    return {
        Doubt.NO_ADDRESS: not email,
        Doubt.FREE_MAIL: free,
        Doubt.DISPOSABLE: disposable,
        Doubt.OTHER_DOMAIN: bool(email and site) and not free and not disposable and mail_domain != site,
        Doubt.NO_WEBSITE: not site,
        Doubt.GOVERNMENT: is_government(host) or is_government(site),
    }


def publishes_at_once(rule: PublishRule, standing: Standing) -> bool:
    """Whether a letter's rule lets a signature appear without staff."""
    match rule:
        case PublishRule.OWN_DOMAIN:
            return standing.clear
        case PublishRule.SEEN_BEFORE:
            return standing.clear and Doubt.FIRST_SEEN not in standing.doubts
    return False
