"""What a signature that was turned away is known again by under its letter: its organization, its mailbox, its own domain."""

import enum

from letterhub.domain.document import Kind
from letterhub.domain.mailboxes import is_disposable, is_free_mail, mailbox_of
from letterhub.domain.organizations import domain_of_email, domain_of_website, name_key
from letterhub.domain.signing import place_of


class Turned(enum.StrEnum):
    """Who turned a signature away."""

    DECLINED = "declined"  # staff, and nobody of them returned it since
    DENIED = "denied"  # another address of the organization, which staff had asked
    UNANSWERED = "unanswered"  # it was erased before such an address answered


def known_again_by(kind: Kind, name: str, website: str, email: str) -> tuple[str, ...]:
    """What another signature of the same organization or person, mailbox or domain shares with one of these facts.

    A domain where anyone can have a mailbox is nobody's own.
    """
    domain, host = domain_of_email(email), email.rpartition("@")[2]
    own = bool(domain) and not is_free_mail(host) and not is_disposable(host)
    place = place_of(kind, name_key(name), domain_of_website(website), email)
    return (place, *((mailbox_key_of(email),) if email else ()), *((f"domain|{domain}",) if own else ()))


def mailbox_key_of(email: str) -> str:
    """Return what a mailbox is known again by."""
    return f"mailbox|{mailbox_of(email)}"
