"""Blocklist keys of a declined signature under its letter: its organization, its mailbox, its own domain.

See docs/design/signatures.md.
"""

import enum

from letterhub.domain.letters.document import SignatoryKind
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.suppression import own_domain
from letterhub.domain.organizations.names import domain_of_website, name_key
from letterhub.domain.signatures.signing import signature_key


class BlockReason(enum.StrEnum):
    """Reason for a blocklist entry."""

    DECLINED = "declined"  # by staff, and not returned since
    DENIED = "denied"  # by another address of the organization, in answer to an inquiry
    UNANSWERED = "unanswered"  # it was erased before such an address answered


def blocklist_keys(kind: SignatoryKind, name: str, website: str, email: str) -> tuple[str, ...]:
    """Return the keys that another signature of the same organization or person, mailbox or domain shares.

    The domain of a free or disposable mail provider gives no key.
    """
    domain = own_domain(email)
    place = signature_key(kind, name_key(name), domain_of_website(website), email)
    return (place, *((mailbox_blocklist_key(email),) if email else ()), *((f"domain|{domain}",) if domain else ()))


def mailbox_blocklist_key(email: str) -> str:
    """Return the blocklist key of a mailbox."""
    return f"mailbox|{EmailAddress(email).canonical}"
