"""Check for an earlier review of a signature's organization: exactly this name, at the domain of this mailbox.

See docs/design/signatures.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.names import domain_of_website


@dataclass(frozen=True, slots=True)
class PastReview:
    """Name as staff reviewed it, the domain of the mailboxes that they tied to it, and the domain of its website."""

    name: str
    domain: str
    site: str = ""


def is_reviewed(name: str, email: str, website: str, reviewed: Iterable[PastReview]) -> bool:
    """Return whether staff reviewed exactly this name at the mailbox's domain, and the website is no other than that one's."""
    own, site = EmailAddress(email).domain, domain_of_website(website)
    matches = [review for review in reviewed if own and review.name == name and review.domain == own]
    return bool(matches) and site in {"", own, *(review.site for review in matches)}
