"""Evidence for and doubts about a signature, from which the publish rules decide without staff.

See docs/design/signatures.md.
"""

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.serialization import fingerprint
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.websites import domain_of_website, is_government
from letterhub.domain.signatures.signing import Source, line_wording


class FactKind(enum.StrEnum):
    """Kind of a recorded fact about a signature; after each, the keys that its facts hold."""

    MAILBOX = "mailbox"  # the mailed link was used: `domain` of the mailbox
    OWN_DOMAIN = "own-domain"  # that is the domain of the organization's website: `domain`
    KNOWN_CONTACT = "known-contact"  # that mailbox signed for it before: `title` of the letter
    INVITED = "invited"  # a member of staff invited it by name, at that mailbox
    SECOND_PERSON = "second-person"  # another mailbox at its domain confirmed the same signature: `domain`
    IMPORTED = "imported"  # from a file: `file`
    ADDED = "added"  # by hand: `method` and `agreed_on` of the yes; whether its signatory is `notified`
    NO_MAIL_SERVER = "no-mail-server"  # the domain names no mail server of its own: `domain`
    NAMES_ANOTHER = "names-another"  # its line says or resembles the `name` of an organization that is not its own
    LIKE_ORGANIZATION = "like-organization"  # its signer, title, affiliation or place reads like an organization's name
    ODD_LETTERS = "odd-letters"  # it has letters or signs that nobody writes names with
    NO_PROOF = "no-proof"  # a proof of work was asked for, and none came
    SECOND_YES = "second-yes"  # a second address at its domain said yes: `address`, `published`
    OTHER_YES = "other-yes"  # an address elsewhere said yes: `address`, `published`
    SECOND_NO = "second-no"  # a second address said no: `address`, `published`
    NOT_OURS = "not-ours"  # a mailbox at its domain, proven as well as it, said that it is not its own: `domain`
    DISPUTED = "disputed"  # the same, from a mailbox that is proven less: `domain`
    VOUCHED = "vouched"  # a member of staff answers for it: `reason`
    VOUCH_ENDED = "vouch-ended"  # and does so no more
    CHANGE_CONFIRMED = (
        "change-confirmed"  # said yes to a change, as staff entered: `method`, `agreed_on`, `revision`, `notified`
    )
    CHANGE_OBJECTED = "change-objected"  # objected to it; the same facts
    NOT_OBJECTED = "not-objected"  # to a substantive change: numbers `signed` and `revision`, `noticed_at`, `deadline_at`


FACTS_WITH_ADDRESS = (
    FactKind.MAILBOX, FactKind.NO_MAIL_SERVER, FactKind.SECOND_PERSON, FactKind.SECOND_YES, FactKind.OTHER_YES,
    FactKind.SECOND_NO, FactKind.NOT_OURS, FactKind.DISPUTED,
)  # fmt: skip
"""Facts that hold an address or domain, which is erased with the signature's address; the fact itself stays."""


class Evidence(enum.StrEnum):
    """Kind of evidence for a signature."""

    MAILBOX = "mailbox"
    OWN_DOMAIN = "own-domain"
    REVIEWED = "reviewed"
    KNOWN_CONTACT = "known-contact"
    INVITED = "invited"
    SECOND_PERSON = "second-person"
    SECOND_YES = "second-yes"
    OTHER_YES = "other-yes"
    VOUCHED = "vouched"
    IMPORTED = "imported"
    ADDED = "added"


class Doubt(enum.StrEnum):
    """Reason for staff to look twice at a signature."""

    SECOND_NO = "second-no"
    NOT_OURS = "not-ours"
    DISPUTED = "disputed"
    TURNED_AWAY = "turned-away"
    SAME_NAME = "same-name"
    LIKE_ANOTHER = "like-another"
    NAMES_ANOTHER = "names-another"
    LIKE_ORGANIZATION = "like-organization"
    ODD_LETTERS = "odd-letters"
    OTHER_NAME = "other-name"
    FREE_MAIL = "free-mail"
    DISPOSABLE = "disposable"
    OTHER_DOMAIN = "other-domain"
    NO_MAIL_SERVER = "no-mail-server"
    NO_WEBSITE = "no-website"
    GOVERNMENT = "government"
    NO_ADDRESS = "no-address"
    FLOOD = "flood"
    NO_PROOF = "no-proof"
    NEW_ORGANIZATION = "new-organization"


