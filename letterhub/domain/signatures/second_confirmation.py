"""Second confirmation: rule for another person of an organization who confirms its signature."""

from letterhub.domain.errors import UserFacingError
from letterhub.domain.mail.email_addresses import is_same_mailbox
from letterhub.domain.signatures.inquiries import is_at_own_domain


class CannotSecond(UserFacingError):
    """Raised when this mailbox cannot second the signature: it is not listed, or the mailbox adds no new person."""


def can_second(email: str, signed_with: str, website: str) -> bool:
    """Return whether a mailbox is another than the signature's, at the domain of its organization's website."""
    return bool(email) and not is_same_mailbox(email, signed_with) and is_at_own_domain(email, website)
