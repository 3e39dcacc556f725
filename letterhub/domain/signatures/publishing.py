"""Publish rules: which signatures appear without review, and which reappear because staff reviewed the same name before.

See docs/design/signatures.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.signatures.evidence import Assessment, Doubt, Evidence


@dataclass(frozen=True, slots=True)
class PublishRules:
    """Publish rules of a letter: the one for organizations, and whether individuals appear once they confirm."""

    organizations: PublishRule = PublishRule.ASK_STAFF
    individuals: bool = False

    def staff_review_all(self, kind: SignatoryKind) -> bool:
        """Return whether staff review every signature of a kind before it appears."""
        if kind is SignatoryKind.INDIVIDUAL:
            return not self.individuals
        return self.organizations is PublishRule.ASK_STAFF


@dataclass(frozen=True, slots=True)
class ReviewDisclosure:
    """Exceptions to staff review that may apply to some names of a letter, by its rules now or earlier.

    `organizations_before`: staff reviewed an organization before this letter, and not again. `individuals_unreviewed`:
    individuals appeared once they had confirmed. `individuals_imported`: staff entered individuals from a file, who confirmed
    nothing.
    """

    organizations_before: bool
    individuals_unreviewed: bool
    individuals_imported: bool


IGNORED_DOUBTS = {
    SignatoryKind.ORGANIZATION: frozenset({Doubt.NEW_ORGANIZATION, Doubt.LIKE_ANOTHER, Doubt.OTHER_NAME}),
    SignatoryKind.INDIVIDUAL: frozenset({Doubt.NEW_ORGANIZATION, Doubt.FREE_MAIL, Doubt.NO_WEBSITE}),
}
"""Doubts that do not stop publishing by rule. Staff who reviewed an organization's name knew what it resembles, and a forger
gains nothing from a name that resembles it."""


def publishes_at_once(rules: PublishRules, kind: SignatoryKind, assessment: Assessment) -> bool:
    """Return whether a signature is published without staff: of organizations only those that staff reviewed before, with
    exactly this name, at the domain of this mailbox."""
    has_doubts = bool(assessment.doubts - IGNORED_DOUBTS[kind])
    if rules.staff_review_all(kind) or has_doubts or Evidence.MAILBOX not in assessment.evidence:
        return False
    return kind is SignatoryKind.INDIVIDUAL or Evidence.REVIEWED in assessment.evidence


def review_reasons(rules: PublishRules, kind: SignatoryKind, assessment: Assessment) -> tuple[Doubt, ...]:
    """Return the doubts that keep a signature from being published at once, the gravest first; empty if it is published, or
    if staff review all of its kind anyway."""
    if rules.staff_review_all(kind) or publishes_at_once(rules, kind, assessment):
        return ()
    return tuple(doubt for doubt in Doubt if doubt in assessment.doubts - IGNORED_DOUBTS[kind])


def is_undoubted(kind: SignatoryKind, assessment: Assessment) -> bool:
    """Return whether there is no doubt about a signature, so that staff may publish it in bulk: an organization confirmed at
    its own domain, or an individual who confirmed."""
    if kind is SignatoryKind.INDIVIDUAL:
        return publishes_at_once(PublishRules(individuals=True), kind, assessment)
    return assessment.is_undoubted


DUPLICATE_DOUBTS = frozenset({Doubt.SAME_NAME, Doubt.LIKE_ANOTHER})
DOUBTS_AFTER_PUBLISHING = DUPLICATE_DOUBTS | {Doubt.SECOND_NO, Doubt.NOT_OURS, Doubt.TURNED_AWAY}
"""Doubts that arise after publishing; the others were known to whoever published."""


def is_republished_at_once(assessment: Assessment, *, outweighed: bool) -> bool:
    """Return whether a name that was listed is published again without staff when it is reconfirmed.

    `outweighed` says whether another signature of its name, or one like it, has proof at least as good: only then does a
    duplicate block it.
    """
    blocking_doubts = DOUBTS_AFTER_PUBLISHING if outweighed else DOUBTS_AFTER_PUBLISHING - DUPLICATE_DOUBTS
    return not assessment.doubts & blocking_doubts


@dataclass(frozen=True, slots=True)
class PastReview:
    """Name as staff reviewed it, the domain of the mailboxes that they tied to it, and the domain of its website."""

    name: str
    domain: str
    site: str = ""


def is_reviewed(name: str, email: str, website: str, reviewed: Iterable[PastReview]) -> bool:
    """Return whether staff reviewed exactly this name at the mailbox's domain, and the website, if any, is at that domain or
    at the one of the website that they reviewed."""
    mail_domain, site = EmailAddress(email).domain, domain_of_website(website)
    matches = [review for review in reviewed if mail_domain and review.name == name and review.domain == mail_domain]
    return bool(matches) and site in {"", mail_domain, *(review.site for review in matches)}