@dataclass(frozen=True, slots=True)
class Fact:
    """Recorded fact. `source` is "signatory-12", "staff-3", "inquiry-7", "worker" or "operator".

    `line_hash` is the hash of the line that it is about, "" if it is about the mailbox alone.
    """

    kind: FactKind
    source: str
    at: dt.datetime
    line_hash: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessment:
    """Assessment of a signature: the evidence for it, and the doubts about it."""

    evidence: frozenset[Evidence]
    doubts: frozenset[Doubt]

    @property
    def is_undoubted(self) -> bool:
        """Return whether the mailbox is at the organization's domain, and there is no doubt except that it is new here."""
        return {Evidence.MAILBOX, Evidence.OWN_DOMAIN} <= self.evidence and not self.doubts - {Doubt.NEW_ORGANIZATION}


@lru_cache(maxsize=1024)
def hash_line(line: Signatory) -> str:
    """Return the hash of a line: facts about it hold until the line changes."""
    return fingerprint({"line": list(map(str, line_wording(line)))})


DENIALS = frozenset({FactKind.SECOND_NO, FactKind.NOT_OURS})
"""Facts by which an organization denies a signature."""


def applicable_facts(facts: Iterable[Fact], line: Signatory) -> tuple[Fact, ...]:
    """Return those of a signature's facts, the oldest first, that still apply to its line as it is now.

    Staff's word for it ends when they take it back, and a second person's confirmation when the same source denies the
    signature. The domain of another website and facts about another line do not apply. Denials apply whatever the line says.
    """
    applicable = list[Fact]()
    for fact in facts:
        if fact.kind is FactKind.VOUCH_ENDED:
            applicable = [earlier for earlier in applicable if earlier.kind is not FactKind.VOUCHED]
        elif fact.kind in (FactKind.NOT_OURS, FactKind.DISPUTED):
            applicable = [
                earlier for earlier in applicable if (earlier.kind, earlier.source) != (FactKind.SECOND_PERSON, fact.source)
            ] + [fact]
        elif fact.kind is FactKind.OWN_DOMAIN:
            applicable += [fact] if fact.facts.get("domain") == domain_of_website(line.website) else []
        elif fact.kind is FactKind.SECOND_NO or not fact.line_hash or fact.line_hash == hash_line(line):
            applicable.append(fact)
    return tuple(applicable)


def applicable_fact_kinds(facts: Iterable[Fact], line: Signatory) -> frozenset[FactKind]:
    """Return the kinds of the facts that still apply to a line."""
    return frozenset(fact.kind for fact in applicable_facts(facts, line))


@dataclass(frozen=True, slots=True)
class DirectoryFacts:
    """Facts from the directory about a signature's organization: the domains of its mailboxes, whether staff vouch for it,
    whether it is known by another name than the signature's, and whether staff reviewed exactly this name at this mailbox's
    domain before."""

    domains: frozenset[str] = frozenset()
    vouched: bool = False
    other_name: bool = False
    reviewed: bool = False

    def countable(self, kinds: frozenset[FactKind]) -> frozenset[FactKind]:
        """Return those of these kinds of fact that count as evidence: a known contact only if staff vouch for the
        organization."""
        return kinds if self.vouched else kinds - {FactKind.KNOWN_CONTACT}


NO_DIRECTORY_FACTS = DirectoryFacts()


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """Facts from a signature's own row: its source, whether its mailbox is confirmed, its address and its website.

    `is_new_organization`: no other signature of its organization was listed then. `from_flood`: it came with a flood of others.
    `known_domains`: domains at which staff know the organization to have mailboxes. `reviewed`: staff reviewed exactly its name
    at its mailbox's domain before.
    """

    source: Source
    confirmed: bool
    email: str
    website: str
    is_new_organization: bool = False
    from_flood: bool = False
    known_domains: frozenset[str] = frozenset()
    reviewed: bool = False

    @property
    def is_confirmed_by_mail(self) -> bool:
        """Return whether somebody used the link that was mailed to it."""
        return self.confirmed and self.source is Source.FORM

    @property
    def matches_site(self) -> bool:
        """Return whether the mailbox is at a domain of the organization: its website's, one that staff know, or one at which
        they reviewed its name. False without a mailbox, and at a free or disposable mail provider."""
        mailbox = EmailAddress(self.email)
        if not mailbox.domain or mailbox.is_free or mailbox.is_disposable:
            return False
        return self.reviewed or mailbox.domain in {domain_of_website(self.website), *self.known_domains}


