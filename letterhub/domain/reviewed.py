"""Whether staff reviewed a signature's organization before: this name letter by letter, at the domain of this mailbox."""

from collections.abc import Iterable
from dataclasses import dataclass

from letterhub.domain.organizations import domain_of_email, domain_of_website


@dataclass(frozen=True, slots=True)
class ReviewedAs:
    """A name as staff reviewed it, the domain of its mailboxes that they tied to it, and the domain of its website."""

    name: str
    domain: str
    site: str = ""


def is_reviewed(name: str, email: str, website: str, reviewed: Iterable[ReviewedAs]) -> bool:
    """Whether a name is exactly one that staff reviewed, its mailbox at that one's domain, and its website no other one."""
    own, site = domain_of_email(email), domain_of_website(website)
    tied = [one for one in reviewed if own and one.name == name and one.domain == own]
    return bool(tied) and site in {"", own, *(one.site for one in tied)}
