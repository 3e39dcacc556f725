"""Blocklist of a letter: the keys under which a declined or denied signature is recognized, and why it is blocked.

See docs/design/signatures.md.
"""

import enum

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.mail.email_addresses import EmailAddress, own_domain
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.signatures.place_key import place_key


class BlockReason(enum.StrEnum):
    """Reason for a blocklist entry."""

    DECLINED = "declined"  # by staff, and not returned since
    DENIED = "denied"  # by another address of the organization, in answer to an inquiry
    UNANSWERED = "unanswered"  # it was erased before such an address answered


def blocklist_keys(kind: SignatoryKind, name: str, website: str, email: str) -> tuple[str, ...]:
    """Return the keys under which a signature is blocked: its organization or person, its mailbox if it has one, and the
    mailbox's domain unless that is a free or disposable mail provider's.

    Another signature is recognized if it shares any of them.
    """
    keys = [place_key(kind, name_key(name), domain_of_website(website), email)]
    if email:
        keys.append(mailbox_blocklist_key(email))
    if domain := own_domain(email):
        keys.append(f"domain|{domain}")
    return tuple(keys)


def mailbox_blocklist_key(email: str) -> str:
    """Return the blocklist key of a mailbox."""
    return f"mailbox|{EmailAddress(email).canonical}"