_COMPARED = {Evidence.MAILBOX, Evidence.OWN_DOMAIN, Evidence.REVIEWED, Evidence.IMPORTED}
_RECORDED_EVIDENCE = {FactKind(kind): kind for kind in Evidence if kind not in _COMPARED}
_RECORDED_DOUBTS = {FactKind(kind): kind for kind in Doubt if str(kind) in set(map(str, FactKind))}
"""Evidence and doubts that are recorded facts, by their kind; the others are compared anew each time."""


def assess(
    claim: SignatureFacts,
    *,
    turned_away: bool = False,
    same_name: bool = False,
    like_another: bool = False,
    other_name: bool = False,
    fact_kinds: frozenset[FactKind] = frozenset(),
) -> Assessment:
    """Return the evidence for a signature and the doubts about it. A domain is evidence only if its mailbox is confirmed.

    `turned_away`: one like it was declined before. `same_name`: the letter has another signature of its name. `like_another`:
    staff are asked whether it is the same as another. `other_name`: the directory knows its organization by another name.
    `fact_kinds`: the kinds of recorded facts that apply to it.
    """
    matches_site, is_confirmed = claim.matches_site, claim.is_confirmed_by_mail
    evidence = {
        Evidence.MAILBOX: is_confirmed,
        Evidence.OWN_DOMAIN: matches_site and is_confirmed,
        Evidence.REVIEWED: claim.reviewed and matches_site and is_confirmed,
        Evidence.IMPORTED: claim.source is Source.IMPORT and FactKind.ADDED not in fact_kinds,
    }
    doubts = _claim_doubts(claim, matches_site=matches_site) | {
        Doubt.TURNED_AWAY: turned_away, Doubt.SAME_NAME: same_name,
        Doubt.LIKE_ANOTHER: like_another, Doubt.OTHER_NAME: other_name,
    }  # fmt: skip
    return Assessment(
        frozenset(filter(evidence.get, evidence)).union(_RECORDED_EVIDENCE[k] for k in fact_kinds & _RECORDED_EVIDENCE.keys()),
        frozenset(filter(doubts.get, doubts)).union(_RECORDED_DOUBTS[k] for k in fact_kinds & _RECORDED_DOUBTS.keys()),
    )


def _claim_doubts(claim: SignatureFacts, *, matches_site: bool) -> dict[Doubt, bool]:
    """Return for each doubt that a signature's own row can raise whether it does."""
    mailbox, site = EmailAddress(claim.email), domain_of_website(claim.website)
    is_disposable = mailbox.is_disposable
    is_free = mailbox.is_free and not is_disposable
    return {
        Doubt.NO_ADDRESS: not claim.email,
        Doubt.FREE_MAIL: is_free,
        Doubt.DISPOSABLE: is_disposable,
        Doubt.OTHER_DOMAIN: bool(claim.email and site) and not (is_free or is_disposable or matches_site),
        Doubt.NO_WEBSITE: not site and not matches_site,
        Doubt.GOVERNMENT: is_government(mailbox.host) or is_government(site),
        Doubt.FLOOD: claim.from_flood,
        Doubt.NEW_ORGANIZATION: claim.is_new_organization,
    }


LATER_EVIDENCE = frozenset({Evidence.SECOND_PERSON, Evidence.SECOND_YES, Evidence.OTHER_YES, Evidence.VOUCHED})


def initial_assessment(assessment: Assessment) -> Assessment:
    """Return an assessment as it was when the signature came: without what staff and other addresses added later."""
    return Assessment(
        assessment.evidence - LATER_EVIDENCE, assessment.doubts - {Doubt.SECOND_NO, Doubt.NOT_OURS, Doubt.DISPUTED}
    )
