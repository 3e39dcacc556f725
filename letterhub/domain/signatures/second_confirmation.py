"""Second confirmation: rule for another person of an organization who confirms its signature."""

from letterhub.domain.errors import Refused
from letterhub.domain.mail.email_addresses import mailbox_of
from letterhub.domain.signatures.inquiries import is_its_own


class CannotSecond(Refused):
    """Raised when this mailbox cannot second the signature: it is not listed, or the mailbox adds no new person."""


def may_second(email: str, signed_with: str, website: str) -> bool:
    """Return whether a mailbox is another than the signature's, at the domain of its organization's website."""
    return bool(email) and mailbox_of(email) != mailbox_of(signed_with) and is_its_own(email, website)
